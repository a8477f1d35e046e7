// What a session tells of itself at its end.
#pragma once

#include "recording/media_lines.hpp"

#include <srs/log/logger.hpp>
#include <srs/recording/capture.hpp>
#include <srs/recording/document.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace srs::recording {

// One line that answers most questions about a call.
void log_summary(const log::Logger& log, const Document& document, const MediaLines& media,
                 const Capture::Summary& captured);

// The line that says what became of a recording, with the same fields whether it had media or not.
// `render_time` is zero where there was nothing to render.
void log_files(const log::Logger& log, const std::filesystem::path& directory,
               const Document& document, std::chrono::nanoseconds render_time);

// From the start of the recording to the first packet of any stream, in ms; nothing where none
// came.
std::optional<std::int64_t> first_packet_offset_ms(const Document& document);

}  // namespace srs::recording
