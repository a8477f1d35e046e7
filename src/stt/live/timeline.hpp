// Where the samples of one connection lie on the recording's timeline.
#pragma once

#include <srs/stt/transcript.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace srs::stt {

// A provider counts the samples that it got; a call has pauses in which none are sent. Each pause
// sets a new anchor. Kept for the last hours of a connection only.
class Timeline {
 public:
  explicit Timeline(std::uint32_t sample_rate) : rate_(sample_rate) {}

  // `samples` are sent that were spoken from `at` on.
  void sent(Millis at, std::size_t samples) {
    constexpr Millis kTolerated{30};
    constexpr std::size_t kMostAnchors = 10'000;
    const auto position = time_of(samples_);
    if (anchors_.empty() || std::chrono::abs(of(position) - at) > kTolerated)
      anchors_.emplace_back(position, at);
    if (anchors_.size() > kMostAnchors) anchors_.pop_front();
    samples_ += samples;
  }
  // From the provider's time to the recording's.
  Millis of(Millis time) const {
    auto anchor = anchors_.empty() ? std::pair<Millis, Millis>{} : anchors_.front();
    for (auto at = anchors_.rbegin(); at != anchors_.rend(); ++at) {
      if (at->first > time) continue;
      anchor = *at;
      break;
    }
    return anchor.second + (time - anchor.first);
  }
  // The end of a word lies before a pause that begins there, its start after one.
  Millis end_of(Millis time) const {
    constexpr Millis kOne{1};
    return time > kOne ? of(time - kOne) + kOne : of(time);
  }
  // What was sent so far, in the provider's time.
  Millis length() const { return time_of(samples_); }

 private:
  Millis time_of(std::uint64_t samples) const {
    return Millis(static_cast<std::int64_t>(samples * 1000 / rate_));
  }

  std::uint32_t rate_;
  std::uint64_t samples_ = 0;
  std::deque<std::pair<Millis, Millis>> anchors_;  // the provider's time, the recording's
};

}  // namespace srs::stt
