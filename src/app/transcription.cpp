#include "app/transcription.hpp"

#include <srs/util/text.hpp>

#include <array>
#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kWaitingWork = 10'000;

// What an SRC says of the language, in the order of trust.
constexpr std::array<std::string_view, 3> kLanguageHeaders{"X-Language", "Content-Language",
                                                           "Accept-Language"};

// `de-DE` of `de-DE;q=0.9, en`.
std::string first_language(std::string_view value) {
  return std::string(trim(value.substr(0, value.find_first_of(",;"))));
}

std::string language_of(const recording::SessionEntry& session) {
  for (const auto header : kLanguageHeaders) {
    for (const auto& [name, value] : session.extensions) {
      if (iequals(name, header)) return first_language(value);
    }
  }
  return {};
}

const recording::ParticipantEntry* participant(const recording::Document& document,
                                               const std::string& id) {
  for (const auto& entry : document.participants) {
    if (!id.empty() && entry.id == id) return &entry;
  }
  return nullptr;
}

recording::TranscriptionUse entry_of(const stt::Use& use) {
  return {use.provider, use.model, use.requests, use.audio.count(), use.cost, use.currency};
}

}  // namespace

stt::Job job_of(const std::filesystem::path& directory, const recording::Document& document) {
  stt::Job job;
  job.directory = directory;
  job.recording_id = document.recording_id;
  job.audio = recording::kAudioFile;
  job.language = language_of(document.session);
  job.traceparent = document.session.traceparent;
  for (const auto& stream : document.streams) {
    stt::Channel channel{stream.channel, stream.label, stream.participant, {}};
    if (const auto* who = participant(document, stream.participant))
      channel.name = who->name.empty() ? who->aor : who->name;
    job.channels.push_back(std::move(channel));
  }
  return job;
}

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
      http_(tasks.executor()),
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
