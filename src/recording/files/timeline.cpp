#include "recording/files/timeline.hpp"

#include <algorithm>
#include <cstdlib>

namespace srs::recording {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMillisecond;
constexpr std::int64_t kLeap = 60 * kSecond;           // more is no timestamp
constexpr std::int64_t kWindow = 5;                    // seconds to each side
constexpr std::size_t kMaxBuckets = 32;                // looked at within a window, whatever came
constexpr std::int64_t kTolerance = 2 * kMillisecond;  // an offset this far off is followed
constexpr std::int64_t kHurry = 20 * kMillisecond;     // each of these off adds a sample a packet
constexpr std::int64_t kLargestStep = 5 * kMillisecond;

std::int64_t to_ns(std::int64_t ticks, std::uint32_t rate) {
  return ticks / rate * kSecond + ticks % rate * kSecond / rate;
}

}  // namespace

SenderClock::Reading SenderClock::read(std::int64_t arrival, std::uint32_t timestamp,
                                       std::uint32_t rate) {
  if (rate_ == 0) {
    restart(0, arrival, timestamp, rate);
    return {};
  }
  // Another codec's clock counts on from here (RFC 7160 §4.1: the timestamps themselves go on).
  if (rate != rate_) restart(time_, arrival_, timestamp_, rate);
  const std::int64_t step = static_cast<std::int32_t>(timestamp - timestamp_);
  if (std::abs(to_ns(step, rate) - (arrival - arrival_)) > kLeap) {
    restart(time_ + (arrival - arrival_), arrival, timestamp, rate);
    return {time_, true};
  }
  ticks_ += step;
  time_ = base_time_ + to_ns(ticks_, rate_);
  timestamp_ = timestamp;
  arrival_ = arrival;
  return {time_, false};
}

void SenderClock::restart(std::int64_t time, std::int64_t arrival, std::uint32_t timestamp,
                          std::uint32_t rate) {
  base_time_ = time_ = time;
  ticks_ = 0;
  arrival_ = arrival;
  timestamp_ = timestamp;
  rate_ = rate;
}

void Timeline::observe(std::int64_t arrival, std::uint32_t timestamp, std::uint32_t rate,
                       bool follows) {
  const auto reading = clock_.read(arrival, timestamp, rate);
  const std::int64_t delay = arrival - reading.time;
  const std::int64_t second = arrival / kSecond;
  SenderPace::Step step{.parted = true};
  if (!pieces_.empty())
    step = pace_.judge(arrival - last_arrival_, reading.time - last_time_, follows);
  const bool jump = reading.leapt || step.parted;
  if (jump) pieces_.push_back({packets_, buckets_.size(), reading.leapt, step});
  if (jump || buckets_.back().second != second) buckets_.push_back({second, delay});
  buckets_.back().delay = std::min(buckets_.back().delay, delay);
  last_arrival_ = arrival;
  last_time_ = reading.time;
  ++packets_;
}

// The least delay in the seconds before `bucket`, no further back than bucket `first`.
std::int64_t Timeline::level_before(std::size_t bucket, std::size_t first) const {
  std::int64_t level = buckets_[bucket - 1].delay;
  first = std::max(first, bucket > kMaxBuckets ? bucket - kMaxBuckets : 0);
  for (std::size_t i = bucket - 1; i-- > first;) {
    if (buckets_[bucket - 1].second - buckets_[i].second > kWindow) break;
    level = std::min(level, buckets_[i].delay);
  }
  return level;
}

// The least delay in the seconds after the piece's beginning, as far as the clock can be compared:
// what a sender's clock did it may undo, and a stall ends where it ends.
std::int64_t Timeline::level_from(std::size_t piece) const {
  const std::size_t begin = pieces_[piece].first_bucket;
  std::int64_t level = buckets_[begin].delay;
  const bool sender = pieces_[piece].step.sender;
  for (std::size_t i = begin + 1; i < std::min(begin + kMaxBuckets, buckets_.size()); ++i) {
    if (std::abs(buckets_[i].second - buckets_[begin].second) > kWindow) break;
    if (piece + 1 < pieces_.size() && pieces_[piece + 1].first_bucket == i) {
      ++piece;
      if (pieces_[piece].leapt || (sender && pieces_[piece].step.sender)) break;
    }
    level = std::min(level, buckets_[i].delay);
  }
  return level;
}

// A jump stands where the delay stays away from what it was. Where it comes back within seconds
// the network stalled, and the timestamps are right.
bool Timeline::stands(std::size_t piece, std::size_t first) const {
  const auto& begin = pieces_[piece];
  if (begin.leapt) return true;
  const auto change = std::abs(level_from(piece) - level_before(begin.first_bucket, first));
  return change > begin.step.least;
}

void Timeline::settle() {
  std::size_t first = 0;  // bucket of the segment so far
  for (std::size_t i = 1; i < pieces_.size(); ++i) {
    auto& piece = pieces_[i];
    piece.segment = stands(i, first);
    if (piece.segment) first = piece.first_bucket;
  }
  clock_ = {};
  packets_ = 0;
}

bool Timeline::enter_packet() {
  const bool starts = next_piece_ < pieces_.size() && pieces_[next_piece_].first_packet == packets_;
  ++packets_;
  if (!starts) return false;
  const auto& piece = pieces_[next_piece_++];
  bucket_ = piece.first_bucket;
  if (!piece.segment) return false;
  segment_begin_ = piece.first_bucket;
  std::size_t last = next_piece_;
  while (last < pieces_.size() && !pieces_[last].segment) ++last;
  segment_end_ = last < pieces_.size() ? pieces_[last].first_bucket : buckets_.size();
  return true;
}

// The least delay of the segment within the window around the current bucket.
std::int64_t Timeline::target() const {
  const std::int64_t now = buckets_[bucket_].second;
  std::int64_t least = buckets_[bucket_].delay;
  const std::size_t begin =
      std::max(segment_begin_, bucket_ > kMaxBuckets ? bucket_ - kMaxBuckets : 0);
  const std::size_t end = std::min(segment_end_, bucket_ + kMaxBuckets);
  for (std::size_t i = bucket_; i-- > begin && now - buckets_[i].second <= kWindow;) {
    least = std::min(least, buckets_[i].delay);
  }
  for (std::size_t i = bucket_ + 1; i < end && buckets_[i].second - now <= kWindow; ++i) {
    least = std::min(least, buckets_[i].delay);
  }
  return least;
}

Timeline::Place Timeline::place(std::int64_t arrival, std::uint32_t timestamp, std::uint32_t rate,
                                bool after_pause) {
  const auto reading = clock_.read(arrival, timestamp, rate);
  const std::size_t before = bucket_;
  const std::size_t piece = next_piece_;
  const bool starts = enter_packet();
  // The same step as in observe(): a new second is the next bucket.
  if (piece == next_piece_ && buckets_[bucket_].second != arrival / kSecond) ++bucket_;
  if (starts || bucket_ != before) target_ = target();
  const bool off = std::abs(target_ - offset_) > kTolerance;
  if (starts || (after_pause && off)) {
    offset_ = target_;
    following_ = false;
  } else {
    follow(target_, rate);
  }
  return {reading.time + offset_, starts};
}

// Once the offset is wrong enough it goes all the way, so that most packets stay untouched.
void Timeline::follow(std::int64_t target, std::uint32_t rate) {
  const std::int64_t off = target - offset_;
  const std::int64_t sample = kSecond / rate;
  following_ = std::abs(off) > (following_ ? sample : kTolerance);
  if (!following_) return;
  const auto step = std::min({std::abs(off), sample * (1 + std::abs(off) / kHurry), kLargestStep});
  offset_ += off < 0 ? -step : step;
}

}  // namespace srs::recording
