// Jobs that lie on disk: those of an earlier process, those that did not fit, those to be
// forgotten.
#include "stt/core.hpp"
#include "stt/files.hpp"
#include "stt/on_exit.hpp"
#include "stt/spending.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace srs::stt {
namespace {

using IsSettled = std::function<bool(const std::filesystem::path&)>;

struct Found {
  std::vector<JobState> jobs;
  std::vector<JobState> cancelled;
  std::vector<std::string> broken;  // files that can't be read, and why
};

void look_into(const std::filesystem::path& directory, const IsSettled& is_settled, Found& found) {
  if (!is_there(directory / kJobFile)) return;
  auto state = load_job(directory);
  if (state && is_there(directory / kCancelledFile))
    found.cancelled.push_back(std::move(*state));
  else if (state && !state->job.live && is_settled && !is_settled(directory))
    return;  // it is submitted once it is
  else if (state)
    found.jobs.push_back(std::move(*state));
  else
    found.broken.push_back(state.error().text);
}

// One that can't be read is a job all the same, and can be cancelled.
Outcome<JobState> job_on_disk(const std::filesystem::path& directory) {
  if (!is_there(directory / kJobFile)) return Failure{Reason::Audio, "there is no job"};
  if (auto loaded = load_job(directory)) return std::move(*loaded);
  JobState unreadable;
  unreadable.job.directory = directory;
  unreadable.job.recording_id = directory.filename().string();
  return unreadable;
}

void begin_anew(JobState& state) {
  state.phase = Phase::Waiting;
  state.providers.clear();
  state.delivery = {};
  state.last_provider.clear();
  state.submitted_at = wall_now();
  state.written_at = state.submitted_at;  // where it is: the delivery begins anew
}

struct Stored {
  std::optional<JobState> state;  // none: there is no job
  bool settled = true;
};

// One that waits is left as it is, and so is one whose recording is rendered anew.
Outcome<Stored> renewed_on_disk(const std::filesystem::path& directory,
                                const IsSettled& is_settled) {
  if (!is_there(directory / kJobFile)) return Stored{};
  auto state = load_job(directory);
  if (!state) return Failure{Reason::Audio, state.error().text};
  if (!state->job.live && is_settled && !is_settled(directory))
    return Stored{std::move(*state), false};
  if (state->phase != Phase::Waiting) {
    begin_anew(*state);
    if (auto done = store(*state); !done) return Failure{Reason::Audio, done.error().text};
  }
  return Stored{std::move(*state)};
}

// Jobs up to two levels below, oldest names first.
Found find_jobs(const std::filesystem::path& top, const IsSettled& is_settled) {
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
  for (const auto& directory : directories) look_into(directory, is_settled, found);
  return found;
}

}  // namespace

void PoolCore::recover(std::filesystem::path recordings, std::function<void(std::size_t)> done) {
  recordings = whole_path(recordings);
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
  spawn("stt.recover", scan(std::move(recordings), std::move(done)));
}

void PoolCore::fetch_left_out() {
  const auto half = options_.queue / 2;
  const bool room = left_out_ && entries_.size() - deliveries_ <= half;
  if (!room && !(deliveries_left_out_ && deliveries_ <= half)) return;
  if (recordings_.empty() || scanning_ || stopped_) return;
  left_out_ = false;
  deliveries_left_out_ = false;
  recover(recordings_, {});
}

boost::asio::awaitable<void> PoolCore::scan(std::filesystem::path recordings,
                                            std::function<void(std::size_t)> done) {
  const auto self = shared_from_this();
  std::exception_ptr escaped;
  try {
    co_await look_for_jobs(recordings, done);
  } catch (...) {
    escaped = std::current_exception();
  }
  if (escaped) {  // nobody waits for ever for what could not be read
    scanning_ = false;
    if (std::exchange(resuming_, false)) dispatch();
    std::rethrow_exception(escaped);
  }
}

boost::asio::awaitable<void> PoolCore::look_for_jobs(const std::filesystem::path& recordings,
                                                     const std::function<void(std::size_t)>& done) {
  const auto cancellation = std::make_shared<Cancellation>();
  Exchange exchange(http_, workers_, options_, cancellation);
  if (resuming_) co_await resume_spending(exchange);
  auto found =
      co_await exchange.work([&]() -> Outcome<Found> { return find_jobs(recordings, is_settled); });
  if (stopped_ || !found) co_return;
  scanning_ = false;
  const auto ended = std::exchange(ended_, {});
  std::size_t taken = 0;
  for (auto& state : found->jobs) {
    if (ended.contains(state.job.directory)) continue;
    if (state.phase == Phase::Failed || entries_.contains(state.job.directory)) continue;
    // Of a time when somebody was to be asked: it waits for such a time again.
    if (engines_.empty() && !state.written && !state.job.live) continue;
    if (state.phase == Phase::Parked) {
      // Looked for again because a queue ran empty: nobody has mended anything since.
      if (parked_.contains(state.job.directory)) continue;
      begin_anew(state);
    }
    if (leave_out(state.written)) continue;
    add(std::move(state), true);
    ++taken;
  }
  // A crash came between the mark and the end of the job.
  for (auto& state : found->cancelled) {
    const auto& directory = state.job.directory;
    if (ended.contains(directory) || entries_.contains(directory)) continue;
    if (!in_hand_.insert(directory).second) continue;
    const auto entry = std::make_shared<Entry>();
    entry->state = std::move(state);
    spawn("stt.cancel", clean_up(entry));
  }
  for (const auto& text : found->broken)
    log_.error("transcription_job_unreadable", {{"error", text}});
  if (taken > 0) log_.info("transcription_jobs_found", {{"jobs", taken}});
  if (done) done(taken);
  fetch_left_out();  // what did not fit while this went on
}

boost::asio::awaitable<bool> PoolCore::cancel(std::filesystem::path directory) {
  const auto self = shared_from_this();
  directory = whole_path(directory);
  if (!in_hand_.insert(directory).second) co_return false;  // somebody does
  if (scanning_) ended_.insert(directory);
  if (end_entry(directory)) co_return true;
  // What was given up, or did not fit into the queue, is a file alone.
  Exchange exchange(http_, workers_, options_, std::make_shared<Cancellation>());
  OnExit let_go([&] { in_hand_.erase(directory); });
  auto job = co_await exchange.work([&]() -> Outcome<JobState> { return job_on_disk(directory); });
  let_go.dismiss();
  if (stopped_) co_return false;
  if (end_entry(directory)) co_return true;  // it was fetched meanwhile
  if (!job) {
    in_hand_.erase(directory);
    co_return false;
  }
  parked_.erase(directory);
  const auto entry = std::make_shared<Entry>();
  entry->state = std::move(*job);
  co_await clean_up(entry);
  co_return true;
}

// A job that lies on disk waiting, because the queue was full, counts as begun again too.
boost::asio::awaitable<Result<Renewed>> PoolCore::retry(std::filesystem::path directory) {
  const auto self = shared_from_this();
  directory = whole_path(directory);
  if (stopped_ || entries_.contains(directory) || !in_hand_.insert(directory).second)
    co_return Renewed{Retried::Waiting};
  Exchange exchange(http_, workers_, options_, std::make_shared<Cancellation>());
  OnExit let_go([&] { in_hand_.erase(directory); });
  auto stored = co_await exchange.work([&] { return renewed_on_disk(directory, is_settled); });
  let_go.now();
  if (!stored) co_return Error{stored.error().text};
  auto& state = stored->state;
  if (!state) co_return Renewed{};
  if (!stored->settled) co_return Renewed{Retried::Waiting};
  Renewed renewed{Retried::Queued, state->job.call_id, trace_of(state->job)};
  if (stopped_ || entries_.contains(directory)) co_return renewed;  // a scan was quicker
  for (auto& engine : engines_) engine.breaker.mended();
  providers_changed();
  parked_.erase(directory);
  if (!leave_out(state->written)) add(std::move(*state), true);
  co_return renewed;
}

// Whether there is one; clean_up() has the last word about it.
bool PoolCore::end_entry(const std::filesystem::path& directory) {
  const auto at = entries_.find(directory);
  if (at == entries_.end()) return false;
  const auto entry = at->second;
  entry->forgotten = true;
  entry->cancellation->cancel();
  if (!entry->running && entry->stored) {
    forget(entry);
    spawn("stt.cancel", clean_up(entry));
  }
  return true;
}

}  // namespace srs::stt
