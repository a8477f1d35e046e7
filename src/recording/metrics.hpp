// The figures of recording sessions.
#pragma once

#include "recording/admission.hpp"
#include "recording/direction.hpp"

#include <srs/metrics/registry.hpp>
#include <srs/recording/document.hpp>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <cstdint>
#include <string_view>

namespace srs::recording {

// Kinds of warnings, label values of recording_warnings_total.
enum class Warning { Metadata, Sdp, Media, Capture, Render };
inline constexpr std::size_t kWarningKinds = 5;

std::string_view to_string(Warning kind);

class Metrics {
 public:
  explicit Metrics(metrics::Registry& registry);

  void started();
  void ended(EndReason reason, double seconds, bool had_media);
  // How long a session was, once that is known; ended() tells it of those of this process.
  void closed(double seconds, bool had_media);
  // A recording with media, but for a stream that was to send and never did.
  void one_sided();
  void recorded(Direction direction, double seconds);
  void refused(Refusal reason);
  // `first`: of this kind in its recording.
  void warned(Warning kind, bool first);
  void finished(State state);
  void rendered(State state, double render_seconds, double finish_seconds);
  // So many calls the process before this one ended at its own end.
  void cut_before(std::uint64_t calls);
  // Left by an earlier process; `crashed`: while its call ran.
  void recovered(bool crashed);

 private:
  void count(EndReason reason, std::uint64_t times = 1);

  prometheus::Gauge& active_;
  prometheus::Counter& total_;
  prometheus::Histogram& duration_;
  prometheus::Family<prometheus::Counter>& ended_;
  prometheus::Family<prometheus::Counter>& failed_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Counter& zombies_;
  prometheus::Family<prometheus::Counter>& seconds_;
  prometheus::Family<prometheus::Counter>& warnings_;
  prometheus::Family<prometheus::Counter>& with_warnings_;
  prometheus::Family<prometheus::Counter>& recordings_;
  prometheus::Counter& without_media_;
  prometheus::Counter& one_sided_;
  prometheus::Counter& recovered_;
  prometheus::Histogram& render_;
  prometheus::Histogram& finish_;
};

}  // namespace srs::recording
