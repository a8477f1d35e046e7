// A document is read or refused, in whatever charset; merging it with itself adds nobody, and all
// of it stays within the limits.
#include "require.hpp"

#include <srs/siprec/metadata.hpp>
#include <srs/util/text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

using srs::siprec::Metadata;

const srs::siprec::MetadataLimits kLimits{.bytes = 1 << 18, .elements = 2000, .entities = 64};

void require_within_limits(const Metadata& metadata) {
  FUZZ_REQUIRE(metadata.participants.size() <= kLimits.entities);
  FUZZ_REQUIRE(metadata.streams.size() <= kLimits.entities);
  FUZZ_REQUIRE(metadata.sessions.size() <= kLimits.entities);
  FUZZ_REQUIRE(metadata.groups.size() <= kLimits.entities);
  FUZZ_REQUIRE(metadata.extensions.size() <= kLimits.extensions);
  FUZZ_REQUIRE(metadata.warnings.size() <= 72);
  for (const auto& p : metadata.participants) {
    FUZZ_REQUIRE(p.aor.size() <= kLimits.text_bytes && p.id.size() <= kLimits.text_bytes);
    FUZZ_REQUIRE(p.sends.size() <= kLimits.entities && p.receives.size() <= kLimits.entities);
    FUZZ_REQUIRE(p.presence.size() <= kLimits.entities && p.names.size() <= kLimits.entities);
    FUZZ_REQUIRE(srs::to_utf8(p.aor) == p.aor);
  }
  for (const auto& e : metadata.extensions) {
    FUZZ_REQUIRE(e.value.size() <= kLimits.text_bytes && e.key.size() <= kLimits.text_bytes);
    FUZZ_REQUIRE(srs::to_utf8(e.value) == e.value && srs::to_utf8(e.key) == e.key);
  }
  for (const auto& w : metadata.warnings) FUZZ_REQUIRE(srs::to_utf8(w) == w);
}

void read(std::string_view xml, std::string_view charset) {
  const auto metadata = srs::siprec::parse_metadata(xml, charset, kLimits);
  if (!metadata) {
    FUZZ_REQUIRE(!metadata.error().text.empty());
    return;
  }
  require_within_limits(*metadata);
  for (const auto& stream : metadata->streams) {
    const auto senders = metadata->senders_of_label(stream.label);
    FUZZ_REQUIRE((metadata->sender_of_label(stream.label) != nullptr) == (senders.size() == 1));
  }
  const auto merged = srs::siprec::merge(*metadata, *metadata, kLimits);
  require_within_limits(merged);
  FUZZ_REQUIRE(merged.participants.size() <= metadata->participants.size());
  auto update = *metadata;
  update.mode = srs::siprec::DataMode::Partial;
  require_within_limits(srs::siprec::merge(merged, update, kLimits));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  read(xml, {});
  if (size % 8 == 1) read(xml, "iso-8859-1");
  return 0;
}
