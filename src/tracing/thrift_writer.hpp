// Thrift's binary protocol, as far as structures of Jaeger's are written in it.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace srs::tracing {

// Appends to `out`, which outlives it. Fields in the order of their numbers; a structure ends with
// stop().
class ThriftWriter {
 public:
  explicit ThriftWriter(std::string& out) : out_(out) {}

  void boolean(std::int16_t id, bool value) {
    head(2, id);
    out_ += value ? '\1' : '\0';
  }
  void real(std::int16_t id, double value) {
    head(4, id);
    big_endian(std::bit_cast<std::uint64_t>(value));
  }
  void i32(std::int16_t id, std::int32_t value) {
    head(8, id);
    big_endian(static_cast<std::uint32_t>(value));
  }
  void i64(std::int16_t id, std::int64_t value) {
    head(10, id);
    big_endian(static_cast<std::uint64_t>(value));
  }
  void text(std::int16_t id, std::string_view value) {
    head(11, id);
    big_endian(static_cast<std::uint32_t>(value.size()));
    out_ += value;
  }
  void structure(std::int16_t id) { head(12, id); }
  // Its elements follow, each a structure of its own.
  void structures(std::int16_t id, std::size_t count) {
    head(15, id);
    out_ += '\14';
    big_endian(static_cast<std::uint32_t>(count));
  }
  void stop() { out_ += '\0'; }

 private:
  void head(char type, std::int16_t id) {
    out_ += type;
    big_endian(static_cast<std::uint16_t>(id));
  }
  template <class Number>
  void big_endian(Number value) {
    for (int shift = 8 * static_cast<int>(sizeof value) - 8; shift >= 0; shift -= 8) {
      out_ += static_cast<char>(value >> shift & 0xFF);
    }
  }

  std::string& out_;
};

}  // namespace srs::tracing
