#include <srs/rtp/metrics.hpp>
#include <srs/rtp/stream.hpp>

#include <gtest/gtest.h>

#include <string>

namespace srs::rtp {
namespace {

TEST(Totals, AreExposedAsTheyStandAtTheScrape) {
  metrics::Registry registry;
  Totals totals;
  const auto kept = expose(registry, totals);
  totals.packets_received = 12;
  totals.bytes_sent = 34;
  totals.lost = 5;
  const auto text = registry.text();
  for (const auto* line :
       {"\nrtp_packets_received_total 12\n", "\nrtp_bytes_sent_total 34\n",
        "\nrtp_packets_lost_total 5\n", "\nrtp_packets_sent_total 0\n",
        "\nrtp_bytes_received_total 0\n", "# TYPE rtp_packets_received_total counter"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << " in\n" << text;
  }
}

TEST(Totals, TakeAStreamsQualityAtItsEnd) {
  metrics::Registry registry;
  Totals totals;
  const auto kept = expose(registry, totals);
  StreamStats stats;
  settle(stats, totals);  // no packet: nothing to judge
  stats.packets = 99;
  stats.sources.push_back({.ssrc = 1, .packets = 99, .late = 11, .expected = 100, .jitter = 80});
  settle(stats, totals);
  const auto text = registry.text();
  for (const auto* line :
       {"\nrtp_packets_lost_total 1\n", "\nrtp_packets_late_total 11\n",
        "\nrtp_stream_loss_ratio_count 1\n", "\nrtp_stream_loss_ratio_bucket{le=\"0.01\"} 1\n",
        "\nrtp_stream_loss_ratio_bucket{le=\"0.005\"} 0\n",
        "\nrtp_stream_late_ratio_bucket{le=\"0.1\"} 0\n",
        "\nrtp_stream_late_ratio_bucket{le=\"0.2\"} 1\n",
        "\nrtp_stream_jitter_seconds_sum 0.01\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << " in\n" << text;
  }
}

TEST(Totals, AreGoneWithWhoKeepsThem) {
  metrics::Registry registry;
  {
    Totals totals;
    const auto kept = expose(registry, totals);
  }
  EXPECT_EQ(registry.text().find("rtp_"), std::string::npos);
}

}  // namespace
}  // namespace srs::rtp
