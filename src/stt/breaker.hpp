// A circuit breaker: a provider that fails again and again is left alone for a while.
#pragma once

#include <srs/stt/options.hpp>

#include <chrono>
#include <cstddef>

namespace srs::stt {

// Closed until `failures` requests in a row failed; then open for a pause; then one request may try
// (half open): its success closes the breaker, its failure opens it for twice the pause.
class Breaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class State { Closed, HalfOpen, Open };

  explicit Breaker(const BreakerOptions& options) : options_(options) {}

  // When the next request may be made: `now` or before where it may be made at once. While the
  // request of a half-open breaker runs that is not known; then it is `now` plus a tenth of the
  // pause.
  Time ready_at(Time now) const;
  // A request begins; the caller has looked at ready_at().
  void begin(Time now);
  void succeeded();
  // `at_once`: no further failure is needed, such as for a key that is not accepted.
  void failed(Time now, bool at_once = false);
  // Somebody says that it is mended: the next request may try now.
  void mended() { until_ = {}; }
  // The request ended without telling anything about the provider.
  void abandoned();

  State state(Time now) const;

 private:
  BreakerOptions options_;
  std::size_t failures_ = 0;
  bool open_ = false;
  bool trying_ = false;
  Time until_{};
  std::chrono::milliseconds pause_{0};
};

}  // namespace srs::stt
