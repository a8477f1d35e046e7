#include "recording/metrics.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

namespace srs::recording {
namespace {

auto& counter(metrics::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry.native());
}

auto& histogram(metrics::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry.native());
}

std::string label(std::string_view text) {
  return std::string(text);
}

// Endings that an operator wants to hear of: the call was not recorded as it should have been.
bool is_failure(EndReason reason) {
  switch (reason) {
    case EndReason::Bye:
    case EndReason::Cancelled:
    case EndReason::MaxDuration:
    case EndReason::MaxStreams:
      return false;
    case EndReason::NoMedia:
    case EndReason::Inactivity:
    case EndReason::Expired:
    case EndReason::Shutdown:
    case EndReason::Crashed:
    case EndReason::Failed:
      break;
  }
  return true;
}

// Nobody was there any more, and we found out.
bool is_zombie(EndReason reason) {
  return reason == EndReason::NoMedia || reason == EndReason::Inactivity ||
         reason == EndReason::Expired;
}

// A render of a short call takes milliseconds, one of a day minutes; where many wait, hours.
std::vector<double> render_buckets() {
  return {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
}
std::vector<double> finish_buckets() {
  return {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600};
}

constexpr std::initializer_list<EndReason> kEndReasons = {
    EndReason::Bye,         EndReason::Cancelled,  EndReason::NoMedia,    EndReason::Expired,
    EndReason::MaxDuration, EndReason::MaxStreams, EndReason::Inactivity, EndReason::Shutdown,
    EndReason::Crashed,     EndReason::Failed};
constexpr std::initializer_list<Refusal> kRefusals = {
    Refusal::Sip,     Refusal::NotSiprec, Refusal::Body, Refusal::UnknownBody, Refusal::Sdp,
    Refusal::NoAudio, Refusal::Ports,     Refusal::Disk, Refusal::Draining,    Refusal::Busy};

}  // namespace

std::string_view to_string(Warning kind) {
  switch (kind) {
    case Warning::Metadata:
      return "metadata";
    case Warning::Sdp:
      return "sdp";
    case Warning::Media:
      return "media";
    case Warning::Capture:
      return "capture";
    case Warning::Render:
      return "render";
  }
  return "other";
}

Metrics::Metrics(metrics::Registry& registry)
    : active_(prometheus::BuildGauge()
                  .Name("sip_sessions_active")
                  .Help("Recording sessions in progress.")
                  .Register(registry.native())
                  .Add({})),
      total_(counter(registry, "sip_sessions_total", "Recording sessions answered.").Add({})),
      duration_(histogram(registry, "sip_session_duration_seconds",
                          "Recording sessions from INVITE to their end.")
                    .Add({}, metrics::duration_buckets())),
      ended_(counter(registry, "sip_sessions_ended_total", "Recording sessions ended, by reason.")),
      failed_(counter(registry, "sip_sessions_failed_total",
                      "Recording sessions refused, or ended otherwise than by the SRC's BYE or "
                      "CANCEL, by reason.")),
      refused_(counter(registry, "sip_sessions_refused_total", "INVITEs refused, by reason.")),
      zombies_(counter(registry, "sip_sessions_zombie_total",
                       "Recording sessions that we ended because their SRC seemed gone: no media, "
                       "or no session refresh.")
                   .Add({})),
      seconds_(counter(registry, "recording_seconds_total",
                       "Seconds of recorded calls with media, by direction of the call.")),
      warnings_(counter(registry, "recording_warnings_total",
                        "Warnings put into recordings' metadata, by kind.")),
      with_warnings_(counter(registry, "recordings_with_warnings_total",
                             "Recordings with at least one warning of that kind.")),
      recordings_(counter(registry, "recordings_total", "Recordings finished, by final state.")),
      without_media_(counter(registry, "recordings_without_media_total",
                             "Recording sessions that ended without one RTP packet.")
                         .Add({})),
      one_sided_(counter(registry, "recordings_one_sided_total",
                         "Recordings with media in which a stream that was to send never did.")
                     .Add({})),
      recovered_(counter(registry, "recordings_recovered_total",
                         "Recordings of an earlier process found unfinished and rendered.")
                     .Add({})),
      render_(histogram(registry, "recording_render_seconds", "Time to render one recording.")
                  .Add({}, render_buckets())),
      finish_(histogram(registry, "recording_finish_seconds",
                        "From the end of the session to its complete files.")
                  .Add({}, finish_buckets())) {
  // Series that exist from the start: rate() sees the first event too.
  for (const auto reason : kEndReasons) {
    ended_.Add({{"reason", label(to_string(reason))}});
    if (is_failure(reason)) failed_.Add({{"reason", label(to_string(reason))}});
  }
  for (const auto reason : kRefusals) {
    refused_.Add({{"reason", label(to_string(reason))}});
    failed_.Add({{"reason", label(to_string(reason))}});
  }
  for (const auto kind :
       {Warning::Metadata, Warning::Sdp, Warning::Media, Warning::Capture, Warning::Render}) {
    warnings_.Add({{"kind", label(to_string(kind))}});
    with_warnings_.Add({{"kind", label(to_string(kind))}});
  }
  for (const auto direction :
       {Direction::Inbound, Direction::Outbound, Direction::Internal, Direction::Unknown}) {
    seconds_.Add({{"direction", label(to_string(direction))}});
  }
  for (const auto state : {State::Complete, State::Failed}) {
    recordings_.Add({{"state", label(to_string(state))}});
  }
}

void Metrics::started() {
  active_.Increment();
  total_.Increment();
}

void Metrics::ended(EndReason reason, double seconds, bool had_media) {
  active_.Decrement();
  count(reason);
  closed(seconds, had_media);
  if (is_zombie(reason)) zombies_.Increment();
}

void Metrics::count(EndReason reason, std::uint64_t times) {
  const auto more = static_cast<double>(times);
  ended_.Add({{"reason", label(to_string(reason))}}).Increment(more);
  if (is_failure(reason)) failed_.Add({{"reason", label(to_string(reason))}}).Increment(more);
}

void Metrics::closed(double seconds, bool had_media) {
  duration_.Observe(std::max(seconds, 0.0));
  if (!had_media) without_media_.Increment();
}

void Metrics::refused(Refusal reason) {
  refused_.Add({{"reason", label(to_string(reason))}}).Increment();
  failed_.Add({{"reason", label(to_string(reason))}}).Increment();
}

void Metrics::one_sided() {
  one_sided_.Increment();
}

void Metrics::recorded(Direction direction, double seconds) {
  if (seconds > 0) seconds_.Add({{"direction", label(to_string(direction))}}).Increment(seconds);
}

void Metrics::warned(Warning kind, bool first) {
  warnings_.Add({{"kind", label(to_string(kind))}}).Increment();
  if (first) with_warnings_.Add({{"kind", label(to_string(kind))}}).Increment();
}

void Metrics::finished(State state) {
  recordings_.Add({{"state", label(to_string(state))}}).Increment();
}

void Metrics::rendered(State state, double render_seconds, double finish_seconds) {
  finished(state);
  render_.Observe(render_seconds);
  finish_.Observe(finish_seconds);
}

void Metrics::cut_before(std::uint64_t calls) {
  count(EndReason::Shutdown, calls);
}

void Metrics::recovered(bool crashed) {
  recovered_.Increment();
  if (crashed) count(EndReason::Crashed);
}

}  // namespace srs::recording
