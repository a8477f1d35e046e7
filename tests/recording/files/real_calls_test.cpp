// Calls captured from real SRCs, rendered: does the file hold what was spoken?
#include "call_builder.hpp"
#include "support/audio.hpp"
#include "support/pcap.hpp"
#include "support/shared_data.hpp"
#include "support/temp_dir.hpp"

#include <srs/recording/renderer.hpp>

#include <gtest/gtest.h>

#include <array>

namespace srs::recording {
namespace {

using Samples = std::vector<std::int16_t>;

class RealCall : public ::testing::Test {
 protected:
  // The call's RTP as our capture would have it, and a document of its two streams.
  void load(const std::filesystem::path& pcap) {
    const auto packets = test::read_pcap(pcap);
    ASSERT_FALSE(packets.empty());
    for (const auto& packet : packets) {
      const auto port = packet.destination.port;
      if (packet.tcp || port < 42000 || port > 42003) continue;
      call_.add(port, (packet.time - packets.front().time).count(),
                {packet.payload.begin(), packet.payload.end()});
    }
    const std::array<std::uint16_t, 2> ports = {42000, 42002};
    document = test::document(ports, 0);
    document.ended_at = document.started_at + (packets.back().time - packets.front().time);
    call_.write(dir_.path());
    const auto result = render(dir_.path(), document, {});
    ASSERT_TRUE(result) << result.error().text;
    document = result->document;
    wav = test::read_wav(dir_ / "audio.wav");
    ASSERT_EQ(wav.channels.size(), 2U);
  }

  // Where in `channel` the sound lies, ms; fails where it doesn't.
  long find(std::size_t channel, const Samples& sound, double alike) {
    long lag = 0;
    const double found = test::best_correlation(wav.channels[channel], sound, 8000 * 30, lag);
    EXPECT_GE(found, alike) << "channel " << channel;
    return lag / 8;
  }

  std::span<const std::int16_t> stretch(std::size_t channel, std::size_t begin_ms,
                                        std::size_t end_ms) {
    return std::span(wav.channels[channel]).subspan(begin_ms * 8, (end_ms - begin_ms) * 8);
  }

  Document document;
  test::Wav wav;

 private:
  test::TempDir dir_;
  test::CallBuilder call_;
};

Samples spoken(const std::filesystem::path& path) {
  return test::read_wav(path).channels.at(0);
}

TEST_F(RealCall, OpensipsOverUdpHoldsWhatBothSpoke) {
  SRS_REQUIRE_SHARED(pcap, "captures/os-call1-udp-pcmu/siprec.pcap");
  SRS_REQUIRE_SHARED(audio, "captures/audio");
  load(pcap);
  const auto a = find(0, spoken(audio / "caller.wav"), 0.95);
  const auto b = find(1, spoken(audio / "callee.wav"), 0.95);
  EXPECT_LE(std::abs(a - b), 20);
  EXPECT_EQ(document.streams[0].codec, "PCMU");
  EXPECT_EQ(document.streams[0].packets_lost, 0U);
  EXPECT_TRUE(document.warnings.empty()) << document.warnings[0];
}

TEST_F(RealCall, OpensipsOverTcpInPcmaHoldsWhatBothSpoke) {
  SRS_REQUIRE_SHARED(pcap, "captures/os-call3-tcp-pcma-group/siprec.pcap");
  SRS_REQUIRE_SHARED(audio, "captures/audio");
  load(pcap);
  const auto a = find(0, spoken(audio / "caller.wav"), 0.95);
  const auto b = find(1, spoken(audio / "callee.wav"), 0.95);
  EXPECT_LE(std::abs(a - b), 20);
  EXPECT_EQ(document.streams[0].codec, "PCMA");
}

TEST_F(RealCall, HeldTwiceWithDigitsIsSilentInItsHoldsAndNamesTheDigits) {
  SRS_REQUIRE_SHARED(pcap, "captures/os-call2-hold-dtmf/siprec.pcap");
  SRS_REQUIRE_SHARED(audio, "captures/audio");
  load(pcap);
  // The words before the first hold.
  const auto first = [&](const char* name) {
    auto sound = spoken(audio / name);
    sound.resize(8 * 4000);
    return sound;
  };
  const auto a = find(0, first("caller.wav"), 0.9);
  const auto b = find(1, first("callee.wav"), 0.9);
  EXPECT_LE(std::abs(a - b), 20);
  for (std::size_t channel = 0; channel < 2; ++channel) {
    EXPECT_EQ(test::loudness(stretch(channel, 6400, 9150)), 0) << channel;
    EXPECT_EQ(test::loudness(stretch(channel, 12'400, 14'100)), 0) << channel;
    EXPECT_GT(test::loudness(stretch(channel, 9300, 12'200)), 50) << channel;
    EXPECT_GT(test::loudness(stretch(channel, 14'300, 17'200)), 50) << channel;
  }
  std::string digits;
  for (const auto& stream : document.streams) {
    for (const auto& digit : stream.dtmf) digits += digit.digit;
  }
  EXPECT_EQ(digits, "123#");
}

TEST_F(RealCall, RtpproxyWithAPauseAndAnotherSourcePortStaysAligned) {
  SRS_REQUIRE_SHARED(pcap, "captures/osrp-call1/siprec.pcap");
  SRS_REQUIRE_SHARED(audio, "captures/audio");
  load(pcap);
  const auto first = [&](const char* name) {
    auto sound = spoken(audio / name);
    sound.resize(8 * 4000);
    return sound;
  };
  // Here the labels are the other way round: stream 1 is labelled 0.
  const auto a = find(0, first("caller.wav"), 0.9);
  const auto b = find(1, first("callee.wav"), 0.9);
  EXPECT_LE(std::abs(a - b), 20);
  for (std::size_t channel = 0; channel < 2; ++channel) {
    EXPECT_EQ(test::loudness(stretch(channel, 7500, 10'100)), 0) << channel;
    EXPECT_GT(test::loudness(stretch(channel, 10'300, 17'000)), 50) << channel;
  }
}

}  // namespace
}  // namespace srs::recording
