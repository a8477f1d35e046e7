// The queue: who is in it.
#include "stt/core.hpp"
#include "stt/files.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

Limit limit_of(const Options& options, std::string_view provider) {
  Limit all{std::string(provider)};
  for (const auto& text : options.limits) {
    const auto limit = parse_limit(text);
    if (!limit || limit->provider != provider) continue;
    if (limit->requests_per_second > 0) all.requests_per_second = limit->requests_per_second;
    if (limit->concurrency > 0) all.concurrency = limit->concurrency;
    if (limit->audio_minutes_per_hour > 0)
      all.audio_minutes_per_hour = limit->audio_minutes_per_hour;
    if (limit->cost_per_day > 0) all.cost_per_day = limit->cost_per_day;
  }
  return all;
}

}  // namespace

PoolCore::PoolCore(Tasks& tasks, const Options& options, HttpClient& http, WorkerPool& workers,
                   tracing::Tracer& tracer, metrics::Registry& registry, log::Logger log)
    : tasks_(tasks),
      options_(options),
      http_(http),
      workers_(workers),
      tracer_(tracer),
      log_(std::move(log)),
      metrics_(registry, options),
      redactor_(options.redaction.rules),
      spending_errors_(registry.error("stt", "spending")),
      disk_errors_(registry.error("stt", "disk")),
      wake_(tasks.executor()),
      look_(tasks.executor()) {
  for (const auto& text : options_.prices)
    if (auto price = parse_price(text)) prices_.push_back(std::move(*price));
  for (auto& provider : make_providers(options_)) {
    const auto limit = limit_of(options_, provider->name());
    engines_.emplace_back(std::move(provider), options_, limit);
  }
  figures_ = metrics::computed(registry, [this](auto& families) { figures(families); });
}

void PoolCore::drain() {
  draining_ = true;
  for (const auto& [directory, entry] : entries_) entry->cancellation->leave();
}

void PoolCore::stop() {
  stopped_ = true;
  figures_.reset();
  wake_.cancel();
  look_.cancel();
  listener = nullptr;
  notices_end_->cancel();
  for (const auto& [directory, entry] : entries_) {
    entry->cancellation->cancel();
    entry->span = {};
  }
}

void PoolCore::submit(Job job) {
  job.directory = whole_path(job.directory);
  if (stopped_ || entries_.contains(job.directory)) return;
  JobState state;
  state.job = std::move(job);
  state.submitted_at = wall_now();
  add(std::move(state), false);
}

void PoolCore::add(JobState state, bool stored) {
  if (entries_.contains(state.job.directory)) return;
  auto entry = std::make_shared<Entry>();
  entry->state = std::move(state);
  entry->number = next_number_++;
  entry->stored = stored;
  parked_.erase(entry->state.job.directory);
  entries_.emplace(entry->state.job.directory, entry);
  if (entry->state.written) (void)count_delivery(*entry);
  if (stored)
    put_back(entry, milliseconds(0));
  else
    spawn("stt.store", store_and_queue(entry));
}

namespace {

boost::asio::awaitable<void> kept_by(std::shared_ptr<PoolCore>, boost::asio::awaitable<void> work) {
  co_await std::move(work);
}

}  // namespace

void PoolCore::spawn(const char* name, boost::asio::awaitable<void> work) {
  tasks_.spawn(name, kept_by(shared_from_this(), std::move(work)));
}

log::Logger PoolCore::log_of(const Job& job) const {
  const auto log = log_.with("call_id", job.call_id).with("recording_id", job.recording_id);
  const auto trace = trace_of(job);
  return trace.valid() ? log.with("trace.id", trace.trace_id_hex()) : log;
}

boost::asio::awaitable<void> PoolCore::store_and_queue(EntryPointer entry) {
  const auto self = shared_from_this();
  Exchange exchange(http_, workers_, options_, entry->cancellation);
  const auto stored = co_await exchange.work([&]() -> Outcome<bool> {
    try {
      if (const auto done = store_job(entry->state.job); !done)
        return Failure{Reason::Audio, done.error().text};
      return true;
    } catch (const std::exception& error) {  // it is done all the same, unless we die before
      return Failure{Reason::Audio, error.what()};
    }
  });
  if (stopped_) co_return;
  if (entry->forgotten) co_return co_await clean_up(entry);
  entry->stored = true;
  if (!stored) {
    ++disk_errors_;
    log_of(entry->state.job)
        .error("transcription_job_not_stored", {{"error", stored.error().text}});
  }
  if (stored && entries_.size() - deliveries_ > options_.queue) {
    left_out_ = true;
    forget(entry);
    co_return;
  }
  put_back(entry, milliseconds(0));
}

void PoolCore::forget(const EntryPointer& entry) {
  turns_.remove(entry);
  entries_.erase(entry->state.job.directory);
  unstored_.erase(entry->state.job.directory);
  if (scanning_) ended_.insert(entry->state.job.directory);
  if (std::exchange(entry->delivery, false)) --deliveries_;
  fetch_left_out();
}

bool PoolCore::is_full(bool written) const {
  return (written ? deliveries_ : entries_.size() - deliveries_) >= options_.queue;
}

// Whether a job on disk has to stay there for now.
bool PoolCore::leave_out(bool written) {
  if (!is_full(written)) return false;
  (written ? deliveries_left_out_ : left_out_) = true;
  return true;
}

// Its transcript is there. False where there are too many of them: it waits on disk.
bool PoolCore::count_delivery(Entry& entry) {
  if (entry.delivery) return true;
  if (leave_out(true)) return false;
  entry.delivery = true;
  ++deliveries_;
  fetch_left_out();
  return true;
}

void PoolCore::put_back(const EntryPointer& entry, milliseconds pause) {
  if (stopped_) return;
  const auto now = Now::get();
  entry->not_before = now.steady + pause;
  // Counted now, where a bound holds it back while it pauses.
  if (!entry->state.providers.empty()) (void)wait_of(*entry, now);
  turns_.add(entry, now.steady + pause_of(*entry, now), now.steady);
  watch_waiting();
  dispatch();
}

milliseconds PoolCore::time_left(const Entry& entry) const {
  const auto& state = entry.state;
  const auto since = state.written ? state.written_at : state.submitted_at;
  // While we were not there nothing could be done.
  const auto end = std::max(since, started_at_) + options_.deadline;
  return std::max(std::chrono::ceil<milliseconds>(end - wall_now()), milliseconds(0));
}

}  // namespace srs::stt
