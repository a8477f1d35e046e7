// Prometheus' own judge of our text.
#include <srs/metrics/process.hpp>
#include <srs/metrics/registry.hpp>

#include <gmock/gmock.h>
#include <prometheus/histogram.h>
#include <support/files.hpp>
#include <support/temp_dir.hpp>
#include <support/tools.hpp>

#include <cstdlib>
#include <sstream>

namespace srs::metrics {
namespace {

TEST(Promtool, FindsNothingWrongButTheNameThatDashboardsAskFor) {
  SRS_REQUIRE_TOOL("promtool", "prometheus");
  Registry registry;
  const auto kept = expose_process(
      registry, [] { return 1; }, "1.2.3");
  prometheus::BuildHistogram()
      .Name("latency_seconds")
      .Help("A histogram.")
      .Register(registry.native())
      .Add({{"x", "a\"\\\nb"}}, latency_buckets())
      .Observe(0.003);

  const test::TempDir directory;
  test::write_file(directory / "metrics", registry.text());
  const auto in = (directory / "metrics").string();
  const auto out = (directory / "out").string();
  EXPECT_NE(std::system(("promtool check metrics <" + in + " >" + out + " 2>&1").c_str()), -1);
  std::istringstream lines(test::read_file(out));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_THAT(line, testing::HasSubstr("goroutines_total"));
  }
}

}  // namespace
}  // namespace srs::metrics
