#include "sip/metrics.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>

namespace srs::sip {
namespace {

constexpr std::array<std::string_view, 15> method_names = {
    "INVITE", "ACK",    "BYE",       "CANCEL",  "OPTIONS",  "UPDATE", "INFO", "MESSAGE",
    "REFER",  "NOTIFY", "SUBSCRIBE", "PUBLISH", "REGISTER", "PRACK",  "other"};

// The methods whose response times have a histogram of their own; the rest share `other`.
constexpr std::array<std::string_view, 5> timed_methods = {"INVITE", "BYE", "OPTIONS", "UPDATE",
                                                           "other"};

using prometheus::MetricType;

// What we answer with; there from the start, so that rate() sees the first one too.
constexpr std::array<int, 19> our_codes = {100, 200, 400, 403, 405, 415, 416, 420, 422, 480,
                                           481, 482, 487, 488, 500, 501, 503, 505, 513};
// What peers are expected to answer; everything else they may invent counts for its class.
constexpr std::array<int, 13> peer_codes = {200, 400, 401, 403, 404, 405, 408,
                                            481, 487, 491, 500, 501, 503};

std::vector<metrics::Sample> by_own_code(const std::array<std::uint64_t, 700>& counts) {
  std::vector<metrics::Sample> samples;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    const bool ours = std::find(our_codes.begin(), our_codes.end(), code) != our_codes.end();
    if (counts[code] == 0 && !ours) continue;
    samples.push_back({{{"code", std::to_string(code)}}, static_cast<double>(counts[code])});
  }
  return samples;
}

std::vector<metrics::Sample> by_peer_code(const std::array<std::uint64_t, 700>& counts) {
  std::map<std::string, double> sums{{"other", 0}, {"2xx", 0}, {"3xx", 0},
                                     {"4xx", 0},   {"5xx", 0}, {"6xx", 0}};
  for (const int code : peer_codes) sums[std::to_string(code)] = 0;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    auto at = sums.find(std::to_string(code));
    if (at == sums.end()) at = sums.find(std::to_string(code / 100) + "xx");
    if (at == sums.end()) at = sums.find("other");
    at->second += static_cast<double>(counts[code]);
  }
  std::vector<metrics::Sample> samples;
  for (const auto& [label, sum] : sums) samples.push_back({{{"code", label}}, sum});
  return samples;
}

std::vector<metrics::Sample> expiry(const std::optional<WallTime>& time) {
  if (!time) return {};
  return {{{}, std::chrono::duration<double>(time->time_since_epoch()).count()}};
}

std::vector<metrics::Sample> one(double value) {
  return {{{}, value}};
}

metrics::Sample labelled(std::string key, std::string value, std::uint64_t count) {
  return {{{std::move(key), std::move(value)}}, static_cast<double>(count)};
}

}  // namespace

Metrics::Metrics(metrics::Registry& registry, Ask ask)
    : ask_(std::move(ask)),
      handler_failures_(registry.error("sip", "handler")),
      responses_not_sent_(registry.error("sip", "response_not_sent")) {
  auto& times = prometheus::BuildHistogram()
                    .Name("sip_response_time_seconds")
                    .Help("Time from a request's arrival to our final response")
                    .Register(registry.native());
  response_times_.fill(&times.Add({{"method", "other"}}, metrics::latency_buckets()));
  for (const auto method : timed_methods) {
    response_times_[index(method)] =
        &times.Add({{"method", std::string(method)}}, metrics::latency_buckets());
  }
  collectable_ = metrics::computed(registry, [this](auto& families) { collect(families); });
}

std::size_t Metrics::index(std::string_view method) {
  for (std::size_t i = 0; i + 1 < methods; ++i) {
    if (method_names[i] == method) return i;
  }
  return methods - 1;
}

void Metrics::answered(std::string_view method, std::chrono::nanoseconds after) {
  response_times_[index(method)]->Observe(std::chrono::duration<double>(after).count());
}

// sofia counts every response that it sends; what is more than we gave it, and than its own answers
// to bad requests, it sent again. Never goes back, lest it looks like a restart.
std::uint64_t Metrics::responses_again(const Levels& levels) {
  auto first = std::accumulate(responses_.begin(), responses_.end(), levels.bad_requests);
  first -= std::min<std::uint64_t>(first, responses_not_sent_);
  if (levels.responses_sent > first) {
    responses_again_ = std::max(responses_again_, levels.responses_sent - first);
  }
  return responses_again_;
}

void Metrics::collect(std::vector<prometheus::MetricFamily>& families) {
  const auto levels = ask_();
  const auto add = [&families](const char* name, const char* help, MetricType type,
                               const std::vector<metrics::Sample>& samples) {
    families.push_back(metrics::family(name, help, type, samples));
  };

  std::vector<metrics::Sample> requests;
  for (std::size_t i = 0; i < methods; ++i) {
    requests.push_back(labelled("method", std::string(method_names[i]), requests_[i]));
  }
  add("sip_requests_total", "SIP requests received, without retransmissions", MetricType::Counter,
      requests);

  auto sent = responses_;
  sent[400] += levels.bad_requests - levels.dropped_requests;  // sofia's own
  const auto responses = by_own_code(sent);
  add("sip_responses_total", "SIP responses sent, without retransmissions", MetricType::Counter,
      responses);
  add("sip_peer_responses_total", "Final responses to our own requests; 408 where none came",
      MetricType::Counter, by_peer_code(peer_responses_));
  add("sip_retransmissions_total", "Retransmitted SIP messages", MetricType::Counter,
      {labelled("direction", "received", levels.retransmissions_received),
       labelled("direction", "sent", levels.requests_again + responses_again(levels))});
  add("sip_malformed_total", "SIP messages with faults, by what was wrong", MetricType::Counter,
      {labelled("reason", "request", levels.bad_requests),
       labelled("reason", "response", levels.bad_responses),
       labelled("reason", "garbage", levels.garbage), labelled("reason", "merged", levels.merged),
       labelled("reason", "header", malformed_[static_cast<std::size_t>(Malformed::Header)]),
       labelled("reason", "too_large",
                malformed_[static_cast<std::size_t>(Malformed::TooLarge)] + levels.overflows),
       labelled("reason", "encoding", malformed_[static_cast<std::size_t>(Malformed::Encoding)]),
       labelled("reason", "contact", malformed_[static_cast<std::size_t>(Malformed::Contact)])});
  add("sip_acks_missing_total", "2xx responses to INVITE that were never acknowledged",
      MetricType::Counter, one(static_cast<double>(acks_missing_)));
  add("sip_session_timer_expirations_total", "Dialogs ended because no session refresh came",
      MetricType::Counter, one(static_cast<double>(expired_)));
  add("sip_tls_handshakes_failed_total", "Connections whose TLS handshake failed",
      MetricType::Counter, one(static_cast<double>(levels.handshakes_failed)));
  add("sip_connections_cut_total", "Connections without calls that were closed above the limit",
      MetricType::Counter, one(static_cast<double>(connections_cut_)));
  add("sip_kernel_drops_total", "Datagrams that the kernel dropped at our UDP listeners",
      MetricType::Counter, one(static_cast<double>(levels.kernel_drops)));
  add("sip_tls_certificate_expiry_timestamp_seconds",
      "When the certificate of our TLS listeners ends, in seconds since 1970", MetricType::Gauge,
      expiry(levels.certificate_expiry));
  add("sip_dialogs", "SIP dialogs that have not ended", MetricType::Gauge,
      one(static_cast<double>(levels.dialogs)));
  add("sip_transactions", "SIP transactions, those kept for retransmissions included",
      MetricType::Gauge, one(static_cast<double>(levels.transactions)));
}

}  // namespace srs::sip
