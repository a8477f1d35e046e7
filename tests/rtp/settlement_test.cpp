#include "rtp/settlement.hpp"

#include <srs/rtp/metrics.hpp>
#include <srs/rtp/stream.hpp>

#include <gtest/gtest.h>

#include <string>

namespace srs::rtp {
namespace {

using std::chrono::seconds;

class SettlementTest : public ::testing::Test {
 protected:
  void stands_at(std::uint64_t expected, std::uint64_t received, std::uint64_t late = 0) {
    stats_.packets = received;
    stats_.sources = {
        {.ssrc = 1, .packets = received, .late = late, .expected = expected, .jitter = 80}};
  }
  void check() { settlement_.check(stats_, totals_); }
  void finish() { settlement_.finish(stats_, totals_); }

  StreamStats stats_;
  Totals totals_;
  Settlement settlement_;
};

TEST_F(SettlementTest, CountsWhileTheStreamRunsWhatStayedAway) {
  stands_at(100, 98, 3);
  check();
  EXPECT_EQ(totals_.lost, 0U) << "they may yet come";
  EXPECT_EQ(totals_.expected, 0U);
  EXPECT_EQ(totals_.late, 3U);
  stands_at(200, 197, 4);
  check();
  EXPECT_EQ(totals_.lost, 2U);
  EXPECT_EQ(totals_.expected, 100U);
  EXPECT_EQ(totals_.late, 4U);
  check();
  EXPECT_EQ(totals_.lost, 3U);
  EXPECT_EQ(totals_.expected, 200U);
}

TEST_F(SettlementTest, DoesNotCallLostWhatWasOnlyLate) {
  stands_at(100, 90);
  check();
  stands_at(200, 200);
  check();
  check();
  finish();
  EXPECT_EQ(totals_.lost, 0U);
  EXPECT_EQ(totals_.expected, 200U);
}

TEST_F(SettlementTest, CountsNothingTwiceAtTheStreamsEnd) {
  stands_at(100, 99);
  check();
  stands_at(200, 198, 1);
  check();
  stands_at(300, 297, 2);
  finish();
  EXPECT_EQ(totals_.lost, 3U);
  EXPECT_EQ(totals_.expected, 300U);
  EXPECT_EQ(totals_.late, 2U);
}

TEST_F(SettlementTest, TakesNothingBackWhereAPacketComesAfterAll) {
  stands_at(100, 99);
  check();
  check();
  stands_at(200, 200);
  check();
  EXPECT_EQ(totals_.lost, 1U);
  finish();
  EXPECT_EQ(totals_.lost, 1U);
}

TEST_F(SettlementTest, IsDueOnceAnInterval) {
  const std::chrono::steady_clock::time_point now(std::chrono::hours(1));
  EXPECT_TRUE(settlement_.due(now));
  EXPECT_FALSE(settlement_.due(now + Settlement::interval - seconds(1)));
  EXPECT_TRUE(settlement_.due(now + Settlement::interval));
}

TEST_F(SettlementTest, ObservesAStreamsQualityAtItsEnd) {
  metrics::Registry registry;
  const auto kept = expose(registry, totals_);
  finish();  // no packet: nothing to judge
  stands_at(100, 99, 11);
  finish();
  const auto text = registry.text();
  for (const auto* line : {"\nrtp_packets_expected_total 100\n", "\nrtp_packets_lost_total 1\n",
                           "\nrtp_packets_late_total 11\n", "\nrtp_stream_loss_ratio_count 1\n",
                           "\nrtp_stream_loss_ratio_bucket{le=\"0.01\"} 1\n",
                           "\nrtp_stream_loss_ratio_bucket{le=\"0.005\"} 0\n",
                           "\nrtp_stream_late_ratio_bucket{le=\"0.1\"} 0\n",
                           "\nrtp_stream_late_ratio_bucket{le=\"0.2\"} 1\n",
                           "\nrtp_stream_jitter_seconds_sum 0.01\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << " in\n" << text;
  }
}

}  // namespace
}  // namespace srs::rtp
