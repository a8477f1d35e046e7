// Calls captured from real SRCs, rendered: does the file hold what was spoken?
#include "call_builder.hpp"
#include "support/audio.hpp"
#include "support/pcap.hpp"
#include "support/shared_data.hpp"
#include "support/temp_dir.hpp"

#include <srs/codec/decoder.hpp>
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
      packets_.push_back({port,
                          (packet.time - packets.front().time).count(),
                          {packet.payload.begin(), packet.payload.end()}});
      call_.add(port, packets_.back().at, packets_.back().bytes);
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

  // Where the sound belongs by the packets alone: its place in the payloads put end to end, counted
  // from the arrival of the packet with the least delay. For streams without gaps. ms
  double belongs(std::uint16_t port, const Samples& sound) const {
    Samples plain;
    double base = 1e9;
    for (const auto& packet : packets_) {
      if (packet.port != port || packet.bytes.size() != 172) continue;
      base = std::min(
          base, static_cast<double>(packet.at) / test::kMs - static_cast<double>(plain.size()) / 8);
      const bool a_law = (packet.bytes[1] & 0x7F) == 8;
      for (std::size_t i = 12; i < 172; ++i) {
        const auto code = packet.bytes[i];
        plain.push_back(a_law ? codec::alaw_to_linear(code) : codec::ulaw_to_linear(code));
      }
    }
    long lag = 0;
    EXPECT_GE(test::best_correlation(plain, sound, 8000 * 30, lag), 0.9);
    return base + static_cast<double>(lag) / 8;
  }

  // Each leg's sound lies where its packets put it, so the legs lie as they were spoken.
  void expect_in_place(const Samples& caller, const Samples& callee, double alike) {
    EXPECT_NEAR(static_cast<double>(find(0, caller, alike)), belongs(42000, caller), 6);
    EXPECT_NEAR(static_cast<double>(find(1, callee, alike)), belongs(42002, callee), 6);
  }

  Document document;
  test::Wav wav;

 private:
  struct Packet {
    std::uint16_t port;
    std::int64_t at;
    std::vector<std::uint8_t> bytes;
  };
  std::vector<Packet> packets_;
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
  expect_in_place(spoken(audio / "caller.wav"), spoken(audio / "callee.wav"), 0.95);
  EXPECT_EQ(document.streams[0].codec, "PCMU");
  EXPECT_EQ(document.streams[0].packets_lost, 0U);
  EXPECT_TRUE(document.warnings.empty()) << document.warnings[0];
}

TEST_F(RealCall, OpensipsOverTcpInPcmaHoldsWhatBothSpoke) {
  SRS_REQUIRE_SHARED(pcap, "captures/os-call3-tcp-pcma-group/siprec.pcap");
  SRS_REQUIRE_SHARED(audio, "captures/audio");
  load(pcap);
  expect_in_place(spoken(audio / "caller.wav"), spoken(audio / "callee.wav"), 0.95);
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
  expect_in_place(first("caller.wav"), first("callee.wav"), 0.9);
  for (std::size_t channel = 0; channel < 2; ++channel) {
    EXPECT_EQ(test::loudness(stretch(channel, 6400, 9150)), 0) << channel;
    EXPECT_EQ(test::loudness(stretch(channel, 12'400, 14'100)), 0) << channel;
    EXPECT_GT(test::loudness(stretch(channel, 9300, 12'200)), 50) << channel;
    // What was said between the holds lies as far behind the beginning as it was spoken: the
    // speaker went on through them.
    const auto whole = spoken(audio / (channel == 0 ? "caller.wav" : "callee.wav"));
    long lag = 0;
    EXPECT_GE(test::best_correlation(whole, stretch(channel, 9300, 12'200), 8000 * 20, lag), 0.95);
    EXPECT_NEAR(
        9300 - static_cast<double>(lag) / 8,
        belongs(channel == 0 ? 42000 : 42002, first(channel == 0 ? "caller.wav" : "callee.wav")),
        20);
  }
  const auto digits = [&](std::size_t stream) {
    std::string text;
    for (const auto& digit : document.streams[stream].dtmf) text += digit.digit;
    return text;
  };
  EXPECT_EQ(digits(0), "59");
  EXPECT_EQ(digits(1), "#");
  EXPECT_NEAR(static_cast<double>(document.streams[0].dtmf[0].at_ms), 3224, 5);
  EXPECT_EQ(document.streams[0].dtmf[0].duration_ms, 180);
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
  expect_in_place(first("caller.wav"), first("callee.wav"), 0.9);
  for (std::size_t channel = 0; channel < 2; ++channel) {
    EXPECT_EQ(test::loudness(stretch(channel, 7500, 10'100)), 0) << channel;
    EXPECT_GT(test::loudness(stretch(channel, 10'300, 17'000)), 50) << channel;
  }
}

}  // namespace
}  // namespace srs::recording
