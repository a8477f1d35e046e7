// The process: every component, built floor by floor, and its end.
#pragma once

#include <srs/config/config.hpp>
#include <srs/log/root.hpp>

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <variant>
#include <vector>

namespace srs::app {

// Runs on `io`, which has one thread. `io` and `log` outlive it.
class App {
 public:
  // Reads the settings anew; called on a thread of its own.
  using Reload = std::function<config::Loaded()>;

  // Binds every socket and checks every directory; all faults at once where any is found, or was
  // found before (`known`). Without `reload` SIGHUP leaves the settings as they are.
  static std::variant<std::unique_ptr<App>, std::vector<config::Fault>> open(
      boost::asio::io_context& io, const config::Settings& settings, log::Root& log,
      Reload reload = {}, std::vector<config::Fault> known = {});
  virtual ~App() = default;

  // Takes calls from now on. SIGTERM and SIGINT drain and then stop `io`; a second one hurries;
  // SIGHUP opens the log file anew and takes the settings of the log that can change in mid-run
  // from `reload`.
  virtual void start() = 0;

  // Everything ended as it should: no session was left when `io` stopped.
  virtual bool clean() const = 0;
};

}  // namespace srs::app
