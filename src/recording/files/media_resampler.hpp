// Sound at another sample rate.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct SRC_STATE_tag;

namespace srs::recording {

// Converts one run of mono sound, piece by piece. In all it gives round(samples * to / from); what
// it still holds comes with finish(), which makes it ready for the next run.
class MediaResampler {
 public:
  MediaResampler(std::uint32_t from, std::uint32_t to);
  ~MediaResampler();
  MediaResampler(const MediaResampler&) = delete;
  MediaResampler& operator=(const MediaResampler&) = delete;

  std::uint32_t from() const { return from_; }
  void feed(std::span<const std::int16_t> samples, std::vector<std::int16_t>& out);
  void finish(std::vector<std::int16_t>& out);

 private:
  void process(std::span<const std::int16_t> samples, bool last, std::vector<std::int16_t>& out);

  const std::uint32_t from_;
  const double ratio_;
  SRC_STATE_tag* state_;
  std::vector<float> in_;
  std::vector<float> out_;
};

}  // namespace srs::recording
