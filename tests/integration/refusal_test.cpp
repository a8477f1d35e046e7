// What the server does not take: the SRC's engineer is told why, and the operator sees it counted.
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"

#include <gtest/gtest.h>

namespace srs::test {
namespace {

class Refusal : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.start()); }

  double responses(int code) {
    return metric(server_, "sip_responses_total", {"code=\"" + std::to_string(code) + "\""});
  }
  double refused(const std::string& reason) {
    return metric(server_, "sip_sessions_refused_total", {"reason=\"" + reason + "\""});
  }
  // The INVITE with this body gets `code`, an explanation, and one more in every counter.
  void expect_refusal(const Body& body, int code, const std::string& reason) {
    const auto responses_before = responses(code);
    const auto refused_before = refused(reason);
    SrcCall call(server_);
    const auto answer = call.invite(body);
    EXPECT_EQ(answer.status(), code) << answer.bytes();
    EXPECT_FALSE(answer.header("Warning").empty() && answer.header("Reason").empty())
        << answer.bytes();
    EXPECT_EQ(responses(code), responses_before + 1);
    EXPECT_EQ(refused(reason), refused_before + 1);
    EXPECT_TRUE(all_recordings(server_.recordings()).empty()) << "a refused call left files";
    EXPECT_EQ(metric(server_, "rtp_ports_allocated"), 0);
  }

  ServerProcess server_;
};

TEST_F(Refusal, OfAnOfferWithoutAudioIs488) {
  auto streams = two_legs();
  for (auto& stream : streams) {
    stream.kind = "video";
    stream.formats = "96";
  }
  expect_refusal(siprec_body(streams), 488, "no_audio");
}

TEST_F(Refusal, OfAnUnknownBodyIs415) {
  expect_refusal({"application/x-something", "what is this"}, 415, "unknown_body");
  SrcCall call(server_);
  EXPECT_FALSE(call.invite(Body{"application/x-something", "?"}).header("Accept").empty());
}

TEST_F(Refusal, OfABrokenOfferIs400) {
  expect_refusal({"application/sdp", "this is no session description\r\n"}, 400, "sdp");
}

TEST_F(Refusal, OfABrokenMultipartBodyIs400) {
  expect_refusal({"multipart/mixed", "no boundary was named"}, 400, "body");
}

TEST_F(Refusal, OfAnUnknownExtensionIs420) {
  SrcCall call(server_);
  auto invite = call.dialog().invite(siprec_body(two_legs()));
  invite.set_header("Require", "siprec, x-no-such-thing");
  const auto answer = call.invite(invite);
  EXPECT_EQ(answer.status(), 420);
  EXPECT_EQ(answer.header("Unsupported"), "x-no-such-thing");
  EXPECT_EQ(responses(420), 1);
  EXPECT_EQ(refused("sip"), 1);
}

TEST_F(Refusal, OfATooLargeMessageIs513) {
  SrcCall call(server_, true);
  auto invite = call.dialog().invite(siprec_body(two_legs()));
  invite.set_header("X-Filler", std::string(70'000, 'x'));
  EXPECT_EQ(call.invite(invite).status(), 513);
  EXPECT_EQ(refused("sip"), 1);
}

// Its call goes on.
TEST_F(Refusal, OfAReInviteIsNoRefusedCall) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  auto again = call.dialog().invite(siprec_body(two_legs()));
  again.set_header("Require", "x-no-such-thing");
  EXPECT_EQ(call.invite(again).status(), 420);
  EXPECT_EQ(refused("sip"), 0);
}

// What it had is recorded on: a 200 that takes nothing would let the SRC go on sending in vain.
TEST_F(Refusal, OfAReInviteThatNobodyCouldRecordCostsNoMedia) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 20);
  auto offer = sdp_offer(two_legs());
  for (std::size_t at = 0; (at = offer.find("RTP/AVP", at)) != std::string::npos; at += 9)
    offer.replace(at, 7, "RTP/SAVP");
  const auto again = call.invite(call.dialog().invite(siprec_body(offer, rs_metadata(two_legs()))));
  EXPECT_EQ(again.status(), 488);
  EXPECT_NE(again.header("Warning").find("offer RTP/AVP"), std::string_view::npos);
  call.send_packets(0, alice, 20);
  EXPECT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(server_.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->metadata.at("streams").at(0).at("packets_received"), 40);
}

TEST_F(Refusal, OfARequestInNoDialogIs481) {
  SrcCall call(server_);
  auto bye = call.dialog().request("BYE");
  bye.set_header("To", std::string(bye.header("To")) + ";tag=nobody");
  EXPECT_EQ(call.transact(bye).status(), 481);
  EXPECT_EQ(responses(481), 1);
}

TEST_F(Refusal, OfAnUnknownMethodNamesTheKnownOnes) {
  SrcCall call(server_);
  const auto answer = call.request("PUBLISH");
  EXPECT_TRUE(answer.status() == 405 || answer.status() == 501) << answer.bytes();
  EXPECT_NE(answer.header("Allow").find("INVITE"), std::string_view::npos) << answer.bytes();
}

TEST_F(Refusal, OptionsAreAnsweredWithWhatWeCan) {
  SrcCall call(server_);
  const auto answer = call.request("OPTIONS");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_NE(answer.header("Supported").find("siprec"), std::string_view::npos) << answer.bytes();
  EXPECT_NE(answer.header("Allow").find("UPDATE"), std::string_view::npos) << answer.bytes();
}

// Two calls of one stream pair each fill the range.
TEST(Ports, WhenUsedUpAre503UntilACallEnds) {
  ServerProcess server(Settings{{"RTP_QUARANTINE", "100ms"}});
  server.set("RTP_PORT_MAX", std::to_string(server.rtp_first() + 3));
  ASSERT_TRUE(server.start());
  SrcCall first(server);
  ASSERT_EQ(first.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(metric(server, "rtp_ports_allocated"), 2);

  SrcCall second(server);
  const auto answer = second.invite(siprec_body(two_legs()));
  EXPECT_EQ(answer.status(), 503);
  EXPECT_FALSE(answer.header("Retry-After").empty()) << answer.bytes();
  EXPECT_EQ(metric(server, "sip_sessions_refused_total", {"reason=\"ports\""}), 1);
  EXPECT_EQ(http_get(url(server, "/ready")).status, 503);

  EXPECT_EQ(first.bye().status(), 200);
  EXPECT_TRUE(wait_until([&] { return http_get(url(server, "/ready")).status == 200; }));
  SrcCall third(server);
  EXPECT_EQ(third.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(third.bye().status(), 200);
}

TEST(Disk, WhenNearlyFullIs503) {
  ServerProcess server(Settings{{"RECORDING_MIN_FREE_SPACE", "1000TiB"}});
  ASSERT_TRUE(server.start());
  EXPECT_EQ(http_get(url(server, "/ready")).status, 503);
  EXPECT_EQ(http_get(url(server, "/health")).status, 503);
  SrcCall call(server);
  const auto answer = call.invite(siprec_body(two_legs()));
  EXPECT_EQ(answer.status(), 503);
  EXPECT_FALSE(answer.header("Retry-After").empty()) << answer.bytes();
  EXPECT_EQ(metric(server, "sip_sessions_refused_total", {"reason=\"disk\""}), 1);
}

}  // namespace
}  // namespace srs::test
