// Transcripts for players and for people.
#include <srs/stt/transcript.hpp>
#include <srs/util/text.hpp>

#include <algorithm>
#include <cstdio>

namespace srs::stt {
namespace {

std::string clock(Millis time, bool with_millis) {
  const auto ms = time.count();
  char text[32];
  const long long seconds = ms / 1000;
  const int size = std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld", seconds / 3600,
                                 seconds / 60 % 60, seconds % 60);
  std::string out(text, static_cast<std::size_t>(size));
  if (with_millis) {
    std::snprintf(text, sizeof text, ".%03lld", static_cast<long long>(ms % 1000));
    out += text;
  }
  return out;
}

// Names and words come from strangers: one line, no control characters.
std::string on_one_line(std::string_view text) {
  auto out = to_utf8(text);
  for (auto& c : out)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  return std::string(trim(out));
}

// WebVTT §4.2.2: these three have to be written as character references in cue text.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : on_one_line(text)) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::string speaker(const Transcript& transcript, const Segment& segment) {
  for (const auto& channel : transcript.channels) {
    if (channel.channel != segment.channel) continue;
    const auto who = speaker_of(channel, segment);
    if (!who.name.empty()) return who.name;
    if (!who.participant.empty()) return who.participant;
  }
  return "Channel " + std::to_string(segment.channel + 1);
}

}  // namespace

std::string to_vtt(const Transcript& transcript) {
  std::string out = "WEBVTT\n";
  std::size_t number = 0;
  for (const auto& segment : transcript.segments) {
    // A cue ends after it begins (WebVTT §4.4).
    const auto end = std::max(segment.end, segment.start + Millis(1));
    out += "\n" + std::to_string(++number) + "\n" + clock(segment.start, true) + " --> " +
           clock(end, true) + "\n<v " + escaped(speaker(transcript, segment)) + ">" +
           escaped(segment.text) + "\n";
  }
  return out;
}

std::string to_text(const Transcript& transcript) {
  std::string out;
  for (const auto& segment : transcript.segments)
    out += "[" + clock(segment.start, false) + "] " + on_one_line(speaker(transcript, segment)) +
           ": " + on_one_line(segment.text) + "\n";
  return out;
}

}  // namespace srs::stt
