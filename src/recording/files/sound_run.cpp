#include "recording/files/sound_run.hpp"

#include <algorithm>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

// Seconds apart from the rest, so that days at 192 kHz fit.
std::int64_t to_samples(std::int64_t ns, std::int64_t rate) {
  const std::int64_t rest = ns % kSecond * rate;
  return ns / kSecond * rate + (rest + (rest < 0 ? -kSecond / 2 : kSecond / 2)) / kSecond;
}

std::int64_t to_nanoseconds(std::int64_t samples, std::int64_t rate) {
  return samples / rate * kSecond + samples % rate * kSecond / rate;
}

void SoundRun::begin(std::int64_t frame, std::uint32_t rate) {
  end();
  begin_ = std::max(begin_, frame);
  rate_ = rate;
  if (rate == 0 || rate == file_rate_) {
    resampler_.reset();
  } else if (!resampler_ || resampler_->from() != rate) {
    resampler_ = std::make_unique<MediaResampler>(rate, file_rate_);
  }
}

void SoundRun::feed(std::span<const std::int16_t> samples) {
  const std::size_t before = pending_.size();
  if (resampler_) {
    resampler_->feed(samples, pending_);
  } else {
    pending_.insert(pending_.end(), samples.begin(), samples.end());
  }
  fed_ += static_cast<std::int64_t>(samples.size());
  given_ += static_cast<std::int64_t>(pending_.size() - before);
  hand_out(file_rate_ / 2);
}

void SoundRun::end() {
  if (resampler_ && fed_ > 0) {
    const std::size_t before = pending_.size();
    resampler_->finish(pending_);
    given_ += static_cast<std::int64_t>(pending_.size() - before);
  }
  hand_out(1);
  begin_ += given_;
  fed_ = given_ = 0;
}

void SoundRun::fill(std::int64_t frame, double noise) {
  end();
  if (frame > begin_) ready_.push_back({begin_, frame - begin_, {}, noise});
}

void SoundRun::hand_out(std::size_t at_least) {
  if (pending_.size() < at_least) return;
  const auto frames = static_cast<std::int64_t>(pending_.size());
  ready_.push_back({begin_ + given_ - frames, frames, std::exchange(pending_, {}), 0});
}

std::int64_t SoundRun::cursor() const {
  const auto begin = to_nanoseconds(begin_, file_rate_);
  return rate_ == 0 ? begin : begin + to_nanoseconds(fed_, rate_);
}

}  // namespace srs::recording
