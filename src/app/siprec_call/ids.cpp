#include "app/siprec_call/ids.hpp"

#include <array>
#include <random>
#include <string_view>

namespace srs::call {

std::uint64_t random_number() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

std::string random_hex(std::size_t digits) {
  std::string text;
  while (text.size() < digits) {
    auto bits = random_number();
    for (int i = 0; i < 16 && text.size() < digits; ++i, bits >>= 4) {
      text += "0123456789abcdef"[bits & 15];
    }
  }
  return text;
}

std::string random_uuid64() {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint64_t, 2> bits{random_number(), random_number()};
  std::string text;
  // 128 bits are 21 whole digits and one that carries the last two bits (RFC 4648 §4).
  for (int i = 0; i < 21; ++i) {
    text += kAlphabet[bits[0] & 63];
    bits[0] = bits[0] >> 6 | bits[1] << 58;
    bits[1] >>= 6;
  }
  text += kAlphabet[(bits[0] & 3) << 4];
  return text + "==";
}

}  // namespace srs::call
