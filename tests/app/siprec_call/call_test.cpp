// A plain call of the real process to a recorder on plain sockets.
#include "app/siprec_call/scene.hpp"
#include "support/g711.hpp"

#include <srs/sdp/session.hpp>
#include <srs/siprec/metadata.hpp>
#include <srs/siprec/multipart.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace srs::test {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

struct Body {
  std::vector<siprec::Part> parts;
  siprec::RecordingBody recording;
};

Body body_of(const SipText& message) {
  Body body;
  const auto parts = siprec::split_body(message.header("Content-Type"), message.body());
  if (parts) body.parts = *parts;
  body.recording = siprec::classify(body.parts);
  return body;
}

// The largest difference between what was spoken and what the packets carry, -1 to 1.
template <float (*Decode)(std::uint8_t)>
double worst_sample(const SeenStream& stream, const std::vector<std::int16_t>& spoken) {
  double worst = 0;
  std::size_t at = 0;
  for (const auto& packet : stream.packets) {
    for (const char code : packet.payload) {
      const double said = at < spoken.size() ? spoken[at] / 32768.0 : 0;
      worst = std::max(worst, std::abs(Decode(static_cast<std::uint8_t>(code)) - said));
      ++at;
    }
  }
  return at < spoken.size() ? 1 : worst;
}

void expect_one_stream(const SeenStream& stream, std::size_t packets, std::uint8_t payload_type) {
  ASSERT_EQ(stream.packets.size(), packets);
  const auto& first = stream.packets.front();
  for (std::size_t i = 0; i < packets; ++i) {
    const auto& packet = stream.packets[i];
    ASSERT_EQ(packet.version, 2);
    ASSERT_EQ(packet.payload_type, payload_type);
    ASSERT_EQ(packet.ssrc, first.ssrc);
    ASSERT_EQ(packet.sequence, static_cast<std::uint16_t>(first.sequence + i));
    ASSERT_EQ(packet.timestamp, first.timestamp + static_cast<std::uint32_t>(160 * i));
    ASSERT_EQ(packet.marker, i == 0);
    ASSERT_EQ(packet.payload.size(), 160U);
  }
}

TEST(SiprecCall, OffersARecordingSessionAsTheRfcSays) {
  Recorder recorder;
  const TwoLegs legs(0.1);
  CallerProcess caller(legs.call(recorder));
  ASSERT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  const auto calls = recorder.calls();
  ASSERT_EQ(calls.size(), 1U);
  const auto invites = calls[0].of("INVITE");
  ASSERT_EQ(invites.size(), 1U);
  EXPECT_THAT(std::string(invites[0].header("Require")), HasSubstr("siprec"));
  EXPECT_THAT(std::string(invites[0].header("Contact")), HasSubstr(";+sip.src"));
  const auto body = body_of(invites[0]);
  ASSERT_EQ(body.parts.size(), 2U);
  EXPECT_EQ(body.parts[1].content_type.type, "application/rs-metadata+xml");
  EXPECT_EQ(body.parts[1].disposition, "recording-session");
  const auto offer = sdp::parse(body.recording.sdp);
  ASSERT_TRUE(offer);
  ASSERT_EQ(offer->media.size(), 2U);
  const auto metadata = siprec::parse_metadata(body.recording.metadata);
  ASSERT_TRUE(metadata);
  for (const auto& media : offer->media) {
    EXPECT_EQ(media.direction, sdp::Direction::SendOnly);
    EXPECT_NE(metadata->sender_of_label(media.label), nullptr) << media.label;
  }
  EXPECT_NE(offer->media[0].label, offer->media[1].label);
}

TEST(SiprecCall, SendsTheAudioOfEachLegOnItsOwnStream) {
  Recorder recorder;
  const TwoLegs legs(0.59);  // 29.5 frames
  CallerProcess caller(legs.call(recorder));
  ASSERT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  const auto calls = recorder.calls();
  ASSERT_EQ(calls.size(), 1U);
  ASSERT_EQ(calls[0].streams.size(), 2U);
  for (const auto& stream : calls[0].streams) expect_one_stream(stream, 30, 0);
  EXPECT_LT(worst_sample<decode_ulaw>(calls[0].streams[0], legs.caller), 0.02);
  EXPECT_LT(worst_sample<decode_ulaw>(calls[0].streams[1], legs.callee), 0.02);
  EXPECT_NE(calls[0].streams[0].packets[0].ssrc, calls[0].streams[1].packets[0].ssrc);
}

TEST(SiprecCall, SendsInRealTime) {
  Recorder recorder;
  const TwoLegs legs(1);
  CallerProcess caller(legs.call(recorder));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto calls = recorder.calls();
  ASSERT_EQ(calls.at(0).streams.at(0).packets.size(), 50U);
  const auto& packets = calls[0].streams[0].packets;
  const std::chrono::duration<double> took = packets.back().at - packets.front().at;
  EXPECT_GT(took.count(), 0.9);  // 49 gaps of 20 ms; a busy machine only makes it longer
}

TEST(SiprecCall, SpeaksPcmaOverTcpToo) {
  Recorder recorder({.tcp = true});
  const TwoLegs legs(0.3);
  CallerProcess caller(legs.call(recorder, {"--tcp", "--codec", "pcma"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  const auto calls = recorder.calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_THAT(std::string(calls[0].of("INVITE").at(0).header("Via")), HasSubstr("SIP/2.0/TCP"));
  expect_one_stream(calls[0].streams.at(1), 15, 8);
  EXPECT_LT(worst_sample<decode_alaw>(calls[0].streams[1], legs.callee), 0.02);
}

TEST(SiprecCall, AcknowledgesAndHangsUpWithinTheDialog) {
  Recorder recorder;
  const TwoLegs legs(0.1);
  CallerProcess caller(legs.call(recorder));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto call = recorder.calls().at(0);
  ASSERT_EQ(call.of("ACK").size(), 1U);
  ASSERT_EQ(call.of("BYE").size(), 1U);
  EXPECT_EQ(call.of("ACK")[0].cseq(), call.of("INVITE")[0].cseq());
  EXPECT_EQ(call.of("BYE")[0].cseq(), call.of("INVITE")[0].cseq() + 1);
  EXPECT_EQ(SipText::parameter(call.of("BYE")[0].header("To"), "tag"), "recorder");
}

TEST(SiprecCall, SaysGoodbyeInRtcpToo) {
  Recorder recorder;
  const TwoLegs legs(0.1);
  CallerProcess caller(legs.call(recorder));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto call = recorder.calls().at(0);
  for (const auto& stream : call.streams) {
    EXPECT_THAT(stream.rtcp_types, ::testing::Contains(203));  // BYE, RFC 3550 §12.1
  }
}

TEST(SiprecCall, SumsUpWhatItDid) {
  Recorder recorder;
  const TwoLegs legs(0.2);
  CallerProcess caller(legs.call(recorder));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto json = caller.json();
  ASSERT_TRUE(json.is_object()) << caller.out();
  EXPECT_EQ(json["answers"]["200"], 1);
  EXPECT_EQ(json["media"]["packets"], 20);
  EXPECT_GT(json["invite_latency"]["p50_ms"], 0);
  EXPECT_EQ(json["list"][0]["call_id"], recorder.calls().at(0).call_id);
  EXPECT_TRUE(json["notes"].empty()) << json["notes"];
}

TEST(SiprecCall, WithoutAudioEveryLegIsATone) {
  Recorder recorder;
  CallerProcess caller(plain_call(recorder, {"--duration", "0.3", "--legs", "3"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto call = recorder.calls().at(0);
  ASSERT_EQ(call.streams.size(), 3U);
  std::vector<std::string> sounds;
  for (const auto& stream : call.streams) sounds.push_back(stream.packets.at(5).payload);
  std::sort(sounds.begin(), sounds.end());
  EXPECT_EQ(std::unique(sounds.begin(), sounds.end()), sounds.end());
}

TEST(SiprecCall, WithoutMediaItOnlySignals) {
  Recorder recorder;
  CallerProcess caller(plain_call(recorder, {"--no-media"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto call = recorder.calls().at(0);
  EXPECT_TRUE(call.over);
  ASSERT_EQ(call.streams.size(), 2U);
  EXPECT_TRUE(call.streams[0].packets.empty());
}

}  // namespace
}  // namespace srs::test
