#include "recording/parting.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

using std::chrono::seconds;

TEST(PartingWords, TellTheSrcsEngineerWhatWouldHaveKeptTheCall) {
  Options options;
  options.no_media_timeout = seconds(60);
  options.inactivity_timeout = seconds(300);
  options.hold_timeout = seconds(3600);
  options.max_duration = seconds(7200);
  const auto words = [&](EndReason reason, bool hold = false) {
    return parting_words(reason, hold, options);
  };
  EXPECT_EQ(words(EndReason::NoMedia),
            "no_media: no RTP came within 60 s, send it to address and ports of our SDP");
  EXPECT_EQ(words(EndReason::Inactivity), "inactivity: neither RTP nor RTCP came for 300 s");
  EXPECT_EQ(words(EndReason::Inactivity, true), "inactivity: on hold for 3600 s");
  EXPECT_EQ(words(EndReason::MaxDuration),
            "max_duration: recorded for 7200 s, which is the maximum here");
  EXPECT_EQ(words(EndReason::MaxStreams),
            "max_streams: many lines were opened and closed, begin a new session");
  EXPECT_EQ(words(EndReason::Shutdown), "shutdown: shutting down, try another recorder");
}

TEST(PartingWords, AreTheReasonAloneWhereNobodyCanChangeIt) {
  EXPECT_EQ(parting_words(EndReason::Failed, false, {}), "failed");
}

}  // namespace
}  // namespace srs::recording
