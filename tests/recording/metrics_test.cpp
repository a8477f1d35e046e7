#include "recording/metrics.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

class SessionMetricsTest : public testing::Test {
 protected:
  bool shows(const std::string& line) const {
    return registry_.text().find("\n" + line + "\n") != std::string::npos;
  }

  metrics::Registry registry_;
  Metrics metrics_{registry_};
};

TEST_F(SessionMetricsTest, CountsASessionFromItsStartToItsEnd) {
  metrics_.started();
  EXPECT_TRUE(shows("sip_sessions_active 1"));
  EXPECT_TRUE(shows("sip_sessions_total 1"));
  metrics_.ended(EndReason::Bye, 12, true);
  EXPECT_TRUE(shows("sip_sessions_active 0"));
  EXPECT_TRUE(shows("sip_session_duration_seconds_count 1"));
  EXPECT_TRUE(shows("sip_session_duration_seconds_sum 12"));
  EXPECT_TRUE(shows("sip_sessions_ended_total{reason=\"bye\"} 1"));
  EXPECT_TRUE(shows("recordings_without_media_total 0"));
}

TEST_F(SessionMetricsTest, CountsAnEndWithoutMediaAsAFailedCall) {
  metrics_.started();
  metrics_.ended(EndReason::NoMedia, 60, false);
  EXPECT_TRUE(shows("sip_sessions_failed_total{reason=\"no_media\"} 1"));
  EXPECT_TRUE(shows("recordings_without_media_total 1"));
}

TEST_F(SessionMetricsTest, CountsACallOfACrashedProcessAsOneThatEndedAndNeverRan) {
  metrics_.recovered(true);
  metrics_.recovered(false);  // it had ended, and waited for its render
  metrics_.closed(30, true);
  EXPECT_TRUE(shows("recordings_recovered_total 2"));
  EXPECT_TRUE(shows("sip_sessions_ended_total{reason=\"crashed\"} 1"));
  EXPECT_TRUE(shows("sip_sessions_failed_total{reason=\"crashed\"} 1"));
  EXPECT_TRUE(shows("sip_session_duration_seconds_sum 30"));
  EXPECT_TRUE(shows("sip_sessions_active 0"));
}

TEST_F(SessionMetricsTest, CountsARefusalUnderItsReason) {
  metrics_.refused(Refusal::Ports);
  EXPECT_TRUE(shows("sip_sessions_refused_total{reason=\"ports\"} 1"));
  EXPECT_TRUE(shows("sip_sessions_failed_total{reason=\"ports\"} 1"));
  EXPECT_TRUE(shows("sip_sessions_total 0"));
}

TEST_F(SessionMetricsTest, CountsSessionsWhoseSrcWasGone) {
  for (const auto reason : {EndReason::NoMedia, EndReason::Inactivity, EndReason::Expired,
                            EndReason::MaxDuration, EndReason::Bye}) {
    metrics_.started();
    metrics_.ended(reason, 1, true);
  }
  EXPECT_TRUE(shows("sip_sessions_zombie_total 3"));
}

TEST_F(SessionMetricsTest, CountsWarningsAndTheRecordingsThatHaveThem) {
  metrics_.warned(Warning::Sdp, true);
  metrics_.warned(Warning::Sdp, false);
  EXPECT_TRUE(shows("recording_warnings_total{kind=\"sdp\"} 2"));
  EXPECT_TRUE(shows("recordings_with_warnings_total{kind=\"sdp\"} 1"));
}

TEST_F(SessionMetricsTest, SumsRecordedSecondsByDirection) {
  metrics_.recorded(Direction::Inbound, 2.5);
  metrics_.recorded(Direction::Inbound, 3);
  metrics_.recorded(Direction::Unknown, -1);  // a clock that was set back
  EXPECT_TRUE(shows("recording_seconds_total{direction=\"inbound\"} 5.5"));
  EXPECT_TRUE(shows("recording_seconds_total{direction=\"unknown\"} 0"));
}

TEST_F(SessionMetricsTest, ShowsEveryReasonBeforeItHappens) {
  EXPECT_TRUE(shows("sip_sessions_failed_total{reason=\"inactivity\"} 0"));
  EXPECT_TRUE(shows("sip_sessions_refused_total{reason=\"draining\"} 0"));
  EXPECT_TRUE(shows("recordings_total{state=\"failed\"} 0"));
  EXPECT_TRUE(shows("recording_warnings_total{kind=\"metadata\"} 0"));
}

}  // namespace
}  // namespace srs::recording
