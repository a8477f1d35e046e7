#include "log/recording_sink.hpp"
#include "support.hpp"

#include <srs/rtp/metrics.hpp>
#include <srs/rtp/rtcp.hpp>

#include <optional>

namespace srs::rtp {
namespace {

using std::chrono::milliseconds;
using test::at;
using test::Kept;
using test::Octets;
using test::options_at;
using test::Peer;
using test::rtp;
using test::run_until;

class AStream : public testing::Test {
 protected:
  void open(Options options) {
    pool = PortPool::open(options, registry).value();
    engine = make_engine(context.get_executor(), options, registry, {}).value();
    stream = std::make_unique<Stream>(context.get_executor(), options, *engine,
                                      pool->lease(PortPool::Clock::now()).value(), kept, totals,
                                      log::Logger(sink, "rtp"));
    stream->set_profile({.payloads = {{0, 8000}, {101, 8000}}, .rtcp_destination = {}});
  }
  void open() { open(options_at(0, 1)); }
  void send(const Octets& bytes) { peer.send(stream->port(), bytes); }
  void send_rtcp(const Octets& bytes) {
    peer.send(static_cast<std::uint16_t>(stream->port() + 1), bytes);
  }
  const StreamStats& close() {
    stream->close();
    return stream->stats();
  }
  Octets report_of(std::uint32_t ssrc, std::uint8_t type) const {
    return {0x80,
            type,
            0,
            1,
            static_cast<std::uint8_t>(ssrc >> 24),
            static_cast<std::uint8_t>(ssrc >> 16),
            static_cast<std::uint8_t>(ssrc >> 8),
            static_cast<std::uint8_t>(ssrc)};
  }

  boost::asio::io_context context;
  metrics::Registry registry;
  std::unique_ptr<PortPool> pool;
  std::unique_ptr<Engine> engine;
  Kept kept;
  Totals totals;
  Peer peer;
  std::shared_ptr<log::test::RecordingSink> sink = std::make_shared<log::test::RecordingSink>();
  std::unique_ptr<Stream> stream;
};

TEST_F(AStream, HandsOnEveryPacketAsItCame) {
  open();
  for (const std::uint16_t sequence : {1, 2, 4, 3, 5, 5})
    send(rtp({.sequence = sequence, .timestamp = sequence * 160U}));
  const auto port = stream->port();
  const auto& stats = close();
  ASSERT_EQ(kept.items.size(), 6u);
  EXPECT_EQ(kept.items[2].bytes, rtp({.sequence = 4, .timestamp = 640}));
  EXPECT_EQ(kept.items[2].source, peer.endpoint().to_string());
  EXPECT_EQ(kept.items[2].local_port, port);
  EXPECT_EQ(stats.packets, 6u);
  EXPECT_EQ(stats.bytes, 6u * 172);
  ASSERT_EQ(stats.sources.size(), 1u);
  EXPECT_EQ(stats.sources[0].packets, 5u);
  EXPECT_EQ(stats.sources[0].bytes, 5u * 160);
  EXPECT_EQ(stats.sources[0].reordered, 1u);
  EXPECT_EQ(stats.duplicates(), 1u);
  EXPECT_EQ(stats.lost(), 0u);
  EXPECT_EQ(stats.first_arrival, kept.items.front().arrival);
  EXPECT_EQ(stats.last_arrival, kept.items.back().arrival);
  EXPECT_EQ(totals.packets_received, 6u);
  EXPECT_EQ(totals.bytes_received, 6u * 172);
  EXPECT_EQ(totals.duplicates, 1u);
  EXPECT_EQ(totals.reordered, 1u);
}

TEST_F(AStream, TakesTheLastPacketThatArrivedBeforeClose) {
  open();
  send(rtp({.sequence = 1}));
  ASSERT_TRUE(run_until(context, [&] { return kept.items.size() == 1; }));
  send(rtp({.sequence = 2}));
  close();
  EXPECT_EQ(kept.items.size(), 2u);
  send(rtp({.sequence = 3}));
  context.restart();
  context.run_for(milliseconds(20));
  EXPECT_EQ(kept.items.size(), 2u) << "after close() nothing more comes";
}

TEST_F(AStream, IsDrainedByItsDestructor) {
  open();
  send(rtp({.sequence = 1}));
  stream.reset();
  EXPECT_EQ(kept.items.size(), 1u);
  EXPECT_EQ(pool->allocated(), 0u);
  EXPECT_EQ(engine->pairs(), 0u);
}

TEST_F(AStream, SettlesItsLossWhenItEnds) {
  open();
  for (const std::uint16_t sequence : {1, 2, 6}) send(rtp({.sequence = sequence}));
  ASSERT_TRUE(run_until(context, [&] { return kept.items.size() == 3; }));
  EXPECT_EQ(totals.lost, 0u) << "a late packet may still come";
  close();
  EXPECT_EQ(totals.lost, 3u);
  stream.reset();
  EXPECT_EQ(totals.lost, 3u) << "closing twice counts once";
}

TEST_F(AStream, TellsItsLossWhileItRuns) {
  open();
  const auto later = std::chrono::steady_clock::now() + std::chrono::hours(1);
  stream->on_turn(later);  // so that no turn of the engine's own is due
  for (const std::uint16_t sequence : {1, 2, 6}) send(rtp({.sequence = sequence}));
  ASSERT_TRUE(run_until(context, [&] { return kept.items.size() == 3; }));
  stream->on_turn(later + std::chrono::seconds(6));
  EXPECT_EQ(totals.lost, 0u) << "a late packet may still come";
  stream->on_turn(later + std::chrono::seconds(12));
  EXPECT_EQ(totals.lost, 3u);
  EXPECT_EQ(totals.expected, 6u);
  close();
  EXPECT_EQ(totals.lost, 3u);
}

TEST_F(AStream, CountsRubbishAndKeepsItOut) {
  open();
  send({1, 2, 3});
  send(Octets(172, 0x00));
  send_rtcp(rtp({}));
  send({0x80, 200, 0xFF, 0xFF, 0, 0, 0, 1});
  close();
  EXPECT_TRUE(kept.items.empty());
  EXPECT_EQ(stream->stats().invalid, 4u);
  EXPECT_EQ(totals.invalid, 4u);
}

TEST_F(AStream, LogsItsRubbishAtOnceAndWhatIsLeftAtItsEnd) {
  open();
  for (int i = 0; i < 5; ++i) send({1, 2, 3});
  close();
  const auto line = [&](int count) {
    return "warning [rtp] rtp_invalid rtp_port=" + std::to_string(stream->port()) +
           " source=" + peer.endpoint().to_string() +
           " bytes=3 rtcp_port=false count=" + std::to_string(count);
  };
  EXPECT_EQ(sink->lines, (std::vector<std::string>{line(1), line(4)}));
}

TEST_F(AStream, IgnoresKeepAlives) {
  open();
  Octets stun(20);
  stun[4] = 0x21, stun[5] = 0x12, stun[6] = 0xA4, stun[7] = 0x42;
  send({});
  send(stun);
  close();
  EXPECT_EQ(totals.keep_alives, 2u);
  EXPECT_EQ(totals.invalid, 0u);
  EXPECT_TRUE(kept.items.empty());
}

TEST_F(AStream, KeepsUnknownPayloadTypesAndCountsThem) {
  open();
  send(rtp({.sequence = 1, .payload_type = 0}));
  send(rtp({.sequence = 2, .payload_type = 96}));
  send(rtp({.sequence = 3, .payload_type = 101}));
  close();
  EXPECT_EQ(kept.items.size(), 3u);
  EXPECT_EQ(stream->stats().unknown_payload, 1u);
  EXPECT_EQ(totals.unknown_payload, 1u);
}

TEST_F(AStream, TakesMediaOfAllowedSourcesOnly) {
  auto options = options_at(0, 1);
  options.allowed_sources = {"192.0.2.0/24", "127.0.0.2/32"};
  open(options);
  const Peer allowed("127.0.0.2");
  send(rtp({.sequence = 1}));
  allowed.send(stream->port(), rtp({.sequence = 2}));
  send_rtcp(report_of(1, 201));
  close();
  ASSERT_EQ(kept.items.size(), 1u);
  EXPECT_EQ(kept.items[0].source, allowed.endpoint().to_string());
  EXPECT_EQ(totals.refused_source, 2u);
}

// Mobile SRCs and rtpproxy move after a resume: media is followed, never latched.
TEST_F(AStream, FollowsAChangeOfTheSourceAddress) {
  open();
  const Peer elsewhere;
  send(rtp({.sequence = 1}));
  elsewhere.send(stream->port(), rtp({.sequence = 2}));
  elsewhere.send(stream->port(), rtp({.sequence = 3}));
  close();
  EXPECT_EQ(kept.items.size(), 3u);
  EXPECT_EQ(stream->stats().source_changes, 1u);
  EXPECT_EQ(totals.source_changes, 1u);
  ASSERT_EQ(stream->stats().sources.size(), 1u) << "the SSRC says that it is the same source";
  EXPECT_EQ(stream->stats().lost(), 0u);
}

// RFC 7866 §8.1.3.
TEST_F(AStream, GoesOnWithAnotherSsrc) {
  open();
  for (std::uint16_t i = 0; i < 10; ++i) send(rtp({.sequence = i, .ssrc = 1}));
  for (std::uint16_t i = 0; i < 10; ++i)
    send(rtp({.sequence = static_cast<std::uint16_t>(50000 + i), .ssrc = 2}));
  close();
  EXPECT_EQ(kept.items.size(), 20u);
  ASSERT_EQ(stream->stats().sources.size(), 2u);
  EXPECT_EQ(stream->stats().sources[1].ssrc, 2u);
  EXPECT_EQ(stream->stats().sources[1].packets, 10u);
  EXPECT_EQ(stream->stats().source_changes, 1u);
  EXPECT_EQ(stream->stats().lost(), 0u);
}

TEST_F(AStream, CountsNoLossWhereTheSenderBeginsAnew) {
  open();
  for (std::uint16_t i = 0; i < 10; ++i) send(rtp({.sequence = i}));
  for (std::uint16_t i = 0; i < 10; ++i)
    send(rtp({.sequence = static_cast<std::uint16_t>(30000 + i), .timestamp = 77}));
  close();
  EXPECT_EQ(stream->stats().lost(), 0u);
  EXPECT_EQ(stream->stats().sources[0].expected, 20u);
}

TEST_F(AStream, MeasuresJitterInTheClockOfThePayload) {
  open();
  stream->set_profile({.payloads = {{9, 8000}, {96, 48000}}, .rtcp_destination = {}});
  send(rtp({.sequence = 1, .payload_type = 9}));
  close();
  EXPECT_EQ(stream->stats().sources[0].clock_rate, 8000u);
  EXPECT_EQ(stream->stats().jitter_ms(), 0);
}

TEST_F(AStream, ReadsTheNameAndTheGoodbyeOfItsSource) {
  open();
  send(rtp({.sequence = 1, .ssrc = 7}));
  ASSERT_TRUE(run_until(context, [&] { return kept.items.size() == 1; }));
  auto compound = report_of(7, 201);
  const Octets sdes = {0x81, 202, 0, 3, 0, 0, 0, 7, 1, 3, 'a', '@', 'b', 0, 0, 0};
  const Octets bye = {0x81, 203, 0, 1, 0, 0, 0, 7};
  compound.insert(compound.end(), sdes.begin(), sdes.end());
  compound.insert(compound.end(), bye.begin(), bye.end());
  send_rtcp(compound);
  close();
  ASSERT_EQ(stream->stats().sources.size(), 1u);
  EXPECT_EQ(stream->stats().sources[0].cname, "a@b");
  EXPECT_TRUE(stream->stats().sources[0].said_bye);
  EXPECT_EQ(totals.rtcp_received, 1u);
  ASSERT_EQ(kept.items.size(), 2u) << "RTCP is handed on too";
  EXPECT_TRUE(kept.items[1].rtcp_port);
}

TEST_F(AStream, RemembersANameThatCameBeforeTheMedia) {
  open();
  auto compound = report_of(7, 201);
  const Octets sdes = {0x81, 202, 0, 3, 0, 0, 0, 7, 1, 3, 'a', '@', 'b', 0, 0, 0};
  compound.insert(compound.end(), sdes.begin(), sdes.end());
  send(compound);  // multiplexed
  send(rtp({.sequence = 1, .ssrc = 7}));
  close();
  ASSERT_EQ(stream->stats().sources.size(), 1u);
  EXPECT_EQ(stream->stats().sources[0].cname, "a@b");
}

TEST_F(AStream, MakesAValidTextOfAnyName) {
  open();
  send(rtp({.sequence = 1, .ssrc = 7}));
  ASSERT_TRUE(run_until(context, [&] { return kept.items.size() == 1; }));
  auto compound = report_of(7, 201);
  const Octets sdes = {0x81, 202, 0, 3, 0, 0, 0, 7, 1, 3, 'a', 0xFF, 'b', 0, 0, 0};
  compound.insert(compound.end(), sdes.begin(), sdes.end());
  send_rtcp(compound);
  close();
  EXPECT_EQ(stream->stats().sources[0].cname,
            "a\xEF\xBF\xBD"
            "b");
}

TEST_F(AStream, SendsReceiverReportsToWhereRtcpComesFrom) {
  auto options = options_at(0, 1);
  options.rtcp_interval = milliseconds(100);
  open(options);
  Octets sr = {0x80, 200, 0, 6, 0, 0, 0, 7, 0, 1, 2, 3, 4, 5, 6, 7};
  sr.resize(28);
  // All of it waits at the sockets before the first report can be due.
  for (const std::uint16_t sequence : {1, 2, 3, 5}) send(rtp({.sequence = sequence, .ssrc = 7}));
  Peer rtcp;
  rtcp.send(static_cast<std::uint16_t>(stream->port() + 1), sr);
  Octets answer;
  ASSERT_TRUE(run_until(context, [&] { return !(answer = rtcp.receive()).empty(); }));
  const auto report = parse_rtcp(answer);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->report_blocks.size(), 1u);
  EXPECT_EQ(report->report_blocks[0].ssrc, 7u);
  EXPECT_EQ(report->report_blocks[0].highest_sequence, 5u);
  EXPECT_EQ(report->report_blocks[0].cumulative_lost, 1);
  EXPECT_EQ(report->report_blocks[0].fraction_lost, 256 / 5);
  EXPECT_EQ(report->report_blocks[0].last_sr, 0x02030405u);
  EXPECT_GT(report->report_blocks[0].delay_since_sr, 0u);
  EXPECT_EQ(report->descriptions.size(), 1u);
  EXPECT_EQ(rtcp.last_source().port(), at(1)) << "from the RTCP port (RFC 4961)";
  EXPECT_GE(totals.packets_sent, 1u);
}

TEST_F(AStream, SaysGoodbyeAtItsEnd) {
  open();
  send(rtp({.sequence = 1, .ssrc = 7}));
  send_rtcp(report_of(7, 201));
  close();
  const auto last = parse_rtcp(peer.receive(1000));
  ASSERT_TRUE(last);
  EXPECT_EQ(last->goodbyes.size(), 1u);
  EXPECT_EQ(last->report_blocks.size(), 1u);
}

TEST_F(AStream, SendsNothingWhereNoMediaCame) {
  open();
  stream->set_profile({.payloads = {}, .rtcp_destination = peer.endpoint()});
  close();
  EXPECT_TRUE(peer.receive().empty());
  EXPECT_EQ(totals.packets_sent, 0u);
}

TEST_F(AStream, LeavesItsSsrcToASourceThatHasTheSame) {
  auto options = options_at(0, 1);
  options.rtcp_interval = milliseconds(40);
  open(options);
  send(rtp({.sequence = 1, .ssrc = 7}));
  send_rtcp(report_of(7, 201));
  Octets bytes;
  ASSERT_TRUE(run_until(context, [&] { return !(bytes = peer.receive()).empty(); }));
  const auto own = read_u32(bytes, 4);
  send(rtp({.sequence = 1, .ssrc = own}));
  ASSERT_TRUE(run_until(context, [&] { return stream->stats().sources.size() == 2; }));
  while (!peer.receive().empty()) {
  }
  close();
  const auto last = peer.receive(1000);
  ASSERT_GE(last.size(), 8u);
  EXPECT_NE(read_u32(last, 4), own);
}

TEST_F(AStream, StaysSmall) {
  EXPECT_LT(sizeof(Stream), 512u);
  EXPECT_LT(sizeof(SourceStats), 256u);
}

}  // namespace
}  // namespace srs::rtp
