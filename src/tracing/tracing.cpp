#include "tracing/metrics_push.hpp"
#include "tracing/outbox.hpp"
#include "tracing/targets.hpp"

#include <srs/tracing/tracing.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace srs::tracing {
namespace {

namespace asio = boost::asio;

HttpClient::Options few_connections() {
  HttpClient::Options options;
  options.max_active = 8;  // each exporter has one request under way
  options.max_active_per_host = 4;
  options.max_waiting = 16;
  return options;
}

}  // namespace

// Shared with the coroutines, which may outlive Tracing by a moment.
class Tracing::Core final : public SpanSink, public std::enable_shared_from_this<Core> {
 public:
  Core(const asio::any_io_executor& executor, const Options& options, const Collect& metrics,
       const Taken& metrics_taken, const log::Logger& log)
      : http_(executor, few_connections()), changed_(executor) {
    for (auto& exporter : make_exporters(options)) {
      outboxes_.push_back(
          std::make_shared<Outbox>(executor, http_, std::move(exporter), options, *figures_, log));
      outboxes_.back()->on_idle([this] { changed_.cancel(); });
    }
    const auto endpoint = metrics_endpoint(options);
    if (!endpoint || !metrics) return;
    metrics_ = std::make_shared<MetricsPush>(
        executor, http_, *endpoint, make_resource(options, options.new_relic.app_name),
        options.new_relic.metrics_interval, metrics, metrics_taken, *figures_, log);
  }

  // Each coroutine keeps the core, and with it the HTTP client.
  void run(Tasks& tasks) {
    for (const auto& outbox : outboxes_) {
      tasks.spawn("tracing", keeping(shared_from_this(), Outbox::run(outbox)));
    }
    if (metrics_)
      tasks.spawn("metrics_push", keeping(shared_from_this(), MetricsPush::run(metrics_)));
  }

  bool exports() const { return !outboxes_.empty(); }
  std::shared_ptr<Figures> figures() const { return figures_; }

  void take(SpanData span) override {
    const auto shared = std::make_shared<const SpanData>(std::move(span));
    for (const auto& outbox : outboxes_) outbox->push(shared);
  }

  static asio::awaitable<void> flush(std::shared_ptr<Core> self, std::chrono::milliseconds limit) {
    const auto deadline = asio::steady_timer::clock_type::now() + limit;
    for (const auto& outbox : self->outboxes_) outbox->hurry();
    if (self->metrics_) self->metrics_->finish([core = self.get()] { core->changed_.cancel(); });
    while (!self->idle()) {
      self->changed_.expires_at(deadline);
      const auto [error] = co_await self->changed_.async_wait(asio::as_tuple(asio::use_awaitable));
      if (!error) break;
    }
  }

  void stop() {
    for (const auto& outbox : outboxes_) outbox->stop();
    if (metrics_) metrics_->stop();
    changed_.cancel();
  }

 private:
  static asio::awaitable<void> keeping([[maybe_unused]] std::shared_ptr<Core> core,
                                       asio::awaitable<void> task) {
    co_await std::move(task);
  }
  bool idle() const {
    return (!metrics_ || metrics_->finished()) &&
           std::all_of(outboxes_.begin(), outboxes_.end(),
                       [](const auto& outbox) { return outbox->idle(); });
  }

  std::shared_ptr<Figures> figures_ = std::make_shared<Figures>();
  HttpClient http_;
  asio::steady_timer changed_;
  std::vector<std::shared_ptr<Outbox>> outboxes_;
  std::shared_ptr<MetricsPush> metrics_;
};

Tracing::Tracing(Tasks& tasks, const Options& options, Collect metrics, log::Logger log,
                 Taken metrics_taken)
    : core_(std::make_shared<Core>(tasks.executor(), options, metrics, metrics_taken, log)) {
  core_->run(tasks);
  if (!core_->exports()) return;
  tracer_ = Tracer({options.sampler, options.sampling_ratio}, core_);
  log.info("tracing_on", {{"ratio", options.sampling_ratio}});
}

Tracing::~Tracing() {
  core_->stop();
}

asio::awaitable<void> Tracing::flush(std::chrono::milliseconds limit) {
  return Core::flush(core_, limit);
}

std::shared_ptr<prometheus::Collectable> Tracing::figures() const {
  return core_->figures();
}

}  // namespace srs::tracing
