// One piece of a job: who is asked for it, and what comes of that.
#include "stt/backoff.hpp"
#include "stt/core.hpp"
#include "stt/files.hpp"
#include "stt/language.hpp"
#include "stt/remote.hpp"

#include <algorithm>
#include <utility>

namespace srs::stt {

using std::chrono::milliseconds;

boost::asio::awaitable<PoolCore::Step> PoolCore::do_piece(EntryPointer entry, Exchange& exchange,
                                                          Progress& progress, std::size_t number) {
  if (draining_) co_return Step::Leave;
  const auto& piece = progress.pieces[number];
  const auto audio = piece.length() * static_cast<std::int64_t>(piece.channels.size());
  const auto choice = choose(engines_, entry->state, options_.retry.attempts, audio, Now::get());
  if (choice.kind == Choice::Kind::None) {
    const auto& last = entry->state.last_provider;
    const auto record = entry->state.providers[last];
    co_return co_await give_up(entry, exchange, Phase::Parked, last, record.reason, record.text);
  }
  if (choice.kind == Choice::Kind::Wait) {
    // Other waits end by themselves or when a request does; the queue knows them.
    if (choice.bound != Budget::Bound::None) {
      hold_back(*entry, choice);
      entry->pause = std::min(choice.time, std::max(time_left(*entry), milliseconds(1)));
    }
    co_return Step::Leave;
  }
  if (unstored_.size() >= options_.concurrency) {  // what is paid for now could not be kept
    entry->pause = pause_after(1, options_.retry, chance(), options_.breaker.pause);
    co_return Step::Leave;
  }
  if (choice.passed_over) pass_on(*entry, choice);
  auto& engine = engines_[choice.engine];
  const auto name = engine.name();
  if (entry->state.providers[name].failures > 0) metrics_.retried(name);
  const auto now = Now::get();
  Attempt attempt(engine, now.steady);
  engine.budget.spend(now.steady, audio);
  if (engine.budget.limit().audio_minutes_per_hour > 0) keep_spending();
  providers_changed();
  begin_span(*entry, engine, piece);
  if (choice.passed_over) entry->span.set("stt.passed_over", engines_[*choice.passed_over].name());
  bool asked = false;
  auto heard = co_await ask(entry, exchange, engine, progress, number, asked);
  attempt.answered();
  if (!asked) engine.budget.give_back(audio);
  if (!asked && engine.budget.limit().audio_minutes_per_hour > 0) keep_spending();
  providers_changed();
  if (stopped_) co_return Step::Leave;
  if (!heard) entry->span.fail(heard.error().text);
  entry->span = {};
  if (!heard) {
    const auto reason = heard.error().reason;
    if (asked && (reason == Reason::Rejected || reason == Reason::Refused)) {
      co_await forget_remote(entry, exchange, progress, number, name);
      if (stopped_) co_return Step::Leave;
    }
    attempt.judged();
    co_return co_await fail(entry, exchange, engine, heard.error());
  }
  auto& part = heard->part;
  attempt.judged();
  engine.breaker.succeeded();
  engine.last_failure.reset();
  if (part.cost > 0) {
    // Of the day of the answer: a request may straddle midnight.
    engine.budget.charge(wall_now(), part.cost);
    if (engine.budget.limit().cost_per_day > 0) keep_spending();
    metrics_.charged(name, part.currency, part.cost);
  }
  if (!part.answer.warnings.empty()) metrics_.mended(name);
  entry->state.providers[name] = {};
  if (!heard->refused.empty()) {
    unstored_[entry->state.job.directory] = std::move(part);
    log_of(entry->state.job).error("transcription_answer_not_stored", {{"error", heard->refused}});
    co_return wait_for_disk(*entry);
  }
  progress.parts.push_back(std::move(part));
  co_await forget_all_remote(entry, exchange, progress, number);
  co_return Step::Next;
}

void PoolCore::begin_span(Entry& entry, const Engine& engine, const Piece& piece) {
  begin_span(entry, "stt.transcribe");
  entry.span.set("stt.provider", engine.name());
  entry.span.set("stt.model", engine.provider->model());
  entry.span.set("stt.audio_ms", piece.length().count());
}

void PoolCore::begin_span(Entry& entry, const char* name) {
  entry.span = tracer_.start(name, trace_of(entry.state.job), tracing::Kind::Client);
  entry.span.set("recording.id", entry.state.job.recording_id);
}

boost::asio::awaitable<Outcome<PoolCore::Heard>> PoolCore::ask(EntryPointer entry,
                                                               Exchange& exchange, Engine& engine,
                                                               Progress& progress,
                                                               std::size_t number, bool& asked) {
  const auto& job = entry->state.job;
  const auto& piece = progress.pieces[number];
  auto sound = co_await exchange.work([&]() -> Outcome<Sound> {
    auto extracted = extract(job.directory / job.audio, piece);
    if (!extracted) return Failure{Reason::Audio, extracted.error().text};
    return std::move(*extracted);
  });
  if (!sound) co_return sound.error();
  if (draining_) co_return Failure{Reason::Cancelled, "the process ends"};
  auto request = described(job, piece, number);
  request.sound = std::move(*sound);
  request.language = language_to_ask_for(job.language, options_.language);
  exchange.read_complaint = engine.provider->complaints();
  exchange.traceparent = tracing::traceparent(entry->span.context());
  const auto key = remote_key(number, engine.name());
  exchange.remote = progress.remote[key];
  exchange.remember = [&](std::string id) -> boost::asio::awaitable<void> {
    progress.remote[key] = id;
    const auto stored = co_await exchange.work([&]() -> Outcome<bool> {
      if (auto done = append_line(job.directory / kPartsFile, remote_line(key, id)); !done)
        return Failure{Reason::Audio, done.error().text};
      return true;
    });
    if (stored || stored.error().reason == Reason::Cancelled) co_return;
    // It goes on all the same: only a restart before its end would ask for it once more.
    ++disk_errors_;
    log_of(job).error("transcription_job_not_stored", {{"error", stored.error().text}});
  };
  const auto begun = Clock::now();
  asked = true;
  auto answer = co_await engine.provider->transcribe(request, exchange);
  if (!answer) co_return answer.error();
  metrics_.answered(engine.name(), seconds(Clock::now() - begun));
  metrics_.asked(engine.name(), request.sound.wav.size(), seconds(request.sound.length));
  // From here on it is paid for: it has to reach the disk.
  co_return co_await exchange.work([&]() -> Outcome<Heard> {
    Heard heard;
    auto& part = heard.part;
    part.number = number;
    part.provider = engine.name();
    part.answer = std::move(*answer);
    const auto asked_for = engine.provider->model();
    part.model = part.answer.model.empty() ? asked_for : part.answer.model;
    mend(part.answer, piece.channels.size(), request.sound.length);
    const auto* price = find_price(prices_, part.provider, {part.model, asked_for});
    if (price != nullptr) {
      part.cost = cost_of(*price, request.sound.length * request.sound.channels);
      part.currency = price->currency;
    }
    if (auto done = append_line(job.directory / kPartsFile, part_line(part)); !done)
      heard.refused = done.error().text;
    return heard;
  });
}
}  // namespace srs::stt
