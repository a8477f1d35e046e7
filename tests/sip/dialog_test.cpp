// Requests within a call: offers, ends, and what does not belong there.
#include "stack_fixture.hpp"

namespace srs::test {
namespace {

using testing::HasSubstr;

class Dialog : public StackTest {
 protected:
  // A call from a UDP peer.
  void established() {
    start();
    peer.emplace(udp());
    src.emplace(*peer);
    src->establish();
    ASSERT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  }
  void bye_from_us(const std::string& reason) {
    call([this, &reason] { application.dialogs.front()->bye(reason); });
  }
  bool all_gone() {
    return eventually([this] { return stack->dialogs() == 0; });
  }

  std::optional<RawSipPeer> peer;
  std::optional<RawSipCall> src;
};

TEST_F(Dialog, TakesAReinviteToTheApplicationAndAnswersIt) {
  established();
  peer->send(src->request("INVITE", ++src->cseq, "v=0\r\ns=hold\r\n"));
  const auto answer = peer->wait_for_status(200, "INVITE", src->cseq);
  EXPECT_EQ(answer.body, "v=0\r\ns=answer\r\n");
  EXPECT_THAT(answer.header("Contact"), HasSubstr("+sip.srs"));
  peer->send(src->request("ACK", src->cseq));
  EXPECT_TRUE(eventually([this] { return application.acks.size() == 2; }));
  EXPECT_EQ(call([this] { return application.offers.front().body; }), "v=0\r\ns=hold\r\n");
}

TEST_F(Dialog, TakesAnUpdateToTheApplicationAndAnswersIt) {
  established();
  src->content_type = "application/rs-metadata+xml";
  peer->send(src->request("UPDATE", ++src->cseq, "<recording/>"));
  EXPECT_EQ(peer->wait_for_final("UPDATE").status(), 200);
  const auto seen = call([this] { return application.offers.front(); });
  EXPECT_EQ(seen.method, "UPDATE");
  EXPECT_EQ(seen.content_type, "application/rs-metadata+xml");
}

TEST_F(Dialog, AnswersAnUpdateWithoutBodyItself) {
  established();
  peer->send(src->request("UPDATE", ++src->cseq));
  EXPECT_EQ(peer->wait_for_final("UPDATE").status(), 200);
  EXPECT_EQ(call([this] { return application.offers.size(); }), 0u);
}

// OpenSIPS sends both 4 ms apart and acknowledges the last one only.
TEST_F(Dialog, AnswersOverlappingReinvitesAndGoesOnWhenOnlyTheLastIsAcknowledged) {
  established();
  call([this] { application.hold = true; });
  const int first = ++src->cseq;
  const int second = ++src->cseq;
  peer->send(src->request("INVITE", first, "v=0\r\ns=one\r\n"));
  peer->send(src->request("INVITE", second, "v=0\r\ns=two\r\n"));
  ASSERT_TRUE(eventually([this] { return application.held.size() == 2; }));
  call([this] {
    for (const auto& transaction : application.held) transaction->respond(application.response);
  });
  EXPECT_EQ(peer->wait_for_status(200, "INVITE", first).status(), 200);
  EXPECT_EQ(peer->wait_for_status(200, "INVITE", second).status(), 200);
  peer->send(src->request("ACK", second));
  // Timer H of the first one runs out: 64 × T1.
  ASSERT_TRUE(eventually(
      [this] { return registry.text().find("sip_acks_missing_total 1") != std::string::npos; }));
  EXPECT_EQ(call([this] { return application.ends.size(); }), 0u);
  EXPECT_EQ(src->bye().status(), 200);
}

TEST_F(Dialog, GoesOnAfterTheApplicationRefusedAReinvite) {
  established();
  call([this] { application.response = {488, {}, "no", {}, {}, {}}; });
  peer->send(src->request("INVITE", ++src->cseq, RawSipCall::offer()));
  EXPECT_EQ(peer->wait_for_status(488).status(), 488);
  EXPECT_EQ(call([this] { return application.ends.size(); }), 0u);
  EXPECT_EQ(call([this] { return stack->dialogs(); }), 1u);
}

TEST_F(Dialog, RefusesARequestOlderThanTheLast) {
  established();
  peer->send(src->request("UPDATE", src->cseq + 5, RawSipCall::offer()));
  EXPECT_EQ(peer->wait_for_final("UPDATE").status(), 200);
  peer->send(src->request("INVITE", src->cseq + 1, RawSipCall::offer()));
  EXPECT_EQ(peer->wait_for_final("INVITE", src->cseq + 1).status(), 500);  // RFC 3261 §12.2.2
}

// RFC 3261 §12.2.2 refuses what is older; what comes a second time by another way is merged.
TEST_F(Dialog, TellsARequestThatCameBeforeFromANumberThatAnotherMethodTook) {
  established();
  const auto answer_by = [&](const std::string& branch, const std::string& method, int number) {
    auto text = src->request(method, number);
    text.replace(text.find("branch=z9hG4bK"), 14, "branch=z9hG4bK" + branch);
    peer->send(text);
    return peer->wait_for_final(method, number);
  };
  const int number = src->cseq + 5;
  EXPECT_EQ(answer_by("first", "UPDATE", number).status(), 200);
  EXPECT_EQ(answer_by("first", "UPDATE", number).status(), 200) << "a retransmission";
  const auto again = answer_by("second", "UPDATE", number);
  EXPECT_EQ(again.status(), 482);
  EXPECT_THAT(again.header("Warning"), HasSubstr("came before"));
  const auto other = answer_by("third", "OPTIONS", number);
  EXPECT_EQ(other.status(), 500);
  EXPECT_THAT(other.header("Warning"),
              HasSubstr("CSeq " + std::to_string(number) + " was that of another method already"));
  for (const auto* method : {"INVITE", "UPDATE", "OPTIONS", "INFO", "BYE"}) {
    const auto older = answer_by("fourth", method, number - 1);
    EXPECT_EQ(older.status(), 500) << method;
    EXPECT_THAT(older.header("Warning"), HasSubstr("comes after")) << method;
  }
  EXPECT_EQ(answer_by("fifth", "OPTIONS", number + 1).status(), 200);
  EXPECT_EQ(answer_by("sixth", "BYE", number + 2).status(), 200);
}

TEST_F(Dialog, CancelsAReinviteAndGoesOn) {
  established();
  call([this] { application.hold = true; });
  ++src->cseq;
  peer->send(src->request("INVITE", src->cseq, RawSipCall::offer()));
  peer->wait_for_status(100, "INVITE", src->cseq);
  auto cancel = src->request("CANCEL", src->cseq);
  cancel.replace(cancel.find("CANCEL" + std::to_string(src->cseq)), 6, "INVITE");
  peer->send(cancel);
  EXPECT_EQ(peer->wait_for_final("INVITE", src->cseq).status(), 487);
  EXPECT_EQ(call([this] { return application.ends.size(); }), 0u);
  EXPECT_EQ(src->bye().status(), 200);
}

TEST_F(Dialog, EndsWithByeAndHandsOnItsBody) {
  established();
  src->content_type = "application/rs-metadata+xml\r\nContent-Type: ";  // two, as SEMS sends them
  peer->send(src->request("BYE", ++src->cseq, "<recording>final</recording>",
                          "Reason: Q.850;cause=16\r\n"));
  EXPECT_EQ(peer->wait_for_final("BYE").status(), 200);
  ASSERT_TRUE(eventually([this] { return application.ends.size() == 1; }));
  const auto end = call([this] { return application.ends.front(); });
  EXPECT_EQ(end.why, sip::DialogEnd::Bye);
  ASSERT_TRUE(end.request);
  EXPECT_EQ(end.request->body, "<recording>final</recording>");
  EXPECT_EQ(end.request->content_type, "application/rs-metadata+xml");
  ASSERT_NE(end.request->header("reason"), nullptr);
  EXPECT_EQ(*end.request->header("reason"), "Q.850;cause=16");
  EXPECT_EQ(call([this] { return stack->dialogs(); }), 0u);
}

TEST_F(Dialog, EndsOnceHoweverOftenByeComes) {
  established();
  const auto bye = src->request("BYE", ++src->cseq);
  for (int i = 0; i < 3; ++i) peer->send(bye);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(peer->wait_for_final("BYE").status(), 200);
  EXPECT_EQ(call([this] { return application.ends.size(); }), 1u);
}

TEST_F(Dialog, GivesBye200ThoughNobodyTakesItsEvents) {
  application.take_events = false;
  start();
  auto other = udp();
  RawSipCall call_(other);
  call_.establish();
  EXPECT_EQ(call_.bye().status(), 200);
  EXPECT_TRUE(all_gone());
}

TEST_F(Dialog, AnswersTheOpenReinvite487WhenByeOvertakesIt) {
  established();
  call([this] { application.hold = true; });
  const int reinvite = ++src->cseq;
  peer->send(src->request("INVITE", reinvite, RawSipCall::offer()));
  peer->wait_for_status(100, "INVITE", reinvite);
  EXPECT_EQ(src->bye().status(), 200);
  EXPECT_EQ(peer->wait_for_final("INVITE", reinvite).status(), 487);  // RFC 3261 §15.1.2
}

TEST_F(Dialog, AnswersRequestsAfterItsEnd481) {
  established();
  src->bye();
  for (const char* method : {"INVITE", "UPDATE", "BYE", "OPTIONS", "INFO"}) {
    peer->send(src->request(method, ++src->cseq));
    EXPECT_EQ(peer->wait_for_final(method, src->cseq).status(), 481) << method;
  }
}

TEST_F(Dialog, AnswersOptionsWithin200) {
  established();
  peer->send(src->request("OPTIONS", ++src->cseq));
  const auto answer = peer->wait_for_final("OPTIONS");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_THAT(answer.header("Supported"), HasSubstr("siprec"));
  // It asks after this call, which goes on.
  call([this] { application.unavailable_because = "draining"; });
  peer->send(src->request("OPTIONS", ++src->cseq));
  EXPECT_EQ(peer->wait_for_final("OPTIONS", src->cseq).status(), 200);
}

TEST_F(Dialog, RefusesOtherMethodsAndGoesOn) {
  established();
  const std::map<std::string, int> expected = {
      {"INFO", 405},  {"MESSAGE", 405},    {"NOTIFY", 405}, {"REFER", 405},
      {"PRACK", 481}, {"FROBNICATE", 501}, {"M-1", 501}};
  for (const auto& [method, status] : expected) {
    peer->send(src->request(method, ++src->cseq, "x"));
    const auto answer = peer->wait_for_final(method, src->cseq);
    EXPECT_EQ(answer.status(), status) << method;
    if (status == 481) continue;
    EXPECT_THAT(answer.header("Allow"), HasSubstr("UPDATE")) << method;
  }
  EXPECT_EQ(src->bye().status(), 200);
}

TEST_F(Dialog, SendsByeToTheContactWithAReason) {
  established();
  bye_from_us("no media for 30 s");
  const auto bye = peer->wait_for_request("BYE");
  EXPECT_EQ(bye.start_line, "BYE sip:src@" + peer->local() + " SIP/2.0");
  EXPECT_EQ(bye.header("Reason"), "SIP;cause=200;text=\"no media for 30 s\"");
  peer->send(RawSipCall::response(bye, "200 OK"));
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(call([this] { return application.ends.size(); }), 0u);  // it asked for it itself
  EXPECT_EQ(metric("sip_peer_responses_total{code=\"200\"}"), 1);
}

TEST_F(Dialog, TakesAnyAnswerToItsByeAsTheEnd) {
  for (const char* status : {"405 Method Not Allowed", "481 Gone", "500 Oops"}) {
    established();
    bye_from_us("over");
    peer->send(RawSipCall::response(peer->wait_for_request("BYE"), status));
    EXPECT_TRUE(all_gone()) << status;
    call([this] {
      application = {};
      stack.reset();
    });
  }
}

TEST_F(Dialog, EndsThoughItsByeIsNeverAnswered) {
  established();
  bye_from_us("over");
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(metric("sip_peer_responses_total{code=\"408\"}"), 1);
}

// The kernel says that nobody listens there, and sofia makes a 503 of that.
TEST_F(Dialog, CountsNoAnswerOfAPeerThatIsGone) {
  established();
  peer->close();
  bye_from_us("over");
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(metric("sip_peer_responses_total{code=\"408\"}"), 1);
  EXPECT_EQ(metric("sip_peer_responses_total{code=\"503\"}"), 0);
}

TEST_F(Dialog, RepeatsItsByeAfter491) {
  established();
  bye_from_us("over");
  peer->send(RawSipCall::response(peer->wait_for_request("BYE"), "491 Request Pending"));
  const auto again = peer->wait_for_request("BYE");
  peer->send(RawSipCall::response(again, "200 OK"));
  EXPECT_TRUE(all_gone());
}

TEST_F(Dialog, SendsNoByeBeforeTheAckCame) {
  start();
  peer.emplace(udp());
  src.emplace(*peer);
  peer->send(src->invite());
  src->to_tag = peer->wait_for_status(200).to_tag();
  bye_from_us("changed our mind");
  EXPECT_FALSE(peer->find([](const auto& m) { return m.start_line.starts_with("BYE"); },
                          std::chrono::milliseconds(100)));
  peer->send(src->request("ACK", src->cseq));  // RFC 3261 §15
  EXPECT_EQ(peer->wait_for_request("BYE").method(), "BYE");
}

TEST_F(Dialog, LeftBeforeItsAnswerIsRefused480) {
  application.hold = true;
  start();
  peer.emplace(udp());
  src.emplace(*peer);
  peer->send(src->invite());
  peer->wait_for_status(100);
  bye_from_us("shutting down");
  const auto answer = peer->wait_for_final();
  EXPECT_EQ(answer.status(), 480);
  EXPECT_THAT(answer.header("Warning"), HasSubstr("shutting down"));
  EXPECT_TRUE(all_gone());
}

TEST_F(Dialog, EndsOnceWhenBothSidesSendByeAtOnce) {
  established();
  bye_from_us("over");
  peer->wait_for_request("BYE");
  EXPECT_EQ(src->bye().status(), 200);
  EXPECT_TRUE(all_gone());
  EXPECT_EQ(call([this] { return application.ends.size(); }), 0u);
}

TEST_F(Dialog, FollowsTheRecordRouteWithItsBye) {
  start();
  peer.emplace(udp());
  src.emplace(*peer);
  src->extra = "Record-Route: <sip:" + peer->local() + ";lr>\r\n";
  const auto answer = src->establish();
  EXPECT_THAT(answer.header("Record-Route"), HasSubstr(peer->local()));
  ASSERT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  bye_from_us("over");
  EXPECT_EQ(peer->wait_for_request("BYE").header("Route"), "<sip:" + peer->local() + ";lr>");
}

TEST_F(Dialog, SendsItsByeToAContactThatMoved) {
  established();
  auto elsewhere = udp();
  auto update = src->request("UPDATE", ++src->cseq);
  const auto contact = update.find("Contact: <sip:src@" + peer->local());
  update.replace(contact, 18 + peer->local().size(), "Contact: <sip:src@" + elsewhere.local());
  peer->send(update);
  EXPECT_EQ(peer->wait_for_final("UPDATE").status(), 200);
  bye_from_us("over");
  EXPECT_EQ(elsewhere.wait_for_request("BYE").method(), "BYE");
}

TEST_F(Dialog, OutlivesItsStackHarmlessly) {
  application.hold = true;
  start();
  peer.emplace(udp());
  peer->send(RawSipCall(*peer).invite());
  peer->wait_for_status(100);
  call([this] {
    stack.reset();
    application.held.front()->respond(application.response);
    application.dialogs.front()->bye("too late");
    application.held.clear();
    application.dialogs.clear();
  });
}

}  // namespace
}  // namespace srs::test
