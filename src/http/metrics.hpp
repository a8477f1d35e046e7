// What the HTTP server counts.
#pragma once

#include <srs/metrics/registry.hpp>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include <chrono>
#include <string>
#include <string_view>

namespace srs::http {

// A route's path, or this for all others: a label never holds what a client invented.
inline constexpr std::string_view kOther = "other";

// http_requests_total{endpoint,method,code} and http_request_duration_seconds{endpoint}.
// `registry` outlives it.
class Metrics {
 public:
  explicit Metrics(metrics::Registry& registry);

  // So that the endpoint's series are there before its first request.
  void announce(std::string_view endpoint, std::string_view method);
  void answered(std::string_view endpoint, std::string_view method, int status,
                std::chrono::nanoseconds took);

 private:
  prometheus::Counter& counter(std::string_view endpoint, std::string_view method, int status);
  prometheus::Histogram& histogram(std::string_view endpoint);

  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
};

// `method` where it is one of HTTP's own (RFC 9110 §9, RFC 5789), else kOther.
std::string_view method_label(std::string_view method);

}  // namespace srs::http
