#include "call_builder.hpp"
#include "recording/files/mapped_file.hpp"
#include "recording/files/wav_writer.hpp"
#include "support/audio.hpp"
#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <srs/codec/decoder.hpp>
#include <srs/recording/renderer.hpp>
#include <srs/storage/files.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <random>
#include <thread>

namespace srs::recording {
namespace {

using test::kMs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Samples = std::vector<std::int16_t>;

// What PCMU makes of a sound.
Samples through_ulaw(Samples sound) {
  for (auto& sample : sound) sample = codec::ulaw_to_linear(codec::linear_to_ulaw(sample));
  return sound;
}

Samples part(const Samples& sound, std::size_t begin_ms, std::size_t end_ms,
             std::size_t per_ms = 8) {
  const auto end = std::min(end_ms * per_ms, sound.size());
  return Samples(sound.begin() + static_cast<long>(std::min(begin_ms * per_ms, end)),
                 sound.begin() + static_cast<long>(end));
}

bool silent(const Samples& sound) {
  return std::all_of(sound.begin(), sound.end(), [](auto sample) { return sample == 0; });
}

class Render : public ::testing::Test {
 protected:
  void render_call(std::int64_t length_ms, const RenderOptions& options = {}) {
    document = test::document(ports, length_ms);
    render_document(options);
  }
  void render_document(const RenderOptions& options = {}) {
    call.write(dir.path());
    auto result = render(dir.path(), document, options);
    ASSERT_TRUE(result) << result.error().text;
    document = result->document;
    needs_capture = result->needs_capture;
    wav = test::read_wav(dir / "audio.wav");
  }
  const Samples& channel(std::size_t number) { return wav.channels.at(number); }

  test::TempDir dir;
  test::CallBuilder call;
  std::array<std::uint16_t, 2> ports = {10000, 10002};
  test::Leg caller{call, 10000, {.sequence = 65500, .timestamp = 0xFFFFFF00, .ssrc = 1}};
  test::Leg callee{call, 10002, {.payload_type = 8, .sequence = 7, .timestamp = 99, .ssrc = 2}};
  Document document;
  bool needs_capture = false;
  test::Wav wav;
};

TEST_F(Render, PutsEverySampleWhereItsPacketArrived) {
  const auto sound = test::babble(8000 * 2, 1);
  caller.speak(100 * kMs, sound);
  callee.speak(1500 * kMs, test::babble(8000, 2));
  render_call(4000);
  EXPECT_EQ(wav.sample_rate, 8000U);
  EXPECT_EQ(wav.frames(), 32000U);
  EXPECT_TRUE(silent(part(channel(0), 0, 100)));
  EXPECT_EQ(part(channel(0), 100, 2100), through_ulaw(sound));
  EXPECT_TRUE(silent(part(channel(0), 2100, 4000)));
  EXPECT_TRUE(silent(part(channel(1), 0, 1500)));
  EXPECT_FALSE(silent(part(channel(1), 1500, 1600)));
}

TEST_F(Render, SaysInTheDocumentWhatItFound) {
  caller.speak(100 * kMs, test::babble(8000 * 2, 1));
  callee.speak(1500 * kMs, test::babble(8000, 2));
  render_call(4000);
  ASSERT_TRUE(document.audio);
  EXPECT_EQ(document.audio->sample_rate, 8000U);
  EXPECT_EQ(document.audio->channels, 2U);
  EXPECT_EQ(document.streams[0].codec, "PCMU");
  EXPECT_EQ(document.streams[1].codec, "PCMA");
  EXPECT_THAT(document.streams[0].ssrcs, ElementsAre(1U));
  EXPECT_EQ(document.streams[0].packets_received, 100U);
  EXPECT_EQ(document.streams[0].packets_lost, 0U);
  EXPECT_EQ(document.streams[0].first_packet_offset_ms, 100);
  EXPECT_EQ(document.streams[1].first_packet_offset_ms, 1500);
  EXPECT_EQ(document.streams[0].jitter_ms, 0);
  EXPECT_TRUE(document.warnings.empty()) << document.warnings[0];
  EXPECT_FALSE(needs_capture);
}

TEST_F(Render, ListsItsFilesWithSizeAndDigest) {
  caller.speak(0, test::babble(8000, 1));
  document = test::document(ports, 1000);
  document.files = {{"rs-metadata-001.xml", "application/rs-metadata+xml", 10, "x"},
                    {"audio.wav", "old", 1, "old"}};
  render_document();
  ASSERT_EQ(document.files.size(), 3U);
  for (const auto& file : document.files) {
    if (file.name == "rs-metadata-001.xml") continue;
    EXPECT_EQ(file.bytes, std::filesystem::file_size(dir / file.name));
    EXPECT_EQ(file.sha256, storage::sha256(dir / file.name).value());
  }
  EXPECT_FALSE(std::filesystem::exists(dir / "audio.wav.tmp"));
}

TEST_F(Render, IsNotMovedByJitterReorderingOrDuplicates) {
  const auto sound = test::babble(8000 * 10, 1);
  std::mt19937 random(5);
  for (std::size_t i = 0; i + 160 <= sound.size(); i += 160) {
    // Jitter of up to 70 ms puts packets behind up to three later ones.
    const auto at = static_cast<std::int64_t>(i / 8 + (i % 1600 == 0 ? 0 : random() % 70)) * kMs;
    const auto before = caller.header;
    caller.send(at, test::to_ulaw(std::span(sound).subspan(i, 160)), 160);
    if (random() % 10 != 0) continue;
    call.add(10000, at + 15 * kMs,
             test::rtp_packet(before, test::to_ulaw(std::span(sound).subspan(i, 160))));
  }
  render_call(11'000);
  EXPECT_EQ(part(channel(0), 0, 10'000), through_ulaw(sound));
  EXPECT_GT(document.streams[0].packets_duplicate, 20U);
  EXPECT_EQ(document.streams[0].packets_received, 500U);
  EXPECT_EQ(document.streams[0].packets_lost, 0U);
  EXPECT_GT(document.streams[0].jitter_ms, 5);
}

TEST_F(Render, ConcealsLossForSixtyMillisecondsAndKeepsItsPlace) {
  const auto sound = test::babble(8000 * 4, 1);
  for (std::size_t i = 0; i + 160 <= sound.size(); i += 160) {
    const std::size_t at = i / 8;
    const bool lost = at == 1000 || (at >= 2000 && at < 2200);
    if (lost)
      caller.lose(160);
    else
      caller.send(static_cast<std::int64_t>(at) * kMs,
                  test::to_ulaw(std::span(sound).subspan(i, 160)), 160);
  }
  render_call(4000);
  const auto expected = through_ulaw(sound);
  EXPECT_EQ(part(channel(0), 0, 1000), part(expected, 0, 1000));
  EXPECT_FALSE(silent(part(channel(0), 1000, 1020)));
  EXPECT_EQ(part(channel(0), 1020, 2000), part(expected, 1020, 2000));
  EXPECT_FALSE(silent(part(channel(0), 2000, 2040)));
  EXPECT_TRUE(silent(part(channel(0), 2060, 2200)));
  EXPECT_EQ(part(channel(0), 2200, 4000), part(expected, 2200, 4000));
  EXPECT_EQ(document.streams[0].packets_lost, 11U);
  EXPECT_EQ(document.streams[0].concealed_ms, 80);
}

TEST_F(Render, TakesSilenceSuppressionForNoLoss) {
  const auto sound = test::babble(8000, 1);
  caller.speak(0, sound);
  caller.header.timestamp += 8000;
  caller.header.marker = true;
  caller.speak(2000 * kMs, sound);
  render_call(3000);
  EXPECT_EQ(part(channel(0), 0, 1000), through_ulaw(sound));
  EXPECT_TRUE(silent(part(channel(0), 1000, 2000)));
  EXPECT_EQ(part(channel(0), 2000, 3000), through_ulaw(sound));
  EXPECT_EQ(document.streams[0].packets_lost, 0U);
  EXPECT_EQ(document.streams[0].concealed_ms, 0);
}

TEST_F(Render, FillsAHoldWithSilenceWhetherTimestampsRanOnOrStoodStill) {
  const auto sound = test::babble(8000, 1);
  caller.speak(0, sound);
  callee.speak(0, sound);
  callee.header.timestamp += 8000 * 5;  // the caller's stand still
  caller.speak(6000 * kMs, sound);
  callee.speak(6000 * kMs, sound);
  render_call(7000);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_FALSE(silent(part(channel(i), 0, 1000)));
    EXPECT_TRUE(silent(part(channel(i), 1000, 6000))) << i;
    EXPECT_FALSE(silent(part(channel(i), 6000, 6100))) << i;
  }
  EXPECT_EQ(part(channel(0), 6000, 7000), through_ulaw(sound));
}

TEST_F(Render, ReadsDigitsAndHearsNoLossInThem) {
  const auto sound = test::babble(8000, 1);
  caller.speak(0, sound);
  std::int64_t at = 1000;
  for (const std::uint8_t digit : {1, 10, 11}) {
    caller.header.payload_type = 101;
    caller.header.marker = true;
    for (std::uint16_t i = 1; i <= 7; ++i, at += 20) {
      const auto duration = static_cast<std::uint16_t>(160 * std::min<int>(i, 5));
      caller.send(at * kMs, test::event_payload(digit, i >= 5, duration), 0);
    }
    caller.header.payload_type = 0;
    caller.header.timestamp += 8 * 300;
    at += 160;
  }
  caller.speak(1900 * kMs, sound);
  render_call(3000);
  ASSERT_EQ(document.streams[0].dtmf.size(), 3U);
  EXPECT_EQ(document.streams[0].dtmf[0].digit, "1");
  EXPECT_EQ(document.streams[0].dtmf[1].digit, "*");
  EXPECT_EQ(document.streams[0].dtmf[2].digit, "#");
  EXPECT_NEAR(static_cast<double>(document.streams[0].dtmf[1].at_ms), 1280, 1);
  EXPECT_EQ(document.streams[0].dtmf[1].duration_ms, 100);
  EXPECT_EQ(document.streams[0].packets_lost, 0U);
  EXPECT_EQ(document.streams[0].concealed_ms, 0);
  EXPECT_EQ(document.streams[0].packets_undecoded, 0U);
  EXPECT_TRUE(silent(part(channel(0), 1000, 1900)));
  EXPECT_EQ(part(channel(0), 1900, 2900), through_ulaw(sound));
}

TEST_F(Render, MakesNoiseOfTheLevelThatTheSenderGave) {
  const auto sound = test::babble(8000, 1);
  caller.speak(0, sound);
  caller.header.payload_type = 13;
  const std::vector<std::uint8_t> noise = {40};  // -40 dBov: 327.68
  caller.send(1000 * kMs, noise, 8 * 1000);
  caller.header.payload_type = 0;
  caller.speak(2000 * kMs, sound);
  render_call(3000);
  EXPECT_NEAR(test::loudness(part(channel(0), 1000, 2000)), 327.68, 20);
  EXPECT_EQ(part(channel(0), 2000, 3000), through_ulaw(sound));
  EXPECT_EQ(document.streams[0].codec, "PCMU");
  render_call(3000, {.comfort_noise = false});
  EXPECT_TRUE(silent(part(channel(0), 1000, 2000)));
}

TEST_F(Render, GoesOnInTheSameChannelWhenTheSourceChanges) {
  const auto sound = test::babble(8000, 1);
  caller.speak(0, sound);
  caller.header = {.sequence = 3, .timestamp = 77777, .ssrc = 99};
  caller.speak(1000 * kMs, sound);
  render_call(2000);
  EXPECT_EQ(part(channel(0), 0, 1000), through_ulaw(sound));
  EXPECT_EQ(part(channel(0), 1000, 2000), through_ulaw(sound));
  EXPECT_THAT(document.streams[0].ssrcs, ElementsAre(1U, 99U));
  EXPECT_EQ(document.streams[0].packets_lost, 0U);
  EXPECT_TRUE(document.warnings.empty());
}

// A line that closes gives its port back, and a later line of the same call may get it again.
TEST_F(Render, KeepsStreamsApartThatHadOnePortOneAfterTheOther) {
  const auto bob = test::babble(8000, 1);
  const auto carol = test::babble(8000, 2);
  document = test::document(std::array<std::uint16_t, 3>{10000, 10002, 10002}, 8000);
  document.streams[1].closed_at_ms = 1500;
  document.streams[2].opened_at_ms = 6500;
  caller.speak(0, test::babble(8000 * 8, 3));
  callee.speak(500 * kMs, bob);
  callee.speak(6500 * kMs, carol);
  render_document();
  const auto expected = [](Samples sound) {
    for (auto& sample : sound) sample = codec::alaw_to_linear(codec::linear_to_alaw(sample));
    return sound;
  };
  EXPECT_EQ(part(channel(1), 500, 1500), expected(bob));
  EXPECT_TRUE(silent(part(channel(1), 1500, 8000)));
  EXPECT_TRUE(silent(part(channel(2), 0, 6500)));
  EXPECT_EQ(part(channel(2), 6500, 7500), expected(carol));
  EXPECT_EQ(document.streams[1].packets_received, 50U);
  EXPECT_EQ(document.streams[2].packets_received, 50U);
  EXPECT_TRUE(document.warnings.empty()) << document.warnings[0];
}

TEST_F(Render, LetsTwoSourcesAtTheSameTimeBothBeHeard) {
  const auto one = test::babble(8000 * 2, 1);
  const auto two = test::babble(8000, 2);
  caller.speak(0, one);
  caller.header = {.ssrc = 99};
  caller.speak(500 * kMs, two);
  render_call(2000);
  const auto a = through_ulaw(one);
  const auto b = through_ulaw(two);
  for (std::size_t i = 500 * 8; i < 1500 * 8; ++i)
    ASSERT_EQ(channel(0)[i], a[i] + b[i - 500 * 8]) << i;
  EXPECT_THAT(document.warnings,
              ElementsAre(HasSubstr("two sources sent at the same time for 1000 ms")));
}

TEST_F(Render, FollowsACodecChange) {
  const auto sound = test::babble(8000, 1);
  caller.speak(0, sound);
  caller.header.payload_type = 8;
  caller.speak(1000 * kMs, sound);
  render_call(2000);
  long lag = 0;
  EXPECT_GT(test::best_correlation(part(channel(0), 1000, 2000), sound, 100, lag), 0.99);
  EXPECT_EQ(lag, 0);
  EXPECT_EQ(document.streams[0].packets_lost, 0U);
}

TEST_F(Render, PlaysASenderThatBeginsAgainWithTheSameNumbersBehindWhatItSaid) {
  const auto sound = test::babble(8000 * 2, 1);
  const auto again = test::babble(8000 * 2, 2);
  const auto first = caller.header;
  caller.speak(0, sound);
  caller.header = first;
  caller.speak(3000 * kMs, again);
  caller.header.sequence -= 80;
  caller.speak(5000 * kMs, sound);
  render_call(8000);
  EXPECT_EQ(part(channel(0), 0, 2000), through_ulaw(sound));
  EXPECT_EQ(part(channel(0), 3000, 5000), through_ulaw(again));
  EXPECT_EQ(part(channel(0), 5000, 7000), through_ulaw(sound));
  EXPECT_EQ(document.streams[0].packets_received, 300U);
  EXPECT_EQ(document.streams[0].packets_duplicate, 0U);
}

TEST_F(Render, GoesOnWithoutAGapWhereTheSendersClockStepsALittle) {
  const auto sound = test::babble(8000 * 8, 1);
  caller.speak(0, part(sound, 0, 3000));
  caller.header.timestamp += 1200;
  caller.speak(3000 * kMs, part(sound, 3000, 6000));
  caller.header.timestamp -= 1200;
  caller.speak(6000 * kMs, part(sound, 6000, 8000));
  render_call(8000);
  EXPECT_EQ(channel(0), through_ulaw(sound));
}

// RFC 3264 §8.3.2 forbids it, and SRCs do it: a later offer gives a payload type another meaning.
TEST_F(Render, ReadsEachPacketByWhatItsPayloadTypeMeantWhenItCame) {
  const auto sound = test::babble(8000 * 4, 1);
  document = test::document(ports, 4000);
  document.streams[0].payloads = {{0, "PCMU", 8000, 1, {}}, {96, "telephone-event", 8000, 1, {}}};
  document.streams[0].former_payloads = {{{96, "G729", 8000, 1, {}}, -100},
                                         {{96, "L16", 8000, 1, {}}, 2000}};
  for (std::size_t i = 0; i < 16'000; i += 160) {
    caller.header.payload_type = 96;
    caller.send(static_cast<std::int64_t>(i) / 8 * kMs,
                test::to_l16(std::span(sound).subspan(i, 160)), 160);
  }
  caller.header.payload_type = 0;
  caller.speak(2000 * kMs, part(sound, 2000, 3900));
  caller.header.payload_type = 96;
  caller.send(3950 * kMs, test::event_payload(5, true, 160), 160);
  render_document();
  EXPECT_EQ(part(channel(0), 0, 2000), part(sound, 0, 2000));
  EXPECT_EQ(part(channel(0), 2000, 3900), through_ulaw(part(sound, 2000, 3900)));
  ASSERT_EQ(document.streams[0].dtmf.size(), 1U);
  EXPECT_EQ(document.streams[0].dtmf[0].digit, "5");
  EXPECT_EQ(document.streams[0].codec, "L16");
  EXPECT_EQ(document.streams[0].packets_undecoded, 0U);
  EXPECT_TRUE(document.warnings.empty()) << document.warnings[0];
  EXPECT_TRUE(needs_capture) << "the moment of the change is a guess";
}

TEST_F(Render, AlignsPacketsOfDifferentLengthByWhenTheyWereSpoken) {
  const auto sound = test::babble(8000 * 4, 1);
  // A packet leaves when its last sample was spoken.
  for (std::size_t i = 0; i + 160 <= sound.size(); i += 160) {
    caller.send(static_cast<std::int64_t>(100 + i / 8 + 20) * kMs,
                test::to_ulaw(std::span(sound).subspan(i, 160)), 160);
  }
  for (std::size_t i = 0; i + 480 <= sound.size(); i += 480) {
    callee.send(static_cast<std::int64_t>(100 + i / 8 + 60) * kMs,
                test::to_alaw(std::span(sound).subspan(i, 480)), 480);
  }
  render_call(5000);
  long lag = 0;
  EXPECT_GT(test::best_correlation(channel(0), channel(1), 1000, lag), 0.98);
  EXPECT_LE(std::abs(lag), 8);
}

TEST_F(Render, KeepsTheEndOfTheLastPacketThatCameBeforeTheCallEnded) {
  const auto sound = test::babble(8000, 1);
  caller.speak(10 * kMs, sound);
  render_call(1000);
  EXPECT_EQ(wav.frames(), 8080U);
  EXPECT_EQ(part(channel(0), 10, 1010), through_ulaw(sound));
}

TEST_F(Render, LeavesACodecItCantDecodeSilentAndKeepsTheCapture) {
  caller.speak(0, test::babble(8000, 1));
  callee.header.payload_type = 18;
  for (int i = 0; i < 50; ++i) callee.send(i * 20 * kMs, std::vector<std::uint8_t>(20, 0x55), 160);
  render_call(1000);
  EXPECT_FALSE(silent(channel(0)));
  EXPECT_TRUE(silent(channel(1)));
  EXPECT_TRUE(needs_capture);
  EXPECT_EQ(document.streams[1].codec, "G729");
  EXPECT_EQ(document.streams[1].packets_undecoded, 50U);
  EXPECT_EQ(document.streams[1].packets_received, 50U);
  EXPECT_THAT(document.warnings,
              ElementsAre(HasSubstr("stream 2 (label 12): 50 packets of G729/8000")));
}

TEST_F(Render, WarnsOfPayloadTypesThatNobodyOffered) {
  caller.speak(0, test::babble(8000, 1));
  caller.header.payload_type = 120;
  caller.send(1000 * kMs, std::vector<std::uint8_t>(10), 160);
  render_call(2000);
  EXPECT_TRUE(needs_capture);
  EXPECT_THAT(document.warnings, ElementsAre(HasSubstr("payload type 120, which no offer named")));
}

TEST_F(Render, TellsThatAnOfferedTypeLacksItsRtpmap) {
  document = test::document(ports, 2000);
  document.streams[0].payloads = {{96, "", 0, 1, {}}};
  caller.header.payload_type = 96;
  caller.send(1000 * kMs, std::vector<std::uint8_t>(160), 160);
  render_document();
  EXPECT_TRUE(needs_capture);
  EXPECT_THAT(document.warnings, ElementsAre(HasSubstr("payload type 96, which the offer named "
                                                       "without an a=rtpmap line, can't be")));
}

// RFC 6263 §4.1, §4.6.
TEST_F(Render, TakesEmptyPacketsForKeepAlives) {
  const auto sound = test::babble(8000, 1);
  caller.send(0, {}, 0);
  caller.speak(20 * kMs, sound);
  caller.header.payload_type = 120;
  caller.send(1100 * kMs, {}, 0);
  render_call(2000);
  EXPECT_FALSE(needs_capture);
  EXPECT_TRUE(document.warnings.empty());
  EXPECT_EQ(document.streams[0].packets_received, 52U);
  EXPECT_EQ(part(channel(0), 20, 1020), through_ulaw(sound));
}

TEST_F(Render, TakesTheBestSampleRateForAllChannels) {
  const auto wide = test::babble(44100 * 3, 3, 44100);
  const auto sound = test::babble(8000 * 3, 1);
  caller.speak(500 * kMs, sound);
  document = test::document(ports, 4000);
  document.streams[1].payloads = {{97, "L16", 44100, 1, {}}};
  callee.header.payload_type = 97;
  for (std::size_t i = 0; i + 441 <= wide.size(); i += 441) {
    callee.send(static_cast<std::int64_t>(500 + i / 44.1) * kMs,
                test::to_l16(std::span(wide).subspan(i, 441)), 441);
  }
  render_document();
  EXPECT_EQ(wav.sample_rate, 44100U);
  EXPECT_EQ(wav.frames(), 44100U * 4);
  // 10 ms packets lie 10 ms later than packets of 20 ms: by when they were spoken.
  EXPECT_EQ(
      Samples(channel(1).begin() + 22050 + 441, channel(1).begin() + 22050 + 441 + 44100 * 3 - 441),
      Samples(wide.begin(), wide.end() - 441));
  Samples coarse;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const double at = 22050 + static_cast<double>(i) * 44100 / 8000;
    coarse.push_back(channel(0)[static_cast<std::size_t>(std::lround(at))]);
  }
  long lag = 0;
  EXPECT_GT(test::best_correlation(coarse, sound, 50, lag), 0.98);
  EXPECT_EQ(lag, 0);
}

TEST_F(Render, MixesTwoChannelsOfOneStreamDownAndSaysSo) {
  document = test::document(ports, 1000);
  document.streams[0].payloads = {{97, "L16", 8000, 2, {}}};
  caller.header.payload_type = 97;
  for (int i = 0; i < 50; ++i) {
    Samples frames;
    for (int k = 0; k < 160; ++k) frames.insert(frames.end(), {1000, 3000});
    caller.send(i * 20 * kMs, test::to_l16(frames), 160);
  }
  render_document();
  EXPECT_EQ(part(channel(0), 0, 1000), Samples(8000, 2000));
  EXPECT_THAT(document.warnings, ElementsAre(HasSubstr("mixed down")));
}

TEST_F(Render, MakesSilenceOfACallWithoutMedia) {
  document = test::document(ports, 2500);
  auto result = render(dir.path(), document, {});
  ASSERT_TRUE(result) << result.error().text;
  wav = test::read_wav(dir / "audio.wav");
  EXPECT_EQ(wav.frames(), 20'000U);
  EXPECT_TRUE(silent(channel(0)) && silent(channel(1)));
  EXPECT_THAT(result->document.warnings, ElementsAre(HasSubstr("no media")));
  EXPECT_EQ(result->document.files.size(), 1U);
}

TEST_F(Render, RendersATornCaptureUpToTheTear) {
  const auto sound = test::babble(8000, 1);
  caller.speak(0, sound);
  document = test::document(ports, 1000);
  call.write(dir.path());
  const auto size = std::filesystem::file_size(dir / "capture.pcapng");
  std::filesystem::resize_file(dir / "capture.pcapng", size / 2 + 2);
  auto result = render(dir.path(), document, {});
  ASSERT_TRUE(result) << result.error().text;
  wav = test::read_wav(dir / "audio.wav");
  EXPECT_EQ(part(channel(0), 0, 400), part(through_ulaw(sound), 0, 400));
  EXPECT_TRUE(silent(part(channel(0), 600, 1000)));
  EXPECT_THAT(result->document.warnings, ElementsAre(HasSubstr("capture.pcapng is damaged after")));
  EXPECT_TRUE(result->needs_capture);
}

TEST_F(Render, EndsACrashedCallWithItsLastPacket) {
  caller.speak(0, test::babble(8000 * 3, 1));
  document = test::document(ports, 0);
  document.ended_at.reset();
  render_document();
  EXPECT_EQ(document.ended_at, test::call_start() + std::chrono::milliseconds(2980));
  EXPECT_EQ(wav.frames(), 24'000U);
}

TEST_F(Render, SaysTheSameTwice) {
  caller.speak(0, test::babble(8000 * 3, 1));
  callee.speak(7 * kMs, test::babble(8000 * 3, 2));
  render_call(3000);
  const auto first = test::read_file(dir / "audio.wav");
  const auto text = to_json(document);
  render_document();
  EXPECT_EQ(test::read_file(dir / "audio.wav"), first);
  EXPECT_EQ(to_json(document), text);
}

// As a bad block does, or a file system that goes away: whoever reads on is not ended by it.
TEST_F(Render, OutlivesACaptureThatTheDiskDoesNotGiveToItsEnd) {
  caller.speak(0, test::babble(8000 * 60, 1));
  call.write(dir.path());
  const auto path = dir / "capture.pcapng";
  const auto whole = test::read_file(path);
  const auto mapped = MappedFile::open(path);
  ASSERT_TRUE(mapped);
  constexpr std::size_t kKept = 64 << 10;
  std::filesystem::resize_file(path, kKept);
  const auto bytes = mapped->bytes();
  ASSERT_EQ(bytes.size(), whole.size());
  EXPECT_FALSE(mapped->failed()) << "nobody has read it";
  EXPECT_EQ(bytes.back(), 0);
  EXPECT_TRUE(mapped->failed());
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + kKept), whole.substr(0, kKept));
  EXPECT_TRUE(std::all_of(bytes.begin() + kKept, bytes.end(), [](auto byte) { return byte == 0; }));
  // Others are as they were.
  test::write_file(dir / "other", "abc");
  EXPECT_FALSE(MappedFile::open(dir / "other")->failed());
}

TEST_F(Render, IsTriedAgainWhereItsCaptureGoesAwayMeanwhile) {
  caller.speak(0, test::babble(8000 * 60 * 20, 1));
  document = test::document(ports, 20 * 60'000);
  call.write(dir.path());
  std::atomic<bool> rendered{false};
  std::thread cutter([&] {
    while (!std::filesystem::exists(dir / "audio.wav.tmp") && !rendered) std::this_thread::yield();
    std::filesystem::resize_file(dir / "capture.pcapng", 64 << 10);
  });
  const auto result = render(dir.path(), document, {});
  rendered = true;
  cutter.join();
  ASSERT_TRUE(result) << result.error().text;
  EXPECT_THAT(result->refused, HasSubstr("the disk does not give it"));
  EXPECT_FALSE(std::filesystem::exists(dir / "audio.wav"));
}

TEST_F(Render, LeavesNoHalfFileWhereTheDiskIsFull) {
  caller.speak(0, test::babble(8000 * 30, 1));
  document = test::document(ports, 30'000);
  call.write(dir.path());
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100'000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto result = render(dir.path(), document, {});
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_TRUE(result);
  EXPECT_THAT(result->refused, HasSubstr("audio.wav.tmp: File too large"));
  EXPECT_FALSE(std::filesystem::exists(dir / "audio.wav"));
  EXPECT_FALSE(std::filesystem::exists(dir / "audio.wav.tmp"));
}

// The legs of an hour, as an SRC with a drifting clock behind a bad network sends them.
TEST_F(Render, KeepsTheLegsOfAnHourTogether) {
  const auto spoken = test::babble(8000 * 60, 4);  // again and again
  std::mt19937 random(11);
  const auto send = [&](test::Leg& leg, double drift) {
    std::vector<std::int16_t> samples(160);
    for (std::int64_t i = 0; i < 50 * 3600; ++i) {
      // Sound only where the test listens, so that making the call takes no minutes.
      const bool heard = i / 50 % 45 >= 3 && i / 50 % 45 < 9;
      for (std::size_t k = 0; heard && k < 160; ++k) {
        // The sender's clock is fast by `drift`: its sample i lies earlier in true time.
        const double at = (static_cast<double>(i) * 160 + static_cast<double>(k)) / (1 + drift);
        const double whole = std::floor(at);
        const auto left = spoken[static_cast<std::size_t>(whole) % spoken.size()];
        const auto right = spoken[(static_cast<std::size_t>(whole) + 1) % spoken.size()];
        samples[k] = static_cast<std::int16_t>(left + (right - left) * (at - whole));
      }
      const auto true_time =
          static_cast<std::int64_t>((static_cast<double>(i) + 1) * 20 * kMs / (1 + drift));
      const auto jitter = static_cast<std::int64_t>(random() % 30'000) * 1000;
      if (random() % 100 == 0)
        leg.lose(160);
      else
        leg.send(true_time + jitter,
                 leg.header.payload_type == 0 ? test::to_ulaw(samples) : test::to_alaw(samples),
                 160);
    }
  };
  send(caller, 0);
  send(callee, 100e-6);
  render_call(3'600'000);
  // Short looks, since the drift within a long one would blur it; where a correction falls into
  // one nothing can be told.
  std::size_t looks = 0, clear = 0;
  for (std::size_t second = 5; second < 3590; second += 45, ++looks) {
    const auto heard = [&](std::size_t leg) {
      return part(channel(leg), second * 1000, second * 1000 + 1500);
    };
    long lag = 0;
    if (test::best_correlation(heard(0), heard(1), 800, lag) < 0.8) continue;
    ++clear;
    ASSERT_LE(std::abs(lag), 4 * 8) << "legs are " << lag / 8 << " ms apart in second " << second;
    // And neither has left the true time: a packet's sound begins where the packet came.
    const std::size_t in_loop = second % 60 * 1000;
    EXPECT_GT(test::best_correlation(heard(0), part(spoken, in_loop, in_loop + 1500), 800, lag),
              0.8);
    EXPECT_NEAR(static_cast<double>(lag), 20 * 8, 2 * 8) << second;
  }
  EXPECT_GE(clear * 10, looks * 9) << clear << " of " << looks;
  EXPECT_NEAR(static_cast<double>(document.streams[0].packets_lost), 1800, 200);
  EXPECT_TRUE(document.warnings.empty()) << document.warnings[0];
}

TEST(WavWriter, WritesRf64WhereRiffIsTooSmall) {
  test::TempDir dir;
  auto writer = WavWriter::create(dir / "a.wav", 8000, 2, 2'000'000'000);
  ASSERT_TRUE(writer) << writer.error().text;
  const Samples samples = {1, 2, 3, 4};
  ASSERT_TRUE((*writer)->write(samples));
  ASSERT_TRUE((*writer)->commit());
  const auto bytes = test::read_file(dir / "a.wav");
  EXPECT_EQ(bytes.substr(0, 4), "RF64");
  EXPECT_THAT(bytes, HasSubstr("ds64"));
}

}  // namespace
}  // namespace srs::recording
