// The queue: which job goes next, and what is kept of the others.
#include "stt/core.hpp"
#include "stt/files.hpp"
#include "stt/spending.hpp"

#include <srs/stt/pool.hpp>

#include <algorithm>
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

double seconds(auto time) {
  return std::chrono::duration<double>(time).count();
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
      wake_(tasks.executor()) {
  for (const auto& text : options_.prices)
    if (auto price = parse_price(text)) prices_.push_back(std::move(*price));
  for (auto& provider : make_providers(options_)) {
    const auto limit = limit_of(options_, provider->name());
    engines_.emplace_back(std::move(provider), options_, limit);
  }
  figures_ = metrics::computed(registry, [this](auto& families) { figures(families); });
}

void PoolCore::stop() {
  stopped_ = true;
  figures_.reset();
  wake_.cancel();
  listener = nullptr;
  for (const auto& [directory, entry] : entries_) {
    entry->cancellation->cancel();
    entry->span = {};
  }
}

void PoolCore::submit(Job job) {
  job.directory = job.directory.lexically_normal();
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
  if (stored)
    put_back(entry, milliseconds(0));
  else
    tasks_.spawn("stt.store", store_and_queue(entry));
}

log::Logger PoolCore::log_of(const Job& job) const {
  const auto log = log_.with("call_id", job.call_id).with("recording_id", job.recording_id);
  const auto trace = tracing::parse_traceparent(job.traceparent);
  return trace ? log.with("trace.id", trace->trace_id_hex()) : log;
}

boost::asio::awaitable<void> PoolCore::store_and_queue(EntryPointer entry) {
  const auto self = shared_from_this();
  Exchange exchange(http_, workers_, options_, entry->cancellation);
  const auto stored = co_await exchange.work([&]() -> Outcome<bool> {
    if (auto done = store_job(entry->state.job); !done)
      return Failure{Reason::Audio, done.error().text};
    return true;
  });
  if (stopped_) co_return;
  if (entry->forgotten) co_return co_await clean_up(entry);
  entry->stored = stored.has_value();
  if (!stored)
    log_of(entry->state.job)
        .error("transcription_job_not_stored", {{"error", stored.error().text}});
  if (stored && entries_.size() > options_.queue) {
    left_out_ = true;
    forget(entry);
    co_return;
  }
  put_back(entry, milliseconds(0));
}

void PoolCore::forget(const EntryPointer& entry) {
  const Rank rank{-entry->state.job.priority, entry->number};
  fresh_.erase(rank);
  tried_.erase(rank);
  entries_.erase(entry->state.job.directory);
  if (left_out_ && entries_.size() <= options_.queue / 2) fetch_left_out();
}

void PoolCore::put_back(const EntryPointer& entry, milliseconds pause) {
  if (stopped_) return;
  entry->not_before = Clock::now() + pause;
  const Rank rank{-entry->state.job.priority, entry->number};
  const bool fresh = pause.count() == 0 && entry->state.providers.empty() && !entry->state.written;
  (fresh ? fresh_ : tried_)[rank] = entry;
  dispatch();
}

// Counts once for each time that a job waits, however often it is looked at meanwhile.
void PoolCore::hold_back(Entry& entry, const Choice& choice) {
  if (choice.bound == Budget::Bound::None || std::exchange(entry.held, true)) return;
  metrics_.held_back(engines_[choice.engine].name(), to_string(choice.bound));
}

// How long a job has to wait from now on.
milliseconds PoolCore::wait_of(Entry& entry, const Now& now) {
  const auto own = entry.not_before <= now.steady
                       ? milliseconds(0)
                       : std::chrono::ceil<milliseconds>(entry.not_before - now.steady);
  if (entry.state.written) return own;
  const auto choice = choose(engines_, entry.state, options_.retry.attempts, milliseconds(0), now);
  // Overdue ones and those that nobody takes have to be told so.
  if (choice.kind != Choice::Kind::Wait || is_overdue(entry)) return own;
  hold_back(entry, choice);
  return std::max(own, choice.time);
}

void PoolCore::dispatch() {
  if (stopped_ || resuming_) return;
  auto next_wake = milliseconds(60'000);
  while (running_ < options_.concurrency) {
    const auto now = Now::get();
    EntryPointer best;
    const auto consider = [&](const EntryPointer& entry) {
      const auto wait = wait_of(*entry, now);
      if (wait.count() > 0) {
        next_wake = std::min(next_wake, wait);
        return;
      }
      const auto rank = [](const Entry& e) { return Rank{-e.state.job.priority, e.number}; };
      if (!best || rank(*entry) < rank(*best)) best = entry;
    };
    if (!fresh_.empty()) consider(fresh_.begin()->second);
    for (const auto& [rank, entry] : tried_) consider(entry);
    if (!best) break;
    const Rank rank{-best->state.job.priority, best->number};
    fresh_.erase(rank);
    tried_.erase(rank);
    best->running = true;
    best->held = false;
    ++running_;
    tasks_.spawn("stt.transcribe", run(best));
  }
  if (!fresh_.empty() || !tried_.empty()) wake_in(next_wake);
}

void PoolCore::wake_in(milliseconds time) {
  wake_.expires_after(std::max(time, milliseconds(1)));
  wake_.async_wait([self = weak_from_this()](boost::system::error_code error) {
    if (error) return;
    if (const auto core = self.lock()) core->dispatch();
  });
}

bool PoolCore::is_overdue(const Entry& entry) const {
  // While we were not there nothing could be done.
  return wall_now() - std::max(entry.state.submitted_at, started_at_) > options_.deadline;
}

void PoolCore::recover(std::filesystem::path recordings, std::function<void(std::size_t)> done) {
  recordings = recordings.lexically_normal();
  const bool first = std::exchange(recordings_, recordings).empty();
  if (stopped_) return;
  if (first && std::any_of(engines_.begin(), engines_.end(), [](const Engine& engine) {
        return engine.budget.limit().audio_minutes_per_hour > 0 ||
               engine.budget.limit().cost_per_day > 0;
      })) {
    spending_file_ = recordings / kSpendingFile;
    resuming_ = true;
  }
  scanning_ = true;
  tasks_.spawn("stt.recover", scan(std::move(recordings), std::move(done)));
}

void PoolCore::fetch_left_out() {
  if (recordings_.empty() || scanning_ || stopped_) return;
  left_out_ = false;
  recover(recordings_, {});
}

namespace {

struct Found {
  std::vector<JobState> jobs;
  std::vector<std::string> broken;  // files that can't be read, and why
};

void look_into(const std::filesystem::path& directory, Found& found) {
  if (!is_there(directory / kJobFile)) return;
  auto state = load_job(directory);
  if (state)
    found.jobs.push_back(std::move(*state));
  else
    found.broken.push_back(state.error().text);
}

// Jobs up to two levels below, oldest names first.
Found find_jobs(const std::filesystem::path& top) {
  Found found;
  std::error_code ignored;
  std::vector<std::filesystem::path> directories;
  auto at = std::filesystem::recursive_directory_iterator(top, ignored);
  for (const auto end = std::filesystem::recursive_directory_iterator(); at != end;
       at.increment(ignored)) {
    std::error_code error;
    if (!at->is_directory(error)) continue;
    directories.push_back(at->path());
    if (at.depth() >= 1) at.disable_recursion_pending();
  }
  std::sort(directories.begin(), directories.end());
  for (const auto& directory : directories) look_into(directory, found);
  return found;
}

}  // namespace

boost::asio::awaitable<void> PoolCore::scan(std::filesystem::path recordings,
                                            std::function<void(std::size_t)> done) {
  const auto self = shared_from_this();
  const auto cancellation = std::make_shared<Cancellation>();
  Exchange exchange(http_, workers_, options_, cancellation);
  if (resuming_) co_await resume_spending(exchange);
  auto found = co_await exchange.work([&]() -> Outcome<Found> { return find_jobs(recordings); });
  if (stopped_ || !found) co_return;
  scanning_ = false;
  std::size_t taken = 0;
  for (auto& state : found->jobs) {
    if (state.phase == Phase::Failed || entries_.contains(state.job.directory)) continue;
    if (state.phase == Phase::Parked) {
      // Looked for again because a queue ran empty: nobody has mended anything since.
      if (parked_.contains(state.job.directory)) continue;
      state.phase = Phase::Waiting;
      state.providers.clear();
      state.delivery = {};
      state.submitted_at = wall_now();
    }
    if (entries_.size() >= options_.queue) {
      left_out_ = true;
      break;
    }
    add(std::move(state), true);
    ++taken;
  }
  for (const auto& text : found->broken)
    log_.error("transcription_job_unreadable", {{"error", text}});
  if (taken > 0) log_.info("transcription_jobs_found", {{"jobs", taken}});
  if (done) done(taken);
}

bool PoolCore::cancel(const std::filesystem::path& directory) {
  const auto at = entries_.find(directory.lexically_normal());
  if (at == entries_.end() || at->second->forgotten) return false;
  const auto entry = at->second;
  entry->forgotten = true;
  entry->cancellation->cancel();
  if (!entry->running && entry->stored) {
    forget(entry);
    tasks_.spawn("stt.cancel", clean_up(entry));
  }
  return true;
}

void PoolCore::figures(std::vector<prometheus::MetricFamily>& families) const {
  using prometheus::MetricType;
  const auto gauge = [&](const char* name, const char* help, std::vector<metrics::Sample> samples) {
    families.push_back(metrics::family(name, help, MetricType::Gauge, samples));
  };
  const auto now = Now::get();
  WallTime oldest = now.wall;
  for (const auto& [directory, entry] : entries_)
    oldest = std::min(oldest, entry->state.submitted_at);
  gauge("stt_queue_jobs", "Recordings that wait for their transcript.",
        {{{}, static_cast<double>(entries_.size() - std::min(running_, entries_.size()))}});
  gauge("stt_queue_oldest_seconds", "How long the oldest unfinished one has waited.",
        {{{}, seconds(now.wall - oldest)}});
  gauge("stt_jobs_running", "Recordings that are being transcribed.",
        {{{}, static_cast<double>(running_)}});
  gauge("stt_jobs_parked", "Jobs that wait for somebody to mend what refused them.",
        {{{}, static_cast<double>(parked_.size())}});
  std::vector<metrics::Sample> breakers, requests;
  for (const auto& engine : engines_) {
    const std::vector<std::pair<std::string, std::string>> labels{{"provider", engine.name()}};
    breakers.push_back({labels, static_cast<double>(engine.breaker.state(now.steady))});
    requests.push_back({labels, static_cast<double>(engine.in_flight)});
  }
  gauge("stt_breaker_state", "0 closed, 1 trying again, 2 open: the provider is left alone.",
        breakers);
  gauge("stt_requests_in_flight", "Requests that wait for their answer.", requests);
}

Pool::Pool(Tasks& tasks, const Options& options, HttpClient& http, WorkerPool& workers,
           tracing::Tracer& tracer, metrics::Registry& registry, log::Logger log)
    : core_(std::make_shared<PoolCore>(tasks, options, http, workers, tracer, registry,
                                       std::move(log))) {}

Pool::~Pool() {
  core_->stop();
}

void Pool::set_listener(Listener* listener) {
  core_->listener = listener;
}

void Pool::submit(Job job) {
  core_->submit(std::move(job));
}

void Pool::recover(std::filesystem::path recordings, std::function<void(std::size_t)> done) {
  core_->recover(std::move(recordings), std::move(done));
}

bool Pool::cancel(const std::filesystem::path& directory) {
  return core_->cancel(directory);
}

std::size_t Pool::size() const {
  return core_->size();
}

std::size_t Pool::running() const {
  return core_->running();
}

std::size_t Pool::parked() const {
  return core_->parked();
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
