// siprec-call from options to exit code.
#pragma once

#include "app/siprec_call/options.hpp"

#include <iosfwd>

namespace srs::call {

// Places the calls, prints the summary on `out` and what went wrong on `err`; a progress bar on
// `err` where `terminal`. Blocks until the end; takes SIGINT and SIGTERM. Returns the exit code.
int run_program(const Options& options, std::ostream& out, std::ostream& err, bool terminal);

}  // namespace srs::call
