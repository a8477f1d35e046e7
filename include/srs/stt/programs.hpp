// What is run on this machine.
#pragma once

#include <srs/stt/options.hpp>

#include <vector>

namespace srs::stt {

// Why stt.command.program can't be run, where it is asked for. A bare name may be in PATH and is
// left alone. Blocks.
std::vector<Fault> program_faults(const Options& options);

}  // namespace srs::stt
