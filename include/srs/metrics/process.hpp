// What the process costs.
#pragma once

#include <srs/metrics/registry.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace srs::metrics {

// Read from /proc/self. Parts of it can be had alone: counting descriptors costs up to a
// millisecond where there are 10,000 of them.
struct MemoryFigures {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t heap_bytes = 0;  // in use, as the allocator says (mallinfo2)
};
struct DescriptorFigures {
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;  // the soft limit
};
struct ProcessFigures : MemoryFigures, DescriptorFigures {
  std::uint64_t threads = 0;
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // since the epoch
};
MemoryFigures read_memory();
DescriptorFigures read_descriptors();
ProcessFigures read_process_figures();

// process_* as Prometheus' client libraries name them, memory_usage_bytes{type}, goroutines_total
// (concurrent tasks: `coroutines()` plus threads), siprec_build_info. Keep the result.
std::shared_ptr<prometheus::Collectable> expose_process(Registry& registry,
                                                        std::function<std::size_t()> coroutines,
                                                        std::string version);

}  // namespace srs::metrics
