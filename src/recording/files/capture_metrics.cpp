#include "recording/files/capture_metrics.hpp"

#include <prometheus/registry.h>

#include <string>

namespace srs::recording {
namespace {

prometheus::Counter& counter(metrics::Registry& registry, const std::string& name,
                             const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry.native()).Add({});
}

}  // namespace

CaptureMetrics::CaptureMetrics(metrics::Registry& registry)
    : packets(counter(registry, "capture_packets_total", "Datagrams written into captures")),
      bytes(counter(registry, "capture_bytes_total", "Bytes written into captures")),
      dropped(counter(registry, "capture_packets_dropped_total",
                      "Datagrams lost because the disk was full, faulty or too slow")),
      errors(counter(registry, "capture_write_errors_total",
                     "Failed writes, flushes and creations of captures")),
      write_seconds(prometheus::BuildHistogram()
                        .Name("capture_write_seconds")
                        .Help("Time that one block of a capture took to write")
                        .Register(registry.native())
                        .Add({}, metrics::latency_buckets())) {}

}  // namespace srs::recording
