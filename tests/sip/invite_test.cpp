// INVITE until its ACK: answers, retransmissions, CANCEL.
#include "stack_fixture.hpp"

namespace srs::test {
namespace {

using testing::HasSubstr;
using Invite = StackTest;

TEST_F(Invite, IsAnswered200WithAContactThatSaysSipSrs) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  const auto answer = call_.establish();
  EXPECT_EQ(answer.header("Contact"), "<sip:" + peer.server() + ">;+sip.srs");  // RFC 7866 §6.2
  EXPECT_EQ(answer.body, "v=0\r\ns=answer\r\n");
  EXPECT_EQ(answer.header("Content-Type"), "application/sdp");
}

TEST_F(Invite, IsAnsweredWithWhatTheServerCanDo) {
  start();
  auto peer = udp();
  const auto answer = RawSipCall(peer).establish();
  EXPECT_THAT(answer.header("Supported"), HasSubstr("siprec"));
  EXPECT_THAT(answer.header("Supported"), HasSubstr("timer"));
  for (const char* method : {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE"}) {
    EXPECT_THAT(answer.header("Allow"), HasSubstr(method));
  }
  for (const char* type : {"application/sdp", "application/rs-metadata", "multipart/mixed"}) {
    EXPECT_THAT(answer.header("Accept"), HasSubstr(type));
  }
  EXPECT_EQ(answer.header("Server"), "srs-under-test");
}

TEST_F(Invite, GetsA100AtOnceWhileTheApplicationThinks) {
  application.hold = true;
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.invite());
  const auto trying = peer.wait_for_status(100);
  EXPECT_TRUE(trying.to_tag().empty());
  call([this] { application.held.front()->respond(application.response); });
  EXPECT_EQ(peer.wait_for_final().status(), 200);
}

TEST_F(Invite, DroppedUnansweredByTheApplicationIsAnswered500) {
  application.drop = true;
  start();
  auto peer = udp();
  peer.send(RawSipCall(peer).invite());
  EXPECT_EQ(peer.wait_for_final().status(), 500);
  EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; }));
}

TEST_F(Invite, ThatMakesTheApplicationThrowIsAnswered500AndHurtsNobodyElse) {
  application.throws = true;
  start();
  auto peer = udp();
  peer.send(RawSipCall(peer).invite());
  EXPECT_EQ(peer.wait_for_final().status(), 500);
  call([this] { application.throws = false; });
  EXPECT_EQ(RawSipCall(peer).establish().status(), 200);
}

TEST_F(Invite, IsToldToTheApplicationOnceHoweverOftenItComes) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  for (int i = 0; i < 5; ++i) peer.send(call_.invite());
  call_.to_tag = peer.wait_for_status(200).to_tag();
  peer.send(call_.request("ACK", call_.cseq));
  peer.send(call_.invite());
  EXPECT_EQ(call_.bye().status(), 200);
  EXPECT_EQ(call([this] { return application.invites.size(); }), 1u);
  EXPECT_EQ(metric("sip_requests_total{method=\"INVITE\"}"), 1);
  EXPECT_GE(metric("sip_retransmissions_total{direction=\"received\"}"), 4);
}

TEST_F(Invite, ThatComesByASecondPathGets482AndChangesNothing) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  const auto first = call_.invite();
  peer.send(first);
  auto merged = first;
  merged.replace(merged.find("branch=z9hG4bK"), 14, "branch=z9hG4bKother");
  peer.send(merged);
  EXPECT_EQ(peer.wait_for_status(482).status(), 482);
  EXPECT_EQ(peer.wait_for_status(200).status(), 200);
  EXPECT_EQ(call([this] { return application.invites.size(); }), 1u);
  EXPECT_EQ(call([this] { return stack->dialogs(); }), 1u);
}

TEST_F(Invite, RepeatedOverTcpAfterItsAckGets482AndChangesNothing) {
  start();
  auto peer = tcp();
  RawSipCall call_(peer);
  const auto first = call_.invite();
  call_.establish();
  ASSERT_TRUE(eventually([this] { return !application.acks.empty(); }));
  peer.send(first);
  // Its 200 may have been repeated before the ACK came.
  EXPECT_EQ(peer.wait_for_status(482).status(), 482);
  EXPECT_EQ(call([this] { return application.invites.size(); }), 1u);
  EXPECT_EQ(call_.bye().status(), 200);
}

TEST_F(Invite, HasIts200RepeatedUntilTheAckComes) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.invite());
  for (int i = 0; i < 3; ++i) call_.to_tag = peer.wait_for_status(200).to_tag();
  peer.send(call_.request("ACK", call_.cseq));
  EXPECT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  EXPECT_EQ(metric("sip_acks_missing_total"), 0);
}

TEST_F(Invite, WithoutAnyAckKeepsItsCallBecauseMediaMayFlow) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.invite());
  call_.to_tag = peer.wait_for_status(200).to_tag();
  ASSERT_TRUE(eventually(
      [this] { return registry.text().find("sip_acks_missing_total 1") != std::string::npos; }));
  EXPECT_EQ(call([this] { return application.ends.size(); }), 0u);
  EXPECT_EQ(call_.bye().status(), 200);
}

TEST_F(Invite, IsAcknowledgedToTheApplicationWithTheBodyOfTheAck) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.request("INVITE", call_.cseq, {}, "Require: siprec\r\n"));
  call_.to_tag = peer.wait_for_status(200).to_tag();
  peer.send(call_.request("ACK", call_.cseq, RawSipCall::offer()));
  ASSERT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  const auto ack = call([this] { return application.acks.front(); });
  EXPECT_EQ(ack.method, "ACK");
  EXPECT_EQ(ack.body, RawSipCall::offer());
  EXPECT_EQ(ack.content_type, "application/sdp");
}

TEST_F(Invite, CancelledBeforeItsAnswerGets487AndEndsTheDialog) {
  application.hold = true;
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.invite());
  peer.wait_for_status(100);
  auto cancel = call_.request("CANCEL", call_.cseq);
  const auto at = cancel.find("CANCEL" + std::to_string(call_.cseq));
  cancel.replace(at, 6, "INVITE");  // the branch of the INVITE
  peer.send(cancel);
  EXPECT_EQ(peer.wait_for_final("CANCEL").status(), 200);
  EXPECT_EQ(peer.wait_for_final("INVITE").status(), 487);
  ASSERT_TRUE(eventually([this] { return application.ends.size() == 1; }));
  EXPECT_EQ(call([this] { return application.ends.front().why; }), sip::DialogEnd::Cancelled);
  call([this] { application.held.front()->respond(application.response); });  // too late: nothing
  EXPECT_EQ(call([this] { return stack->dialogs(); }), 0u);
}

TEST_F(Invite, RefusedByTheApplicationEndsTheDialogAndLeavesNothing) {
  application.response = {488, {}, "no audio stream in the offer", {}, {}, {}};
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.invite());
  const auto answer = peer.wait_for_final();
  EXPECT_EQ(answer.status(), 488);
  EXPECT_THAT(answer.header("Warning"),
              HasSubstr("399 127.0.0.1 \"no audio stream in the offer\""));
  call_.to_tag = answer.to_tag();
  auto ack = call_.request("ACK", call_.cseq);
  ack.replace(ack.find("ACK" + std::to_string(call_.cseq)), 3, "INVITE");
  peer.send(ack);
  ASSERT_TRUE(eventually([this] { return application.ends.size() == 1; }));
  EXPECT_EQ(call([this] { return application.ends.front().why; }), sip::DialogEnd::Failed);
  EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0 && stack->transactions() == 0; }));
}

TEST_F(Invite, Refused503CarriesRetryAfter) {
  application.response = {503, {}, "no RTP port is free", {}, {}, std::chrono::seconds(7)};
  start();
  auto peer = udp();
  peer.send(RawSipCall(peer).invite());
  const auto answer = peer.wait_for_final();
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.header("Retry-After"), "7");
}

TEST_F(Invite, BeyondMaxDialogsGets503WithRetryAfterAndTheNextPlaceIsTaken) {
  options.max_dialogs = 1;
  start();
  auto peer = udp();
  RawSipCall first(peer);
  first.establish();
  RawSipCall second(peer);
  peer.send(second.invite());
  const auto refused = peer.wait_for_final("INVITE", second.cseq);
  EXPECT_EQ(refused.status(), 503);
  EXPECT_FALSE(refused.header("Retry-After").empty());
  EXPECT_EQ(first.bye().status(), 200);
  EXPECT_EQ(RawSipCall(peer).establish().status(), 200);
}

TEST_F(Invite, LeavesNeitherDialogNorTransactionAfterItsBye) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.establish();
  EXPECT_EQ(call_.bye().status(), 200);
  EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0 && stack->transactions() == 0; }));
}

}  // namespace
}  // namespace srs::test
