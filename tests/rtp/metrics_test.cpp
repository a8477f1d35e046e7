#include <srs/rtp/metrics.hpp>

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
