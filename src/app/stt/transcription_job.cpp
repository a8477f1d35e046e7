// What a recording tells the transcription: who speaks on which channel, in which language, and
// whether it is urgent.
#include "app/stt/transcription.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace srs::app {
namespace {

using recording::SessionEntry;

// Headers of the INVITE are kept under this (recording/attribution.cpp).
constexpr std::string_view kSip = "sip:";

bool is_alphanumeric(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

// The first tag of a list such as `de-DE;q=0.9, en`; empty where that can't be one (BCP 47).
std::string language_tag(std::string_view value) {
  const auto tag = trim(value.substr(0, value.find_first_of(",;")));
  const auto subtags = split(tag, '-');
  const bool language = subtags[0].size() >= 2 && subtags[0].size() <= 8 &&
                        std::none_of(subtags[0].begin(), subtags[0].end(),
                                     [](unsigned char c) { return std::isalpha(c) == 0; });
  const bool others = std::all_of(subtags.begin() + 1, subtags.end(), [](std::string_view part) {
    return !part.empty() && part.size() <= 8 && is_alphanumeric(part);
  });
  return language && others && tag.size() <= 35 ? std::string(tag) : std::string();
}

std::string_view sip_header(const SessionEntry& session, std::string_view name) {
  for (const auto& [key, value, owner] : session.extensions) {
    if (key.starts_with(kSip) && iequals(std::string_view(key).substr(kSip.size()), name))
      return value;
  }
  return {};
}

// `language` of the element `vendor:call/vendor:language`; empty for attributes and SIP headers:
// xml:lang says in which language a name is written.
std::string_view element(std::string_view key) {
  if (key.starts_with(kSip)) return {};
  const auto name = key.substr(key.find_last_of("/:") + 1);
  return key.find('@') == std::string_view::npos ? name : std::string_view();
}

std::string language_of(const SessionEntry& session) {
  for (const auto* header : {"X-Language", "Content-Language"}) {
    auto tag = language_tag(sip_header(session, header));
    if (!tag.empty()) return tag;
  }
  for (const auto& [key, value, owner] : session.extensions) {
    const auto name = element(key);
    if (!iequals(name, "language") && !iequals(name, "lang") && !iequals(name, "locale")) continue;
    auto tag = language_tag(value);
    if (!tag.empty()) return tag;
  }
  return {};
}

// RFC 3261 §20.26
int priority_of(const SessionEntry& session) {
  static constexpr std::array<std::pair<std::string_view, int>, 3> kPriorities = {
      {{"emergency", 2}, {"urgent", 1}, {"non-urgent", -1}}};
  const auto value = trim(sip_header(session, "Priority"));
  for (const auto& [name, priority] : kPriorities)
    if (iequals(value, name)) return priority;
  return 0;
}

std::string name_of(const recording::Document& document, const std::string& participant) {
  for (const auto& entry : document.participants)
    if (!participant.empty() && entry.id == participant)
      return entry.name.empty() ? entry.aor : entry.name;
  return {};
}

}  // namespace

stt::Job job_of(const std::filesystem::path& directory, const recording::Document& document) {
  stt::Job job;
  job.directory = directory;
  job.recording_id = document.recording_id;
  job.call_id = document.call_id;
  job.audio = recording::kAudioFile;
  job.language = language_of(document.session);
  job.priority = priority_of(document.session);
  job.traceparent = document.session.traceparent;
  job.tracestate = document.session.tracestate;
  for (const auto& stream : document.streams) {
    stt::Channel channel{stream.channel, stream.label, stream.participant,
                         name_of(document, stream.participant)};
    for (const auto& speaker : stream.speakers)
      channel.speakers.push_back({stt::Millis(speaker.from_ms), speaker.participant,
                                  name_of(document, speaker.participant)});
    job.channels.push_back(std::move(channel));
  }
  return job;
}

}  // namespace srs::app
