#include "stt/answer.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <cctype>
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
constexpr Millis kRounding{500};

bool clamp(Millis& start, Millis& end, Millis low, Millis high) {
  const auto odd = start < low - kRounding || end > high + kRounding || end < start;
  start = std::clamp(start, low, high);
  end = std::clamp(end, start, high);
  return odd;
}

// Zeros are what stands where nothing was said of the time.
bool has_time(const Word& word, Millis length) {
  const bool said = word.start.count() > 0 || word.end.count() > 0;
  return said && word.start.count() >= 0 && word.start <= length + kRounding;
}

void mend_words(Segment& segment, Millis length, Mended& mended) {
  auto& words = segment.words;
  const auto first = std::find_if(words.begin(), words.end(),
                                  [&](const Word& word) { return has_time(word, length); });
  if (first == words.end()) {
    mended.times += words.size();
    return words.clear();
  }
  auto from = std::min(first->start, length);
  for (auto& word : words) {
    mend_confidence(word.confidence, mended);
    if (!has_time(word, length)) {
      ++mended.times;
      word.start = word.end = from;
      continue;
    }
    mended.times += clamp(word.start, word.end, Millis(0), length) ? 1 : 0;
    if (word.start < from) {
      mended.times += from - word.start > kRounding ? 1 : 0;
      word.start = from;
      word.end = std::max(word.end, from);
    }
    from = word.start;
  }
}

// The words decide where a segment lies: providers round its bounds more coarsely.
void mend_bounds(Segment& segment, Millis length, Mended& mended) {
  const auto& words = segment.words;
  const bool wrong = segment.start.count() < 0 || segment.end < segment.start ||
                     segment.end.count() < 0 || segment.start >= length;
  if (wrong || segment.end == segment.start) {
    mended.times += wrong ? 1 : 0;
    segment.start = words.empty() ? Millis(0) : words.front().start;
    segment.end = words.empty() ? length : words.back().end;
  }
  mended.times += clamp(segment.start, segment.end, Millis(0), length) ? 1 : 0;
  for (const auto& word : words) {
    segment.start = std::min(segment.start, word.start);
    segment.end = std::max(segment.end, word.end);
  }
}

bool is_blank(std::string_view text) {
  return trim(text).empty();
}

void tidy(Segment& segment) {
  std::erase_if(segment.words, [](const Word& word) { return is_blank(word.text); });
  for (auto& word : segment.words) word.text = std::string(trim(word.text));
  segment.text = std::string(trim(segment.text));
  if (!segment.text.empty()) return;
  for (const auto& word : segment.words)
    segment.text += (segment.text.empty() ? "" : " ") + word.text;
}

// Of channels that were not sent. Where one was sent it is that one's; else nobody can tell whose.
void mend_channels(Answer& answer, std::size_t channels, Mended& mended) {
  for (auto& segment : answer.segments) {
    if (segment.channel < channels) continue;
    ++mended.channels;
    if (channels == 1) segment.channel = 0;
  }
  std::erase_if(answer.segments,
                [&](const Segment& segment) { return segment.channel >= channels; });
}

// Letters and digits of any script, in bytes: punctuation comes and goes.
std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0;
  }));
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
  mend_channels(answer, channels, mended);
  for (auto& segment : answer.segments) {
    tidy(segment);
    mend_confidence(segment.confidence, mended);
    mend_words(segment, length, mended);
    mend_bounds(segment, length, mended);
  }
  std::erase_if(answer.segments, [](const Segment& segment) { return segment.text.empty(); });
  std::stable_sort(answer.segments.begin(), answer.segments.end(),
                   [](const Segment& a, const Segment& b) { return a.start < b.start; });
  const auto warn = [&](std::size_t count, const char* what) {
    if (count > 0) answer.warnings.push_back(std::to_string(count) + what);
  };
  warn(mended.times, " times were not within the audio or not in order, and were moved");
  warn(mended.channels, channels == 1
                            ? " segments were of another channel than the one that was sent"
                            : " segments of channels that were not sent were left out");
  warn(mended.confidences, " confidences were not between 0 and 1 and were left out");
}

void keep_text(Answer& answer, unsigned channel, std::string_view text, bool listed) {
  std::size_t kept = 0;
  bool any = false;
  bool torn = false;
  for (auto& segment : answer.segments) {
    if (segment.channel != channel) continue;
    const auto words = segment.words.size();
    tidy(segment);
    any = any || !segment.text.empty();
    torn = torn || segment.words.size() < words || segment.text.empty();
    kept += letters(segment.text);
  }
  const bool lost = any ? torn && letters(text) > kept : !is_blank(text);
  if (!lost) return;
  std::erase_if(answer.segments,
                [&](const Segment& segment) { return segment.channel == channel; });
  Segment all;  // without times: it is given those of the piece
  all.channel = channel;
  all.text = text;
  answer.segments.push_back(std::move(all));
  if (listed)
    answer.warnings.emplace_back(
        "segments or words without text: all that was said stands as one segment of the whole "
        "piece");
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
    if (!is_blank(word.text)) segment.text += (segment.text.empty() ? "" : " ") + word.text;
    segment.end = std::max(segment.end, word.end);
    segment.words.push_back(std::move(word));
  }
  return segments;
}

}  // namespace srs::stt
