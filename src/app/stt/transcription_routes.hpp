// The making of transcripts, changed over HTTP.
#pragma once

#include "app/components.hpp"

#include <srs/util/worker_pool.hpp>

#include <memory>

namespace srs::app {

// For those who have the admin token: DELETE /recordings/{id}/transcription, which cancels its
// making, and POST, which begins it again where it was given up. What blocks goes to `readers`.
void add_transcription_routes(Components& components, const std::shared_ptr<WorkerPool>& readers);

}  // namespace srs::app
