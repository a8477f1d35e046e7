// The command line of siprec-call.
#pragma once

#include "app/siprec_call/options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace srs::call {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;
inline constexpr int kUsageError = 2;

// Either options, or what to print and the exit code to leave with: --help and --version on
// stdout with 0, a sentence about a wrong argument on stderr with kUsageError.
struct CommandLine {
  std::optional<Options> options;
  std::string output;
  int exit_code = kSuccess;
};

// `arguments` without the program's name.
CommandLine parse_command_line(std::vector<std::string> arguments);

}  // namespace srs::call
