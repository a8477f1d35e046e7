// Where messages begin and end on a connection, and what is none.
#include "noting_sink.hpp"

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Framing = LoggedStackTest;

// RFC 3261 §7.5; SBCs keep connections open with them (RFC 5626 §3.5.1).
TEST_F(Framing, IgnoresEmptyLinesBeforeAndBetweenMessages) {
  start();
  for (const std::string empty : {"\r\n", "\r\n\r\n", "\r\n\r\n\r\n\r\n"}) {
    auto peer = tcp();
    RawSipCall uac(peer);
    peer.send(empty + uac.request("OPTIONS", 1) + empty + uac.request("OPTIONS", 2));
    EXPECT_EQ(peer.wait_for_final("OPTIONS", 1).status(), 200);
    EXPECT_EQ(peer.wait_for_final("OPTIONS", 2).status(), 200);
    peer.send(empty + uac.invite());
    const auto answer = peer.wait_for_final();
    ASSERT_EQ(answer.status(), 200);
    uac.to_tag = answer.to_tag();
    const auto acks = call([this] { return application.acks.size(); });
    peer.send(empty + uac.request("ACK", uac.cseq));
    ASSERT_TRUE(eventually([&] { return application.acks.size() > acks; }));
    // Our BYE, whose response comes behind such lines too.
    call([this] { application.dialogs.back()->bye("over"); });
    const auto bye = peer.wait_for_request("BYE");
    peer.send(empty + RawSipCall::response(bye, "200 OK"));
    EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; }));
  }
  EXPECT_EQ(metric("sip_malformed_total{reason=\"garbage\"}"), 0);
}

TEST_F(Framing, IgnoresEmptyLinesBeforeDatagramsToo) {
  start();
  auto peer = udp();
  RawSipCall uac(peer);
  peer.send("\r\n\r\n" + uac.invite());
  EXPECT_EQ(peer.wait_for_final().status(), 200);
}

TEST_F(Framing, SurvivesGarbageAndServesTheNext) {
  start();
  for (const std::string& garbage : std::initializer_list<std::string>{
           std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(70000, 'A'),
           std::string("\x16\x03\x01\x02\0\x01\0\x01", 8),
           std::string("INVITE sip:x SIP/2.0\r\nContent-Length: 99999999999\r\n\r\n"),
           std::string("INVITE sip:x SIP/2.0\r\nContent-Length: -1\r\n\r\n"),
           std::string("\r\n\r\n\r\n")}) {
    auto bad = tcp();
    bad.try_send(garbage);
    auto good = tcp();
    RawSipCall call_(good);
    EXPECT_EQ(call_.establish().status(), 200);
    EXPECT_EQ(call_.bye().status(), 200);
  }
}

// What follows it can't be told apart any more, so whoever sent it must connect again.
class Garbage : public Framing, public testing::WithParamInterface<const char*> {};

TEST_P(Garbage, ClosesItsConnectionAndItsSourceIsTold) {
  const std::string host = GetParam();
  options.listen = {host.find(':') == host.npos ? "tcp:127.0.0.1:0" : "tcp:[::1]:0"};
  start();
  RawSipPeer other(RawSipPeer::Transport::Tcp, port("tcp"), host);
  RawSipCall going(other);
  going.establish();
  std::deque<RawSipPeer> bad;
  for (const auto& garbage : {std::string("hello, is this a SIP server?\r\n\r\n"),
                              std::string(300, '\x03') + "\r\n\r\n"}) {
    auto& peer = bad.emplace_back(RawSipPeer::Transport::Tcp, port("tcp"), host);
    peer.send(RawSipCall(peer).request("OPTIONS", 1));
    EXPECT_EQ(peer.wait_for_final("OPTIONS").status(), 200);
    peer.send(garbage);
  }
  for (auto& peer : bad) EXPECT_TRUE(peer.closed_within(15s));
  EXPECT_EQ(metric("sip_malformed_total{reason=\"garbage\"}"), 2);
  EXPECT_THAT(lines(), Contains(AllOf(HasSubstr("warning sip_garbage"),
                                      HasSubstr("source=tcp/" + bad.front().local()))));
  EXPECT_EQ(going.bye().status(), 200);
}
INSTANTIATE_TEST_SUITE_P(OverIPv4AndIPv6, Garbage, testing::Values("127.0.0.1", "::1"),
                         [](const auto& host) {
                           return std::string(host.param) == "::1" ? "IPv6" : "IPv4";
                         });

TEST_F(Framing, GarbageInDatagramsIsToldInOneLineASecond) {
  start();
  auto peer = udp();
  for (int i = 0; i < 50; ++i) peer.send("hello, is this a SIP server?\r\n\r\n");
  peer.send(RawSipCall(peer).request("OPTIONS", 1));
  EXPECT_EQ(peer.wait_for_final("OPTIONS").status(), 200);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"garbage\"}"), 50);
  const auto all = lines();
  const auto told = std::count_if(all.begin(), all.end(), [](const auto& line) {
    return line.starts_with("warning sip_garbage");
  });
  EXPECT_GE(told, 1);
  EXPECT_LE(told, 5);
}

std::string without_length(std::string text) {
  const auto at = text.find("Content-Length: ");
  return text.erase(at, text.find("\r\n", at) + 2 - at);
}

// RFC 3261 §18.3 wants it; a BYE must not be lost for it.
TEST_F(Framing, AMessageWithoutBodyNeedsNoContentLength) {
  start();
  auto peer = tcp();
  RawSipCall uac(peer);
  uac.establish();
  peer.send(without_length(uac.request("OPTIONS", 7)));
  EXPECT_EQ(peer.wait_for_final("OPTIONS").status(), 200);
  peer.send(without_length(uac.request("OPTIONS", 8)) + uac.request("OPTIONS", 9));
  EXPECT_EQ(peer.wait_for_final("OPTIONS", 8).status(), 200);
  EXPECT_EQ(peer.wait_for_final("OPTIONS", 9).status(), 200);
  call([this] { application.dialogs.back()->bye("over"); });
  peer.send(without_length(RawSipCall::response(peer.wait_for_request("BYE"), "200 OK")));
  EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; }));
  RawSipCall next(peer);
  next.establish();
  peer.send(without_length(next.request("BYE", 12)));
  EXPECT_EQ(peer.wait_for_final("BYE", 12).status(), 200);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"garbage\"}"), 0);
}

TEST_F(Framing, ABodyWithoutContentLengthIsRefusedAtOnce) {
  start();
  auto peer = tcp();
  RawSipCall uac(peer);
  peer.send(without_length(uac.invite()));
  const auto answer = peer.wait_for_final();
  EXPECT_EQ(answer.status(), 400);
  EXPECT_THAT(answer.header("Warning"), HasSubstr("Content-Length"));
  EXPECT_TRUE(peer.closed_within(10s));
  EXPECT_EQ(metric("sip_malformed_total{reason=\"header\"}"), 1);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"garbage\"}"), 0);
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("sip_garbage"))));
  auto again = tcp();
  EXPECT_EQ(RawSipCall(again).establish().status(), 200);
}

// As where an SBC's fragments were lost, or its length counts characters.
TEST_F(Framing, ABodyShorterThanItsContentLengthIsRefusedInOurWords) {
  start();
  auto datagrams = udp();
  RawSipCall uac(datagrams);
  const auto whole = uac.invite();
  datagrams.send(std::string_view(whole).substr(0, whole.size() - 20));
  const auto answer = datagrams.wait_for_final();
  EXPECT_EQ(answer.status(), 400);
  EXPECT_THAT(answer.header("Warning"), HasSubstr("Content-Length says"));
  EXPECT_TRUE(answer.has("Server"));
  EXPECT_THAT(lines(), Contains(AllOf(HasSubstr("warning sip_refused"), HasSubstr(uac.id),
                                      HasSubstr("fewer came"), HasSubstr(datagrams.local()))));
  EXPECT_EQ(metric("sip_malformed_total{reason=\"header\"}"), 1);
  auto stream = tcp();
  const auto other = RawSipCall(stream).invite();
  stream.send(std::string_view(other).substr(0, other.size() - 20));
  stream.finish_sending();
  EXPECT_EQ(stream.wait_for_final().status(), 400);
  EXPECT_TRUE(call([this] { return application.invites.empty(); }));
}

TEST_F(Framing, AByeWhoseBodyIsCutShortEndsItsCall) {
  start();
  auto peer = udp();
  RawSipCall uac(peer);
  uac.establish();
  const auto bye = uac.request("BYE", ++uac.cseq, "why this call ended");
  peer.send(std::string_view(bye).substr(0, bye.size() - 5));
  EXPECT_EQ(peer.wait_for_final("BYE").status(), 200);
  EXPECT_EQ(call([this] { return application.ends.size(); }), 1u);
}

// sofia answers these itself, without a Warning.
class MandatoryHeader : public Framing, public testing::WithParamInterface<const char*> {};

TEST_P(MandatoryHeader, ThatIsMissingIsNamedInTheLog) {
  const std::string name = GetParam();
  start();
  auto peer = udp();
  RawSipCall uac(peer);
  auto text = uac.invite();
  const auto at = text.find("\r\n" + name + ": ") + 2;
  text.erase(at, text.find("\r\n", at) + 2 - at);
  peer.send(text);
  EXPECT_TRUE(eventually([this] {
    return std::any_of(sink->lines.begin(), sink->lines.end(), [](const auto& line) {
      return line.starts_with("warning sip_request_malformed");
    });
  }));
  EXPECT_EQ(metric("sip_malformed_total{reason=\"request\"}"), 1);
  EXPECT_THAT(lines(),
              Contains(AllOf(HasSubstr("warning sip_request_malformed"),
                             HasSubstr("source=" + peer.local()), HasSubstr("method=INVITE"),
                             HasSubstr("call_id=" + (name == "Call-ID" ? "" : uac.id)),
                             HasSubstr("reason=no " + name + ","))));
}
INSTANTIATE_TEST_SUITE_P(Each, MandatoryHeader, testing::Values("From", "To", "Call-ID", "CSeq"),
                         [](const auto& name) {
                           return std::string(name.param) == "Call-ID" ? "CallId"
                                                                       : std::string(name.param);
                         });

}  // namespace
}  // namespace srs::test
