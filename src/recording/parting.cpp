#include "recording/parting.hpp"

namespace srs::recording {
namespace {

std::string seconds(std::chrono::seconds duration) {
  return std::to_string(duration.count()) + " s";
}

std::string explanation(EndReason reason, bool hold, const Options& options) {
  switch (reason) {
    case EndReason::NoMedia:
      return "no RTP came within " + seconds(options.no_media_timeout) +
             ", send it to address and ports of our SDP";
    case EndReason::Inactivity:
      return hold ? "on hold for " + seconds(options.hold_timeout)
                  : "neither RTP nor RTCP came for " + seconds(options.inactivity_timeout);
    case EndReason::MaxDuration:
      return "recorded for " + seconds(options.max_duration) + ", which is the maximum here";
    case EndReason::MaxStreams:
      return "many lines were opened and closed, begin a new session";
    case EndReason::Shutdown:
      return "shutting down, try another recorder";
    default:
      return {};
  }
}

}  // namespace

std::string parting_words(EndReason reason, bool hold, const Options& options) {
  const auto why = explanation(reason, hold, options);
  return std::string(to_string(reason)) + (why.empty() ? "" : ": " + why);
}

}  // namespace srs::recording
