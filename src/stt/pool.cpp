#include "stt/core.hpp"

#include <srs/stt/pool.hpp>

#include <utility>

namespace srs::stt {

Pool::Pool(Tasks& tasks, const Options& options, HttpClient& http, WorkerPool& workers,
           tracing::Tracer& tracer, metrics::Registry& registry, log::Logger log)
    : core_(std::make_shared<PoolCore>(tasks, options, http, workers, tracer, registry,
                                       std::move(log))) {}

Pool::~Pool() {
  core_->stop();
}

void Pool::drain() {
  core_->drain();
}

void Pool::set_listener(Listener* listener) {
  core_->listener = listener;
}

void Pool::set_settled(std::function<bool(const std::filesystem::path&)> is_settled) {
  core_->is_settled = std::move(is_settled);
}

void Pool::submit(Job job) {
  core_->submit(std::move(job));
}

void Pool::recover(std::filesystem::path recordings, std::function<void(std::size_t)> done) {
  core_->recover(std::move(recordings), std::move(done));
}

boost::asio::awaitable<bool> Pool::cancel(std::filesystem::path directory) {
  return core_->cancel(std::move(directory));
}

boost::asio::awaitable<Result<Renewed>> Pool::retry(std::filesystem::path directory) {
  return core_->retry(std::move(directory));
}

std::size_t Pool::size() const {
  return core_->size();
}

std::size_t Pool::running() const {
  return core_->running();
}

std::size_t Pool::under_way() const {
  return core_->under_way();
}

std::size_t Pool::looks() const {
  return core_->looks();
}

std::size_t Pool::parked() const {
  return core_->parked();
}

std::size_t Pool::live_texts() const {
  return core_->live_texts();
}

std::vector<Pool::Status> Pool::status() const {
  static constexpr const char* kStates[] = {"closed", "half_open", "open"};
  const auto now = std::chrono::steady_clock::now();
  std::vector<Status> all;
  for (const auto& engine : core_->engines())
    all.push_back({engine.name(), kStates[static_cast<std::size_t>(engine.breaker.state(now))],
                   engine.in_flight});
  return all;
}

std::string_view to_string(Unfinished::State state) {
  switch (state) {
    case Unfinished::State::Parked:
      return "parked";
    case Unfinished::State::Failed:
      return "failed";
    case Unfinished::State::Cancelled:
      return "cancelled";
  }
  return "failed";
}

}  // namespace srs::stt
