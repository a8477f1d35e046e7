// Text while people speak: from the calls to the provider, and from there to a file and to
// listeners.
#pragma once

#include "app/stt/ground.hpp"

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
// Final text is appended to transcript.live.jsonl; where nobody transcribes after calls it is
// queued to become the transcript. Runs on the io_context.
class LiveTranscription {
 public:
  LiveTranscription(const SttGround& ground, LiveQueue queue);

  // For the recording service.
  recording::LiveListeners listeners();
  // A recording is complete; its last words may still be on their way.
  void completed(const std::filesystem::path& directory, const recording::Document& document);

  // Nothing more that is said of this recording is told, nor made a transcript; false where nobody
  // hears it, or its transcript is made otherwise.
  bool decline(const std::string& recording_id);
  bool is_declined(const std::string& recording_id) const {
    return declined_.contains(recording_id);
  }

  // Last words of this recording may be on their way, or its text to the disk.
  bool hears(const std::string& recording_id) const { return pending_.contains(recording_id); }
  // No last words are on their way to us.
  bool idle() const { return live_.streams() == 0; }

  stt::Broadcast& broadcast() { return broadcast_; }

  // For listeners of calls.
  // `directory`: where the recording lies when something is said.
  using Directory = std::shared_ptr<const std::filesystem::path>;
  std::shared_ptr<stt::Live::Stream> open(stt::LiveChannel channel, Directory directory);
  void said(const std::filesystem::path& directory, const stt::LiveEvent& event);
  void ended(const std::string& recording_id, const stt::LiveEnd& end);
  // No more text will come of this recording.
  void heard_out(const std::string& recording_id);

 private:
  // What is known of a recording that is heard, until it is both heard out and complete.
  struct Pending {
    bool has_text = false;
    bool has_held = false;  // and with it a file
    bool heard_out = false;
    bool declined = false;
    std::optional<stt::Job> complete;
    stt::Millis duration{0};
    std::vector<stt::Use> uses;
    stt::LiveEnd failed;  // of the last stream that failed
    std::vector<std::string> warnings;
  };
  void conclude(std::map<std::string, Pending>::iterator entry);
  void queue_transcript(Pending pending);

  const stt::Options& options_;
  MetadataEditor& editor_;
  const Declined& declined_;
  LiveQueue queue_;
  stt::Broadcast broadcast_;
  WorkerPool readers_;                      // of keys
  std::map<std::string, Pending> pending_;  // by recording id
  stt::Live live_;
};

}  // namespace srs::app
