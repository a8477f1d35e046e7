// RTP and RTCP from the network: the bytes as one packet for every reader, and as datagrams with a
// length of two octets before each for a whole stream (top bit: to the RTCP port).
#include "require.hpp"
#include "rtp/read_everything.hpp"

using srs::Bytes;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  srs::rtp::test::read_everything(bytes);

  srs::rtp::test::StreamOfBytes stream;
  for (auto rest = bytes; rest.size() >= 2;) {
    const auto field = srs::read_u16(rest, 0);
    rest = rest.subspan(2);
    const auto datagram = rest.first(std::min<std::size_t>(rest.size(), field & 0x0FFF));
    stream.take(datagram, (field & 0x8000) != 0);
    rest = rest.subspan(datagram.size());
  }
  FUZZ_REQUIRE(stream.stats().sources.size() <= 16);
  for (const auto& source : stream.stats().sources) {
    FUZZ_REQUIRE(source.packets <= source.expected);
    FUZZ_REQUIRE(source.cname.size() <= 3 * 255);
  }
  return 0;
}
