// The pool's gauges, read at each scrape.
#include "stt/core.hpp"

#include <algorithm>

namespace srs::stt {

std::size_t PoolCore::live_texts() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const auto& known) {
        const auto& entry = *known.second;
        return entry.state.job.live && !entry.state.written && entry.pause.count() == 0;
      }));
}

void PoolCore::figures(std::vector<prometheus::MetricFamily>& families) const {
  using prometheus::MetricType;
  const auto gauge = [&](const char* name, const char* help, std::vector<metrics::Sample> samples) {
    families.push_back(metrics::family(name, help, MetricType::Gauge, samples));
  };
  const auto now = Now::get();
  WallTime oldest = now.wall;
  for (const auto& [directory, entry] : entries_)
    if (!entry->state.written) oldest = std::min(oldest, entry->state.submitted_at);
  const auto under_way = running_ + delivering_;
  gauge("stt_queue_jobs", "Recordings that wait for their transcript, or for its delivery.",
        {{{}, static_cast<double>(entries_.size() - std::min(under_way, entries_.size()))}});
  gauge("stt_queue_oldest_seconds", "How long the oldest one has waited for its transcript.",
        {{{}, seconds(now.wall - oldest)}});
  gauge("stt_jobs_running", "Recordings that are being transcribed.",
        {{{}, static_cast<double>(running_)}});
  gauge("stt_jobs_parked", "Jobs that wait for somebody to mend what refused them.",
        {{{}, static_cast<double>(parked_.size())}});
  std::vector<metrics::Sample> breakers, requests;
  for (const auto& engine : engines_) {
    const std::vector<std::pair<std::string, std::string>> labels{{"provider", engine.name()}};
    breakers.push_back({labels, static_cast<double>(engine.breaker.state(now.steady))});
    requests.push_back({labels, static_cast<double>(engine.in_flight)});
  }
  gauge("stt_breaker_state", "0 closed, 1 trying again, 2 open: the provider is left alone.",
        breakers);
  gauge("stt_requests_in_flight", "Requests that wait for their answer.", requests);
}

}  // namespace srs::stt
