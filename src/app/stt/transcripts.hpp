// Transcripts over HTTP.
#pragma once

#include "app/components.hpp"

namespace srs::app {

// GET /recordings/{id}/transcript?format=json|vtt|text, for those who have the transcript token,
// and the routes of transcription_routes.hpp.
void add_transcript_routes(Components& components);

// The directory of a recording by its id; empty where there is none. Blocks.
std::filesystem::path directory_of(const std::filesystem::path& recordings,
                                   std::string_view recording_id);
http::Response no_such_recording();  // 404

}  // namespace srs::app
