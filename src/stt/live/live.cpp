#include "stt/live/call.hpp"

#include <srs/stt/live.hpp>

#include <utility>

namespace srs::stt {
namespace {

// One provider may work live and after calls: as prices do, figures tell these apart.
std::string label_of(const Options& options) {
  return options.live.provider + "/live";
}

// The labels of the pool's metrics are its own providers, prices and rules.
Options with_live_provider(Options options) {
  options.providers = {label_of(options)};
  options.prices.clear();
  options.redaction.rules.clear();
  return options;
}

// `deepgram/live 0.0059 USD`: live is charged at a price of its own.
std::optional<Price> live_price(const Options& options) {
  std::vector<Price> prices;
  for (const auto& text : options.prices)
    if (auto price = parse_price(text)) prices.push_back(std::move(*price));
  const auto* price = find_price(prices, options.live.provider, {"live"});
  return price == nullptr ? std::nullopt : std::optional(*price);
}

// What callers hold: when it goes without finish(), the call is cut.
class Handle : public Live::Stream {
 public:
  explicit Handle(std::shared_ptr<LiveCall> call) : call_(std::move(call)) {}
  ~Handle() override {
    if (!finished_) call_->cut();
  }
  void feed(Millis at, std::span<const std::int16_t> samples) override { call_->feed(at, samples); }
  void finish(std::function<void(const LiveEnd&)> done) override {
    finished_ = true;
    call_->finish(std::move(done));
  }

 private:
  std::shared_ptr<LiveCall> call_;
  bool finished_ = false;
};

// A parameter, since the coroutine begins later and nobody else may hold the call by then.
boost::asio::awaitable<void> run(std::shared_ptr<LiveCall> call) {
  co_await call->run();
}

void report(const LiveFigures& figures, std::size_t streams,
            std::vector<prometheus::MetricFamily>& families) {
  using prometheus::MetricType;
  const auto add = [&](const char* name, const char* help, MetricType type,
                       const std::vector<metrics::Sample>& samples) {
    families.push_back(metrics::family(name, help, type, samples));
  };
  add("stt_live_streams", "Channels that are transcribed live.", MetricType::Gauge,
      {{{}, static_cast<double>(streams)}});
  add("stt_live_streams_refused_total",
      "Channels that were not transcribed live: stt.live.max_streams ran.", MetricType::Counter,
      {{{}, static_cast<double>(figures.refused)}});
  add("stt_live_audio_dropped_seconds_total",
      "Audio that the live provider was too slow for; recordings have it.", MetricType::Counter,
      {{{}, figures.dropped_seconds}});
  add("stt_live_results_total", "Results of the live provider, by kind.", MetricType::Counter,
      {{{{"kind", "interim"}}, static_cast<double>(figures.interim)},
       {{{"kind", "final"}}, static_cast<double>(figures.final)}});
}

}  // namespace

std::string live_model(const Options& options) {
  return options.live.provider == "deepgram" ? options.deepgram.model : "";
}

Live::State::State(Tasks& t, const Options& o, WorkerPool& w, tracing::Tracer& tr,
                   metrics::Registry& registry, log::Logger l)
    : tasks(t),
      options(o),
      workers(w),
      tracer(tr),
      log(std::move(l)),
      label(label_of(options)),
      metrics(registry, with_live_provider(o)),
      redactor(options.redaction.rules),
      protocol(make_live_protocol(options)),
      price(live_price(options)) {
  if (price) metrics.charged(label, price->currency, 0);  // seen before it rises
}

Live::Live(Tasks& tasks, const Options& options, WorkerPool& workers, tracing::Tracer& tracer,
           metrics::Registry& registry, log::Logger log)
    : state_(std::make_shared<State>(tasks, options, workers, tracer, registry, std::move(log))) {
  figures_ = metrics::computed(registry, [state = state_](auto& families) {
    report(state->figures, state->calls.size(), families);
  });
}

Live::~Live() {
  figures_.reset();
  for (auto* call : state_->calls) call->cut();
}

std::shared_ptr<Live::Stream> Live::open(LiveChannel channel, Heard heard) {
  if (!state_->protocol || channel.sample_rate == 0) return nullptr;
  if (state_->calls.size() >= state_->options.live.max_streams) {
    ++state_->figures.refused;
    state_->refusals.add(log::Folded::Clock::now(), 1, [&] {
      return log::Fields{{"call_id", channel.call_id},
                         {"recording_id", channel.recording_id},
                         {"channel", channel.channel},
                         {"limit", state_->options.live.max_streams}};
    });
    return nullptr;
  }
  auto call = std::make_shared<LiveCall>(state_, std::move(channel), std::move(heard));
  state_->tasks.spawn("stt.live", run(call));
  return std::make_shared<Handle>(std::move(call));
}

std::size_t Live::streams() const {
  return state_->calls.size();
}

}  // namespace srs::stt
