// Captures that somebody made to hurt. Each must end in time (ctest's limit) with a sane file.
#include "call_builder.hpp"
#include "support/audio.hpp"
#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <srs/recording/renderer.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

namespace srs::recording {
namespace {

using test::kMs;
using ::testing::Contains;
using ::testing::HasSubstr;

class Hostile : public ::testing::Test {
 protected:
  void render_call(std::int64_t length_ms) {
    document = test::document(ports, length_ms);
    call.write(dir.path());
    auto result = render(dir.path(), document, {});
    ASSERT_TRUE(result) << result.error().text;
    document = result->document;
    wav = test::read_wav(dir / "audio.wav");
    EXPECT_GE(wav.frames(), static_cast<std::size_t>(length_ms) * 8);
    EXPECT_LE(wav.frames(), static_cast<std::size_t>(length_ms) * 8 + 8000);
  }

  test::TempDir dir;
  test::CallBuilder call;
  std::array<std::uint16_t, 1> ports = {10000};
  std::mt19937 random{1};
  std::vector<std::uint8_t> sound = std::vector<std::uint8_t>(160, 0x20);
  Document document;
  test::Wav wav;
};

TEST_F(Hostile, RandomTimestampsMakeNoYearOfSilence) {
  test::Leg leg{call, 10000};
  for (std::int64_t i = 0; i < 3000; ++i) {
    leg.header.timestamp = static_cast<std::uint32_t>(random());
    leg.send(i * 20 * kMs, sound, 0);
  }
  render_call(60'000);
}

TEST_F(Hostile, RandomSequenceNumbersEndToo) {
  test::Leg leg{call, 10000};
  for (std::int64_t i = 0; i < 100'000; ++i) {
    leg.header.sequence = static_cast<std::uint16_t>(random());
    leg.header.timestamp = static_cast<std::uint32_t>(random() % 3 == 0 ? random() : i * 160);
    leg.send(i * 2 * kMs, sound, 0);
  }
  render_call(200'000);
}

TEST_F(Hostile, AHundredThousandSourcesDoNotHideTheRealOne) {
  test::Leg real{call, 10000, {.ssrc = 5}};
  const auto spoken = test::babble(8000 * 20, 1);
  real.speak(0, spoken);
  for (std::uint32_t i = 0; i < 120'000; ++i) {
    call.add(10000, i * kMs / 6,
             test::rtp_packet({.payload_type = 90, .sequence = 1, .ssrc = 1000 + i}, sound));
  }
  render_call(20'000);
  long lag = 0;
  EXPECT_GT(test::best_correlation(wav.channels[0], spoken, 1000, lag), 0.99);
  EXPECT_EQ(lag, 0);
  EXPECT_EQ(document.streams[0].ssrcs.size(), 100U);
  EXPECT_THAT(document.warnings, Contains(HasSubstr("SSRCs")));
}

TEST_F(Hostile, AHundredThousandSourcesThatAllSoundEndToo) {
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    call.add(
        10000, i * kMs / 10,
        test::rtp_packet({.sequence = static_cast<std::uint16_t>(i / 100'000), .ssrc = i % 100'000},
                         sound));
  }
  render_call(20'000);
}

TEST_F(Hostile, AFloodIsLeftOutAndCounted) {
  test::Leg real{call, 10000, {.ssrc = 5}};
  const auto spoken = test::babble(8000 * 5, 1);
  real.speak(0, spoken);
  for (std::uint32_t i = 0; i < 300'000; ++i) {
    call.add(10000, 1000 * kMs + i * 500,  // two million a second
             test::rtp_packet({.payload_type = 90,
                               .sequence = static_cast<std::uint16_t>(i),
                               .timestamp = i,
                               .ssrc = 6},
                              {}));
  }
  render_call(5000);
  long lag = 0;
  EXPECT_GT(test::best_correlation(wav.channels[0], spoken, 1000, lag), 0.99);
  EXPECT_EQ(lag, 0);
  EXPECT_GT(document.streams[0].packets_undecoded, 290'000U);
  EXPECT_THAT(document.warnings, Contains(HasSubstr("faster than sound can need")));
}

TEST_F(Hostile, TimesOutsideTheCallAreTakenAsItsEnds) {
  test::Leg leg{call, 10000};
  for (std::int64_t i = 0; i < 100; ++i) leg.send((i - 50) * 1000'000 * kMs, sound, 160);
  render_call(2000);
}

TEST_F(Hostile, AClockThatRunsTwiceAsFastStaysWhole) {
  test::Leg leg{call, 10000};
  for (std::int64_t i = 0; i < 500; ++i) leg.send(i * 20 * kMs, sound, 320);
  render_call(10'000);
  // Played packet behind packet: sound from beginning to end.
  for (std::size_t at = 0; at + 800 < wav.frames(); at += 800) {
    ASSERT_GT(test::loudness(std::span(wav.channels[0]).subspan(at, 800)), 1000) << at;
  }
}

TEST_F(Hostile, ABurstAtTheBeginningIsPlayedWhole) {
  test::Leg leg{call, 10000};
  const auto spoken = test::babble(8000 * 10, 1);
  for (std::size_t i = 0; i + 160 <= spoken.size(); i += 160) {
    // Half a second that the sender had kept comes at once, then all goes on in time.
    const auto at = std::max<std::int64_t>(static_cast<std::int64_t>(i / 8) - 500, 0);
    leg.send(at * kMs, test::to_ulaw(std::span(spoken).subspan(i, 160)), 160);
  }
  render_call(10'000);
  long lag = 0;
  const std::span<const std::int16_t> channel(wav.channels[0]);
  // Its first words are there, spoken an eighth faster while the delay is worked off,
  std::vector<std::int16_t> hurried;
  for (std::size_t i = 0; i < 2800; ++i) hurried.push_back(spoken[i * 8 / 7]);
  EXPECT_GT(test::best_correlation(channel.first(8000), hurried, 400, lag), 0.7);
  // and its last ones where they arrived.
  EXPECT_GT(test::best_correlation(channel.subspan(8 * 7000, 8 * 2000),
                                   std::span(spoken).subspan(8 * 7500, 8 * 2000), 800, lag),
            0.99);
  EXPECT_LE(std::abs(lag), 8 * 8);
}

TEST_F(Hostile, MutatedCapturesAreRenderedOrRefused) {
  test::Leg leg{call, 10000};
  leg.speak(0, test::babble(8000 * 2, 1));
  leg.header.payload_type = 101;
  for (std::uint16_t i = 1; i < 5; ++i)
    leg.send((2000 + i * 20) * kMs, test::event_payload(1, i > 2, 160), 0);
  leg.header.payload_type = 13;
  leg.send(2200 * kMs, std::vector<std::uint8_t>{30}, 160);
  const auto original = call.capture();
  std::size_t rendered = 0;
  for (int round = 0; round < 120; ++round) {
    auto bytes = original;
    for (unsigned i = 0; i < 1 + random() % 40; ++i)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    test::write_file(dir / "capture.pcapng",
                     {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    auto torn = test::document(ports, 3000);
    if (round % 2 == 0) torn.ended_at.reset();
    // Without an end the file's age limits the call; keep that small here.
    torn.started_at = wall_now() - std::chrono::hours(1);
    if (torn.ended_at) torn.ended_at = torn.started_at + std::chrono::seconds(3);
    rendered += render(dir.path(), torn, {}) ? 1 : 0;
  }
  EXPECT_EQ(rendered, 120U);
}

}  // namespace
}  // namespace srs::recording
