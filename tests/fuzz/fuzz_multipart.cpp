// The first line is the Content-Type, the rest the body; a text that begins with a delimiter is
// a body alone. Parts lie inside of the body, in order, and stay within the limits.
#include "require.hpp"

#include <srs/siprec/multipart.hpp>
#include <srs/util/text.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

struct Input {
  std::string content_type;
  std::string_view body;
};

Input input_of(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \r\n"), text.size());
  const auto end = std::min(text.find('\n', begin), text.size());
  const auto line = srs::trim(text.substr(begin, end - begin));
  if (line.starts_with("--")) {
    return {"multipart/mixed;boundary=\"" + std::string(line.substr(2)) + "\"", text};
  }
  return {std::string(line), text.substr(std::min(end + 1, text.size()))};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace srs::siprec;
  const auto input = input_of({reinterpret_cast<const char*>(data), size});
  const BodyLimits limits;
  FUZZ_REQUIRE(boundary_in(input.body).find_first_of("\r\n") == std::string::npos);
  const auto parts = split_body(input.content_type, input.body, limits);
  if (!parts) {
    FUZZ_REQUIRE(!parts.error().text.empty() && parts.error().text.size() < 1000);
    return 0;
  }
  FUZZ_REQUIRE(parts->size() <= limits.parts);
  const char* last = input.body.data();
  for (const auto& part : *parts) {
    FUZZ_REQUIRE(part.body.data() >= last);
    FUZZ_REQUIRE(part.body.data() + part.body.size() <= input.body.data() + input.body.size());
    last = part.body.data() + part.body.size();
    FUZZ_REQUIRE(part.content_type.type.find_first_of("\r\n") == std::string::npos);
  }
  const auto found = classify(*parts);
  FUZZ_REQUIRE(found.sdp.size() + found.metadata.size() <= input.body.size());
  FUZZ_REQUIRE(found.unknown_types.size() <= parts->size());
  return 0;
}
