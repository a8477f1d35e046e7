// What of the log can be changed while the server runs.
#pragma once

#include "app/components.hpp"

#include <srs/app/app.hpp>
#include <srs/util/worker_pool.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace srs::app {

// Level, SIP filter and masking: from the settings at the start and at SIGHUP, and level and filter
// by PUT /log/level and PUT /log/sip-filter, which need the admin token. docs/logging.md is the
// operator's side of it. Runs on the io_context; `components` outlives it.
class LogControl {
 public:
  LogControl(Components& components, App::Reload reload);
  ~LogControl();

  // Sets the SIP filter of the settings and adds the routes; components.open() went well.
  void start();
  // Opens the log file anew and reads the settings again, on a thread of its own.
  void reread();

 private:
  using Route = http::Response (LogControl::*)(const http::Request&);
  void route(const std::string& method, const std::string& path, Route answer);
  http::Response get_level(const http::Request& request);
  http::Response put_level(const http::Request& request);
  http::Response get_filter(const http::Request& request);
  http::Response put_filter(const http::Request& request);
  void take(const config::Loaded& loaded);
  void set_filter(std::string filter);

  Components& c_;
  App::Reload reload_;
  std::string filter_;
  std::atomic<std::uint64_t>& reopen_errors_;
  std::atomic<std::uint64_t>& settings_errors_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<WorkerPool> reader_;
};

}  // namespace srs::app
