// What of a recording is sent at once: a plan that is kept, and held against those who are asked
// today.
#pragma once

#include "stt/engine.hpp"
#include "stt/job_parts.hpp"

#include <vector>

namespace srs::stt {

// The stored plan, else a new one. Pieces of it that nobody has answered and that the providers of
// today don't all take (longer, larger, or of channels that they would mix) are cut again: others
// were configured when it was made. What was answered stays. Busy is a disk that takes no plan:
// unlike audio that can't be read, it passes. Blocks.
Outcome<Progress> load_or_plan(const Job& job, const PieceOptions& options,
                               const std::vector<Engine>& engines);

}  // namespace srs::stt
