// What the capture says about a stream, in figures and warnings.
#pragma once

#include "recording/files/media_index.hpp"

#include <srs/recording/document.hpp>
#include <srs/util/bytes.hpp>

#include <string>

namespace srs::recording {

// "stream 1 (label 11)", counted from 1 as people do.
std::string stream_name(const Document& document, std::size_t number);

// Fills `document.streams[number]` (all but concealed_ms) and warns of what audio.wav will not
// hold. True where the capture is needed for that.
bool describe_stream(Document& document, std::size_t number, const MediaStream& stream,
                     Bytes capture);

}  // namespace srs::recording
