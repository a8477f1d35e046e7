// What a recording's media lacked, said once it is over.
#pragma once

#include "recording/media_lines.hpp"
#include "recording/metrics.hpp"
#include "recording/session_notes.hpp"

#include <srs/recording/document.hpp>

#include <vector>

namespace srs::recording {

// `document` has the streams' figures already; `silent` are the channels that were open and not on
// hold at the end, and to which nothing came.
void warn_of_media(const MediaLines& media, const Document& document,
                   const std::vector<unsigned>& silent, SessionNotes& notes, Metrics& metrics);

}  // namespace srs::recording
