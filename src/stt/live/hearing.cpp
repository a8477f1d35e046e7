// What a live provider says: made safe to believe, placed on the recording's timeline, redacted.
#include "stt/live/call.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

constexpr std::size_t kLongestResult = 16 << 10;  // bytes of text
// Bytes of final results that a channel may have, at once and for each second of its audio: ten
// times of what the fastest speaker says, and an eighth of what the audio takes on the disk.
constexpr std::uint64_t kSaidAtOnce = 64 << 10;
constexpr std::uint64_t kSaidPerSecond = 2 << 10;
constexpr std::uint64_t kOfAWord = 64;  // its times and names in JSON
constexpr Millis kLongestHold{10'000};

std::uint64_t size_of(const Segment& segment) {
  std::uint64_t size = segment.text.size() + kOfAWord;
  for (const auto& word : segment.words) size += word.text.size() + kOfAWord;
  return size;
}

}  // namespace

void LiveCall::hear(std::string_view message) {
  const auto json = parse_json(message);
  if (!json) {
    ++no_json_;
    state_->metrics.failed(state_->label, Reason::NotJson);
    return;
  }
  answered_ = true;
  last_heard_ = state_->protocol->is_last(*json);
  if (auto utterance = state_->protocol->read(*json)) tell(std::move(*utterance));
}

bool LiveCall::is_too_much(const Utterance& utterance) const {
  const auto size = size_of(utterance.segment);
  if (utterance.segment.text.size() > kLongestResult || size > kSaidAtOnce) return true;
  if (!utterance.final) return false;
  const auto heard = end_.use.audio + timeline_.length();
  return said_ + size >
         kSaidAtOnce + kSaidPerSecond * static_cast<std::uint64_t>(heard / Millis(1000));
}

bool LiveCall::repair(Segment& segment) {
  const auto length = timeline_.length();
  Answer alone;
  alone.segments.push_back(std::move(segment));
  mend(alone, 1, length);
  if (!alone.warnings.empty()) {
    ++mended_;
    state_->metrics.mended(state_->label);
  }
  if (alone.segments.empty()) return false;
  segment = std::move(alone.segments.front());
  // No time at all: not all of the connection's audio but what came since the last result.
  if (segment.words.empty() && segment.start.count() == 0 && segment.end == length)
    segment.end = Millis(0);
  return true;
}

void LiveCall::place(Segment& segment) const {
  const bool timeless = segment.words.empty() && segment.end <= segment.start;
  segment.start = timeline_.of(timeless ? Millis(0) : segment.start);
  if (timeless) segment.start = std::max(segment.start, said_until_);
  segment.end = timeline_.end_of(timeless ? timeline_.length() : segment.end);
  segment.end = std::max(segment.end, segment.start);
  for (auto& word : segment.words) {
    word.start = timeline_.of(word.start);
    word.end = std::max(word.start, timeline_.end_of(word.end));
  }
}

void LiveCall::tell_interim(Segment segment) {
  ++state_->figures.interim;
  if (!state_->redactor.has_rules())
    return heard_({channel_.recording_id, false, std::move(segment), {}});
  for (auto& shown : without_numbers(std::move(segment)))
    heard_({channel_.recording_id, false, std::move(shown), {}});
}

// A crash must not take all that is held with it.
void LiveCall::keep_held(Segment segment) {
  for (auto& shown : without_numbers(std::move(segment)))
    heard_({channel_.recording_id, true, std::move(shown), {}, true});
}

std::vector<Segment> LiveCall::without_numbers(Segment segment) const {
  Transcript alone;
  alone.segments.push_back(std::move(segment));
  state_->redactor.redact(alone);
  for (auto& shown : alone.segments) hide_numbers(shown);
  return std::move(alone.segments);
}

void LiveCall::tell_final(HeldBack::Told told) {
  untimed_ += told.untimed;
  for (std::size_t i = 0; i < told.untimed; ++i) state_->metrics.mended(state_->label);
  for (auto& event : told.events) {
    event.recording_id = channel_.recording_id;
    ++state_->figures.final;
    heard_(event);
  }
  release_.cancel();
  if (held_back_.empty()) return;
  release_.expires_after(std::min(state_->options.live.last_words, kLongestHold));
  release_.async_wait([self = weak_from_this()](boost::system::error_code error) {
    const auto call = self.lock();
    if (!error && call && !call->cut_) call->tell_final(call->held_back_.release());
  });
}

void LiveCall::tell(Utterance utterance) {
  if (is_too_much(utterance)) {
    ++beyond_;
    state_->metrics.failed(state_->label, Reason::BadAnswer);
    return;
  }
  auto& segment = utterance.segment;
  if (utterance.final) said_ += size_of(segment);
  if (!repair(segment)) return;
  place(segment);
  segment.channel = channel_.channel;
  segment.provider = end_.use.provider;
  segment.model = end_.use.model;
  segment.language = channel_.language;
  if (utterance.final) {
    said_until_ = segment.end;
    const std::chrono::duration<double> late = Clock::now() - (begun_ + segment.end);
    state_->metrics.answered(state_->label, std::max(0.0, late.count()));
  }
  if (!utterance.final) return tell_interim(std::move(segment));
  const auto said = segment;
  tell_final(held_back_.add(std::move(segment)));
  if (!held_back_.empty()) keep_held(said);
}

}  // namespace srs::stt
