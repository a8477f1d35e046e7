// What SRCs offer in the course of a session, and who is to be heard where afterwards (RFC 3264,
// RFC 7866 §7.1).
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "support/wait.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace srs::test {
namespace {

using nlohmann::json;

class OfferAnswer : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.start()); }

  json end(SrcCall& call) {
    EXPECT_EQ(call.bye().status(), 200);
    const auto recording = wait_for_recording(server_.recordings(), call.call_id());
    EXPECT_TRUE(recording) << "no complete recording";
    return recording ? recording->metadata : json();
  }
  // A re-INVITE, its answer's m-lines; `answer` is what our ACK carries.
  static std::vector<SdpMedia> again(SrcCall& call, const Body& offer, const Body& answer = {}) {
    const auto invite = call.dialog().invite(offer);
    const auto response = call.transact(invite);
    EXPECT_EQ(response.status(), 200);
    auto ack = call.dialog().ack(invite);
    if (!answer.text.empty()) {
      ack.set_header("Content-Type", answer.type);
      ack.set_body(answer.text);
    }
    call.wire().send(ack);
    return read_sdp(response.body());
  }
  static void hear(const std::vector<SdpMedia>& media, std::size_t line, RtpSource& source) {
    const auto socket = Socket::udp(kLoopback);
    for (int i = 0; i < 10; ++i)
      socket.send_to(media.at(line).port, source.next(std::string(RtpSource::kSamples, '\xD5')));
  }
  static std::string speaker(const json& metadata, std::size_t channel) {
    const auto id = metadata.at("streams").at(channel).value("participant", "");
    for (const auto& each : metadata.at("participants"))
      if (each.at("id") == id) return each.value("name", "");
    return {};
  }
  static std::size_t packets(const json& metadata, std::size_t channel) {
    return metadata.at("streams").at(channel).value("packets_received", std::size_t{0});
  }

  ServerProcess server_;
  RtpSource alice_{0, 0xA11CE}, bob_{0, 0xB0B};
};

TEST_F(OfferAnswer, ALateOfferNamesItsSpeakersInTheAck) {
  SrcCall call(server_);
  const auto lines = again(call, metadata_body(rs_metadata(two_legs())), sdp_body(two_legs()));
  ASSERT_EQ(lines.size(), 2U);
  hear(lines, 0, alice_);
  hear(lines, 1, bob_);
  const auto metadata = end(call);
  EXPECT_EQ(speaker(metadata, 0), "Alice");
  EXPECT_EQ(speaker(metadata, 1), "Bob");
  EXPECT_EQ(packets(metadata, 1), 10U);
  EXPECT_TRUE(metadata.at("warnings").empty()) << metadata.at("warnings");
}

TEST_F(OfferAnswer, ALineOfOursThatTheSrcRefusesIsNoChannel) {
  SrcCall call(server_);
  auto legs = two_legs();
  legs[1].port = 0;
  const auto lines = again(call, {}, sdp_body(legs));
  ASSERT_EQ(lines.size(), 2U);
  hear(lines, 0, alice_);
  EXPECT_EQ(call.request("UPDATE", metadata_body(rs_metadata({legs[0]}))).status(), 200);
  const auto metadata = end(call);
  EXPECT_EQ(metadata.at("streams").size(), 1U);
  EXPECT_EQ(speaker(metadata, 0), "Alice");
  EXPECT_TRUE(metadata.at("warnings").empty()) << metadata.at("warnings");
}

// Cisco's built-in bridge, which leaves the offer to us as well.
TEST_F(OfferAnswer, OneSideOfACallIsAttributedOnceItIsAnswered) {
  SrcCall call(server_);
  auto invite = call.dialog().invite({});
  invite.set_header("From", "<sip:2001@192.0.2.7;x-nearend;x-refci=27471>;tag=1");
  ASSERT_EQ(call.transact(invite).status(), 200);
  auto ack = call.dialog().ack(invite);
  ack.set_header("From", invite.header("From"));
  auto legs = two_legs();
  legs[1].port = 0;
  const auto answer = sdp_body(legs);
  ack.set_header("Content-Type", answer.type);
  ack.set_body(answer.text);
  call.wire().send(ack);
  hear(call.wire().media(), 0, alice_);
  auto bye = call.dialog().request("BYE");
  bye.set_header("From", invite.header("From"));
  EXPECT_EQ(call.transact(bye).status(), 200);
  const auto recording = wait_for_recording(server_.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  ASSERT_EQ(recording->metadata.at("streams").size(), 1U);
  EXPECT_EQ(recording->metadata.at("streams").at(0).value("participant", ""), "from");
}

// A label means what its own message says: the one before it named somebody else.
TEST_F(OfferAnswer, ALineThatOpensWithItsMetadataIsNobodyElsesBefore) {
  SrcCall call(server_);
  auto legs = two_legs();
  ASSERT_EQ(call.invite(siprec_body(legs)).status(), 200);
  call.send_packets(0, alice_, 10);
  auto closed = legs;
  for (auto& line : closed) line.port = 0;
  again(call, sdp_body(closed));
  for (auto& line : legs) line.name = line.name == "Alice" ? "Carol" : "Dave";
  auto metadata = rs_metadata(legs);
  for (const std::string id : {"participant-1", "participant-2"})
    for (auto at = metadata.find(id); at != std::string::npos; at = metadata.find(id, at + 1))
      metadata.replace(at, id.size() - 1, "participant.");
  RtpSource carol(0, 0xCA);
  hear(again(call, siprec_body(sdp_offer(legs), metadata)), 0, carol);
  const auto recording = end(call);
  EXPECT_EQ(speaker(recording, 0), "Alice");
  ASSERT_EQ(recording.at("streams").size(), 4U);
  EXPECT_EQ(speaker(recording, 2), "Carol");
  EXPECT_TRUE(recording.at("streams").at(2).at("speakers").empty());
}

TEST_F(OfferAnswer, ALineThatTheMetadataNamedBeforeItCameHasItsSpeaker) {
  SrcCall call(server_);
  auto legs = two_legs();
  const std::vector one = {legs[0]};
  ASSERT_EQ(call.invite(siprec_body(sdp_offer(one), rs_metadata(legs))).status(), 200);
  call.send_packets(0, alice_, 10);
  hear(again(call, sdp_body(legs)), 1, bob_);
  const auto metadata = end(call);
  EXPECT_EQ(speaker(metadata, 1), "Bob");
  EXPECT_TRUE(metadata.at("warnings").empty()) << metadata.at("warnings");
}

TEST_F(OfferAnswer, AnOfferlessReInviteIsOfferedTheLinesThatThereAre) {
  SrcCall call(server_);
  auto legs = two_legs();
  auto film = legs[0];
  film.kind = "video";
  film.label = "3";
  ASSERT_EQ(
      call.invite(siprec_body(sdp_offer({legs[0], film, legs[1]}), rs_metadata(legs))).status(),
      200);
  const auto before = call.wire().media();
  auto poor = std::vector{legs[0], film, legs[1]};
  for (auto& line : poor) line.label.clear();
  const auto offered = again(call, {}, sdp_body(poor));
  ASSERT_EQ(offered.size(), 3U) << "RFC 3264 §8: every line of the session";
  EXPECT_EQ(offered[0].port, before[0].port);
  EXPECT_EQ(offered[1].port, 0);
  EXPECT_EQ(offered[2].port, before[2].port);
  hear(offered, 0, alice_);
  hear(offered, 2, bob_);
  const auto metadata = end(call);
  ASSERT_EQ(metadata.at("streams").size(), 2U);
  EXPECT_EQ(packets(metadata, 0), 10U);
  EXPECT_EQ(packets(metadata, 1), 10U);
  EXPECT_EQ(metadata.at("streams").at(0).at("label"), "1") << "the answer says no label";
  EXPECT_EQ(speaker(metadata, 1), "Bob");
}

TEST_F(OfferAnswer, AClosedLineIsNotOfferedAgain) {
  SrcCall call(server_);
  auto legs = two_legs();
  ASSERT_EQ(call.invite(siprec_body(legs)).status(), 200);
  call.send_packets(0, alice_, 10);
  legs[0].port = 0;
  EXPECT_EQ(again(call, sdp_body(legs)).at(0).port, 0);
  legs[0].port = 40000;  // an answer that takes what was not offered
  const auto offered = again(call, {}, sdp_body(legs));
  EXPECT_EQ(offered.at(0).port, 0) << "another call may have that port";
  EXPECT_EQ(offered.at(1).port, call.port(1));
  hear(offered, 1, bob_);
  const auto metadata = end(call);
  ASSERT_EQ(metadata.at("streams").size(), 2U);
  EXPECT_EQ(packets(metadata, 1), 10U);
}

TEST_F(OfferAnswer, AnAnswerThatLeavesLinesOutClosesNone) {
  SrcCall call(server_);
  const auto legs = two_legs();
  ASSERT_EQ(call.invite(siprec_body(legs)).status(), 200);
  call.send_packets(0, alice_, 10);
  hear(again(call, {}, sdp_body({legs[0]})), 1, bob_);
  const auto metadata = end(call);
  EXPECT_EQ(packets(metadata, 1), 10U);
  EXPECT_NE(metadata.at("warnings").dump().find("1 m-lines instead of 2"), std::string::npos);
}

// The SRC's engineer meant the other direction: nothing would come, and nobody would know why.
TEST_F(OfferAnswer, ALineThatTheSrcWantsToHearIsWarnedOf) {
  SrcCall call(server_);
  auto legs = two_legs();
  legs.at(1).direction = "recvonly";
  ASSERT_EQ(call.invite(siprec_body(legs)).status(), 200);
  const auto warnings = end(call).at("warnings").dump();
  EXPECT_NE(warnings.find("m-line 2 is recvonly: an SRC that shall send says sendonly"),
            std::string::npos)
      << warnings;
  EXPECT_EQ(warnings.find("m-line 1"), std::string::npos) << warnings;
}

// More than a session keeps waiting, in one read.
TEST_F(OfferAnswer, AStormOfOffersIsToldToWaitAndCostsNoAudio) {
  SrcCall call(server_, true);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  std::string storm;
  for (int i = 0; i < 200; ++i)
    storm += call.wire().addressed(call.dialog().request("UPDATE", sdp_body(two_legs()))).bytes();
  call.wire().send_as_it_is(storm);
  std::optional<SipText> refused;
  for (int finals = 0; finals < 200;) {
    const auto answer = call.wire().receive(kSoon);
    ASSERT_TRUE(answer) << finals << " answers";
    if (answer->status() >= 200) ++finals;
    if (answer->status() == 500) refused = answer;
  }
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->header("Retry-After"), "1");
  EXPECT_NE(refused->header("Warning").find("before the next offer"), std::string::npos);
  call.send_packets(0, alice_, 10);
  EXPECT_EQ(packets(end(call), 0), 10U);
}

// A phone's recording session stays, its calls come and go.
TEST_F(OfferAnswer, ASessionOfManyCallsBeginsAnewBetweenTwoOfThem) {
  SrcCall call(server_);
  auto open = two_legs();
  auto closed = open;
  for (auto& line : closed) line.port = 0;
  ASSERT_EQ(call.invite(siprec_body(open)).status(), 200);
  call.send_packets(0, alice_, 10);
  int calls = 1;
  std::optional<SipText> bye;
  for (; calls < 40 && !bye; ++calls) {
    EXPECT_EQ(again(call, sdp_body(closed)).at(0).port, 0);
    bye = call.server_request("BYE", std::chrono::milliseconds(calls < 16 ? 1 : 500));
    if (bye) break;
    EXPECT_NE(again(call, sdp_body(open)).at(1).port, 0) << "call " << calls;
  }
  EXPECT_EQ(calls, 16);
  const auto recording = wait_for_recording(server_.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->metadata.at("end_reason"), "max_streams");
  EXPECT_EQ(recording->metadata.at("streams").size(), 32U);
}

}  // namespace
}  // namespace srs::test
