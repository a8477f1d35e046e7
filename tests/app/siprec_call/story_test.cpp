// What happens in the middle of a call: hold, keys, metadata.
#include "app/siprec_call/scene.hpp"
#include "support/files.hpp"

#include <srs/sdp/session.hpp>
#include <srs/siprec/metadata.hpp>
#include <srs/siprec/multipart.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace srs::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

sdp::Session offer_in(const SipText& message) {
  const auto parts = siprec::split_body(message.header("Content-Type"), message.body());
  const auto session = sdp::parse(siprec::classify(*parts).sdp);
  return session ? *session : sdp::Session{};
}

std::string metadata_in(const SipText& message) {
  const auto parts = siprec::split_body(message.header("Content-Type"), message.body());
  return parts ? std::string(siprec::classify(*parts).metadata) : std::string{};
}

// Where the stream was silent for longest: the index of the first packet afterwards.
std::size_t longest_gap(const std::vector<SeenPacket>& packets) {
  std::size_t after = 1;
  for (std::size_t i = 1; i < packets.size(); ++i) {
    if (packets[i].at - packets[i - 1].at > packets[after].at - packets[after - 1].at) after = i;
  }
  return after;
}

TEST(Hold, IsOfferedInactiveAndResumedSendonly) {
  Recorder recorder;
  const TwoLegs legs(0.8);
  CallerProcess caller(legs.call(recorder, {"--hold", "0.3:0.5"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  const auto invites = recorder.calls().at(0).of("INVITE");
  ASSERT_EQ(invites.size(), 3U);
  std::vector<std::string> origins;
  for (const auto& invite : invites) origins.push_back(offer_in(invite).origin);
  EXPECT_EQ(offer_in(invites[1]).media.at(0).direction, sdp::Direction::Inactive);
  EXPECT_EQ(offer_in(invites[1]).media.at(1).direction, sdp::Direction::Inactive);
  EXPECT_EQ(offer_in(invites[2]).media.at(0).direction, sdp::Direction::SendOnly);
  EXPECT_EQ(offer_in(invites[2]).media.at(0).label, offer_in(invites[0]).media.at(0).label);
  EXPECT_NE(origins[0], origins[1]);
  EXPECT_NE(origins[1], origins[2]);
  EXPECT_EQ(caller.json()["reanswers"]["200"], 2);
}

TEST(Hold, LeavesAGapInTimeAndNoneInSequence) {
  Recorder recorder;
  const TwoLegs legs(0.8);
  CallerProcess caller(legs.call(recorder, {"--hold", "0.3:0.6"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto call = recorder.calls().at(0);
  for (const auto& stream : call.streams) {
    ASSERT_EQ(stream.packets.size(), 40U);
    const auto after = longest_gap(stream.packets);
    const auto& before = stream.packets[after - 1];
    const auto& resumed = stream.packets[after];
    EXPECT_GT(resumed.at - before.at, std::chrono::milliseconds(400));
    EXPECT_EQ(resumed.sequence, static_cast<std::uint16_t>(before.sequence + 1));
    EXPECT_TRUE(resumed.marker);
    // 0.6 s are 4800 units; the scheduler may be early by a frame, and late by more.
    EXPECT_GT(resumed.timestamp - before.timestamp, 4000U);
    EXPECT_EQ(resumed.ssrc, before.ssrc);
  }
}

TEST(Hold, ThatIsRefusedFailsTheCallAndSaysSo) {
  Recorder recorder({.reinvite_status = 488});
  const TwoLegs legs(0.4);
  CallerProcess caller(legs.call(recorder, {"--hold", "0.1:0.1"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("re-INVITE to hold was answered 488"));
  EXPECT_TRUE(recorder.calls().at(0).over);
}

TEST(Keys, AreTelephoneEventsOnTheFirstLegOnly) {
  Recorder recorder;
  const TwoLegs legs(1.2);
  CallerProcess caller(legs.call(recorder, {"--dtmf", "7#@0.2"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err() << caller.out();
  const auto streams = recorder.calls().at(0).streams;
  std::map<std::uint32_t, std::vector<SeenPacket>> events;  // by timestamp
  for (const auto& packet : streams.at(0).packets) {
    if (packet.payload_type == 101) events[packet.timestamp].push_back(packet);
  }
  std::vector<int> digits;
  for (const auto& [timestamp, packets] : events) {
    ASSERT_EQ(packets.back().payload.size(), 4U);  // RFC 4733 §2.3
    digits.push_back(packets.back().payload[0]);
    EXPECT_TRUE(packets.front().marker);
    EXPECT_NE(packets.back().payload[1] & 0x80, 0) << "the last packet has the end bit";
  }
  EXPECT_THAT(digits, ElementsAre(7, 11));
  EXPECT_TRUE(std::none_of(streams.at(1).packets.begin(), streams.at(1).packets.end(),
                           [](const auto& packet) { return packet.payload_type == 101; }));
}

TEST(Keys, AreCountedInTheSequenceOfTheAudio) {
  Recorder recorder;
  const TwoLegs legs(0.8);
  CallerProcess caller(legs.call(recorder, {"--dtmf", "5@0.2"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto packets = recorder.calls().at(0).streams.at(0).packets;
  for (std::size_t i = 1; i < packets.size(); ++i) {
    ASSERT_EQ(packets[i].sequence, static_cast<std::uint16_t>(packets[i - 1].sequence + 1)) << i;
    ASSERT_EQ(packets[i].ssrc, packets[0].ssrc);
  }
}

TEST(Keys, AfterTheAudioAreAFailureAndNoSilence) {
  Recorder recorder;
  const TwoLegs legs(0.1);
  CallerProcess caller(legs.call(recorder, {"--dtmf", "5@0.5"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("keys 5 were not pressed"));
}

TEST(Story, WhatTheCallsEndComesBeforeIsAFailure) {
  Recorder recorder;
  const TwoLegs legs(0.6);
  CallerProcess caller(
      legs.call(recorder, {"--duration", "0.3", "--hold", "5:1", "--dtmf", "7@4"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("the hold did not take place"));
  EXPECT_THAT(caller.out(), HasSubstr("keys 7 were not pressed"));
}

TEST(Story, ACallMayEndOnHold) {
  Recorder recorder;
  const TwoLegs legs(0.8);
  CallerProcess caller(legs.call(recorder, {"--duration", "0.6", "--hold", "0.2:9"}));
  EXPECT_EQ(caller.wait(), 0) << caller.out();
}

TEST(OwnMetadata, IsSentByteForByteAndItsLabelsAreOffered) {
  Recorder recorder;
  const TwoLegs legs(0.1);
  const std::string document =
      "<?xml version=\"1.0\"?>\n<recording xmlns=\"urn:ietf:params:xml:ns:recording:1\">\n"
      "<stream stream_id=\"a\" session_id=\"s\"><label>left</label></stream>\n"
      "<stream stream_id=\"b\" session_id=\"s\"><label>right</label></stream></recording>\n";
  write_file(legs.directory / "m.xml", document);
  CallerProcess caller(legs.call(recorder, {"--metadata", (legs.directory / "m.xml").string()}));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto invite = recorder.calls().at(0).of("INVITE").at(0);
  EXPECT_EQ(metadata_in(invite), document);
  EXPECT_EQ(offer_in(invite).media.at(0).label, "left");
  EXPECT_EQ(offer_in(invite).media.at(1).label, "right");
}

TEST(Metadata, NamesWhomTheCommandLineNames) {
  Recorder recorder;
  const TwoLegs legs(0.1);
  CallerProcess caller(legs.call(recorder, {"--from", "Ann <sip:ann@a.example>", "--to",
                                            "tel:+49301234", "--header", "X-Tenant: blue"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  const auto invite = recorder.calls().at(0).of("INVITE").at(0);
  const auto metadata = siprec::parse_metadata(metadata_in(invite));
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->participants.at(0).aor, "sip:ann@a.example");
  EXPECT_EQ(metadata->participants.at(0).names.at(0).text, "Ann");
  EXPECT_EQ(metadata->participants.at(1).aor, "tel:+49301234");
  EXPECT_EQ(invite.header("X-Tenant"), "blue");
}

TEST(Metadata, OfTheEndComesWithTheByeWhereItIsWanted) {
  Recorder recorder;
  const TwoLegs legs(0.1);
  CallerProcess plain(legs.call(recorder));
  ASSERT_EQ(plain.wait(), 0);
  CallerProcess caller(legs.call(recorder, {"--final-metadata"}));
  ASSERT_EQ(caller.wait(), 0) << caller.err();
  EXPECT_TRUE(recorder.calls().at(0).of("BYE").at(0).body().empty());
  const auto metadata = siprec::parse_metadata(metadata_in(recorder.calls().at(1).of("BYE").at(0)));
  ASSERT_TRUE(metadata);
  EXPECT_TRUE(metadata->sessions.at(0).stopped.time);
  EXPECT_EQ(metadata->sessions.at(0).id,
            siprec::parse_metadata(metadata_in(recorder.calls().at(1).of("INVITE").at(0)))
                ->sessions.at(0)
                .id);
}

}  // namespace
}  // namespace srs::test
