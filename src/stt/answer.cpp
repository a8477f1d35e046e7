#include "stt/answer.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace srs::stt {
namespace {

struct Mended {
  std::size_t times = 0;
  std::size_t channels = 0;
  std::size_t confidences = 0;
};

void mend_confidence(std::optional<double>& confidence, Mended& mended) {
  if (!confidence || (*confidence >= 0 && *confidence <= 1)) return;
  ++mended.confidences;
  confidence.reset();
}

// Providers round: half a second too long is not worth a word.
bool clamp(Millis& start, Millis& end, Millis low, Millis high) {
  const auto odd = start < low - Millis(500) || end > high + Millis(500) || end < start;
  start = std::clamp(start, low, high);
  end = std::clamp(end, start, high);
  return odd;
}

// The words decide where a segment lies: providers round its bounds more coarsely.
void mend_words(Segment& segment, Millis length, Mended& mended) {
  auto from = Millis(0);
  for (auto& word : segment.words) {
    mended.times += clamp(word.start, word.end, Millis(0), length) ? 1 : 0;
    if (word.start < from) {
      mended.times += from - word.start > Millis(500) ? 1 : 0;
      word.start = from;
      word.end = std::max(word.end, from);
    }
    from = word.start;
    segment.start = std::min(segment.start, word.start);
    segment.end = std::max(segment.end, word.end);
    mend_confidence(word.confidence, mended);
  }
}

bool ends_sentence(std::string_view text) {
  return text.ends_with('.') || text.ends_with('?') || text.ends_with('!');
}

}  // namespace

void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw std::logic_error("value() of a failed request: " + failure.text);
}

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::Auth:
      return "auth";
    case Reason::Refused:
      return "refused";
    case Reason::Quota:
      return "quota";
    case Reason::RateLimited:
      return "rate_limited";
    case Reason::Server:
      return "server";
    case Reason::Timeout:
      return "timeout";
    case Reason::Connect:
      return "connect";
    case Reason::Tls:
      return "tls";
    case Reason::Reset:
      return "reset";
    case Reason::TooLarge:
      return "too_large";
    case Reason::NotJson:
      return "not_json";
    case Reason::BadAnswer:
      return "bad_answer";
    case Reason::Rejected:
      return "rejected";
    case Reason::Audio:
      return "audio";
    case Reason::Command:
      return "command";
    case Reason::Busy:
      return "busy";
    case Reason::Cancelled:
      return "cancelled";
  }
  return "other";
}

Remedy remedy_of(Reason reason) {
  switch (reason) {
    case Reason::RateLimited:
    case Reason::Server:
    case Reason::Timeout:
    case Reason::Connect:
    case Reason::Tls:
    case Reason::Reset:
    case Reason::Busy:
    case Reason::Cancelled:
      return Remedy::Wait;
    case Reason::NotJson:
    case Reason::BadAnswer:
    case Reason::Command:
      return Remedy::Retry;
    case Reason::Auth:
    case Reason::Refused:
    case Reason::Quota:
    case Reason::TooLarge:
    case Reason::Rejected:
    case Reason::Audio:
      break;
  }
  return Remedy::Never;
}

void mend(Answer& answer, std::size_t channels, Millis length) {
  Mended mended;
  std::erase_if(answer.segments, [&](const Segment& segment) {
    mended.channels += segment.channel >= channels ? 1 : 0;
    return segment.channel >= channels;
  });
  for (auto& segment : answer.segments) {
    std::erase_if(segment.words, [](const Word& word) { return trim(word.text).empty(); });
    for (auto& word : segment.words) word.text = std::string(trim(word.text));
    segment.text = std::string(trim(segment.text));
    // A segment without any usable time is the whole piece's.
    if (segment.start >= length || (segment.end <= segment.start && segment.words.empty())) {
      mended.times += segment.start >= length || segment.end < segment.start ? 1 : 0;
      segment.start = Millis(0);
      segment.end = length;
    }
    mended.times += clamp(segment.start, segment.end, Millis(0), length) ? 1 : 0;
    mend_confidence(segment.confidence, mended);
    mend_words(segment, length, mended);
  }
  std::erase_if(answer.segments, [](const Segment& segment) { return segment.text.empty(); });
  std::stable_sort(answer.segments.begin(), answer.segments.end(),
                   [](const Segment& a, const Segment& b) { return a.start < b.start; });
  const auto warn = [&](std::size_t count, const char* what) {
    if (count > 0) answer.warnings.push_back(std::to_string(count) + what);
  };
  warn(mended.times, " times were not within the audio or not in order, and were moved");
  warn(mended.channels, " segments of channels that were not sent were left out");
  warn(mended.confidences, " confidences were not between 0 and 1 and were left out");
}

std::vector<Segment> segments_of(std::vector<Word> words, unsigned channel) {
  std::vector<Segment> segments;
  for (auto& word : words) {
    const auto pause = segments.empty() ? Millis(0) : word.start - segments.back().end;
    const bool fresh = segments.empty() || pause >= Millis(1000) ||
                       (pause >= Millis(300) && ends_sentence(segments.back().text));
    if (fresh) {
      Segment segment;
      segment.channel = channel;
      segment.start = word.start;
      segments.push_back(std::move(segment));
    }
    auto& segment = segments.back();
    segment.text += (segment.text.empty() ? "" : " ") + word.text;
    segment.end = std::max(segment.end, word.end);
    segment.words.push_back(std::move(word));
  }
  return segments;
}

}  // namespace srs::stt
