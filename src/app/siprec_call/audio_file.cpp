// Audio files through libsndfile and libsamplerate.
#include "app/siprec_call/audio.hpp"

#include <samplerate.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>

namespace srs::call {
namespace {

constexpr sf_count_t kLongest = 4 * 3600;  // seconds
constexpr int kMostChannels = 16;

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using File = std::unique_ptr<SNDFILE, Close>;

std::vector<std::vector<float>> deinterleave(const std::vector<float>& frames,
                                             std::size_t channels) {
  std::vector<std::vector<float>> result(channels);
  for (std::size_t i = 0; i < frames.size(); ++i) result[i % channels].push_back(frames[i]);
  return result;
}

Result<std::vector<float>> resample(std::vector<float> input, int rate) {
  if (rate == static_cast<int>(kSampleRate)) return input;
  const double ratio = static_cast<double>(kSampleRate) / rate;
  std::vector<float> output(static_cast<std::size_t>(static_cast<double>(input.size()) * ratio) +
                            1);
  SRC_DATA data{};
  data.data_in = input.data();
  data.input_frames = static_cast<long>(input.size());
  data.data_out = output.data();
  data.output_frames = static_cast<long>(output.size());
  data.src_ratio = ratio;
  if (const int error = src_simple(&data, SRC_SINC_MEDIUM_QUALITY, 1)) {
    return Error{std::string("can't be resampled to 8000 Hz: ") + src_strerror(error)};
  }
  output.resize(static_cast<std::size_t>(data.output_frames_gen));
  return output;
}

Samples to_16_bit(const std::vector<float>& samples) {
  Samples result(samples.size());
  std::transform(samples.begin(), samples.end(), result.begin(), [](float sample) {
    return static_cast<std::int16_t>(
        std::lrint(std::clamp(sample * 32768.0F, -32768.0F, 32767.0F)));
  });
  return result;
}

Error about(const std::filesystem::path& file, const std::string& what) {
  return Error{"audio file " + file.string() + ": " + what};
}

}  // namespace

Result<std::vector<Samples>> read_channels(const std::filesystem::path& file) {
  SF_INFO info{};
  const File handle(sf_open(file.c_str(), SFM_READ, &info));
  if (!handle) return about(file, sf_strerror(nullptr));
  if (info.samplerate <= 0 || info.frames <= 0) return about(file, "holds no audio");
  if (info.channels > kMostChannels) return about(file, "has more than 16 channels");
  if (info.frames / info.samplerate > kLongest) return about(file, "is longer than four hours");
  std::vector<float> frames(static_cast<std::size_t>(info.frames * info.channels));
  const auto read = sf_readf_float(handle.get(), frames.data(), info.frames);
  if (read <= 0) return about(file, "holds no audio");
  frames.resize(static_cast<std::size_t>(read * info.channels));
  std::vector<Samples> channels;
  for (auto& channel : deinterleave(frames, static_cast<std::size_t>(info.channels))) {
    auto resampled = resample(std::move(channel), info.samplerate);
    if (!resampled) return about(file, resampled.error().text);
    channels.push_back(to_16_bit(*resampled));
  }
  return channels;
}

}  // namespace srs::call
