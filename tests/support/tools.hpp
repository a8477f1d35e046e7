// Programs that judge us from outside: tshark, sox, ffmpeg, sipp, promtool.
//
// A test that needs one says so first:
//
//   SRS_REQUIRE_TOOL("tshark", "tshark");
//
// Where the program is absent the test is skipped and says why; in CI (CI=true) that is a failure.
#pragma once

#include "support/shared_data.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace srs::test {

inline bool has_tool(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

struct ToolRun {
  int exit_code = -1;
  std::string output;  // standard output
};

// Runs a line of shell.
inline ToolRun run_tool(const std::string& command) {
  ToolRun run;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return run;
  std::array<char, 4096> buffer{};
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    run.output.append(buffer.data(), count);
  const int status = ::pclose(pipe);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

inline std::string output_of(const std::string& command) {
  return run_tool(command + " 2>/dev/null").output;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace srs::test

#define SRS_REQUIRE_TOOL(name, package)                                                       \
  if (!::srs::test::has_tool(name)) {                                                         \
    if (::srs::test::in_ci()) GTEST_FAIL() << (name) << " is not installed, and CI needs it"; \
    GTEST_SKIP() << (name) << " is not installed (apt-get install " << (package) << ")";      \
  }                                                                                           \
  static_assert(true)

// The same for the npm packages that `here`/package.json names, which are installed into
// `directory` once.
#define SRS_REQUIRE_PACKAGES(here, directory)                                                      \
  if (::srs::test::run_tool(std::string("'") + SRS_SOURCE_DIR +                                    \
                            "/tests/support/install_packages.sh' '" + (here) +                     \
                            "/package.json' '" + (directory) + "'")                                \
          .exit_code != 0) {                                                                       \
    const char* why = "npm's packages can't be installed: npm, or the registry, is not to be had"; \
    if (::srs::test::in_ci()) GTEST_FAIL() << why << ", and CI needs them";                        \
    GTEST_SKIP() << why;                                                                           \
  }                                                                                                \
  static_assert(true)
