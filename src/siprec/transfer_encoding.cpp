#include "transfer_encoding.hpp"

#include <srs/util/text.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

namespace srs::siprec {
namespace {

// RFC 2045 §6.8: line ends mean nothing.
std::optional<std::string> from_base64(std::string_view text) {
  std::string packed(text);
  std::erase_if(packed, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  if (packed.empty() || packed.size() % 4 != 0) return std::nullopt;
  std::string bytes(packed.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(packed.data()),
                                   static_cast<int>(packed.size()));
  if (size < 0) return std::nullopt;
  const auto padding = packed.ends_with("==") ? 2U : packed.ends_with("=") ? 1U : 0U;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

// RFC 2045 §6.7: `=` before two hexadecimal digits is an octet, at the end of a line nothing.
std::optional<std::string> from_quoted_printable(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      bytes += text[i];
      continue;
    }
    const auto rest = text.substr(i + 1);
    const auto blank = std::min(rest.find_first_not_of(" \t\r"), rest.size());
    if (blank == rest.size() || rest[blank] == '\n') {
      i += blank + 1;
      continue;
    }
    unsigned octet = 0;
    const auto digits = rest.substr(0, 2);
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), octet, 16).ptr;
    if (end != digits.data() + 2) return std::nullopt;
    bytes += static_cast<char>(octet);
    i += 2;
  }
  return bytes;
}

}  // namespace

std::optional<std::string> decode_transfer(std::string_view text, std::string_view encoding) {
  if (encoding == "base64") return from_base64(text);
  if (encoding == "quoted-printable") return from_quoted_printable(text);
  return std::nullopt;
}

}  // namespace srs::siprec
