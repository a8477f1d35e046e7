#include "app/metrics_readers.hpp"

#include <string_view>

namespace srs::app {

bool is_scrape(const http::Request& request) {
  if (!request.header("X-Prometheus-Scrape-Timeout-Seconds").empty()) return true;
  const auto accept = request.header("Accept");
  for (const std::string_view format :
       {"application/openmetrics-text", "version=0.0.4", "io.prometheus.client.MetricFamily"})
    if (accept.find(format) != std::string_view::npos) return true;
  return false;
}

void MetricsReaders::asked(const http::Request& request, recording::Service& service) {
  if (!is_scrape(request)) return;
  scraped_ = true;
  if (service.tells_of_cut()) service.cut_told();
}

void MetricsReaders::taken(recording::Service& service) {
  if (collected_ && !scraped_) service.cut_told();
}

}  // namespace srs::app
