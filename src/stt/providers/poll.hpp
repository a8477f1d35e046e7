// Providers that take a job and work on it for a while.
#pragma once

#include "stt/exchange.hpp"

#include <chrono>
#include <string>

namespace srs::stt {

// Asks `status` again and again, with pauses that grow from poll_interval to ten times as long,
// until it says that the job is done or has failed. `status` returns an awaitable Outcome<bool>:
// true for done. At most `patience`; then Timeout, and the next try goes on with the same job; so
// does the next process where this one ends (Cancelled).
template <class Status>
boost::asio::awaitable<Outcome<bool>> wait_for_job(Exchange& exchange, Status status,
                                                   std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  auto pause = exchange.options().poll_interval;
  while (std::chrono::steady_clock::now() < end) {
    auto done = co_await status();
    if (!done || *done) co_return done;
    const bool paused = co_await exchange.pause_before_poll(pause);
    if (!paused) co_return Failure{Reason::Cancelled, "cancelled"};
    pause = std::min(pause * 3 / 2, exchange.options().poll_interval * 10);
  }
  co_return Failure{Reason::Timeout, "the provider is still working on it"};
}

// How long a job may take: time enough for a queue and for slow engines.
inline std::chrono::milliseconds patience(std::chrono::milliseconds audio) {
  return std::chrono::minutes(10) + audio * 2;
}

}  // namespace srs::stt
