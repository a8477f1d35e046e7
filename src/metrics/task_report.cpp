#include <srs/metrics/task_report.hpp>

#include <utility>

namespace srs::metrics {

WorkerPool::Report task_report(Registry& registry, std::string_view component, std::string task,
                               log::Logger log) {
  return [&failed = registry.error(component, "task"), task = std::move(task),
          log = std::move(log)](std::string_view what) {
    ++failed;
    log.error("task_failed", {{"task", task}, {"error", what}});
  };
}

}  // namespace srs::metrics
