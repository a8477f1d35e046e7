// Calls that this server ended because it was told to stop. Their counters move in the last moments
// of the process, and mostly nobody scrapes it any more: then the next process counts them.
#pragma once

#include <srs/util/result.hpp>

#include <cstdint>
#include <filesystem>

namespace srs::recording {

// Leaves word in the directory of the recordings. Blocks, for the end of the process.
Result<void> leave_cut_calls(const std::filesystem::path& root, std::uint64_t calls);
// Somebody has seen their counters after all.
void forget_cut_calls(const std::filesystem::path& root);
// How many an earlier process left; told once. Blocks, for the start of the process.
std::uint64_t take_cut_calls(const std::filesystem::path& root);

}  // namespace srs::recording
