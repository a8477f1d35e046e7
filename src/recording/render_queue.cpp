#include "recording/render_queue.hpp"

#include "recording/complete.hpp"
#include "recording/direction.hpp"
#include "recording/render_mark.hpp"
#include "recording/session_notes.hpp"
#include "recording/session_summary.hpp"
#include "recording/traced.hpp"

#include <srs/metrics/task_report.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace srs::recording {
namespace {

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

bool is_finished_on_disk(const std::filesystem::path& directory) {
  const auto document = load_document(directory);
  return document && is_over(document->state);
}

// A mark that stays where the process dies, or where the disk did not take the verdict.
Completed complete_marked(const std::filesystem::path& directory, Document document,
                          unsigned deaths, const Options& options, const log::Logger& log,
                          const AfterRender& after) {
  if (deaths < kMostDeaths) {
    const RenderMark mark(directory, deaths);
    return complete(directory, std::move(document), options, log, after);
  }
  auto done = given_up(directory, std::move(document), deaths, log);
  if (done.refused.empty()) remove_render_mark(directory);
  return done;
}

}  // namespace

struct RenderQueue::Outcome {
  std::filesystem::path directory;
  Document document;
  tracing::SpanContext session;
  unsigned deaths = 0;  // of processes that rendered it
  std::string refused;  // why the disk did not take its files; empty: it did
  bool broken = false;  // no refusal of the disk, but a fault of ours
  std::vector<Stored> stored;
  Evidence evidence = Evidence::Whole;
  WallTime begun{};
  std::chrono::steady_clock::duration render_time{};
  bool skipped = false;  // somebody had finished it
  bool again = false;    // it had been postponed
  std::size_t warnings_before = 0;

  bool rendered() const { return evidence != Evidence::None && evidence != Evidence::Gone; }
  // Of what came to the document's warnings.
  Warning kind() const {
    if (evidence == Evidence::Gone) return Warning::Capture;
    return is_silent() ? Warning::Media : Warning::Render;
  }
  // No media came, as far as anybody knows.
  bool is_silent() const { return document.state == State::Complete && !had_media(document); }
};

RenderQueue::RenderQueue(boost::asio::any_io_executor executor, const Options& options,
                         Metrics& metrics, metrics::Registry& registry, tracing::Tracer& tracer,
                         log::Logger log, AfterRender after)
    : executor_(std::move(executor)),
      options_(options),
      metrics_(metrics),
      tracer_(tracer),
      log_(std::move(log)),
      after_(std::move(after)),
      retry_(executor_, [this] { retry(); }),
      refusals_(registry.error("recording", "refused_by_disk")),
      gone_(registry.error("recording", "capture_gone")),
      damaged_(registry.error("recording", "capture_damaged")),
      self_(std::make_shared<RenderQueue*>(this)),
      report_(metrics::task_report(registry, "recording", "render", log_)),
      pool_(std::make_unique<WorkerPool>(options.render_threads, options.render_queue, report_)) {
  figures_ = metrics::computed(registry, [this](auto& families) {
    using prometheus::MetricType;
    families.push_back(metrics::family("recording_render_queue", "Recordings waiting for a render.",
                                       MetricType::Gauge, {{{}, static_cast<double>(waiting())}}));
    families.push_back(metrics::family("recording_render_queue_capacity",
                                       "Recordings that may wait for a render in memory.",
                                       MetricType::Gauge, {{{}, static_cast<double>(capacity())}}));
    families.push_back(metrics::family("recording_render_running", "Renders in progress.",
                                       MetricType::Gauge, {{{}, static_cast<double>(running())}}));
    families.push_back(metrics::family("recording_render_oldest_seconds",
                                       "How long the oldest waiting recording has waited.",
                                       MetricType::Gauge, {{{}, seconds(oldest_wait())}}));
    families.push_back(
        metrics::family("recordings_postponed",
                        "Ended recordings whose files the disk refused; they are tried again.",
                        MetricType::Gauge, {{{}, static_cast<double>(postponed())}}));
  });
}

RenderQueue::~RenderQueue() {
  figures_.reset();
  alone_.reset();
  pool_.reset();  // no render runs any more; reports still in the io_context find nobody
  *self_ = nullptr;
}

bool RenderQueue::submit(std::filesystem::path directory, Document document, Origin origin,
                         const tracing::SpanContext& session, unsigned deaths) {
  const auto id = document.recording_id;
  const auto call_id = document.call_id;
  if (!unfinished_.insert(id).second) return true;
  if (start({std::move(directory), std::move(document), session, deaths}, origin, false))
    return true;
  unfinished_.erase(id);
  left_out_ = true;
  traced(log_, session)
      .warning("render_queue_full",
               {{"recording_id", id}, {"call_id", call_id}, {"waiting", waiting()}});
  return false;
}

bool RenderQueue::start(Postponed recording, Origin origin, bool again) {
  if (recording.deaths > 0 && !alone_)
    alone_ = std::make_unique<WorkerPool>(1, options_.render_queue, report_);
  auto& pool = recording.deaths > 0 ? *alone_ : *pool_;
  return pool.submit(
      [this, origin, again, self = self_, executor = executor_, recording = std::move(recording)] {
        Outcome outcome;
        const auto broken = [&](std::string_view fault) {
          report_(fault);
          outcome = of(recording);
          outcome.broken = true;
          outcome.refused = "our own error ended the render: " + std::string(fault);
        };
        try {
          outcome = completed(recording, origin);
        } catch (const std::exception& error) {
          broken(error.what());
        } catch (...) {
          broken("an exception of unknown type");
        }
        outcome.again = again;
        boost::asio::post(executor, [self, outcome = std::move(outcome)]() mutable {
          if (*self != nullptr) (*self)->finished(outcome);
        });
      });
}

RenderQueue::Outcome RenderQueue::of(const Postponed& recording) {
  Outcome outcome;
  outcome.directory = recording.directory;
  outcome.document = recording.document;
  outcome.session = recording.session;
  outcome.deaths = recording.deaths;
  return outcome;
}

// On a worker thread.
RenderQueue::Outcome RenderQueue::completed(const Postponed& recording, Origin origin) const {
  const auto begun = std::chrono::steady_clock::now();
  auto outcome = of(recording);
  outcome.begun = wall_now();
  outcome.warnings_before = outcome.document.warnings.size();
  outcome.skipped = origin == Origin::Disk && is_finished_on_disk(outcome.directory);
  if (!outcome.skipped) {
    const auto log = traced(log_, outcome.session);
    auto done =
        origin == Origin::Disk || outcome.deaths > 0
            ? complete_marked(outcome.directory, std::move(outcome.document), outcome.deaths,
                              options_, log, after_)
            : complete(outcome.directory, std::move(outcome.document), options_, log, after_);
    outcome.document = std::move(done.document);
    outcome.refused = std::move(done.refused);
    outcome.stored = std::move(done.stored);
    outcome.evidence = done.evidence;
  }
  outcome.render_time = std::chrono::steady_clock::now() - begun;
  return outcome;
}

void RenderQueue::finished(Outcome& outcome) {
  if (!outcome.refused.empty()) return postpone(outcome);
  unfinished_.erase(outcome.document.recording_id);
  told_.erase(outcome.document.recording_id);
  if (!outcome.skipped) {
    report(outcome);
    trace(outcome);
    if (outcome.document.state == State::Complete && outcome.document.audio && after_.completed)
      after_.completed(outcome.directory, outcome.document);
  }
  if (outcome.again) {
    retry_.reset();
    retry();  // the disk takes files once more
  }
  if (unfinished_.empty() && std::exchange(left_out_, false) && on_room) on_room();
}

void RenderQueue::postpone(Outcome& outcome) {
  if (!outcome.broken) ++refusals_;
  const auto& id = outcome.document.recording_id;
  if (told_.insert(id).second) {
    traced(log_, outcome.session)
        .error("recording_postponed", {{"recording_id", id},
                                       {"call_id", outcome.document.call_id},
                                       {"error", outcome.refused}});
  }
  if (postponed_.size() >= options_.render_queue) {
    // It stays on disk as it is, like what did not fit into the queue.
    unfinished_.erase(id);
    told_.erase(id);
    left_out_ = true;
    return;
  }
  postponed_.push_back(
      {outcome.directory, std::move(outcome.document), outcome.session, outcome.deaths});
  retry_.start();
}

// One at a time: it tells whether the disk takes the others.
void RenderQueue::retry() {
  if (postponed_.empty()) return;
  auto next = std::move(postponed_.front());
  postponed_.pop_front();
  auto kept = next;
  if (start(std::move(next), Origin::Session, true)) return;
  postponed_.push_front(std::move(kept));  // the queue is full: it gets its turn
  retry_.start();
}

std::deque<RenderQueue::Postponed> RenderQueue::give_up() {
  retry_.stop();
  return std::exchange(postponed_, {});
}

void RenderQueue::trace(const Outcome& outcome) {
  const auto& document = outcome.document;
  const auto session =
      document.end_reason == EndReason::Crashed ? trace_crash(outcome) : outcome.session;
  if (!outcome.rendered()) return;
  auto span = tracer_.start("recording.render", session, tracing::Kind::Internal, outcome.begun);
  span.set("recording.id", document.recording_id);
  span.set("recording.streams", document.streams.size());
  if (document.state == State::Failed) span.fail("the recording is not complete");
  for (const auto& file : outcome.stored) {
    auto put = tracer_.start("storage.put", span, tracing::Kind::Internal, file.begun);
    put.set("file.name", file.name);
    put.set("file.size", file.bytes);
    put.end(file.ended);
  }
  span.end(outcome.begun + std::chrono::duration_cast<WallTime::duration>(outcome.render_time));
}

// The call's own span died with its process. Another one in its place tells what is known of the
// call.
tracing::SpanContext RenderQueue::trace_crash(const Outcome& outcome) {
  const auto& document = outcome.document;
  auto span = tracer_.stand_in("recording.session", outcome.session, tracing::Kind::Internal,
                               document.started_at);
  span.set("recording.id", document.recording_id);
  span.set("sip.call_id", document.call_id);
  span.set("recording.end_reason", to_string(EndReason::Crashed));
  span.fail("the process that recorded it ended in mid-call");
  span.end(document.ended_at.value_or(document.started_at));
  return span.context();
}

void RenderQueue::report(Outcome& outcome) {
  auto& document = outcome.document;
  const auto log = traced(log_, outcome.session);
  const auto about =
      log.with("recording_id", document.recording_id).with("call_id", document.call_id);
  SessionNotes(document, metrics_, about).tell_since(outcome.kind(), outcome.warnings_before);
  tell_of_capture(outcome, about);
  // The process that had the call could not say how long it was.
  if (document.end_reason == EndReason::Crashed) {
    const double length =
        seconds(document.ended_at.value_or(document.started_at) - document.started_at);
    metrics_.closed(length, !outcome.is_silent());
    if (had_media(document)) metrics_.recorded(direction_of(document.session), length);
  }
  if (!outcome.rendered()) {
    metrics_.finished(document.state);
    return log_files(log, outcome.directory, document, {});
  }
  const auto since_end = wall_now() - document.ended_at.value_or(wall_now());
  metrics_.rendered(document.state, seconds(outcome.render_time), seconds(since_end));
  log_files(log, outcome.directory, document, outcome.render_time);
}

void RenderQueue::tell_of_capture(const Outcome& outcome, const log::Logger& log) {
  const log::Field directory{"directory", outcome.directory.string()};
  if (outcome.evidence == Evidence::Gone) {
    ++gone_;
    log.error("capture_gone", {directory});
  } else if (outcome.evidence == Evidence::Damaged) {
    ++damaged_;
    log.error("capture_damaged", {directory});
  }
}

}  // namespace srs::recording
