// The figures of recording sessions.
#pragma once

#include "recording/admission.hpp"

#include <srs/metrics/registry.hpp>
#include <srs/recording/document.hpp>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <string_view>

namespace srs::recording {

// Kinds of warnings, label values of recording_warnings_total.
enum class Warning { Metadata, Sdp, Media, Capture, Render };

class Metrics {
 public:
  explicit Metrics(metrics::Registry& registry);

  void started();
  void ended(EndReason reason, double seconds, bool had_media);
  void refused(Refusal reason);
  void warned(Warning kind);
  void finished(State state);
  void rendered(State state, double render_seconds, double finish_seconds);
  void recovered();

 private:
  prometheus::Gauge& active_;
  prometheus::Counter& total_;
  prometheus::Histogram& duration_;
  prometheus::Family<prometheus::Counter>& ended_;
  prometheus::Family<prometheus::Counter>& failed_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Family<prometheus::Counter>& warnings_;
  prometheus::Family<prometheus::Counter>& recordings_;
  prometheus::Counter& without_media_;
  prometheus::Counter& recovered_;
  prometheus::Histogram& render_;
  prometheus::Histogram& finish_;
};

}  // namespace srs::recording
