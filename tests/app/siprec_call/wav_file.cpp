#include "app/siprec_call/wav_file.hpp"

#include "support/files.hpp"

#include <cmath>
#include <numbers>
#include <string>

namespace srs::test {
namespace {

std::string little(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i, value >>= 8) bytes += static_cast<char>(value & 0xFF);
  return bytes;
}

}  // namespace

void write_wav(const std::filesystem::path& path, std::uint32_t rate,
               const std::vector<std::vector<std::int16_t>>& channels) {
  std::string data;
  for (std::size_t i = 0; i < channels.front().size(); ++i)
    for (const auto& channel : channels) data += little(static_cast<std::uint16_t>(channel[i]), 2);
  const auto block = 2 * channels.size();
  write_file(path, "RIFF" + little(36 + data.size(), 4) + "WAVEfmt " + little(16, 4) +
                       little(1, 2) + little(channels.size(), 2) + little(rate, 4) +
                       little(rate * block, 4) + little(block, 2) + little(16, 2) + "data" +
                       little(data.size(), 4) + data);
}

std::vector<std::int16_t> chirp(double from, double to, double seconds, std::uint32_t rate) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(seconds * rate));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / rate;
    const double phase = 2 * std::numbers::pi * (from + (to - from) * t / (2 * seconds)) * t;
    samples[i] = static_cast<std::int16_t>(std::lrint(12000 * std::sin(phase)));
  }
  return samples;
}

}  // namespace srs::test
