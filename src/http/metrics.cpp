#include "http/metrics.hpp"

#include <algorithm>
#include <array>

namespace srs::http {

Metrics::Metrics(metrics::Registry& registry)
    : requests_(prometheus::BuildCounter()
                    .Name("http_requests_total")
                    .Help("HTTP requests by route, method and status code.")
                    .Register(registry.native())),
      durations_(prometheus::BuildHistogram()
                     .Name("http_request_duration_seconds")
                     .Help("Time from a request's last byte to its answer's, by route.")
                     .Register(registry.native())) {}

void Metrics::announce(std::string_view endpoint, std::string_view method) {
  counter(endpoint, method, 200);
  histogram(endpoint);
}

void Metrics::answered(std::string_view endpoint, std::string_view method, int status,
                       std::chrono::nanoseconds took) {
  counter(endpoint, method, status).Increment();
  histogram(endpoint).Observe(std::chrono::duration<double>(took).count());
}

prometheus::Counter& Metrics::counter(std::string_view endpoint, std::string_view method,
                                      int status) {
  return requests_.Add({{"endpoint", std::string(endpoint)},
                        {"method", std::string(method_label(method))},
                        {"code", std::to_string(status)}});
}

prometheus::Histogram& Metrics::histogram(std::string_view endpoint) {
  return durations_.Add({{"endpoint", std::string(endpoint)}}, metrics::latency_buckets());
}

std::string_view method_label(std::string_view method) {
  static constexpr std::array<std::string_view, 9> kKnown{
      "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::find(kKnown.begin(), kKnown.end(), method) == kKnown.end() ? kOther : method;
}

}  // namespace srs::http
