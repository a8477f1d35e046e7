// What a session tells of itself at its end.
#pragma once

#include "recording/media_lines.hpp"

#include <srs/log/logger.hpp>
#include <srs/recording/capture.hpp>
#include <srs/recording/document.hpp>

#include <cstdint>
#include <optional>

namespace srs::recording {

// One line that answers most questions about a call.
void log_summary(const log::Logger& log, const Document& document, const MediaLines& media,
                 const Capture::Summary& captured);

// From the start of the recording to the first packet of any stream, in ms; nothing where none
// came.
std::optional<std::int64_t> first_packet_offset_ms(const Document& document);

}  // namespace srs::recording
