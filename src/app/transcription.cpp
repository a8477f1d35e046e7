#include "app/transcription.hpp"

#include <algorithm>
#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kWaitingWork = 10'000;

// Each job has one request at a time, and they may all go to one host.
HttpClient::Options client_options(const stt::Options& options) {
  HttpClient::Options out;
  out.max_active = std::max(out.max_active, options.concurrency);
  out.max_active_per_host = std::max(out.max_active_per_host, options.concurrency);
  return out;
}

recording::TranscriptionUse entry_of(const stt::Use& use) {
  return {use.provider, use.model, use.requests, use.audio.count(), use.cost, use.currency};
}

}  // namespace

std::unique_ptr<Transcription> Transcription::make(Tasks& tasks, const stt::Options& options,
                                                   tracing::Tracer& tracer,
                                                   metrics::Registry& registry, log::Logger log) {
  if (options.providers.empty()) return nullptr;
  return std::make_unique<Transcription>(tasks, options, tracer, registry, std::move(log));
}

Transcription::Transcription(Tasks& tasks, const stt::Options& options, tracing::Tracer& tracer,
                             metrics::Registry& registry, log::Logger log)
    : log_(std::move(log)),
      amend_errors_(registry.error("stt", "metadata")),
      http_(tasks.executor(), client_options(options)),
      workers_(std::make_unique<WorkerPool>(kWorkers, kWaitingWork)),
      editor_(std::make_unique<WorkerPool>(1, kWaitingWork)),
      pool_(std::make_unique<stt::Pool>(tasks, options, http_, *workers_, tracer, registry, log_)) {
  pool_->set_listener(this);
}

recording::AfterRender Transcription::hooks() {
  recording::AfterRender hooks;
  hooks.completing = [log = log_](const auto& directory, const recording::Document& document) {
    if (!document.audio) return;
    if (const auto stored = stt::store_job(job_of(directory, document)); !stored) {
      log.error("transcription_not_queued",
                {{"recording_id", document.recording_id}, {"error", stored.error().text}});
    }
  };
  hooks.completed = [this](const auto& directory, const recording::Document& document) {
    pool_->submit(job_of(directory, document));
  };
  return hooks;
}

void Transcription::recover(const std::filesystem::path& recordings) {
  pool_->recover(recordings, [log = log_](std::size_t found) {
    if (found > 0) log.info("transcriptions_recovered", {{"jobs", found}});
  });
}

void Transcription::transcript_finished(const stt::Finished& finished) {
  recording::Amendment amendment;
  for (const auto& file : finished.files) amendment.files.push_back({file.name, file.type, 0, {}});
  auto& entry = amendment.transcription;
  entry.state = "complete";
  entry.segments = finished.segments;
  entry.words = finished.words;
  for (const auto& use : finished.uses) entry.uses.push_back(entry_of(use));
  amendment.warnings = finished.warnings;
  amend(finished.directory, std::move(amendment));
}

void Transcription::transcript_unfinished(const stt::Unfinished& unfinished) {
  recording::Amendment amendment;
  amendment.transcription.state = to_string(unfinished.state);
  amendment.transcription.reason = unfinished.reason;
  amendment.transcription.message = unfinished.text;
  amend(unfinished.directory, std::move(amendment));
}

void Transcription::amend(const std::filesystem::path& directory, recording::Amendment amendment) {
  const auto failed = [log = log_, &errors = amend_errors_, directory](const std::string& why) {
    ++errors;
    log.error("transcript_not_in_metadata", {{"directory", directory.string()}, {"error", why}});
  };
  const bool taken = editor_->submit([directory, amendment = std::move(amendment), failed] {
    if (const auto amended = recording::amend(directory, amendment); !amended)
      failed(amended.error().text);
  });
  if (!taken) failed("too many metadata files wait for the disk");
}

}  // namespace srs::app
