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

#include <string>
#include <vector>

namespace srs::test {

bool has_tool(const std::string& name);

struct ToolRun {
  int exit_code = -1;
  std::string output;  // standard output
};

// Runs a line of shell.
ToolRun run_tool(const std::string& command);

std::string output_of(const std::string& command);

std::vector<std::string> lines_of(const std::string& text);

// What the gzip program makes of it; a failed expectation where it can't read it.
std::string gunzipped(const std::string& compressed);

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
