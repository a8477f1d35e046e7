#pragma once

#include <string_view>

namespace srs::recording {

inline constexpr std::string_view kSchema = "siprec-recording/1";  // docs/recording-format.md

}  // namespace srs::recording
