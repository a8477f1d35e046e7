// One job, from its audio to its transcript.
#include "stt/assemble.hpp"
#include "stt/backoff.hpp"
#include "stt/core.hpp"
#include "stt/crypto.hpp"
#include "stt/files.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

double seconds(auto time) {
  return std::chrono::duration<double>(time).count();
}

bool is_done(const Progress& progress, std::size_t number) {
  return progress.pieces[number].silent ||
         std::any_of(progress.parts.begin(), progress.parts.end(),
                     [&](const Part& part) { return part.number == number; });
}

std::string names_of(const std::vector<unsigned>& channels) {
  std::string names;
  for (const auto channel : channels) names += (names.empty() ? "" : ",") + std::to_string(channel);
  return names;
}

// The same for each try, another one for other audio.
std::string idempotency_key(const Job& job, const Piece& piece, std::size_t number) {
  return hex(sha256(job.recording_id + "/" + job.audio + "/" + std::to_string(number) + "/" +
                    names_of(piece.channels) + "/" + std::to_string(piece.begin.count()) + "-" +
                    std::to_string(piece.end.count())))
      .substr(0, 32);
}

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

boost::asio::awaitable<void> PoolCore::run(EntryPointer entry) {
  const auto self = shared_from_this();
  auto step = Step::Leave;
  std::exception_ptr escaped;
  entry->pause = milliseconds(0);
  try {
    step = co_await work_on(entry);
  } catch (...) {
    escaped = std::current_exception();
    entry->pause = options_.retry.longest_pause;
  }
  --running_;
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
  co_return co_await deliver(entry, exchange);
}

Result<Progress> PoolCore::load_or_plan(const Job& job) const {
  if (auto known = load_progress(job.directory)) return std::move(*known);
  const auto audio = job.directory / job.audio;
  const auto format = read_format(audio);
  if (!format) return format.error();
  std::vector<unsigned> channels;
  for (const auto& channel : job.channels) channels.push_back(channel.channel);
  for (unsigned i = 0; job.channels.empty() && i < format->channels; ++i) channels.push_back(i);
  auto bounds = options_.piece;
  bool together = !engines_.empty();
  for (const auto& engine : engines_) {
    bounds.length = std::min(bounds.length, engine.provider->longest());
    together = together && engine.provider->takes_channels_together();
  }
  auto pieces = plan_pieces(audio, channels, bounds, together);
  if (!pieces) return pieces.error();
  Progress progress;
  progress.pieces = std::move(*pieces);
  progress.duration = format->duration();
  if (auto done = append_line(job.directory / kPartsFile, plan_line(progress)); !done)
    return done.error();
  return progress;
}

boost::asio::awaitable<PoolCore::Step> PoolCore::transcribe(EntryPointer entry,
                                                            Exchange& exchange) {
  if (is_overdue(*entry)) {
    const auto& last = entry->state.last_provider;
    const auto record = entry->state.providers[last];
    co_return co_await give_up(entry, exchange, Phase::Failed, last, record.reason,
                               "the deadline has passed; last error: " + record.text);
  }
  auto progress = co_await exchange.work([&]() -> Outcome<Progress> {
    auto loaded = load_or_plan(entry->state.job);
    if (!loaded) return Failure{Reason::Audio, loaded.error().text};
    return std::move(*loaded);
  });
  if (!progress && progress.error().reason == Reason::Cancelled) co_return Step::Leave;
  if (!progress)
    co_return co_await give_up(entry, exchange, Phase::Parked, "", Reason::Audio,
                               progress.error().text);
  for (std::size_t number = 0; number < progress->pieces.size(); ++number) {
    if (is_done(*progress, number)) continue;
    const auto step = co_await do_piece(entry, exchange, *progress, number);
    if (stopped_ || step == Step::Leave || entry->state.phase != Phase::Waiting) co_return step;
  }
  co_return co_await finish(entry, exchange, *progress);
}

boost::asio::awaitable<PoolCore::Step> PoolCore::do_piece(EntryPointer entry, Exchange& exchange,
                                                          Progress& progress, std::size_t number) {
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
      entry->pause = choice.time;
    }
    co_return Step::Leave;
  }
  auto& engine = engines_[choice.engine];
  const auto name = engine.name();
  if (entry->state.providers[name].failures > 0) metrics_.retried(name);
  const auto now = Now::get();
  engine.breaker.begin(now.steady);
  engine.budget.spend(now.steady, audio);
  if (engine.budget.limit().audio_minutes_per_hour > 0) keep_spending();
  ++engine.in_flight;
  begin_span(*entry, engine, piece);
  auto part = co_await ask(entry, exchange, engine, progress, number);
  --engine.in_flight;
  if (stopped_) co_return Step::Leave;
  if (!part) entry->span.fail(part.error().text);
  entry->span = {};
  if (!part) co_return co_await fail(entry, exchange, engine, part.error());
  engine.breaker.succeeded();
  if (part->cost > 0) {
    engine.budget.charge(now.wall, part->cost);
    if (engine.budget.limit().cost_per_day > 0) keep_spending();
    metrics_.charged(name, part->currency, part->cost);
  }
  if (!part->answer.warnings.empty()) metrics_.mended(name);
  entry->state.providers[name] = {};
  progress.parts.push_back(std::move(*part));
  co_return Step::Next;
}

void PoolCore::begin_span(Entry& entry, const Engine& engine, const Piece& piece) {
  const auto parent = tracing::parse_traceparent(entry.state.job.traceparent);
  entry.span = tracer_.start("stt.transcribe", parent.value_or(tracing::SpanContext{}),
                             tracing::Kind::Client);
  entry.span.set("stt.provider", engine.name());
  entry.span.set("stt.model", engine.provider->model());
  entry.span.set("stt.audio_ms", piece.length().count());
  entry.span.set("recording.id", entry.state.job.recording_id);
}

boost::asio::awaitable<Outcome<Part>> PoolCore::ask(EntryPointer entry, Exchange& exchange,
                                                    Engine& engine, Progress& progress,
                                                    std::size_t number) {
  const auto& job = entry->state.job;
  const auto& piece = progress.pieces[number];
  auto sound = co_await exchange.work([&]() -> Outcome<Sound> {
    auto extracted = extract(job.directory / job.audio, piece);
    if (!extracted) return Failure{Reason::Audio, extracted.error().text};
    return std::move(*extracted);
  });
  if (!sound) co_return sound.error();
  Request request;
  request.sound = std::move(*sound);
  request.language = job.language.empty() ? options_.language : job.language;
  request.recording_id = job.recording_id;
  request.channels = names_of(piece.channels);
  request.idempotency_key = idempotency_key(job, piece, number);
  request.directory = job.directory;
  exchange.traceparent = tracing::traceparent(entry->span.context());
  const auto key = std::to_string(number) + " " + engine.name();
  exchange.remote = progress.remote[key];
  exchange.remember = [&](std::string id) -> boost::asio::awaitable<void> {
    progress.remote[key] = id;
    (void)co_await exchange.work([&]() -> Outcome<bool> {
      (void)append_line(job.directory / kPartsFile, remote_line(key, id));
      return true;
    });
  };
  const auto begun = Clock::now();
  auto answer = co_await engine.provider->transcribe(request, exchange);
  if (!answer) {
    const auto reason = answer.error().reason;
    // The provider's own job is of no use any more: the next try begins a new one.
    if (!exchange.remote.empty() && (reason == Reason::Rejected || reason == Reason::Refused))
      co_await exchange.remember("");
    co_return answer.error();
  }
  metrics_.answered(engine.name(), seconds(Clock::now() - begun));
  metrics_.asked(engine.name(), request.sound.wav.size(), seconds(request.sound.length));
  // From here on it is paid for: it has to reach the disk.
  co_return co_await exchange.work([&]() -> Outcome<Part> {
    Part part;
    part.number = number;
    part.provider = engine.name();
    part.answer = std::move(*answer);
    part.model = part.answer.model.empty() ? engine.provider->model() : part.answer.model;
    mend(part.answer, piece.channels.size(), request.sound.length);
    const auto* price = find_price(prices_, part.provider, engine.provider->model());
    if (price != nullptr) {
      part.cost = cost_of(*price, request.sound.length * request.sound.channels);
      part.currency = price->currency;
    }
    if (auto done = append_line(job.directory / kPartsFile, part_line(part)); !done)
      part.answer.warnings.push_back(done.error().text);
    return part;
  });
}

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
  } else if (is_providers_fault(failure.reason)) {
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
  entry->state.last_provider = name;
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
  if (!stored && stored.error().reason != Reason::Cancelled)
    log_of(state.job).error("transcription_job_not_stored", {{"error", stored.error().text}});
  co_return Step::Leave;
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
  const auto state = phase == Phase::Parked ? Unfinished::State::Parked : Unfinished::State::Failed;
  if (phase == Phase::Parked) parked_.insert(entry->state.job.directory);
  metrics_.ended(to_string(phase), 0);
  log_of(entry->state.job)
      .error("transcription_given_up", {{"state", to_string(phase)},
                                        {"provider", provider},
                                        {"reason", to_string(reason)},
                                        {"error", text}});
  if (listener != nullptr)
    listener->transcript_unfinished({entry->state.job.directory, entry->state.job.recording_id,
                                     state, std::move(provider), std::string(to_string(reason)),
                                     std::move(text)});
  co_return Step::Next;
}

boost::asio::awaitable<PoolCore::Step> PoolCore::finish(EntryPointer entry, Exchange& exchange,
                                                        const Progress& progress) {
  const auto& job = entry->state.job;
  auto assembled = co_await exchange.work([&]() -> Outcome<Assembled> {
    auto made = assemble(job, progress, options_, redactor_);
    if (!made) return Failure{Reason::Audio, made.error().text};
    // What is on disk now must not be made again; what was heard unredacted must not stay.
    auto state = entry->state;
    state.written = true;
    if (auto done = store(state); !done) return Failure{Reason::Audio, done.error().text};
    remove_file(job.directory / kPartsFile);
    return std::move(*made);
  });
  if (stopped_ || entry->forgotten) co_return Step::Leave;
  if (!assembled) {
    // A full disk, most likely: it passes.
    log_of(job).error("transcript_not_written", {{"error", assembled.error().text}});
    entry->pause = pause_after(1, options_.retry, chance(), options_.breaker.pause);
    co_return Step::Leave;
  }
  entry->state.written = true;
  entry->told = true;
  const auto& finished = assembled->finished;
  metrics_.ended("done", seconds(wall_now() - entry->state.submitted_at));
  for (const auto& redaction : assembled->redactions) metrics_.redacted(redaction.rule);
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
  (void)co_await exchange.work([&]() -> Outcome<bool> {
    remove_job(entry->state.job.directory);
    return true;
  });
  if (stopped_) co_return;
  metrics_.ended("cancelled", 0);
  if (entries_.contains(entry->state.job.directory) &&
      entries_[entry->state.job.directory] == entry)
    forget(entry);
  if (listener != nullptr)
    listener->transcript_unfinished({entry->state.job.directory, entry->state.job.recording_id,
                                     Unfinished::State::Cancelled, "", "cancelled", "cancelled"});
}

}  // namespace srs::stt
