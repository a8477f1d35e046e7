#include "recording/negotiation.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

sdp::Media audio(std::uint16_t port = 4000, std::string protocol = "RTP/AVP") {
  sdp::Media media;
  media.type = "audio";
  media.port = port;
  media.protocol = std::move(protocol);
  media.connection = "192.0.2.1";
  media.formats.push_back({0, "PCMU", 8000, 1, ""});
  return media;
}

sdp::Session offer(std::vector<sdp::Media> media) {
  sdp::Session session;
  session.media = std::move(media);
  return session;
}

TEST(PlanLines, TakesEveryAudioLineWhateverItsCodec) {
  auto exotic = audio();
  exotic.formats = {{96, "EVS", 16000, 1, ""}};
  const auto plan = plan_lines(offer({audio(), exotic}), 16);
  EXPECT_TRUE(plan[0].take);
  EXPECT_TRUE(plan[1].take);
}

TEST(PlanLines, RefusesVideoAndSaysSo) {
  auto video = audio();
  video.type = "video";
  const auto plan = plan_lines(offer({audio(), video}), 16);
  EXPECT_TRUE(plan[0].take);
  EXPECT_FALSE(plan[1].take);
  EXPECT_NE(plan[1].refusal.find("video"), std::string::npos);
}

TEST(PlanLines, RefusesSecureMediaWithoutKeysNamingWhatToOffer) {
  const auto plan = plan_lines(offer({audio(4000, "RTP/SAVP")}), 16);
  EXPECT_FALSE(plan[0].take);
  EXPECT_NE(plan[0].refusal.find("offer RTP/AVP"), std::string::npos) << plan[0].refusal;
}

TEST(ByOurPreference, WhatCanBeHeardComesFirst) {
  auto media = audio();
  media.formats = {{9, "G722", 8000, 1, ""},
                   {0, "PCMU", 8000, 1, ""},
                   {101, "telephone-event", 8000, 1, "0-15"},
                   {8, "PCMA", 8000, 1, ""}};
  media.raw_formats = {"9", "0", "101", "8"};
  const auto ours = by_our_preference(offer({media}));
  EXPECT_EQ(ours.media[0].raw_formats, (std::vector<std::string>{"0", "8", "9", "101"}));
}

TEST(ByOurPreference, AnOfferThatBeginsWithWhatCanBeHeardKeepsItsOrder) {
  auto media = audio();
  media.formats = {{101, "telephone-event", 8000, 1, ""},
                   {8, "PCMA", 8000, 1, ""},
                   {9, "G722", 8000, 1, ""},
                   {0, "PCMU", 8000, 1, ""}};
  media.raw_formats = {"101", "8", "9", "0"};
  EXPECT_EQ(by_our_preference(offer({media})).media[0].raw_formats, media.raw_formats);
}

TEST(ByOurPreference, WhatNobodyHearsKeepsItsOrder) {
  auto media = audio();
  media.formats = {{18, "G729", 8000, 1, ""}, {96, "opus", 48000, 2, ""}};
  media.raw_formats = {"18", "96"};
  EXPECT_EQ(by_our_preference(offer({media})).media[0].raw_formats, media.raw_formats);
}

TEST(PlanLines, RefusesALineWithoutAnyPayloadType) {
  auto empty = audio();
  empty.formats.clear();
  EXPECT_FALSE(plan_lines(offer({empty}), 16)[0].take);
}

TEST(PlanLines, LeavesALineWithPortZeroClosedWithoutAComplaint) {
  const auto plan = plan_lines(offer({audio(0)}), 16);
  EXPECT_FALSE(plan[0].take);
  EXPECT_TRUE(plan[0].refusal.empty());
  EXPECT_FALSE(takes_any(plan));
}

TEST(PlanLines, StopsAtTheMaximumOfStreams) {
  const auto plan = plan_lines(offer({audio(), audio(), audio()}), 2);
  EXPECT_TRUE(plan[1].take);
  EXPECT_FALSE(plan[2].take);
  EXPECT_NE(plan[2].refusal.find("recording.max_streams"), std::string::npos);
}

TEST(Refusals, NameEachLineThatIsNotTaken) {
  auto video = audio();
  video.type = "video";
  const auto text = refusals(plan_lines(offer({audio(0), video}), 16));
  EXPECT_NE(text.find("m-line 1: port 0"), std::string::npos) << text;
  EXPECT_NE(text.find("video"), std::string::npos) << text;
}

TEST(StreamProfile, SendsReportsOnePortAboveTheMediaUnlessTheOfferSaysElse) {
  auto media = audio(4000);
  EXPECT_EQ(stream_profile(media).rtcp_destination->to_string(), "192.0.2.1:4001");
  media.rtcp_port = 5007;
  EXPECT_EQ(stream_profile(media).rtcp_destination->to_string(), "192.0.2.1:5007");
  media.rtcp_port = 0;
  media.rtcp_mux = true;
  EXPECT_EQ(stream_profile(media).rtcp_destination->to_string(), "192.0.2.1:4000");
}

TEST(StreamProfile, HasNoReportDestinationForANameOrAnUnspecifiedAddress) {
  auto media = audio();
  media.connection = "sbc.example.com";
  EXPECT_FALSE(stream_profile(media).rtcp_destination);
  media.connection = "0.0.0.0";
  EXPECT_FALSE(stream_profile(media).rtcp_destination);
  media.connection = "2001:db8::7";
  EXPECT_EQ(stream_profile(media).rtcp_destination->to_string(), "[2001:db8::7]:4001");
}

// RFC 6157 §3: an IPv4 media plane can't send to the IPv6 address of the signalling.
TEST(MediaPeer, IsTheIpv4AddressOfAnSrcThatSignalsOverIpv6) {
  auto media = audio();
  EXPECT_EQ(media_peer(offer({media}), "[2001:db8::1]:5060"), "192.0.2.1:4000");
  EXPECT_EQ(media_peer(offer({media}), "198.51.100.1:5060"), "198.51.100.1:5060");
  media.connection = "2001:db8::2";
  EXPECT_EQ(media_peer(offer({media}), "[2001:db8::1]:5060"), "[2001:db8::1]:5060");
  EXPECT_EQ(media_peer(offer({media}), "198.51.100.1:5060"), "198.51.100.1:5060");
  for (const auto* nowhere : {"", "0.0.0.0", "sbc.example.com"}) {
    media.connection = nowhere;
    EXPECT_EQ(media_peer(offer({media}), "[2001:db8::1]:5060"), "[2001:db8::1]:5060");
  }
  EXPECT_EQ(media_peer(offer({audio(0), media, audio(6000)}), "[2001:db8::1]:5060"),
            "192.0.2.1:6000");
}

TEST(OnHold, IsInactiveRecvonlyAndTheOldUnspecifiedAddress) {
  auto media = audio();
  media.direction = sdp::Direction::SendOnly;
  EXPECT_FALSE(on_hold(media));
  media.direction = sdp::Direction::Inactive;
  EXPECT_TRUE(on_hold(media));
  media.direction = sdp::Direction::RecvOnly;
  EXPECT_TRUE(on_hold(media));
  media.direction = sdp::Direction::SendRecv;
  media.connection = "0.0.0.0";
  EXPECT_TRUE(on_hold(media));
}

}  // namespace
}  // namespace srs::recording
