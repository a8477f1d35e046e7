#include "app/stt/transcription.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kWaitingWork = 10'000;

// Each job has one request at a time, deliveries come beside them, and all may go to one host.
HttpClient::Options client_options(const stt::Options& options) {
  HttpClient::Options out;
  out.max_active = std::max(out.max_active, 2 * options.concurrency);
  out.max_active_per_host = std::max(out.max_active_per_host, 2 * options.concurrency);
  return out;
}

}  // namespace

Transcription::Transcription(const SttGround& ground)
    : options_(ground.options),
      executor_(ground.tasks.executor()),
      log_(ground.log),
      editor_(ground.editor),
      self_(std::make_shared<Transcription*>(this)),
      http_(ground.tasks.executor(), client_options(ground.options)),
      workers_(std::make_unique<WorkerPool>(kWorkers, kWaitingWork)),
      pool_(std::make_unique<stt::Pool>(ground.tasks, ground.options, http_, *workers_,
                                        ground.tracer, ground.registry, log_)) {
  pool_->set_listener(this);
}

Transcription::~Transcription() {
  *self_ = nullptr;
}

LiveQueue Transcription::live_queue() {
  return [self = self_, executor = executor_](const stt::Job& job) -> Result<void> {
    if (auto stored = stt::store_job(job); !stored) return stored;
    boost::asio::post(executor, [self, job] {
      if (*self != nullptr) (*self)->pool_->submit(job);
    });
    return {};
  };
}

recording::AfterRender Transcription::hooks() {
  recording::AfterRender hooks;
  if (options_.providers.empty()) return hooks;
  hooks.completing = [log = log_](const auto& directory, const recording::Document& document) {
    if (!document.audio) return;
    if (const auto stored = stt::store_job(job_of(directory, document)); !stored) {
      log.error("transcription_not_queued", {{"call_id", document.call_id},
                                             {"recording_id", document.recording_id},
                                             {"error", stored.error().text}});
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

boost::asio::awaitable<bool> Transcription::cancel(std::filesystem::path directory) {
  return pool_->cancel(std::move(directory));
}

boost::asio::awaitable<Result<stt::Retried>> Transcription::retry(std::filesystem::path directory) {
  return pool_->retry(std::move(directory));
}

recording::FileEntry live_entry() {
  return {std::string(stt::kLiveFile), "application/x-ndjson", 0, {}};
}

recording::TranscriptionUse entry_of(const stt::Use& use) {
  return {use.provider, use.model, use.requests, use.audio.count(), use.cost, use.currency};
}

recording::Amendment amendment_of(const stt::Finished& finished) {
  recording::Amendment amendment;
  for (const auto& file : finished.files) amendment.files.push_back({file.name, file.type, 0, {}});
  auto& entry = amendment.transcription.emplace();
  entry.state = "complete";
  entry.segments = finished.segments;
  entry.words = finished.words;
  for (const auto& use : finished.uses) entry.uses.push_back(entry_of(use));
  amendment.warnings = finished.warnings;
  return amendment;
}

recording::Amendment amendment_of(const stt::Unfinished& unfinished) {
  recording::Amendment amendment;
  if (unfinished.written) {  // it stays complete, with its costs
    amendment.warnings = {"the transcript was not delivered (" + unfinished.reason +
                          "): " + unfinished.text};
    return amendment;
  }
  auto& entry = amendment.transcription.emplace();
  entry.state = to_string(unfinished.state);
  entry.reason = unfinished.reason;
  entry.message = unfinished.text;
  return amendment;
}

void Transcription::transcript_finished(const stt::Finished& finished) {
  editor_.amend(finished.directory, amendment_of(finished));
}

void Transcription::transcript_unfinished(const stt::Unfinished& unfinished) {
  editor_.amend(unfinished.directory, amendment_of(unfinished));
}

}  // namespace srs::app
