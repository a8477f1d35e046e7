#include "support.hpp"

#include <srs/rtp/metrics.hpp>

#include <rtp/reporter.hpp>

namespace srs::rtp {
namespace {

using std::chrono::seconds;
using test::at;
using test::options_at;
using test::Peer;

class AReporter : public testing::Test {
 protected:
  void open(Options options) {
    options.rtcp_interval = seconds(5);
    pool = PortPool::open(options, registry).value();
    pair = pool->lease(PortPool::Clock::now()).value();
    reporter = std::make_unique<Reporter>(options, *pair);
  }
  Datagram datagram(const Peer& from, bool rtcp_port) const {
    return {{}, from.endpoint(), wall_now(), rtcp_port};
  }
  bool send() { return reporter->send({}, false, totals); }

  metrics::Registry registry;
  std::unique_ptr<PortPool> pool;
  std::unique_ptr<PortPair> pair;
  std::unique_ptr<Reporter> reporter;
  Totals totals;
  Peer media, rtcp, hint;
};

TEST_F(AReporter, SendsNothingBeforeItKnowsAnyone) {
  open(options_at(0, 1));
  EXPECT_FALSE(send());
  EXPECT_EQ(totals.packets_sent, 0u);
}

TEST_F(AReporter, SendsWhereSdpSaidUntilRtcpComes) {
  open(options_at(0, 1));
  reporter->set_profile({.payloads = {}, .rtcp_destination = hint.endpoint()});
  reporter->on_media(media.endpoint());
  ASSERT_TRUE(send());
  EXPECT_FALSE(hint.receive(1000).empty());
  reporter->on_rtcp(datagram(rtcp, true));
  ASSERT_TRUE(send());
  EXPECT_FALSE(rtcp.receive(1000).empty());
  EXPECT_TRUE(hint.receive().empty());
  EXPECT_EQ(totals.packets_sent, 2u);
  EXPECT_GT(totals.bytes_sent, 0u);
}

TEST_F(AReporter, SendsToTheMediaSourceWhereRtcpIsMultiplexed) {
  open(options_at(0, 1));
  reporter->set_profile({.payloads = {}, .rtcp_destination = hint.endpoint(), .rtcp_mux = true});
  reporter->on_media(media.endpoint());
  ASSERT_TRUE(send());
  EXPECT_FALSE(media.receive(1000).empty());
}

TEST_F(AReporter, SendsFromThePortThatRtcpCameTo) {
  open(options_at(0, 1));
  for (const bool rtcp_port : {false, true}) {
    reporter->on_rtcp(datagram(rtcp, rtcp_port));
    ASSERT_TRUE(send());
    ASSERT_FALSE(rtcp.receive(1000).empty());
    EXPECT_EQ(rtcp.last_source().port(), rtcp_port ? at(1) : at(0));
  }
}

TEST_F(AReporter, IgnoresAHintThatNamesAGroupOrNobody) {
  open(options_at(0, 1));
  for (const auto* host : {"0.0.0.0", "224.2.0.1", "255.255.255.255"}) {
    reporter->set_profile({.payloads = {}, .rtcp_destination = Endpoint::from(host, 5005)});
    EXPECT_FALSE(send()) << host;
  }
  EXPECT_EQ(totals.packets_sent, 0u);
}

TEST_F(AReporter, SendsNothingOutsideTheAllowedNetworks) {
  auto options = options_at(0, 1);
  options.allowed_sources = {"192.0.2.0/24"};
  open(options);
  reporter->set_profile({.payloads = {}, .rtcp_destination = hint.endpoint()});
  EXPECT_FALSE(send());
  EXPECT_TRUE(hint.receive().empty());
}

TEST_F(AReporter, IsDueOnceInAnIntervalThatVaries) {
  open(options_at(0, 1));
  const Reporter::Clock::time_point start{};
  std::vector<std::chrono::milliseconds> times;
  for (auto at = std::chrono::milliseconds(0); at < seconds(1000);
       at += std::chrono::milliseconds(50))
    if (reporter->due(start + at)) times.push_back(at);
  ASSERT_GT(times.size(), 150u);
  ASSERT_LT(times.size(), 250u);
  EXPECT_LE(times[0], std::chrono::milliseconds(3800)) << "the first one comes early";
  for (std::size_t i = 1; i < times.size(); ++i) {
    EXPECT_GE(times[i] - times[i - 1], std::chrono::milliseconds(2450));
    EXPECT_LE(times[i] - times[i - 1], std::chrono::milliseconds(7600));
  }
}

TEST_F(AReporter, IsNeverDueWhereReportsAreOff) {
  auto options = options_at(0, 1);
  open(options);
  options.rtcp_interval = seconds(0);
  Reporter silent(options, *pair);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(silent.due(Reporter::Clock::time_point(seconds(i))));
}

TEST_F(AReporter, ChoosesAnotherSsrcWhereItCollides) {
  open(options_at(0, 1));
  const auto before = reporter->ssrc();
  reporter->choose_ssrc();
  EXPECT_NE(reporter->ssrc(), before);
}

}  // namespace
}  // namespace srs::rtp
