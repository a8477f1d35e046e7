// What all live streams share.
#pragma once

#include "stt/budget.hpp"
#include "stt/live/protocol.hpp"
#include "stt/metrics.hpp"
#include "stt/redact.hpp"

#include <srs/log/folded.hpp>
#include <srs/stt/live.hpp>

#include <memory>
#include <optional>
#include <set>

namespace srs::stt {

class LiveCall;

struct LiveFigures {
  std::uint64_t interim = 0;
  std::uint64_t final = 0;
  std::uint64_t refused = 0;   // streams beyond max_streams
  double dropped_seconds = 0;  // of audio
};

// Shared by the coroutines of the streams, so that they may outlive Live.
struct Live::State {
  State(Tasks& t, const Options& o, WorkerPool& w, tracing::Tracer& tr, metrics::Registry& registry,
        log::Logger l);

  Tasks& tasks;
  const Options options;
  WorkerPool& workers;
  tracing::Tracer& tracer;
  log::Logger log;
  log::Folded refusals{log, log::Level::Warning, "live_stream_refused"};
  const std::string label;  // metrics name the provider so: `vosk/live`
  Metrics metrics;
  Redactor redactor;
  std::unique_ptr<LiveProtocol> protocol;
  std::optional<Price> price;
  std::set<LiveCall*> calls;
  LiveFigures figures;
};

}  // namespace srs::stt
