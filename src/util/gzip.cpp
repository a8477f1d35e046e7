#include <srs/util/gzip.hpp>

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>

#include <cstdint>

namespace srs {
namespace {

namespace zlib = boost::beast::zlib;

// RFC 1952 §2.3.1: no name, no time, made on Unix.
constexpr std::string_view kHeader{"\x1f\x8b\x08\0\0\0\0\0\0\x03", 10};
// Fast rather than small: it runs on the io_context's thread.
constexpr int kLevel = 3;

void append_little_endian(std::string& to, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) to += static_cast<char>(number >> shift & 0xFF);
}

// RFC 1951.
void append_deflated(std::string& to, std::string_view bytes) {
  zlib::deflate_stream stream;
  stream.reset(kLevel, 15, 8, zlib::Strategy::normal);
  const auto begin = to.size();
  to.resize(begin + stream.upper_bound(bytes.size()));
  zlib::z_params place;
  place.next_in = bytes.data();
  place.avail_in = bytes.size();
  place.next_out = to.data() + begin;
  place.avail_out = to.size() - begin;
  boost::beast::error_code end_of_stream;  // there is room for all of it
  stream.write(place, zlib::Flush::finish, end_of_stream);
  to.resize(begin + place.total_out);
}

}  // namespace

std::string gzip(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  std::string file(kHeader);
  append_deflated(file, bytes);
  append_little_endian(file, crc.checksum());
  append_little_endian(file, static_cast<std::uint32_t>(bytes.size()));
  return file;
}

}  // namespace srs
