// What is answered without asking the application.
#include "stack_fixture.hpp"

namespace srs::test {
namespace {

using testing::HasSubstr;
using Refusal = StackTest;

TEST_F(Refusal, UnknownRequireGets420WithUnsupported) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.request("INVITE", 2, RawSipCall::offer(), "Require: siprec, teleport\r\n"));
  const auto answer = peer.wait_for_final();
  EXPECT_EQ(answer.status(), 420);
  EXPECT_EQ(answer.header("Unsupported"), "teleport");
  EXPECT_THAT(answer.header("Supported"), HasSubstr("siprec"));
  EXPECT_THAT(answer.header("Warning"), HasSubstr("teleport"));
  EXPECT_EQ(call([this] { return application.invites.size(); }), 0u);
}

TEST_F(Refusal, OfWhatTheFieldRequiresNeverHappens) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.request("INVITE", 2, RawSipCall::offer(),
                          "Require: siprec, timer\r\nRequire: 100rel\r\n"));
  EXPECT_EQ(peer.wait_for_final().status(), 200);
}

TEST_F(Refusal, OfAnEncodedBodySays415WithAcceptAndAcceptEncoding) {
  start();
  auto peer = udp();
  peer.send(RawSipCall(peer).request("INVITE", 2, "\x1f\x8b...", "Content-Encoding: gzip\r\n"));
  const auto answer = peer.wait_for_final();
  EXPECT_EQ(answer.status(), 415);
  EXPECT_EQ(answer.header("Accept-Encoding"), "identity");
  EXPECT_THAT(answer.header("Accept"), HasSubstr("multipart/mixed"));
  EXPECT_EQ(metric("sip_malformed_total{reason=\"encoding\"}"), 1);
}

TEST_F(Refusal, ByTheApplicationWith415CarriesAccept) {
  application.response = {415, {}, "no SDP and no metadata in text/plain", {}, {}, {}};
  start();
  auto peer = udp();
  peer.send(RawSipCall(peer).invite("hello"));
  const auto answer = peer.wait_for_final();
  EXPECT_EQ(answer.status(), 415);
  EXPECT_THAT(answer.header("Accept"), HasSubstr("application/sdp"));
}

TEST_F(Refusal, OfUnknownDialogsIs481) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.to_tag = "nowhere";
  int cseq = 10;
  for (const char* method : {"INVITE", "BYE", "UPDATE", "OPTIONS", "INFO"}) {
    peer.send(call_.request(method, ++cseq));
    EXPECT_EQ(peer.wait_for_final(method, cseq).status(), 481) << method;
  }
}

TEST_F(Refusal, OfByeUpdateAndCancelOutsideADialogIs481) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  int cseq = 10;
  for (const char* method : {"BYE", "UPDATE", "CANCEL"}) {
    peer.send(call_.request(method, ++cseq));
    EXPECT_EQ(peer.wait_for_final(method, cseq).status(), 481) << method;
  }
}

TEST_F(Refusal, OfOtherMethodsIs405WithAllowAndOfUnknownOnes501) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  int cseq = 10;
  for (const auto& [method, status] : std::map<std::string, int>{{"REGISTER", 405},
                                                                 {"SUBSCRIBE", 405},
                                                                 {"MESSAGE", 405},
                                                                 {"PUBLISH", 405},
                                                                 {"WHISTLE", 501}}) {
    peer.send(call_.request(method, ++cseq));
    const auto answer = peer.wait_for_final(method, cseq);
    EXPECT_EQ(answer.status(), status) << method;
    EXPECT_THAT(answer.header("Allow"), HasSubstr("INVITE"));
  }
  EXPECT_EQ(metric("sip_requests_total{method=\"other\"}"), 1);
}

TEST_F(Refusal, OfAStrayAckIsSilence) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.to_tag = "nowhere";
  peer.send(call_.request("ACK", 2));
  peer.send(call_.request("OPTIONS", 3));
  const auto first = peer.wait_for([](const auto&) { return true; }, "anything");
  EXPECT_EQ(first.method(), "OPTIONS");
}

TEST_F(Refusal, OfOptionsHappensOnlyWhileUnavailable) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.request("OPTIONS", 2));
  const auto up = peer.wait_for_final("OPTIONS", 2);
  EXPECT_EQ(up.status(), 200);
  EXPECT_THAT(up.header("Contact"), HasSubstr("+sip.srs"));
  EXPECT_THAT(up.header("Accept"), HasSubstr("application/rs-metadata"));
  call([this] { application.unavailable_because = "draining"; });
  peer.send(call_.request("OPTIONS", 3));
  const auto down = peer.wait_for_final("OPTIONS", 3);
  EXPECT_EQ(down.status(), 503);
  EXPECT_FALSE(down.header("Retry-After").empty());
  EXPECT_THAT(down.header("Warning"), HasSubstr("draining"));
}

TEST_F(Refusal, OfAForeignUriSchemeIs416) {
  start();
  auto peer = udp();
  auto text = RawSipCall(peer).invite();
  text.replace(text.find("sip:srs@" + peer.server()), 8 + peer.server().size(),
               "mailto:srs@example.com");
  peer.send(text);
  EXPECT_THAT((std::array{400, 416}), testing::Contains(peer.wait_for_final().status()));
}

TEST_F(Refusal, OfAnOverlongMessageIs513) {
  options.max_message_size = 8000;
  start();
  for (const bool in_segments : {false, true}) {
    auto peer = tcp();
    const auto text = RawSipCall(peer).invite(std::string(9000, 'x'));
    in_segments ? peer.send_in_segments(text) : peer.send(text);
    const auto answer = peer.wait_for_final();
    EXPECT_EQ(answer.status(), 513);
    EXPECT_THAT(answer.header("Warning"), HasSubstr("8000"));
  }
  EXPECT_EQ(metric("sip_malformed_total{reason=\"too_large\"}"), 2);
}

TEST_F(Refusal, OfAnOverlongDatagramIs513) {
  options.max_message_size = 8000;
  start();
  auto peer = udp();
  peer.send(RawSipCall(peer).invite(std::string(60000, 'x')));
  const auto answer = peer.wait_for_final();
  EXPECT_EQ(answer.status(), 513);
  EXPECT_THAT(answer.header("Warning"), HasSubstr("8000"));
  EXPECT_EQ(metric("sip_malformed_total{reason=\"too_large\"}"), 1);
}

// The headers are enough to answer; the body is not even read.
TEST_F(Refusal, OfAMessageFarTooLongIs513AndHangsUp) {
  start();
  double refused = 0;
  for (const std::size_t size : {400'000, 1'000'000, 10'000'000}) {
    auto peer = tcp();
    peer.send_what_fits(RawSipCall(peer).invite(std::string(size, 'x')));
    const auto answer = peer.wait_for_final();
    EXPECT_EQ(answer.status(), 513);
    EXPECT_THAT(answer.header("Warning"), HasSubstr("65536"));
    EXPECT_TRUE(peer.closed_within(RawSipPeer::patience));
    EXPECT_EQ(metric("sip_malformed_total{reason=\"too_large\"}"), ++refused);
  }
  EXPECT_EQ(metric("sip_responses_total{code=\"513\"}"), 3);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"request\"}"), 0);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"garbage\"}"), 0);
  auto next = tcp();
  EXPECT_EQ(RawSipCall(next).establish().status(), 200);
}

// Whoever writes a body must not place calls in the name of the proxy that carries it.
TEST_F(Refusal, OfAMessageFarTooLongTakesNoPartOfItsBodyForAMessage) {
  start();
  auto peer = tcp();
  const auto hidden = RawSipCall(peer).invite();
  std::string body;
  while (body.size() < 600'000) body += hidden;
  const auto text = RawSipCall(peer).invite(body);
  peer.send_what_fits(text);
  EXPECT_EQ(peer.wait_for_final().status(), 513);
  // The same transaction once more, which sofia answers without asking us.
  auto again = tcp();
  again.send_what_fits(text);
  EXPECT_TRUE(eventually([this] { return stack->transactions() >= 1; }));
  auto other = tcp();
  EXPECT_EQ(RawSipCall(other).establish().status(), 200);
  EXPECT_EQ(call([this] { return application.invites.size(); }), 1u);
  EXPECT_EQ(metric("sip_requests_total{method=\"INVITE\"}"), 2);
}

TEST_F(Refusal, OfAByeFarTooLongIsNone) {
  start();
  auto peer = tcp();
  RawSipCall call_(peer);
  call_.establish();
  peer.send_what_fits(call_.request("BYE", ++call_.cseq, std::string(600'000, 'x')));
  EXPECT_EQ(peer.wait_for_final("BYE").status(), 200);
  EXPECT_TRUE(peer.closed_within(RawSipPeer::patience));
  EXPECT_EQ(call([this] { return application.ends.size(); }), 1u);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"too_large\"}"), 1);
}

// RFC 3261 §18.3: over a stream Content-Length tells where a message ends.
TEST_F(Refusal, OfAMessageThatWasCutOffWithItsConnectionIs400) {
  start();
  auto peer = tcp();
  const auto text = RawSipCall(peer).invite();
  peer.send(std::string_view(text).substr(0, text.find("Content-Type") + 20));
  peer.finish_sending();
  EXPECT_EQ(peer.wait_for_final().status(), 400);
  EXPECT_TRUE(call([this] { return application.invites.empty(); }));
}

TEST_F(Refusal, OfAMalformedRequestIs400AndSaysWhichHeader) {
  start();
  auto peer = udp();
  const auto good = RawSipCall(peer).invite();
  for (const std::string name : {"From", "To", "CSeq"}) {
    auto bad = good;
    const auto at = bad.find("\r\n" + name + ": ") + 4 + name.size();
    bad.replace(at, bad.find("\r\n", at) - at, "%&");
    peer.send(bad);
    const auto answer = peer.wait_for([](const auto& m) { return m.is_response(); }, "a response");
    EXPECT_EQ(answer.status(), 400) << name;
    EXPECT_THAT(answer.start_line, HasSubstr(name));
  }
  EXPECT_EQ(metric("sip_malformed_total{reason=\"request\"}"), 3);
  EXPECT_EQ(metric("sip_responses_total{code=\"400\"}"), 3);
}

// sofia reads an address in each of them.
TEST_F(Refusal, OfAddressesThatAreNoneIs400AndSaysWhichHeader) {
  start();
  auto peer = udp();
  int sent = 0;
  for (const std::string name : {"From", "To"}) {
    for (const char* value : {"@@@", "<>", "<@@@>", "\"only a name\""}) {
      const RawSipCall caller(peer);
      auto bad = caller.invite();
      const auto at = bad.find("\r\n" + name + ": ") + 4 + name.size();
      bad.replace(at, bad.find("\r\n", at) - at, std::string(value) + ";tag=x");
      peer.send(bad);
      // Those to the ones before come again, since nobody acknowledges them.
      const auto answer = peer.wait_for(
          [&](const auto& m) { return m.status() >= 200 && m.header("Call-ID") == caller.id; },
          "a response");
      EXPECT_EQ(answer.status(), 400) << name << ": " << value << "\n" << answer.text;
      EXPECT_THAT(answer.has("Warning") ? answer.header("Warning") : answer.start_line,
                  HasSubstr(name));
      EXPECT_EQ(metric("sip_responses_total{code=\"400\"}"), ++sent);
    }
  }
  EXPECT_TRUE(call([this] { return application.invites.empty(); }));
}

TEST_F(Refusal, OfAnotherVersionIs505) {
  start();
  auto peer = udp();
  auto text = RawSipCall(peer).invite();
  text.replace(text.find("SIP/2.0"), 7, "SIP/3.0");
  peer.send(text);
  const auto answer = peer.wait_for_final();
  EXPECT_EQ(answer.status(), 505);
  EXPECT_THAT(answer.header("Warning"), HasSubstr("SIP/2.0"));
  EXPECT_EQ(metric("sip_responses_total{code=\"505\"}"), 1);
  EXPECT_TRUE(call([this] { return application.invites.empty(); }));
}

TEST_F(Refusal, OfABodyShorterThanContentLengthIs400) {
  start();
  auto peer = udp();
  auto text = RawSipCall(peer).invite();
  text.resize(text.size() - 10);
  peer.send(text);
  EXPECT_EQ(peer.wait_for_final().status(), 400);
}

TEST_F(Refusal, OfGarbageIsSilentAndCounted) {
  start();
  auto peer = udp();
  peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  peer.send(std::string("\0\1\2\3\4", 5));
  peer.send("\r\n\r\n");  // a keep-alive is no garbage
  peer.send(RawSipCall(peer).request("OPTIONS", 3));
  EXPECT_EQ(peer.wait_for_final("OPTIONS").status(), 200);
  EXPECT_GE(metric("sip_malformed_total{reason=\"garbage\"}"), 1);
}

}  // namespace
}  // namespace srs::test
