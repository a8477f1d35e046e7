// Times within a call.
#pragma once

#include <srs/recording/document.hpp>

#include <chrono>
#include <cstdint>

namespace srs::recording {

// Milliseconds from started_at, rounded down.
inline std::int64_t ms_from_start(const Document& document, WallTime at) {
  return std::chrono::floor<std::chrono::milliseconds>(at - document.started_at).count();
}

}  // namespace srs::recording
