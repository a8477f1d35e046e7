#include "recording/files/media_resampler.hpp"

#include <samplerate.h>

#include <new>

namespace srs::recording {

MediaResampler::MediaResampler(std::uint32_t from, std::uint32_t to)
    : from_(from), ratio_(static_cast<double>(to) / from) {
  int error = 0;
  state_ = src_new(SRC_SINC_MEDIUM_QUALITY, 1, &error);
  if (state_ == nullptr) throw std::bad_alloc();
}

MediaResampler::~MediaResampler() {
  src_delete(state_);
}

void MediaResampler::feed(std::span<const std::int16_t> samples, std::vector<std::int16_t>& out) {
  process(samples, false, out);
}

void MediaResampler::finish(std::vector<std::int16_t>& out) {
  process({}, true, out);
  src_reset(state_);
}

void MediaResampler::process(std::span<const std::int16_t> samples, bool last,
                             std::vector<std::int16_t>& out) {
  in_.resize(samples.size() + 1);  // never null, not even for none
  if (!samples.empty()) {
    src_short_to_float_array(samples.data(), in_.data(), static_cast<int>(samples.size()));
  }
  out_.resize(4096);
  SRC_DATA data{};
  data.data_in = in_.data();
  data.input_frames = static_cast<long>(samples.size());
  data.end_of_input = last ? 1 : 0;
  data.src_ratio = ratio_;
  do {
    data.data_out = out_.data();
    data.output_frames = static_cast<long>(out_.size());
    if (src_process(state_, &data) != 0) return;
    const auto count = static_cast<std::size_t>(data.output_frames_gen);
    const std::size_t start = out.size();
    out.resize(start + count);
    src_float_to_short_array(out_.data(), out.data() + start, static_cast<int>(count));
    data.data_in += data.input_frames_used;
    data.input_frames -= data.input_frames_used;
  } while (data.output_frames_gen > 0 || (data.input_frames > 0 && data.input_frames_used > 0));
}

}  // namespace srs::recording
