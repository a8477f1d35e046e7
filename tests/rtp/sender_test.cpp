#include "support.hpp"

#include <srs/rtp/metrics.hpp>
#include <srs/rtp/rtcp.hpp>
#include <srs/rtp/sender.hpp>

namespace srs::rtp {
namespace {

using std::chrono::milliseconds;
using test::at;
using test::Kept;
using test::Octets;
using test::options_at;
using test::run_until;

// oRTP sends, our stream receives: two stacks that share no code.
class ASender : public testing::Test {
 protected:
  void open(SenderOptions sender_options = {}) {
    auto options = options_at(0, 1);
    options.rtcp_interval = milliseconds(200);
    pool = PortPool::open(options, registry).value();
    engine = make_engine(context.get_executor(), options, registry, {}).value();
    stream = std::make_unique<Stream>(context.get_executor(), options, *engine,
                                      pool->lease(PortPool::Clock::now()).value(), kept, totals,
                                      log::Logger{});
    stream->set_profile({.payloads = {{8, 8000}, {101, 8000}}, .rtcp_destination = {}});
    sender_options.payload_type = 8;
    sender_options.report_interval = milliseconds(200);
    sender = Sender::open(context.get_executor(), sender_options).value();
  }
  void start(int frames) {
    const auto rtcp = Endpoint::from("127.0.0.1", static_cast<std::uint16_t>(stream->port() + 1));
    sender->start(
        *Endpoint::from("127.0.0.1", stream->port()), *rtcp,
        [this, frames]() -> Bytes {
          if (asked == frames) return {};
          frame.assign(160, static_cast<std::uint8_t>(asked++));
          return frame;
        },
        [this] { done = true; });
  }
  std::vector<Packet> packets() const {
    std::vector<Packet> result;
    for (const auto& item : kept.items)
      if (!item.rtcp_port) result.push_back(*parse_packet(item.bytes));
    return result;
  }

  boost::asio::io_context context;
  metrics::Registry registry;
  std::unique_ptr<PortPool> pool;
  std::unique_ptr<Engine> engine;
  Kept kept;
  Totals totals;
  std::unique_ptr<Stream> stream;
  std::unique_ptr<Sender> sender;
  Octets frame;
  int asked = 0;
  bool done = false;
};

TEST_F(ASender, SendsEveryFrameInRealTime) {
  open({.ssrc = 0x5EED});
  EXPECT_EQ(sender->port() % 2, 0);
  EXPECT_EQ(sender->ssrc(), 0x5EEDu);
  start(20);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(run_until(context, [&] { return done; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(380));
  stream->close();
  const auto all = packets();
  ASSERT_EQ(all.size(), 20u);
  EXPECT_EQ(sender->packets(), 20u);
  EXPECT_EQ(sender->bytes(), 20u * 160);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].header.marker, i == 0);
    EXPECT_EQ(all[i].header.payload_type, 8);
    EXPECT_EQ(all[i].header.ssrc, 0x5EEDu);
    EXPECT_EQ(static_cast<std::uint16_t>(all[i].header.sequence - all[0].header.sequence), i);
    EXPECT_EQ(all[i].header.timestamp - all[0].header.timestamp, i * 160);
    ASSERT_EQ(all[i].payload.size(), 160u);
    EXPECT_EQ(all[i].payload[0], i);
  }
  EXPECT_EQ(stream->stats().lost(), 0u);
}

TEST_F(ASender, ExchangesReportsWithTheReceiver) {
  open({.cname = "caller@test"});
  start(1000);
  ASSERT_TRUE(
      run_until(context, [&] { return sender->reports() > 0 && totals.rtcp_received > 0; }));
  sender->stop();
  stream->close();
  ASSERT_EQ(stream->stats().sources.size(), 1u);
  EXPECT_EQ(stream->stats().sources[0].cname, "caller@test");
  EXPECT_TRUE(stream->stats().sources[0].said_bye);
  std::vector<SenderReport> reports;
  for (const auto& item : kept.items)
    if (item.rtcp_port)
      for (const auto& report : sender_reports(item.bytes)) reports.push_back(report);
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports[0].ssrc, sender->ssrc());
  const auto age = wall_now() - to_wall(reports[0].ntp);
  EXPECT_LT(std::chrono::abs(age), std::chrono::seconds(30)) << "NTP times are wall times";
}

TEST_F(ASender, GoesOnByOneAfterAPauseAndJumpsInTime) {
  open();
  start(1000);
  ASSERT_TRUE(run_until(context, [&] { return packets().size() >= 5; }));
  sender->pause();
  const auto sent = sender->packets();
  boost::asio::steady_timer hold(context, milliseconds(200));
  bool over = false;
  hold.async_wait([&](auto) { over = true; });
  ASSERT_TRUE(run_until(context, [&] { return over; }));
  EXPECT_EQ(sender->packets(), sent);
  sender->resume();
  ASSERT_TRUE(run_until(context, [&] { return packets().size() >= sent + 3; }));
  sender->stop();
  const auto all = packets();
  EXPECT_EQ(static_cast<std::uint16_t>(all[sent].header.sequence - all[sent - 1].header.sequence),
            1);
  const auto jump = all[sent].header.timestamp - all[sent - 1].header.timestamp;
  EXPECT_GE(jump, 8u * 200);
  EXPECT_EQ(jump % 160, 0u);
  EXPECT_TRUE(all[sent].header.marker);
  EXPECT_EQ(stream->stats().lost(), 0u);
}

// RFC 4733 §2.5.1: the timestamp stands still, the end is said three times.
TEST_F(ASender, PressesKeysInTheSequenceOfTheAudio) {
  open();
  start(1000);
  sender->press("5", milliseconds(60), milliseconds(20));
  ASSERT_TRUE(run_until(context, [&] { return packets().size() >= 8; }));
  sender->stop();
  const auto all = packets();
  ASSERT_GE(all.size(), 8u);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(all[i].header.payload_type, 101);
    EXPECT_EQ(all[i].header.timestamp, all[0].header.timestamp);
    EXPECT_EQ(all[i].header.marker, i == 0);
    ASSERT_EQ(all[i].payload.size(), 4u);
    EXPECT_EQ(all[i].payload[0], 5);
    EXPECT_EQ(all[i].payload[1] >> 7, i >= 2);
    EXPECT_EQ(read_u16(all[i].payload, 2), std::min(i + 1, 3) * 160);
  }
  EXPECT_EQ(all[5].header.payload_type, 8);
  EXPECT_EQ(all[5].header.timestamp - all[0].header.timestamp, 3u * 160);
  EXPECT_EQ(stream->stats().lost(), 0u);
  EXPECT_EQ(stream->stats().duplicates(), 0u);
}

TEST_F(ASender, TakesAPortThatIsNamed) {
  open({.local_port = at(2)});
  EXPECT_EQ(sender->port(), at(2));
  EXPECT_FALSE(Sender::open(context.get_executor(), {.local_port = at(2)}))
      << "taken, and never shared";
}

}  // namespace
}  // namespace srs::rtp
