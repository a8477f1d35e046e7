// Transcription while people speak: one stream per channel of a call, over WebSocket.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/metrics/registry.hpp>
#include <srs/stt/broadcast.hpp>
#include <srs/stt/options.hpp>
#include <srs/stt/transcript.hpp>
#include <srs/tracing/tracer.hpp>
#include <srs/util/result.hpp>
#include <srs/util/tasks.hpp>
#include <srs/util/worker_pool.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace srs::stt {

// What is known of a channel before it speaks.
struct LiveChannel {
  std::string recording_id;
  unsigned channel = 0;           // of audio.wav
  std::uint32_t sample_rate = 0;  // Hz
  std::string language;           // BCP 47; empty: the configured one
  std::string traceparent;        // the recording's (W3C Trace Context); may be empty
  std::string call_id = {};       // for the log
  std::string tracestate = {};    // beside the traceparent, for the collectors of our own spans
};

// What came of a stream.
struct LiveEnd {
  Use use;
  // Of its last failure, as in Unfinished; empty: there was none.
  std::string reason = {};
  std::string text = {};
  std::vector<std::string> warnings = {};  // of answers that were none, or had to be mended
};

// Begins and counts streams. What a provider does to them touches nobody else: audio waits in a
// bounded queue per stream, and what does not fit is dropped and counted. Lives on the io_context's
// thread; references outlive it, its streams' coroutines may outlive it and then end.
class Live {
 public:
  // stt_live_streams, stt_live_streams_refused_total, stt_live_audio_dropped_seconds_total,
  // stt_live_results_total{kind}, and the figures of the pool with the provider `NAME/live`.
  // `workers` read keys from files.
  Live(Tasks& tasks, const Options& options, WorkerPool& workers, tracing::Tracer& tracer,
       metrics::Registry& registry, log::Logger log);
  ~Live();  // cuts all streams
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  // Gets interim and final text, redacted by the configured rules; interim text shows no number
  // besides, and final text that ends in one waits for what comes next (`last_words` at most), of
  // which an event with `held` tells until then. Must not throw.
  using Heard = std::function<void(const LiveEvent&)>;

  class Stream {
   public:
    virtual ~Stream() = default;
    // Samples of one channel, 16 bits, that were spoken from `at` on, on the recording's timeline.
    // Costs a copy and never waits.
    virtual void feed(Millis at, std::span<const std::int16_t> samples) = 0;
    // No more will come. What is still said by the provider is heard until `last_words` have
    // passed; then `done` is called once, unless all streams are cut before.
    virtual void finish(std::function<void(const LiveEnd&)> done) = 0;
  };

  // Null where max_streams run. Dropping the stream cuts it.
  std::shared_ptr<Stream> open(LiveChannel channel, Heard heard);

  std::size_t streams() const;

  struct State;  // private to the module

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<prometheus::Collectable> figures_;
};

// Appends to kLiveFile what a crash left of final text in kHeldFile, and removes that. Of a call
// that nobody hears any more. Blocks.
Result<void> recover_held(const std::filesystem::path& directory);

// The configured provider's model, for transcripts.
std::string live_model(const Options& options);

}  // namespace srs::stt
