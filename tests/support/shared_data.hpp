// Data that lies beside the checkout (../shared) and not in it: captured calls, vendors' offers.
//
// A test that needs some says so first:
//
//   SRS_REQUIRE_SHARED(pcap, "captures/os-call1-udp-pcmu/siprec.pcap");
//
// Where the data is absent the test is skipped and says why; in CI (CI=true) that is a failure.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace srs::test {

// The path of `../shared/<relative>`, nothing where it does not exist.
inline std::optional<std::filesystem::path> shared_data(std::string_view relative) {
  auto path = std::filesystem::path(SRS_SOURCE_DIR) / ".." / "shared" / relative;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  return path.lexically_normal();
}

// The same for callers that check first.
inline std::filesystem::path shared(std::string_view relative) {
  return shared_data(relative).value_or(std::filesystem::path{});
}

inline bool in_ci() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}

}  // namespace srs::test

// Declares `var`, the path of ../shared/<relative>, or leaves the test (a void function): skipped,
// or failed where CI=true.
#define SRS_REQUIRE_SHARED(var, relative)                                                         \
  const auto var##_found = ::srs::test::shared_data(relative);                                    \
  if (!var##_found && ::srs::test::in_ci())                                                       \
    GTEST_FAIL() << "../shared/" << (relative) << " is not beside the checkout, and CI needs it"; \
  if (!var##_found) GTEST_SKIP() << "../shared/" << (relative) << " is not beside the checkout";  \
  const std::filesystem::path var = *var##_found
