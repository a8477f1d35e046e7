#include "recording/cnames.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <string_view>

namespace srs::recording {
namespace {

constexpr std::size_t kMaxCnames = 16;  // of one stream

// `alice` of `sip:alice@192.0.2.1:5060;transport=tcp`, `"Alice" <sip:alice@example.com>` and
// `alice@192.0.2.1`; the number of `tel:+4930...`.
std::string_view user_of(std::string_view address) {
  if (const auto open = address.find('<'); open != address.npos) address.remove_prefix(open + 1);
  address = trim(address.substr(0, address.find_first_of(">;?")));
  for (const std::string_view scheme : {"sip:", "sips:", "tel:"}) {
    if (istarts_with(address, scheme)) address.remove_prefix(scheme.size());
  }
  return address.substr(0, address.find_first_of("@:"));
}

bool has(const sdp::Media& media, const std::string& cname) {
  return std::any_of(media.sources.begin(), media.sources.end(),
                     [&](const sdp::Source& source) { return source.cname == cname; });
}

const ParticipantEntry* participant(const Document& document, std::string_view id) {
  const auto& all = document.participants;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == id; });
  return found != all.end() ? &*found : nullptr;
}

bool is_of(const ParticipantEntry* participant, std::string_view user) {
  return participant != nullptr && user_of(participant->aor) == user;
}

// At last or in turn before.
bool speaks_here(const Document& document, const StreamEntry& stream, std::string_view user) {
  return is_of(participant(document, stream.participant), user) ||
         std::any_of(stream.speakers.begin(), stream.speakers.end(), [&](const auto& each) {
           return is_of(participant(document, each.participant), user);
         });
}

void compare(Document& document, const StreamEntry& stream, const std::string& cname) {
  const auto user = user_of(cname);
  const auto* speaker = participant(document, stream.participant);
  if (user.empty() || speaker == nullptr || speaks_here(document, stream, user)) return;
  const auto& all = document.participants;
  const auto named =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return is_of(&each, user); });
  if (named == all.end()) return;
  document.warn("the SDP says that " + named->aor + " sends the stream with label \"" +
                stream.label + "\" (a=ssrc cname), and the metadata that " + speaker->aor +
                " does: who speaks on which channel is not sure");
}

}  // namespace

void add_cnames(std::vector<std::string>& known, const sdp::Session& offer, std::size_t line) {
  const auto& sources = offer.media[line].sources;
  for (std::size_t i = 0; i < sources.size() && known.size() < kMaxCnames; ++i) {
    const auto& cname = sources[i].cname;
    const bool is_known = std::find(known.begin(), known.end(), cname) != known.end();
    if (cname.empty() || is_known) continue;
    const auto lines = std::count_if(offer.media.begin(), offer.media.end(),
                                     [&](const sdp::Media& media) { return has(media, cname); });
    if (lines == 1) known.push_back(cname);
  }
}

void warn_of_contradicting_cnames(Document& document, const Cnames& cnames) {
  for (std::size_t i = 0; i < std::min(cnames.size(), document.streams.size()); ++i) {
    for (const auto& cname : cnames[i]) compare(document, document.streams[i], cname);
  }
}

}  // namespace srs::recording
