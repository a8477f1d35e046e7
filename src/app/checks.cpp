#include "app/checks.hpp"

#include "app/stt/live_routes.hpp"
#include "app/stt/transcripts.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>

namespace srs::app {
namespace {

using health::Check;
using health::Status;

constexpr double kPortsLow = 0.9;  // share in use that is worth a warning
constexpr double kDescriptorsLow = 0.9;
constexpr std::chrono::milliseconds kLagHigh{500};
// Long enough that an overload which comes and goes shows as one.
constexpr std::chrono::minutes kDropsRecent{5};
constexpr std::chrono::seconds kStoodStill{5};
constexpr std::chrono::minutes kRenderLate{10};
constexpr std::size_t kPortsPerCall = 2;  // pairs that one two-leg call needs

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

Check listeners(const Components& c) {
  Check check;
  const auto bound = c.stack->listeners();
  for (const auto& listener : bound) {
    check.message += (check.message.empty() ? "" : ", ") + listener;
  }
  check.figures = {{"listeners", static_cast<double>(bound.size())},
                   {"dialogs", static_cast<double>(c.stack->dialogs())}};
  if (bound.empty()) {
    check.status = Status::Unhealthy;
    check.message = check.blocks_new_calls = "no SIP listener";
  } else if (c.stack->dialogs() >= c.settings.sip.max_dialogs) {
    check.status = Status::Degraded;
    check.blocks_new_calls = "all dialogs are in use (sip.max_dialogs)";
  }
  return check;
}

Check rtp_ports(const Components& c) {
  Check check;
  const auto now = rtp::PortPool::Clock::now();
  const auto capacity = static_cast<double>(c.ports->capacity());
  const auto allocated = static_cast<double>(c.ports->allocated());
  check.figures = {{"capacity", capacity},
                   {"allocated", allocated},
                   {"resting", static_cast<double>(c.ports->resting(now))},
                   {"available", static_cast<double>(c.ports->available(now))}};
  check.message = std::to_string(c.ports->available(now)) + " port pairs free";
  const auto taken = capacity - static_cast<double>(c.ports->available(now));
  if (taken > kPortsLow * capacity) check.status = Status::Degraded;
  const auto drops = c.engine->drops();
  check.figures.push_back({"kernel_drops", static_cast<double>(drops.datagrams)});
  if (drops.last && now - *drops.last < kDropsRecent) {
    check.status = Status::Degraded;
    check.message +=
        "; media was lost in the last 5 minutes: the kernel dropped it because our "
        "receive buffers were full";
  }
  if (c.ports->available(now) < kPortsPerCall) {
    check.status = Status::Degraded;
    check.blocks_new_calls = "no RTP ports left (rtp.port_min, rtp.port_max)";
  }
  return check;
}

Check disk(const Components& c) {
  Check check;
  const auto space = c.service->space();
  check.figures = {{"free_bytes", static_cast<double>(space.available)},
                   {"size_bytes", static_cast<double>(space.total)},
                   {"files_free", static_cast<double>(space.files_available)}};
  const auto trouble = c.service->disk_trouble();
  check.message = trouble.empty() ? "writable" : trouble;
  if (const auto detour = c.service->detour(); trouble.empty() && !detour.empty()) {
    check.status = Status::Degraded;
    check.message = detour;
  }
  if (const auto slow = c.service->slow_disk(); trouble.empty() && !slow.empty()) {
    check.status = Status::Degraded;
    check.message = slow;
  }
  if (!trouble.empty()) {
    check.status = Status::Unhealthy;
    check.blocks_new_calls = trouble;
  }
  return check;
}

Check render_queue(const Components& c) {
  Check check;
  const auto waiting = c.service->renders_waiting();
  const auto oldest = c.service->oldest_render();
  const auto postponed = c.service->postponed();
  check.figures = {{"waiting", static_cast<double>(waiting)},
                   {"capacity", static_cast<double>(c.service->render_capacity())},
                   {"oldest_seconds", seconds(oldest)},
                   {"postponed", static_cast<double>(postponed)}};
  check.message = std::to_string(waiting) + " recordings wait";
  if (postponed > 0) {
    check.status = Status::Degraded;
    check.message += "; the disk refused " + std::to_string(postponed) + " files, tried again";
  }
  if (oldest > kRenderLate || waiting >= c.service->render_capacity()) {
    check.status = Status::Degraded;  // nothing is lost: they wait on disk
  }
  return check;
}

Check sessions(const Components& c) {
  Check check;
  check.figures = {{"active", static_cast<double>(c.service->active())}};
  check.message = std::to_string(c.service->active()) + " sessions";
  if (c.service->draining()) {
    check.message = check.blocks_new_calls = "shutting down";
    check.status = Status::Degraded;
  }
  return check;
}

Check file_descriptors() {
  Check check;
  const auto figures = metrics::read_descriptors();
  check.figures = {{"open", static_cast<double>(figures.open_fds)},
                   {"limit", static_cast<double>(figures.max_fds)}};
  check.message = std::to_string(figures.open_fds) + " of " + std::to_string(figures.max_fds);
  if (static_cast<double>(figures.open_fds) >
      kDescriptorsLow * static_cast<double>(figures.max_fds)) {
    check.status = Status::Degraded;
    check.blocks_new_calls = "file descriptors are nearly used up (LimitNOFILE, ulimit -n)";
  }
  return check;
}

Check memory() {
  Check check;
  const auto figures = metrics::read_memory();
  check.figures = {{"resident_bytes", static_cast<double>(figures.resident_bytes)},
                   {"heap_bytes", static_cast<double>(figures.heap_bytes)}};
  check.message = std::to_string(figures.resident_bytes >> 20) + " MiB resident";
  return check;
}

Check event_loop(const Components& c) {
  Check check;
  const auto lag = c.heartbeat->recent_lag();
  check.figures = {{"lag_seconds", seconds(lag)}};
  char text[64];
  std::snprintf(text, sizeof text, "worst lag of the last 10 s: %.1f ms", seconds(lag) * 1000);
  check.message = text;
  if (lag > kLagHigh) check.status = Status::Degraded;
  return check;
}

bool is_true(std::string_view parameter) {
  return parameter == "true" || parameter == "1" || parameter == "yes";
}

http::Response json_response(const std::pair<int, nlohmann::ordered_json>& report) {
  return {report.first, "application/json", report.second.dump() + "\n", {}};
}

http::Response live(const Components& c) {
  // The io_context that answers this is the one that is asked about: while it stands still nobody
  // is answered, which probes take for a failure too. Once it turns it owns up to that, for as long
  // as the heartbeat remembers, so that one which stops again and again fails every probe.
  const auto lag = c.heartbeat->recent_lag();
  const bool alive = lag <= kStoodStill;
  const nlohmann::ordered_json body = {{"status", alive ? "alive" : "stuck"},
                                       {"lag_seconds", seconds(lag)}};
  return json_response({alive ? 200 : 503, body});
}

// What /ready answers, for those who scrape and do not probe.
std::shared_ptr<prometheus::Collectable> expose_readiness(metrics::Registry& registry,
                                                          const health::Health& health) {
  return metrics::computed(registry, [&health](auto& families) {
    std::vector<metrics::Sample> samples;
    for (const auto& [check, takes_calls] : health.readiness())
      samples.push_back({{{"check", check}}, takes_calls ? 1.0 : 0.0});
    families.push_back(metrics::family(
        "siprec_ready",
        "1 where this check lets the server take new calls; /ready wants all of them.",
        prometheus::MetricType::Gauge, samples));
  });
}

}  // namespace

void add_checks(Components& c) {
  c.health.add("sip_listeners", [&c] { return listeners(c); });
  c.health.add("rtp_ports", [&c] { return rtp_ports(c); });
  c.health.add("recording_directory", [&c] { return disk(c); });
  c.health.add("render_queue", [&c] { return render_queue(c); });
  c.health.add("sessions", [&c] { return sessions(c); });
  c.health.add("file_descriptors", file_descriptors);
  c.health.add("memory", memory);
  c.health.add("event_loop", [&c] { return event_loop(c); });
  c.figures.push_back(expose_readiness(c.registry, c.health));
}

void add_routes(Components& c) {
  c.http->route("GET", "/metrics", [&c](const http::Request& request) {
    c.readers.asked(request, *c.service);
    return http::Response{200, "text/plain; version=0.0.4; charset=utf-8", c.registry.text(), {}};
  });
  c.http->route("GET", "/health", [&c](const http::Request& request) {
    return json_response(c.health.report(is_true(request.parameter("detailed"))));
  });
  c.http->route("GET", "/ready",
                [&c](const http::Request&) { return json_response(c.health.ready()); });
  add_transcript_routes(c);
  add_live_routes(c);
  c.http->route("GET", "/live", [&c](const http::Request&) { return live(c); });
}

}  // namespace srs::app
