// An offer is read or refused, and what was read can be answered: in lines that we end ourselves,
// readable again, with the same m-lines.
#include "require.hpp"

#include <srs/sdp/answer.hpp>
#include <srs/sdp/session.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace {

void require_whole_lines(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    FUZZ_REQUIRE(byte >= 0x20 || byte == '\r' || byte == '\n');
    if (byte == '\r') FUZZ_REQUIRE(i + 1 < text.size() && text[i + 1] == '\n');
    if (byte == '\n') FUZZ_REQUIRE(i > 0 && text[i - 1] == '\r');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace srs::sdp;
  const auto offer = parse({reinterpret_cast<const char*>(data), size});
  if (!offer) {
    FUZZ_REQUIRE(!offer.error().text.empty() && offer.error().text.size() < 1000);
    return 0;
  }
  FUZZ_REQUIRE(offer->warnings.size() <= 32);
  AnswerMedia ours;
  ours.port = 10000;
  ours.crypto_tag = 1;
  ours.crypto_suite = "AES_CM_128_HMAC_SHA1_80";
  ours.crypto_key = "inline:key";
  const std::vector<AnswerMedia> media(offer->media.size(), ours);
  const auto text = write_answer(*offer, media, {.address = "192.0.2.1", .session_id = "1"});
  require_whole_lines(text);
  const auto answer = parse(text, {.bytes = 4 * 65536, .attributes = 1024});
  FUZZ_REQUIRE(answer.has_value());
  FUZZ_REQUIRE(answer->media.size() == offer->media.size());
  for (std::size_t i = 0; i < answer->media.size(); ++i) {
    const bool taken = refusal(offer->media[i]).empty();
    FUZZ_REQUIRE(answer->media[i].port == (taken ? 10000 : 0));
    if (taken) FUZZ_REQUIRE(answer->media[i].label == offer->media[i].label);
    if (taken) FUZZ_REQUIRE(answer->media[i].formats.size() == offer->media[i].formats.size());
  }
  return 0;
}
