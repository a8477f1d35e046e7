#include "app/checks.hpp"
#include "app/components.hpp"
#include "app/log_control.hpp"
#include "app/receive_buffers.hpp"

#include <srs/app/app.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <systemd/sd-daemon.h>

#include <csignal>
#include <functional>

namespace srs::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBeat{500};
constexpr std::chrono::milliseconds kPoll{50};
constexpr std::chrono::seconds kEndingLimit{10};     // for sessions to close their files
constexpr std::chrono::seconds kFlushLimit{3};       // the last spans, to their collectors
constexpr std::chrono::seconds kLastWordsLimit{10};  // of live text
constexpr std::chrono::seconds kRendersLimit{
    30};  // for renders; what is left is done at the next start

class AppImpl final : public App {
 public:
  AppImpl(boost::asio::io_context& io, const config::Settings& settings, log::Root& log,
          Reload reload)
      : io_(io),
        components_(io.get_executor(), settings, log),
        log_control_(components_, std::move(reload)),
        log_(log.logger("app")),
        signals_(io, SIGTERM, SIGINT, SIGHUP) {}

  std::vector<config::Fault> open(std::vector<config::Fault> known) {
    return components_.open(std::move(known));
  }

  void start() override {
    auto& c = components_;
    c.heartbeat = health::Heartbeat::start(io_.get_executor(), kBeat, c.registry, [&c] {
      sd_notify(0, "WATCHDOG=1");
      c.log_root.write_overdue();
    });
    add_checks(c);
    add_routes(c);
    log_control_.start();
    c.service->start();
    if (c.transcription) c.transcription->recover(c.settings.recording.directory);
    if (c.untold) {
      c.untold->begin(c.settings.recording.directory,
                      [&c](const auto& id) { return c.live && c.live->hears(id); });
    }
    c.http->run();
    c.tasks.spawn("signals", wait_for_signals());
    warn_of_small_receive_buffers(c.settings, log_);
    sd_notify(0, "READY=1");
    log_.info("server_ready", {{"version", SRS_VERSION},
                               {"sip", joined(c.stack->listeners())},
                               {"http", http_address()},
                               {"rtp_ports", c.ports->capacity()},
                               {"rtp_engine", c.engine->name()},
                               {"recordings", c.settings.recording.directory.string()}});
  }

  bool clean() const override { return components_.service->active() == 0; }

 private:
  static std::string joined(const std::vector<std::string>& texts) {
    std::string result;
    for (const auto& text : texts) result += (result.empty() ? "" : ",") + text;
    return result;
  }

  std::string http_address() const {
    const auto& listen = components_.settings.http.listen;
    return listen.substr(0, listen.rfind(':') + 1) + std::to_string(components_.http->port());
  }

  boost::asio::awaitable<void> wait_for_signals() {
    for (;;) {
      const auto [error, signal] =
          co_await signals_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      if (error) co_return;
      if (signal == SIGHUP)
        log_control_.reread();
      else
        shut_down_by(signal);
    }
  }

  void shut_down_by(int signal) {
    log_.info("signal", {{"signal", signal}, {"sessions", components_.service->active()}});
    if (draining_) {
      hurry_ = true;
      return;
    }
    draining_ = true;
    components_.tasks.spawn("shutdown", shut_down());
  }

  // systemd kills what has not ended after TimeoutStopSec=, unless it is told how long that takes.
  static void announce_stopping(std::chrono::seconds drain) {
    constexpr std::chrono::seconds kSpare{10};
    const std::chrono::microseconds longest =
        drain + kEndingLimit + kRendersLimit + kLastWordsLimit + kFlushLimit + kSpare;
    sd_notify(0, ("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(longest.count())).c_str());
  }

  boost::asio::awaitable<void> shut_down() {
    auto& c = components_;
    announce_stopping(c.settings.server.drain_timeout);
    const auto drained = Clock::now() + c.settings.server.drain_timeout;
    c.service->drain();
    if (c.transcription) c.transcription->drain();
    log_.info("draining", {{"sessions", c.service->active()},
                           {"transcriptions", transcriptions()},
                           {"limit_seconds", c.settings.server.drain_timeout.count()}});
    co_await until([&c] { return c.service->active() == 0; }, c.settings.server.drain_timeout,
                   true);
    c.service->end_all();
    co_await until([&c] { return c.service->active() == 0; }, kEndingLimit, false);
    co_await until([&c] { return c.service->finished(); }, kRendersLimit, true);
    // What is asked for just now is paid for: cut, it would be asked for and paid for again.
    co_await until([this] { return transcriptions() == 0; }, drained - Clock::now(), true);
    co_await until(
        [&c] {
          return (!c.live || c.live->idle()) && c.editor->idle() &&
                 (!c.transcription || c.transcription->idle());
        },
        kLastWordsLimit, true);
    // The last responses (200 to a BYE, or our own BYEs) get their moment on the wire.
    co_await c.tracing.flush(kFlushLimit);
    if (c.live) c.live->broadcast().close();
    c.http->stop();
    c.service->stop();
    c.heartbeat->stop();
    log_.info("server_stopped",
              {{"sessions_left", c.service->active()},
               {"renders_left", c.service->renders_waiting()},
               {"transcriptions_left", c.transcription ? c.transcription->left() : 0}});
    io_.stop();
  }

  std::size_t transcriptions() const {
    return components_.transcription ? components_.transcription->under_way() : 0;
  }

  // Waits for a condition, at most `limit`, or until somebody hurries.
  boost::asio::awaitable<void> until(std::function<bool()> condition, Clock::duration limit,
                                     bool can_hurry) {
    boost::asio::steady_timer timer(io_);
    const auto deadline = Clock::now() + limit;
    while (!condition() && Clock::now() < deadline && !(can_hurry && hurry_)) {
      timer.expires_after(kPoll);
      co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
  }

  boost::asio::io_context& io_;
  Components components_;
  LogControl log_control_;
  log::Logger log_;
  boost::asio::signal_set signals_;
  bool draining_ = false;
  bool hurry_ = false;
};

}  // namespace

std::variant<std::unique_ptr<App>, std::vector<config::Fault>> App::open(
    boost::asio::io_context& io, const config::Settings& settings, log::Root& log, Reload reload,
    std::vector<config::Fault> known) {
  auto app = std::make_unique<AppImpl>(io, settings, log, std::move(reload));
  if (auto faults = app->open(std::move(known)); !faults.empty()) return faults;
  return std::unique_ptr<App>(std::move(app));
}

}  // namespace srs::app
