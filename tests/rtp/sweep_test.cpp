#include "support.hpp"
#include "support/socket.hpp"

#include <srs/rtp/engine.hpp>

#include <algorithm>
#include <thread>

namespace srs::rtp {
namespace {

using test::Octets;
using test::options_at;
using test::Peer;
using test::run_until;

// Counts what comes; `on_batch` may do more.
class Counter final : public PacketSink {
 public:
  void on_datagrams(std::span<const Datagram> datagrams) override {
    for (const auto& datagram : datagrams) {
      sizes.push_back(datagram.bytes.size());
      arrivals.push_back(datagram.arrival);
      (datagram.rtcp_port ? rtcp : rtp) += 1;
      if (!datagram.bytes.empty()) last = datagram.bytes[0];
    }
    ++batches;
    if (on_batch) on_batch();
  }
  void on_turn(std::chrono::steady_clock::time_point) override { ++turns; }
  void on_kernel_drops(std::uint32_t datagrams) override { dropped += datagrams; }

  int rtp = 0, rtcp = 0, batches = 0, turns = 0;
  std::uint64_t dropped = 0;
  std::uint8_t last = 0;
  std::vector<std::size_t> sizes;
  std::vector<WallTime> arrivals;
  std::function<void()> on_batch;
};

class ASweep : public testing::Test {
 protected:
  void open(const Options& options) {
    pool = PortPool::open(options, registry).value();
    engine = make_engine(context.get_executor(), options, registry, {}).value();
  }
  // The kernel begins to stamp a moment after the first socket of the machine asked for it, and
  // gives the time of reading until then.
  testing::AssertionResult kernel_stamps(const PortPair& pair, Counter& counter) {
    WallTime sent{};
    int probes = 0;
    const bool stamps = run_until(context, [&] {
      if (counter.rtp < probes) return false;
      if (probes > 0 && counter.arrivals.back() <= sent) return true;
      ++probes;
      peer.send(pair.port(), Octets(1));
      sent = wall_now();
      return false;
    });
    counter = {};
    return stamps ? testing::AssertionSuccess()
                  : testing::AssertionFailure() << probes << " probes";
  }
  std::unique_ptr<PortPair> lease() { return pool->lease(PortPool::Clock::now()).value(); }
  bool shows(const std::string& line) const {
    return registry.text().find("\n" + line + "\n") != std::string::npos;
  }

  boost::asio::io_context context;
  metrics::Registry registry;
  std::unique_ptr<PortPool> pool;
  std::unique_ptr<Engine> engine;
  Peer peer;
};

TEST_F(ASweep, DeliversInTheOrderOfArrivalWithKernelTimes) {
  open(options_at(0, 9));
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  EXPECT_EQ(engine->pairs(), 1u);
  EXPECT_EQ(engine->name(), "sweep");
  ASSERT_TRUE(kernel_stamps(*pair, counter));
  const auto before = wall_now();
  for (std::uint8_t i = 0; i < 100; ++i) peer.send(pair->port(), Octets(i + 1U, i));
  const auto after = wall_now();
  ASSERT_TRUE(run_until(context, [&] { return counter.rtp == 100; }));
  EXPECT_EQ(counter.last, 99);
  EXPECT_TRUE(std::is_sorted(counter.sizes.begin(), counter.sizes.end()));
  EXPECT_TRUE(std::is_sorted(counter.arrivals.begin(), counter.arrivals.end()));
  EXPECT_GE(counter.arrivals.front(), before);
  EXPECT_LE(counter.arrivals.back(), after) << "the kernel's time, not that of reading";
  EXPECT_LE(counter.batches, 8);
  engine->remove(*pair);
  EXPECT_EQ(engine->pairs(), 0u);
}

TEST_F(ASweep, DeliversRtcpAndTurnsMoreRarely) {
  auto options = options_at(0, 9);
  options.rtcp_interval = std::chrono::milliseconds(80);
  open(options);
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  peer.send(static_cast<std::uint16_t>(pair->port() + 1), {1, 2, 3});
  ASSERT_TRUE(run_until(context, [&] { return counter.rtcp == 1 && counter.turns > 1; }));
  EXPECT_EQ(counter.rtp, 0);
  engine->remove(*pair);
}

TEST_F(ASweep, DeliversWhatWaitsBeforeItForgetsAPair) {
  open(options_at(0, 9));
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  for (int i = 0; i < 150; ++i) peer.send(pair->port(), Octets(172));
  peer.send(static_cast<std::uint16_t>(pair->port() + 1), Octets(28));
  engine->remove(*pair);
  EXPECT_EQ(counter.rtp, 150);
  EXPECT_EQ(counter.rtcp, 1);
  peer.send(pair->port(), Octets(172));
  engine->drain(*pair);
  EXPECT_EQ(counter.rtp, 150) << "a pair that is gone gets nothing";
}

TEST_F(ASweep, DrainsOnDemandWithoutTheTimer) {
  open(options_at(0, 9));
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  peer.send(pair->port(), Octets(172));
  engine->drain(*pair);
  EXPECT_EQ(counter.rtp, 1);
  EXPECT_EQ(engine->pairs(), 1u);
  engine->remove(*pair);
}

TEST_F(ASweep, AllowsASinkToRemoveItselfAndOthersInItsDelivery) {
  open(options_at(0, 19));
  constexpr int count = 8;
  std::vector<std::unique_ptr<PortPair>> pairs;
  std::vector<Counter> counters(count);
  for (int i = 0; i < count; ++i) {
    pairs.push_back(lease());
    engine->add(*pairs[i], counters[i]);
    for (int n = 0; n < 40; ++n) peer.send(pairs[i]->port(), Octets(172));
  }
  bool removed = false;
  for (auto& counter : counters) {
    counter.on_batch = [&] {
      if (std::exchange(removed, true)) return;
      for (auto& pair : pairs) engine->remove(*pair);
    };
  }
  ASSERT_TRUE(run_until(context, [&] { return removed; }));
  for (const auto& counter : counters) EXPECT_EQ(counter.rtp, 40);
  EXPECT_EQ(engine->pairs(), 0u);
}

TEST_F(ASweep, AllowsASinkToAddAnotherPairInItsDelivery) {
  open(options_at(0, 9));
  const auto first = lease();
  const auto second = lease();
  Counter one, two;
  engine->add(*first, one);
  one.on_batch = [&] {
    if (engine->pairs() == 1) engine->add(*second, two);
  };
  peer.send(first->port(), Octets(172));
  peer.send(second->port(), Octets(172));
  ASSERT_TRUE(run_until(context, [&] { return two.rtp == 1; }));
  engine->remove(*first);
  engine->remove(*second);
}

TEST_F(ASweep, SleepsWithoutPairs) {
  open(options_at(0, 9));
  EXPECT_EQ(context.poll(), 0u);
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  engine->remove(*pair);
  // The timer that is under way finds nothing to do, and no other follows.
  context.restart();
  context.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(context.stopped()) << "something keeps the io_context busy";
}

TEST_F(ASweep, CountsWhatTheKernelDropped) {
  auto options = options_at(0, 9);
  options.receive_buffer = 4096;
  open(options);
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  for (int i = 0; i < 200; ++i) peer.send(pair->port(), Octets(172));  // nobody sweeps meanwhile
  engine->remove(*pair);
  ASSERT_LT(counter.rtp, 200);
  EXPECT_TRUE(shows("rtp_kernel_drops_total " + std::to_string(200 - counter.rtp)))
      << counter.rtp << " of 200 came\n"
      << registry.text();
  EXPECT_EQ(counter.dropped, 200U - static_cast<unsigned>(counter.rtp)) << "the call is not told";
  EXPECT_EQ(engine->drops().datagrams, counter.dropped);
  EXPECT_TRUE(engine->drops().last);
}

TEST_F(ASweep, CountsDropsOfARunningCallToo) {
  auto options = options_at(0, 9);
  options.receive_buffer = 4096;
  open(options);
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  for (int i = 0; i < 200; ++i) peer.send(pair->port(), Octets(172));
  EXPECT_TRUE(run_until(context, [&] {
    return shows("rtp_kernel_drops_total " + std::to_string(200 - counter.rtp)) && counter.rtp > 0;
  }));
  engine->remove(*pair);
}

TEST_F(ASweep, LeavesOverlongDatagramsOutAndCountsThem) {
  open(options_at(0, 9));
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  peer.send(pair->port(), Octets(15372));  // 80 ms of 48 kHz stereo L16
  peer.send(pair->port(), Octets(17000));
  peer.send(pair->port(), Octets(172));
  engine->remove(*pair);
  EXPECT_EQ(counter.sizes, (std::vector<std::size_t>{15372, 172}));
  EXPECT_TRUE(shows("rtp_datagrams_truncated_total 1"));
}

TEST_F(ASweep, GivesIpv4SourcesAsIpv4OnASocketOfBothFamilies) {
  if (!srs::test::has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  auto options = options_at(0, 9);
  options.bind_address = "::";
  open(options);
  struct Last final : PacketSink {
    void on_datagrams(std::span<const Datagram> datagrams) override {
      for (const auto& each : datagrams) sources.push_back(each.source.to_string());
    }
    std::vector<std::string> sources;
  } last;
  const auto pair = lease();
  engine->add(*pair, last);
  const Peer v6("::1");
  peer.send(pair->port(), Octets(172));
  v6.send(pair->port(), Octets(172));
  peer.send(pair->port(), Octets(172));
  engine->remove(*pair);
  const std::vector expected{peer.endpoint().to_string(), v6.endpoint().to_string(),
                             peer.endpoint().to_string()};
  EXPECT_EQ(last.sources, expected);
}

TEST_F(ASweep, CountsSweepsThatBeganTooLate) {
  auto options = options_at(0, 9);
  open(options);
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the io_context is busy elsewhere
  EXPECT_TRUE(run_until(context, [&] { return shows("rtp_sweep_overruns_total 1"); }));
  engine->remove(*pair);
}

TEST_F(ASweep, GoesOnForTheOthersWhereOneSinkFails) {
  open(options_at(0, 9));
  const auto bad = lease();
  const auto good = lease();
  Counter broken, counter;
  broken.on_batch = [] { throw std::runtime_error("a mistake of ours"); };
  engine->add(*bad, broken);
  engine->add(*good, counter);
  for (int i = 0; i < 3; ++i) {
    peer.send(bad->port(), Octets(172));
    peer.send(good->port(), Octets(172));
    ASSERT_TRUE(run_until(context, [&] { return counter.rtp == i + 1 && broken.rtp == i + 1; }));
  }
  EXPECT_TRUE(shows("rtp_sink_failures_total 3"));
  engine->remove(*bad);
  engine->remove(*good);
}

TEST_F(ASweep, MayGoWhileItsTimerIsDue) {
  open(options_at(0, 9));
  const auto pair = lease();
  Counter counter;
  engine->add(*pair, counter);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // both handlers are due at once
  boost::asio::post(context, [&] { engine.reset(); });
  context.run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(counter.rtp, 0);
}

TEST(AnEngine, IsNotMadeOfAnUnknownNameOrASenselessInterval) {
  boost::asio::io_context context;
  metrics::Registry registry;
  Options options;
  options.engine = "spinning";
  const auto unknown = make_engine(context.get_executor(), options, registry, {});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().text.find("`spinning`"), std::string::npos);
  options.engine = "sweep";
  options.sweep_interval = std::chrono::milliseconds(0);
  EXPECT_FALSE(make_engine(context.get_executor(), options, registry, {}));
}

}  // namespace
}  // namespace srs::rtp
