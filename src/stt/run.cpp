// One job, from its audio to its transcript.
#include "stt/assemble.hpp"
#include "stt/core.hpp"
#include "stt/files.hpp"
#include "stt/on_exit.hpp"
#include "stt/plan.hpp"

#include <exception>
#include <utility>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

}  // namespace

boost::asio::awaitable<void> PoolCore::run(EntryPointer entry) {
  const auto self = shared_from_this();
  auto step = Step::Leave;
  std::exception_ptr escaped;
  entry->pause = milliseconds(0);
  try {
    step = co_await work_on(entry);
  } catch (...) {
    escaped = std::current_exception();
    entry->span = {};
    entry->pause = options_.retry.longest_pause;
  }
  --slots_of(*entry);
  entry->running = false;
  if (stopped_) co_return;
  if (entry->forgotten) {
    forget(entry);
    co_await clean_up(entry);
  } else if (step == Step::Next) {
    forget(entry);
  } else {
    put_back(entry, entry->pause);
  }
  if (stopped_) co_return;
  dispatch();
  if (escaped) std::rethrow_exception(escaped);
}

// Next: there is nothing more to do for this job. Leave: later.
boost::asio::awaitable<PoolCore::Step> PoolCore::work_on(EntryPointer entry) {
  Exchange exchange(http_, workers_, options_, entry->cancellation);
  if (!entry->state.written) {
    const auto step = co_await transcribe(entry, exchange);
    if (step == Step::Leave || stopped_ || entry->state.phase != Phase::Waiting) co_return step;
  }
  if (!entry->told) co_await tell_again(entry, exchange);
  if (stopped_) co_return Step::Leave;
  if (options_.delivery.url.empty()) {
    (void)co_await exchange.work([&]() -> Outcome<bool> {
      remove_job(entry->state.job.directory);
      return true;
    });
    co_return Step::Next;
  }
  // It takes a slot of the deliveries next.
  if (!entry->delivering) co_return count_delivery(*entry) ? Step::Leave : Step::Next;
  co_return co_await deliver(entry, exchange);
}

boost::asio::awaitable<PoolCore::Step> PoolCore::transcribe(EntryPointer entry,
                                                            Exchange& exchange) {
  const auto& directory = entry->state.job.directory;
  if (entry->state.job.live) {  // nobody is asked
    const Progress none;
    co_return co_await finish(entry, exchange, none);
  }
  if (is_overdue(*entry) && !unstored_.contains(directory))
    co_return co_await miss_deadline(entry, exchange);
  auto progress = co_await exchange.work(
      [&] { return load_or_plan(entry->state.job, options_.piece, engines_); });
  if (!progress && progress.error().reason == Reason::Cancelled) co_return Step::Leave;
  if (!progress && progress.error().reason == Reason::Busy) {
    log_of(entry->state.job)
        .error("transcription_job_not_stored", {{"error", progress.error().text}});
    co_return wait_for_disk(*entry);
  }
  if (!progress)
    co_return co_await give_up(entry, exchange, Phase::Parked, "", Reason::Audio,
                               progress.error().text);
  if (unstored_.contains(directory)) {
    const bool stored = co_await store_again(entry, exchange, *progress);
    if (!stored) co_return Step::Leave;
  }
  for (std::size_t number = 0; number < progress->pieces.size(); ++number) {
    if (is_done(*progress, number)) {
      // A crash came before that, or other pieces stand in its place.
      co_await forget_all_remote(entry, exchange, *progress, number);
      if (stopped_) co_return Step::Leave;
      continue;
    }
    const auto step = co_await do_piece(entry, exchange, *progress, number);
    if (stopped_ || step == Step::Leave || entry->state.phase != Phase::Waiting) co_return step;
    if (has_to_give_way(*entry) && number + 1 < progress->pieces.size()) co_return Step::Leave;
  }
  co_return co_await finish(entry, exchange, *progress);
}
boost::asio::awaitable<PoolCore::Step> PoolCore::finish(EntryPointer entry, Exchange& exchange,
                                                        const Progress& progress) {
  const auto& job = entry->state.job;
  auto assembled = co_await exchange.work([&]() -> Outcome<Assembled> {
    auto made = job.live ? assemble_live(job, options_, redactor_)
                         : assemble(entry->state, progress, options_, redactor_);
    if (!made) return Failure{Reason::Audio, made.error().text};
    // What is on disk now must not be made again; what was heard unredacted must not stay.
    auto state = entry->state;
    state.written = true;
    state.written_at = wall_now();
    if (auto done = store(state); !done) return Failure{Reason::Audio, done.error().text};
    remove_file(job.directory / kPartsFile);
    return std::move(*made);
  });
  if (stopped_ || entry->forgotten) co_return Step::Leave;
  if (!assembled) {
    // A full disk, most likely: it passes.
    log_of(entry->state.job).error("transcript_not_written", {{"error", assembled.error().text}});
    if (job.live && is_overdue(*entry))
      co_return co_await give_up(entry, exchange, Phase::Failed, "", Reason::Audio,
                                 assembled.error().text);
    co_return wait_for_disk(*entry);
  }
  entry->state.written = true;
  entry->state.written_at = wall_now();
  entry->told = true;
  const auto& finished = assembled->finished;
  metrics_.ended("done", seconds(wall_now() - entry->state.submitted_at));
  for (const auto& redaction : assembled->redactions) metrics_.redacted(redaction.rule);
  for (const auto& provider : assembled->untimed)
    metrics_.mended(job.live ? provider + "/live" : provider);
  log_of(job).info("transcript_finished", {{"segments", finished.segments},
                                           {"words", finished.words},
                                           {"redactions", finished.redactions},
                                           {"warnings", finished.warnings.size()}});
  if (listener != nullptr) listener->transcript_finished(finished);
  co_return Step::Next;
}

// A crash came between the transcript and the end of its job: nobody may have heard of it.
boost::asio::awaitable<void> PoolCore::tell_again(EntryPointer entry, Exchange& exchange) {
  const auto finished = co_await exchange.work([&]() -> Outcome<Finished> {
    auto read = finished_of(entry->state.job);
    if (!read) return Failure{Reason::Audio, read.error().text};
    return std::move(*read);
  });
  if (stopped_) co_return;
  entry->told = true;
  if (finished && listener != nullptr) listener->transcript_finished(*finished);
}

boost::asio::awaitable<void> PoolCore::clean_up(EntryPointer entry) {
  const auto self = shared_from_this();
  // The entry's own cancellation is used up.
  Exchange exchange(http_, workers_, options_, std::make_shared<Cancellation>());
  const auto& directory = entry->state.job.directory;
  std::vector<Use> uses;
  OnExit let_go([&] { in_hand_.erase(directory); });
  const auto written = co_await exchange.work([&]() -> Outcome<bool> {
    uses = paid_for(directory);
    remove_job(directory);
    return is_there(directory / kTranscriptFile);
  });
  let_go.now();
  if (stopped_) co_return;
  // The transcript was quicker than its cancellation.
  entry->state.written = written && *written;
  if (entry->state.written && !entry->told) co_await tell_again(entry, exchange);
  if (stopped_) co_return;
  metrics_.ended("cancelled", 0);
  if (entries_.contains(directory) && entries_[directory] == entry) forget(entry);
  tell_unfinished(*entry, {entry->state.job.directory, entry->state.job.recording_id,
                           Unfinished::State::Cancelled, "", "cancelled", "cancelled",
                           entry->state.written, entry->state.incidents, std::move(uses)});
}

}  // namespace srs::stt
