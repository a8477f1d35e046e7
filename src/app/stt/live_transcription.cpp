#include "app/stt/live_transcription.hpp"

#include "app/stt/transcription.hpp"
#include "app/stt/untold.hpp"

#include <utility>

namespace srs::app {
namespace {

constexpr std::size_t kReaders = 1;
constexpr std::size_t kWaitingReads = 1000;
// Recordings whose render failed are never complete; the oldest of such a crowd are forgotten.
constexpr std::size_t kMostPending = 10'000;
constexpr std::size_t kMostWarnings = 100;  // of one recording

// Hears one call and opens a stream for each channel once it has sound.
class CallListener final : public recording::LiveListener {
 public:
  CallListener(LiveTranscription& room, std::filesystem::path directory,
               const recording::Document& document)
      : room_(room),
        directory_(std::make_shared<std::filesystem::path>(std::move(directory))),
        job_(job_of(*directory_, document)) {}

  void update(const recording::Document& document) override {
    job_ = job_of(*directory_, document);
  }

  void move(const std::filesystem::path& directory) override { *directory_ = directory; }

  void hear(unsigned channel, std::uint32_t sample_rate, std::chrono::milliseconds at,
            std::span<const std::int16_t> samples) override {
    if (room_.is_declined(job_.recording_id)) return stop();
    auto& entry = streams_[channel];
    if (entry.sample_rate != sample_rate) change(entry, channel, sample_rate);
    if (entry.stream) entry.stream->feed(at, samples);
  }

  void end() override {
    stop();
    streams_.clear();
    last_.reset();
  }

 private:
  struct Entry {
    std::uint32_t sample_rate = 0;
    std::shared_ptr<stt::Live::Stream> stream;  // null: there are too many
  };
  // Told when the last stream of the call is done with it.
  struct Last {
    Last(LiveTranscription& room_, std::string id_) : room(room_), id(std::move(id_)) {}
    ~Last() {
      if (finished) room.heard_out(id);
    }
    Last(const Last&) = delete;
    Last& operator=(const Last&) = delete;
    LiveTranscription& room;
    std::string id;
    bool finished = false;
  };

  void stop() {
    for (auto& [channel, entry] : streams_) finish(entry);
  }
  void change(Entry& entry, unsigned channel, std::uint32_t sample_rate) {
    finish(entry);
    entry.sample_rate = sample_rate;
    entry.stream = room_.open({job_.recording_id, channel, sample_rate, job_.language,
                               job_.traceparent, job_.call_id, job_.tracestate},
                              directory_);
  }
  void finish(Entry& entry) {
    if (!entry.stream) return;
    entry.stream->finish([last = last_](const stt::LiveEnd& end) {
      last->finished = true;
      last->room.ended(last->id, end);
    });
    entry.stream.reset();
  }

  LiveTranscription& room_;
  std::shared_ptr<std::filesystem::path> directory_;  // its streams write there
  stt::Job job_;
  std::map<unsigned, Entry> streams_;
  std::shared_ptr<Last> last_ = std::make_shared<Last>(room_, job_.recording_id);
};

// All that was held is in the file of what was told, or nobody wants it.
MetadataEditor::Work settle_held(std::filesystem::path directory, bool declined) {
  return [directory = std::move(directory), declined]() -> Result<recording::Amendment> {
    std::error_code ignored;
    if (declined) std::filesystem::remove(directory / stt::kHeldFile, ignored);
    if (auto done = stt::recover_held(directory); !done) return done.error();
    return recording::Amendment{};
  };
}

}  // namespace

LiveTranscription::LiveTranscription(const SttGround& ground, LiveQueue queue)
    : options_(ground.options),
      editor_(ground.editor),
      declined_(ground.declined),
      queue_(std::move(queue)),
      broadcast_(ground.tasks.executor(), {options_.live.max_listeners, 1000}, ground.registry),
      readers_(kReaders, kWaitingReads),
      live_(ground.tasks, options_, readers_, ground.tracer, ground.registry, ground.log) {}

recording::LiveListeners LiveTranscription::listeners() {
  return [this](const std::filesystem::path& directory, const recording::Document& document) {
    return std::make_unique<CallListener>(*this, directory, document);
  };
}

std::shared_ptr<stt::Live::Stream> LiveTranscription::open(stt::LiveChannel channel,
                                                           Directory directory) {
  const auto id = channel.recording_id;
  auto stream =
      live_.open(std::move(channel), [this, directory = std::move(directory)](
                                         const stt::LiveEvent& event) { said(*directory, event); });
  if (!stream) return nullptr;
  if (pending_.size() >= kMostPending && !pending_.contains(id)) pending_.erase(pending_.begin());
  pending_.try_emplace(id);
  return stream;
}

void LiveTranscription::said(const std::filesystem::path& directory, const stt::LiveEvent& event) {
  const auto entry = pending_.find(event.recording_id);
  if (entry != pending_.end() && entry->second.declined) return;
  auto line = stt::to_json_line(event);
  if (event.held) {
    if (entry != pending_.end()) entry->second.has_held = true;
    return editor_.append(directory / stt::kHeldFile, std::move(line));
  }
  if (event.final) {
    if (entry != pending_.end()) entry->second.has_text = true;
    editor_.append(directory / stt::kLiveFile, line);
  }
  broadcast_.publish(event.recording_id, std::move(line));
}

bool LiveTranscription::decline(const std::string& recording_id) {
  const auto entry = pending_.find(recording_id);
  if (entry == pending_.end()) return false;
  if (entry->second.complete && !options_.providers.empty()) return false;
  entry->second.declined = true;
  return true;
}

void LiveTranscription::ended(const std::string& recording_id, const stt::LiveEnd& end) {
  const auto entry = pending_.find(recording_id);
  if (entry == pending_.end()) return;
  if (!end.reason.empty()) entry->second.failed = end;
  auto& warnings = entry->second.warnings;
  if (warnings.size() < kMostWarnings)
    warnings.insert(warnings.end(), end.warnings.begin(), end.warnings.end());
  auto& uses = entry->second.uses;
  if (uses.empty()) return uses.push_back(end.use);
  uses.front().requests += end.use.requests;
  uses.front().audio += end.use.audio;
  uses.front().cost += end.use.cost;
}

void LiveTranscription::heard_out(const std::string& recording_id) {
  broadcast_.end(recording_id);
  const auto entry = pending_.find(recording_id);
  if (entry == pending_.end()) return;
  entry->second.heard_out = true;
  conclude(entry);
}

void LiveTranscription::completed(const std::filesystem::path& directory,
                                  const recording::Document& document) {
  const auto entry = pending_.find(document.recording_id);
  if (entry == pending_.end()) {
    // Nobody was heard, or an earlier process heard it.
    return editor_.amend(directory,
                         [directory, queue = queue_] { return untold(directory, queue); });
  }
  entry->second.complete = job_of(directory, document);
  if (document.ended_at)
    entry->second.duration =
        std::chrono::duration_cast<stt::Millis>(*document.ended_at - document.started_at);
  conclude(entry);
}

void LiveTranscription::conclude(std::map<std::string, Pending>::iterator entry) {
  if (!entry->second.heard_out || !entry->second.complete) return;
  auto pending = std::move(entry->second);
  pending_.erase(entry);
  const auto& job = *pending.complete;
  if (pending.has_held) editor_.amend(job.directory, settle_held(job.directory, pending.declined));
  const auto& failed = pending.failed;
  // Silence is heard too, and charged; a provider answers it as well.
  const bool heard = pending.has_text || (failed.reason.empty() && !pending.uses.empty());
  const bool alone = options_.providers.empty();
  if (alone && heard && !pending.declined) return queue_transcript(std::move(pending));
  recording::Amendment amendment;
  if (alone && pending.declined) {
    amendment.transcription = cancelled_entry();
  } else if (alone && !failed.reason.empty()) {
    amendment = amendment_of(stt::Unfinished{job.directory, job.recording_id,
                                             stt::Unfinished::State::Failed, failed.use.provider,
                                             failed.reason, failed.text});
  }
  if (pending.has_text) amendment.files.push_back(live_entry());
  for (const auto& use : pending.uses)
    if (use.requests > 0) amendment.live_uses.push_back(entry_of(use));
  editor_.amend(job.directory, std::move(amendment));
}

// By the editor, whose thread writes the lines: all of them are there when the job is.
void LiveTranscription::queue_transcript(Pending pending) {
  auto warnings = std::move(pending.warnings);
  if (const auto& failed = pending.failed; !failed.reason.empty())
    warnings.push_back("what was said while the live provider failed is missing: " + failed.text);
  auto job = std::move(*pending.complete);
  job.live = stt::LiveText{pending.duration, std::move(pending.uses), std::move(warnings)};
  const auto directory = job.directory;
  editor_.amend(directory,
                [job = std::move(job), has_text = pending.has_text, queue = queue_,
                 queued = std::make_shared<bool>(false)]() -> Result<recording::Amendment> {
                  // Once, however often the amendment is tried: the job may be over by then.
                  if (!*queued) {
                    if (const auto done = queue(job); !done) return done.error();
                    *queued = true;
                  }
                  recording::Amendment amendment;
                  if (has_text) amendment.files.push_back(live_entry());
                  return amendment;
                });
}

}  // namespace srs::app
