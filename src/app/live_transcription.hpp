// Text while people speak: from the calls to the provider, and from there to a file and to
// listeners.
#pragma once

#include "app/metadata_editor.hpp"

#include <srs/recording/live.hpp>
#include <srs/stt/broadcast.hpp>
#include <srs/stt/live.hpp>
#include <srs/util/worker_pool.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace srs::app {

// Listens to every call through the recording's tap, which may lose what the recording does not.
// Final text is appended to transcript.live.jsonl; where nobody transcribes after calls it becomes
// the transcript. Runs on the io_context; the references outlive it.
class LiveTranscription {
 public:
  // Null where no live provider is configured.
  static std::unique_ptr<LiveTranscription> make(Tasks& tasks, const stt::Options& options,
                                                 MetadataEditor& editor, tracing::Tracer& tracer,
                                                 metrics::Registry& registry, log::Logger log);

  LiveTranscription(Tasks& tasks, const stt::Options& options, MetadataEditor& editor,
                    tracing::Tracer& tracer, metrics::Registry& registry, log::Logger log);

  // For the recording service.
  recording::LiveListeners listeners();
  // A recording is complete; its last words may still be on their way.
  void completed(const std::filesystem::path& directory, const recording::Document& document);

  // No last words are on their way, to us or to the disk.
  bool idle() const { return live_.streams() == 0 && editor_.idle(); }

  stt::Broadcast& broadcast() { return broadcast_; }

  // For listeners of calls.
  stt::Live& live() { return live_; }
  void said(const std::filesystem::path& directory, const stt::LiveEvent& event);
  void used(const std::string& recording_id, const stt::Use& use);
  // No more text will come of this recording.
  void heard_out(const std::string& recording_id);

 private:
  // What is known of a recording with text, until it is both heard out and complete.
  struct Pending {
    bool heard_out = false;
    std::optional<stt::Job> complete;
    stt::Millis duration{0};
    std::vector<stt::Use> uses;
  };
  void conclude(std::map<std::string, Pending>::iterator entry);

  const stt::Options& options_;
  MetadataEditor& editor_;
  stt::Broadcast broadcast_;
  WorkerPool readers_;                      // of keys
  std::map<std::string, Pending> pending_;  // by recording id
  stt::Live live_;
};

}  // namespace srs::app
