#include "app/siprec_call/program.hpp"

#include "app/siprec_call/campaign.hpp"
#include "app/siprec_call/command_line.hpp"
#include "app/siprec_call/prepare.hpp"
#include "app/siprec_call/progress.hpp"

#include <srs/log/root.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <ostream>

namespace srs::call {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// Everything that lives as long as the run, in the order of dependence.
class Run {
 public:
  Run(Prepared prepared, log::Root& log)
      : plan_(std::move(prepared.plan)),
        voices_(std::move(prepared.voices)),
        logger_(log.logger("siprec-call")),
        tasks_(context_.get_executor(), [this](std::string_view name, std::string_view what) {
          logger_.error("task_failed", {{"name", name}, {"what", what}});
        }) {}

  Result<void> open() {
    auto caller = open_caller(context_.get_executor(), plan_, logger_.named("sip"));
    if (!caller) return caller.error();
    caller_ = std::move(*caller);
    auto media = open_media(context_.get_executor(), plan_, voices_, lateness_);
    if (!media) return media.error();
    media_ = std::move(*media);
    campaign_.emplace(tasks_, plan_, *caller_, *media_.factory, summary_);
    return {};
  }

  const Summary& play(std::ostream& err, bool terminal) {
    Progress progress(context_.get_executor(), err, [this] { return state(); });
    if (terminal && !plan_.options.quiet) tasks_.spawn("progress", progress.run());
    asio::signal_set signals(context_, SIGINT, SIGTERM);
    listen(signals, err);
    tasks_.spawn("campaign", all_calls(progress, signals));
    context_.run();
    progress.stop();
    sum_up();
    return summary_;
  }

 private:
  asio::awaitable<void> all_calls(Progress& progress, asio::signal_set& signals) {
    co_await campaign_->run();
    progress.stop();
    signals.cancel();
    context_.stop();  // what SIP keeps for retransmissions needs no waiting for
  }

  // The first Ctrl-C hangs up, the second leaves at once.
  void listen(asio::signal_set& signals, std::ostream& err) {
    signals.async_wait([this, &signals, &err](boost::system::error_code error, int) {
      if (error) return;
      if (interrupted_) return campaign_->give_up();
      interrupted_ = true;
      err << "\nhanging up; again to leave at once" << std::endl;
      campaign_->interrupt();
      listen(signals, err);
    });
  }

  ProgressState state() const {
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_);
    return {summary_.wanted, summary_.ended, campaign_->active(),
            summary_.failed, elapsed,        expected_length(plan_, voices_)};
  }

  void sum_up() {
    summary_.media_mean_late = lateness_.mean();
    summary_.media_max_late = lateness_.max();
    if (media_.bulk) {
      const auto stats = media_.bulk->stats();
      summary_.media_mean_late = stats.mean_lateness;
      summary_.media_max_late = stats.max_lateness;
      summary_.refused_packets = stats.failed;
    }
  }

  // First, since timers of all the others live on it. When run() returns no call is left in it.
  asio::io_context context_{1};
  Clock::time_point begin_ = Clock::now();
  Plan plan_;
  std::vector<Voice> voices_;
  log::Logger logger_;
  Tasks tasks_;
  Lateness lateness_;
  Summary summary_;
  bool interrupted_ = false;
  std::unique_ptr<sip::Caller> caller_;
  OpenMedia media_;
  std::optional<Campaign> campaign_;
};

int refuse(std::ostream& err, const Error& error, int code) {
  err << "siprec-call: " << error.text << std::endl;
  return code;
}

}  // namespace

int run_program(const Options& options, std::ostream& out, std::ostream& err, bool terminal) {
  log::Options log_options;
  log_options.level = options.log_level;
  const auto log = log::Root::open(log_options);
  if (!log) return refuse(err, log.error(), kFailure);
  auto prepared = prepare(options);
  if (!prepared) return refuse(err, prepared.error(), kUsageError);
  Run run(std::move(*prepared), **log);
  if (const auto opened = run.open(); !opened) return refuse(err, opened.error(), kFailure);
  const auto& summary = run.play(err, terminal);
  out << (options.json ? to_json(summary) : to_text(summary)) << std::flush;
  if (summary.success()) return kSuccess;
  if (options.json) err << "siprec-call: " << summary.verdict() << std::endl;
  return kFailure;
}

}  // namespace srs::call
