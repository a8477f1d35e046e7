// What becomes of a job that a provider failed.
#include "stt/backoff.hpp"
#include "stt/core.hpp"
#include "stt/incidents.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

// Failures that say something about the provider and not about this one request.
bool is_providers_fault(Reason reason) {
  switch (reason) {
    case Reason::Auth:
    case Reason::Quota:
    case Reason::Server:
    case Reason::Timeout:
    case Reason::Connect:
    case Reason::Tls:
    case Reason::Reset:
    case Reason::TooLarge:
    case Reason::NotJson:
    case Reason::BadAnswer:
    case Reason::Command:
      return true;
    default:
      return false;
  }
}

}  // namespace

// What a failure means for the provider, and for this job's dealings with it.
void PoolCore::note(Engine& engine, Record& record, const Failure& failure) {
  const auto now = Now::get();
  const auto remedy = remedy_of(failure.reason);
  ++record.failures;
  record.reason = failure.reason;
  record.text = failure.text;
  record.refused = remedy == Remedy::Never ||
                   (remedy == Remedy::Retry && record.failures >= options_.retry.attempts);
  const auto pause = pause_after(record.failures, options_.retry, chance(), failure.retry_after);
  record.not_before = now.wall + pause;
  if (failure.reason == Reason::RateLimited) {
    // Not this job alone is too much for it.
    engine.held_until = std::max(engine.held_until, now.steady + pause);
    engine.breaker.abandoned();
    engine.last_failure = failure;
  } else if (is_providers_fault(failure.reason)) {
    engine.last_failure = failure;
    const bool at_once = failure.reason == Reason::Auth || failure.reason == Reason::Quota;
    engine.breaker.failed(now.steady, at_once);
  } else if (failure.reason == Reason::Refused || failure.reason == Reason::Rejected) {
    engine.breaker.succeeded();
  } else {
    engine.breaker.abandoned();
  }
}

boost::asio::awaitable<PoolCore::Step> PoolCore::fail(EntryPointer entry, Exchange& exchange,
                                                      Engine& engine, Failure failure) {
  if (failure.reason == Reason::Cancelled || entry->forgotten) {
    engine.breaker.abandoned();
    co_return Step::Leave;
  }
  const auto name = engine.name();
  auto& record = entry->state.providers[name];
  note(engine, record, failure);
  providers_changed();
  entry->state.last_provider = name;
  add_incident(entry->state.incidents, name, to_string(failure.reason), wall_now());
  metrics_.failed(name, failure.reason);
  log_of(entry->state.job)
      .warning("transcription_failed", {{"provider", name},
                                        {"reason", to_string(failure.reason)},
                                        {"error", failure.text},
                                        {"failures", record.failures}});
  // Our own file is no better for other providers.
  if (failure.reason == Reason::Audio)
    co_return co_await give_up(entry, exchange, Phase::Parked, name, failure.reason, failure.text);
  co_return co_await keep_and_wait(entry, exchange);
}

boost::asio::awaitable<PoolCore::Step> PoolCore::keep_and_wait(EntryPointer entry,
                                                               Exchange& exchange) {
  const auto state = entry->state;
  const auto stored = co_await exchange.work([&]() -> Outcome<bool> {
    if (auto done = store(state); !done) return Failure{Reason::Audio, done.error().text};
    return true;
  });
  if (!stored && stored.error().reason != Reason::Cancelled) {
    ++disk_errors_;
    log_of(state.job).error("transcription_job_not_stored", {{"error", stored.error().text}});
  }
  co_return Step::Leave;
}

// Failed is what was tried until the deadline. What only waited, behind a provider that failed
// others, is parked: it says nothing about this recording.
boost::asio::awaitable<PoolCore::Step> PoolCore::miss_deadline(EntryPointer entry,
                                                               Exchange& exchange) {
  const auto last = entry->state.last_provider;
  const auto record = entry->state.providers.find(last);
  if (record != entry->state.providers.end() && record->second.failures > 0) {
    const auto reason = record->second.reason;
    auto text = "the deadline has passed; last error: " + record->second.text;
    co_return co_await give_up(entry, exchange, Phase::Failed, last, reason, std::move(text));
  }
  for (const auto& engine : engines_) {
    if (!engine.last_failure) continue;
    auto text = "the deadline has passed while it waited; the provider's last error: " +
                engine.last_failure->text;
    co_return co_await give_up(entry, exchange, Phase::Parked, engine.name(),
                               engine.last_failure->reason, std::move(text));
  }
  std::string text = "the deadline has passed before its turn came: stt.limits or stt.concurrency";
  text += " let less through than there is to do";
  co_return co_await give_up(entry, exchange, Phase::Parked, "", Reason::Busy, std::move(text));
}

PoolCore::Step PoolCore::wait_for_disk(Entry& entry) {
  ++disk_errors_;
  entry.pause = pause_after(1, options_.retry, chance(), options_.breaker.pause);
  return Step::Leave;
}

boost::asio::awaitable<PoolCore::Step> PoolCore::give_up(EntryPointer entry, Exchange& exchange,
                                                         Phase phase, std::string provider,
                                                         Reason reason, std::string text) {
  // A key that nobody accepted for a day is no reason to forget the recording.
  if (phase == Phase::Failed && (reason == Reason::Auth || reason == Reason::Quota))
    phase = Phase::Parked;
  entry->state.phase = phase;
  (void)co_await keep_and_wait(entry, exchange);
  if (stopped_ || entry->forgotten) co_return Step::Leave;
  auto uses = co_await exchange.work(
      [&]() -> Outcome<std::vector<Use>> { return paid_for(entry->state.job.directory); });
  if (stopped_ || entry->forgotten) co_return Step::Leave;
  const auto state = phase == Phase::Parked ? Unfinished::State::Parked : Unfinished::State::Failed;
  if (phase == Phase::Parked) parked_.insert(entry->state.job.directory);
  metrics_.ended(to_string(phase), 0);
  log_of(entry->state.job)
      .error("transcription_given_up", {{"state", to_string(phase)},
                                        {"provider", provider},
                                        {"reason", to_string(reason)},
                                        {"error", text}});
  tell_unfinished(*entry, {entry->state.job.directory, entry->state.job.recording_id, state,
                           std::move(provider), std::string(to_string(reason)), std::move(text),
                           entry->state.written, entry->state.incidents,
                           uses ? std::move(*uses) : std::vector<Use>()});
  co_return Step::Next;
}
}  // namespace srs::stt
