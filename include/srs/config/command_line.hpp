// The command line of siprec-server.
#pragma once

#include <srs/config/config.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace srs::config {

struct CommandLine {
  enum class Action { Run, CheckConfig, PrintConfig, Version, Help };
  Action action = Action::Run;
  std::optional<std::filesystem::path> file;
  Overrides overrides;
  std::vector<Fault> faults;  // all of them; what could be read stands in the members above
};

// `--config FILE --check-config --print-config --version --help`, and any key as
// `--sip.listen=...`. A fault names the argument; where help or the version is asked for, it counts
// for nothing.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

std::string help_text();

}  // namespace srs::config
