// WAV files made for a test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace srs::test {

// 16-bit PCM; all channels of equal length.
void write_wav(const std::filesystem::path& path, std::uint32_t rate,
               const std::vector<std::vector<std::int16_t>>& channels);

// A tone that climbs from `from` to `to` Hz: no part of it is like another.
std::vector<std::int16_t> chirp(double from, double to, double seconds, std::uint32_t rate = 8000);

}  // namespace srs::test
