// Requests to one collector, with retries.
#pragma once

#include "tracing/figures.hpp"

#include <srs/log/logger.hpp>
#include <srs/util/http_client.hpp>

#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace srs::tracing {

// Counts every failed attempt; the log gets a line when a collector goes, one for each further
// reason, and one when it comes back.
// `http` outlives the last send(), `figures` outlives this.
class Sender {
 public:
  Sender(boost::asio::any_io_executor executor, HttpClient& http, std::string name,
         Figures& figures, log::Logger log);

  struct Outcome {
    bool taken = false;
    std::string body = {};            // of the collector's answer
    const char* lost = kUnreachable;  // why, where it was not taken
  };
  boost::asio::awaitable<Outcome> send(HttpRequest request);

  // From now on nothing is tried twice; pauses end.
  void hurry();
  // The request under way ends, too.
  void stop();

  const std::string& name() const { return name_; }

 private:
  boost::asio::awaitable<void> pause(std::chrono::milliseconds time);
  void note(const HttpOutcome& outcome, bool taken);

  HttpClient& http_;
  const std::string name_;
  Figures& figures_;
  log::Logger log_;
  boost::asio::steady_timer timer_;
  HttpCancellation cancellation_;
  std::minstd_rand random_;
  bool hurried_ = false;
  std::set<std::string> told_;  // reasons, since it went
};

}  // namespace srs::tracing
