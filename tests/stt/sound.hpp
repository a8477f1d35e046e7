// Recordings made on the spot.
#pragma once

#include <support/files.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <numbers>
#include <string>
#include <vector>

namespace srs::stt::test {

using Samples = std::vector<std::int16_t>;

inline Samples silence(double seconds, unsigned rate = 8000) {
  return Samples(static_cast<std::size_t>(seconds * rate), 0);
}

inline Samples tone(double seconds, double hertz = 440, unsigned rate = 8000) {
  Samples out(static_cast<std::size_t>(seconds * rate));
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::int16_t>(
        8000 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
  return out;
}

inline Samples operator+(Samples a, const Samples& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline void put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

// A RIFF file of 16-bit PCM, written by hand so that no library of ours judges itself; channels as
// long as the first.
inline std::string wav(const std::vector<Samples>& channels, unsigned rate = 8000) {
  const auto width = static_cast<std::uint32_t>(channels.size());
  const auto frames = static_cast<std::uint32_t>(channels.empty() ? 0 : channels[0].size());
  const std::uint32_t bytes = frames * width * 2;
  std::string out = "RIFF";
  put(out, 36 + bytes, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);
  put(out, 1, 2);
  put(out, width, 2);
  put(out, rate, 4);
  put(out, rate * width * 2, 4);
  put(out, width * 2, 2);
  put(out, 16, 2);
  out += "data";
  put(out, bytes, 4);
  for (std::uint32_t i = 0; i < frames; ++i)
    for (const auto& channel : channels)
      put(out, static_cast<std::uint16_t>(i < channel.size() ? channel[i] : 0), 2);
  return out;
}

inline std::filesystem::path write_wav(const std::filesystem::path& path,
                                       const std::vector<Samples>& channels, unsigned rate = 8000) {
  srs::test::write_file(path, wav(channels, rate));
  return path;
}

}  // namespace srs::stt::test
