// What becomes of an exception on a worker thread.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/util/worker_pool.hpp>

#include <string>
#include <string_view>

namespace srs::metrics {

// Counts it as errors_total{component,reason="task"} and logs `task_failed` with the task's name.
// The registry outlives the pool that gets this.
WorkerPool::Report task_report(Registry& registry, std::string_view component, std::string task,
                               log::Logger log);

}  // namespace srs::metrics
