// audio.wav, written under another name until it is whole.
#pragma once

#include <srs/util/result.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

struct sf_private_tag;

namespace srs::recording {

// 16-bit PCM; RF64 where `frames` make it larger than RIFF can say. Without commit() nothing is
// left behind.
class WavWriter {
 public:
  static Result<std::unique_ptr<WavWriter>> create(const std::filesystem::path& path,
                                                   std::uint32_t sample_rate, unsigned channels,
                                                   std::uint64_t frames);
  ~WavWriter();
  WavWriter(const WavWriter&) = delete;
  WavWriter& operator=(const WavWriter&) = delete;

  // Whole frames, interleaved.
  Result<void> write(std::span<const std::int16_t> samples);
  // Puts it on the disk and gives it its name.
  Result<void> commit();

 private:
  explicit WavWriter(std::filesystem::path path);
  Error failed(const char* doing) const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int fd_ = -1;
  sf_private_tag* file_ = nullptr;
};

}  // namespace srs::recording
