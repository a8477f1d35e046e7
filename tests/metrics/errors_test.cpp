// errors_total: one place for what every module counts as a failure.
#include <srs/metrics/registry.hpp>
#include <srs/metrics/task_report.hpp>

#include <gmock/gmock.h>
#include <prometheus/counter.h>

#include <future>
#include <new>

namespace srs::metrics {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string series(const char* component, const char* reason, int value) {
  return std::string("errors_total{component=\"") + component + "\",reason=\"" + reason + "\"} " +
         std::to_string(value) + "\n";
}

TEST(Errors, CountsWhatNoOtherMetricCounts) {
  Registry registry;
  auto& failed = registry.error("http", "accept");
  EXPECT_THAT(registry.text(), HasSubstr(series("http", "accept", 0)));
  ++failed;
  EXPECT_THAT(registry.text(), HasSubstr(series("http", "accept", 1)));
}

TEST(Errors, CountsWhatEscapedFromAWorkersJob) {
  Registry registry;
  {
    WorkerPool pool(1, 1, task_report(registry, "recording", "archive", log::Logger()));
    std::promise<void> begun;
    pool.submit([&] {
      begun.set_value();
      throw std::bad_alloc();
    });
    begun.get_future().wait();
  }
  EXPECT_THAT(registry.text(), HasSubstr(series("recording", "task", 1)));
}

TEST(Errors, SumsWhatOtherMetricsCount) {
  Registry registry;
  auto& dropped = prometheus::BuildCounter().Name("dropped_total").Register(registry.native());
  dropped.Add({{"where", "a"}}).Increment(2);
  dropped.Add({{"where", "b"}}).Increment(3);
  registry.count_as_errors({{"rtp", "drop", "dropped_total"},
                            {"by", "", "dropped_total", "where"},
                            {"one", "b", "dropped_total", "where", "b"},
                            {"later", "reason", "not_there_total"}});
  const auto text = registry.text();
  EXPECT_THAT(text, HasSubstr(series("rtp", "drop", 5)));
  EXPECT_THAT(text, HasSubstr(series("by", "a", 2)));
  EXPECT_THAT(text, HasSubstr(series("by", "b", 3)));
  EXPECT_THAT(text, HasSubstr(series("one", "b", 3)));
  EXPECT_THAT(text, HasSubstr(series("later", "reason", 0)));
}

TEST(Errors, StandInOneFamilyWhoeverCountsThem) {
  Registry registry;
  registry.error("http", "accept");
  registry.count_as_errors({{"rtp", "drop", "dropped_total"}});
  const auto text = registry.text();
  EXPECT_EQ(text.find("# TYPE errors_total"), text.rfind("# TYPE errors_total"));
}

TEST(Errors, AreNotThereWhereNobodyHasAny) {
  Registry registry;
  EXPECT_THAT(registry.text(), Not(HasSubstr("errors_total")));
}

}  // namespace
}  // namespace srs::metrics
