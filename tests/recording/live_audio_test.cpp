#include "recording/live_audio.hpp"

#include <gmock/gmock.h>
#include <support/rtp_source.hpp>

#include <algorithm>

namespace srs::recording {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::RtpSource;

struct CountingSink final : rtp::StreamSink {
  void on_datagram(std::uint16_t, const rtp::Datagram&) override { ++datagrams; }
  int datagrams = 0;
};

struct Heard {
  unsigned channel;
  std::uint32_t rate;
  milliseconds at;
  std::size_t samples;
};

struct Listener final : LiveListener {
  explicit Listener(std::vector<Heard>& to, int& ends_) : heard(to), ends(ends_) {}
  void update(const Document&) override {}
  void move(const std::filesystem::path&) override {}
  void hear(unsigned channel, std::uint32_t rate, milliseconds at,
            std::span<const std::int16_t> samples) override {
    heard.push_back({channel, rate, at, samples.size()});
  }
  void end() override { ++ends; }
  std::vector<Heard>& heard;
  int& ends;
};

class Tap : public testing::Test {
 protected:
  Tap() {
    StreamEntry caller, callee;
    caller.channel = 0;
    caller.local_port = 4000;
    caller.payloads = {{0, "PCMU", 8000, 1, ""},
                       {97, "opus", 48000, 2, ""},
                       {101, "telephone-event", 8000, 1, ""}};
    callee = caller;
    callee.channel = 1;
    callee.local_port = 4002;
    document.streams = {caller, callee};
    audio.update(document);
  }
  void receive(std::uint16_t port, const std::string& packet, milliseconds after) {
    rtp::Datagram datagram;
    datagram.bytes = as_bytes(packet);
    datagram.arrival = start + after;
    audio.on_datagram(port, datagram);
  }
  static Bytes as_bytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  const std::string payload = std::string(160, '\x7F');
  const WallTime start = WallTime(1h);
  Document document;
  CountingSink capture;
  std::vector<Heard> heard;
  int ends = 0;
  LiveAudio audio{capture, start, std::make_unique<Listener>(heard, ends)};
};

TEST_F(Tap, TellsEachPacketsPlaceByItsTimestamp) {
  RtpSource source(0, 1);
  receive(4002, source.next(payload), 1000ms);
  receive(4002, source.next(payload), 1033ms);  // jitter is not heard
  source.skip(1600);                            // silence suppression: 200 ms
  receive(4002, source.next(payload), 1240ms);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[0].channel, 1U);
  EXPECT_EQ(heard[0].rate, 8000U);
  EXPECT_EQ(heard[0].samples, 160U);
  EXPECT_EQ(heard[0].at, 1000ms);
  EXPECT_EQ(heard[1].at, 1020ms);
  EXPECT_EQ(heard[2].at, 1240ms);
}

TEST_F(Tap, HandsEverythingToTheCaptureAndLateOrDoublePacketsToNobodyElse) {
  RtpSource source(0, 1);
  const auto first = source.next(payload);
  const auto second = source.next(payload);
  receive(4000, second, 20ms);
  receive(4000, first, 25ms);
  receive(4000, second, 26ms);
  receive(4000, "garbage", 27ms);
  EXPECT_EQ(capture.datagrams, 4);
  EXPECT_EQ(heard.size(), 1U);
}

TEST_F(Tap, FollowsASourceWhoseClockJumps) {
  RtpSource source(0, 1);
  receive(4000, source.next(payload), 0ms);
  source.skip(8000 * 3600);
  receive(4000, source.next(payload), 20ms);
  RtpSource other(0, 2, 7, 123456789);
  receive(4000, other.next(payload), 40ms);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[1].at, 20ms);
  EXPECT_EQ(heard[2].at, 40ms);
}

TEST_F(Tap, FollowsASourceThatBeginsAgainWithLowerNumbers) {
  RtpSource source(0, 1, 30'000);
  for (int i = 0; i < 50; ++i) receive(4000, source.next(payload), milliseconds(i * 20));
  RtpSource again(0, 1, 29'900, 777'777);
  for (int i = 50; i < 100; ++i) receive(4000, again.next(payload), milliseconds(i * 20));
  EXPECT_GE(heard.size(), 95U);
  EXPECT_EQ(heard.back().at, 1980ms);
}

TEST_F(Tap, DoesNotHearAgainWhatTheNetworkDoubles) {
  RtpSource source(0, 1);
  for (int i = 0; i < 50; ++i) {
    const auto packet = source.next(payload);
    receive(4000, packet, milliseconds(i * 20));
    receive(4000, packet, milliseconds(i * 20 + 1));
  }
  EXPECT_EQ(heard.size(), 50U);
}

TEST_F(Tap, IsSilentAboutWhatItCannotDecode) {
  RtpSource opus(97, 1);
  receive(4000, opus.next(payload), 0ms);
  RtpSource unknown(77, 1);
  receive(4000, unknown.next(payload), 20ms);
  RtpSource nowhere(0, 1);
  receive(4444, nowhere.next(payload), 40ms);
  EXPECT_EQ(capture.datagrams, 3);
  EXPECT_TRUE(heard.empty());
}

TEST_F(Tap, HearsANewStreamOnThePortOfOneThatClosed) {
  RtpSource bob(0, 1, 40'000);
  receive(4002, bob.next(payload), 1000ms);
  auto carols = document.streams[1];
  document.streams[1].closed_at_ms = 2000;
  carols.channel = 2;
  carols.opened_at_ms = 8000;
  document.streams.push_back(carols);
  audio.update(document);
  RtpSource carol(0, 1, 20'000);
  receive(4002, carol.next(payload), 8000ms);
  audio.update(document);
  receive(4002, carol.next(payload), 8020ms);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[0].channel, 1U);
  EXPECT_EQ(heard[1].channel, 2U);
  EXPECT_EQ(heard[2].channel, 2U);
}

TEST_F(Tap, TellsTheEndOnce) {
  audio.end();
  EXPECT_EQ(ends, 1);
}

}  // namespace
}  // namespace srs::recording
