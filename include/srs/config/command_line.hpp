// The command line of siprec-server.
#pragma once

#include <srs/config/config.hpp>
#include <srs/util/result.hpp>

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
};

// `--config FILE --check-config --print-config --version --help`, and any key as
// `--sip.listen=...`. An error names the argument.
Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments);

std::string help_text();

}  // namespace srs::config
