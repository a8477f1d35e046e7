// What the SIP stack counts.
#pragma once

#include <srs/metrics/registry.hpp>
#include <srs/util/time.hpp>

#include <prometheus/histogram.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace srs::sip {

// Plain counters, read when /metrics is scraped. Labels are bounded: methods we don't know count as
// `other`, codes are SIP's own.
class Metrics {
 public:
  // What sofia counts on its own, and gauges; asked at every scrape.
  struct Levels {
    std::size_t dialogs = 0;
    std::size_t transactions = 0;
    std::uint64_t retransmissions_received = 0;
    std::uint64_t requests_again = 0;    // our requests, retransmitted
    std::uint64_t responses_sent = 0;    // the first time and again
    std::uint64_t bad_requests = 0;      // answered 400, or dropped for a wrong Via
    std::uint64_t dropped_requests = 0;  // those with the wrong Via
    std::uint64_t bad_responses = 0;
    std::uint64_t garbage = 0;                     // no SIP message at all
    std::uint64_t overflows = 0;                   // headers without end: connection closed
    std::uint64_t merged = 0;                      // answered 482
    std::uint64_t handshakes_failed = 0;           // of TLS
    std::uint64_t kernel_drops = 0;                // at UDP listeners
    std::optional<WallTime> certificate_expiry{};  // of TLS listeners
  };
  using Ask = std::function<Levels()>;

  enum class Malformed { Header, TooLarge, Encoding, Contact };

  Metrics(metrics::Registry& registry, Ask ask);

  void request(std::string_view method) { ++requests_[index(method)]; }
  void response(int code) { ++responses_[clamped(code)]; }
  // From the request's arrival to our final response.
  void answered(std::string_view method, std::chrono::nanoseconds after);
  // Final responses to our own requests (BYE, UPDATE); 408 where none came.
  void peer_response(int code) { ++peer_responses_[clamped(code)]; }
  void malformed(Malformed reason) { ++malformed_[static_cast<std::size_t>(reason)]; }
  void ack_missing() { ++acks_missing_; }
  void session_expired() { ++expired_; }
  void connections_cut(std::uint64_t count) { connections_cut_ += count; }
  void handler_failed() { ++handler_failures_; }
  void response_not_sent() { ++responses_not_sent_; }

 private:
  static constexpr std::size_t methods = 15;
  static std::size_t index(std::string_view method);
  static std::size_t clamped(int code) {
    return code >= 100 && code < 700 ? static_cast<std::size_t>(code) : 0;
  }
  void collect(std::vector<prometheus::MetricFamily>& families);
  std::uint64_t responses_again(const Levels& levels);

  Ask ask_;
  std::array<std::uint64_t, methods> requests_{};
  std::array<std::uint64_t, 700> responses_{};
  std::array<std::uint64_t, 700> peer_responses_{};
  std::array<std::uint64_t, 4> malformed_{};
  std::uint64_t acks_missing_ = 0;
  std::uint64_t expired_ = 0;
  std::uint64_t connections_cut_ = 0;
  std::uint64_t responses_again_ = 0;
  std::atomic<std::uint64_t>& handler_failures_;
  std::atomic<std::uint64_t>& responses_not_sent_;
  std::array<prometheus::Histogram*, methods> response_times_{};
  std::shared_ptr<prometheus::Collectable> collectable_;
};

}  // namespace srs::sip
