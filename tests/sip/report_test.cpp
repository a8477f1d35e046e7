// What operators see: metrics and log.
#include "noting_sink.hpp"

namespace srs::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

using Report = LoggedStackTest;

TEST_F(Report, CountsRequestsAndResponses) {
  start();
  auto peer = udp();
  for (int i = 0; i < 3; ++i) {
    RawSipCall call_(peer);
    call_.establish();
    call_.bye();
  }
  EXPECT_EQ(metric("sip_requests_total{method=\"INVITE\"}"), 3);
  EXPECT_EQ(metric("sip_requests_total{method=\"ACK\"}"), 3);
  EXPECT_EQ(metric("sip_requests_total{method=\"BYE\"}"), 3);
  EXPECT_EQ(metric("sip_responses_total{code=\"200\"}"), 6);
  EXPECT_EQ(metric("sip_response_time_seconds_count{method=\"INVITE\"}"), 3);
  EXPECT_EQ(metric("sip_response_time_seconds_count{method=\"BYE\"}"), 3);
  EXPECT_EQ(metric("sip_dialogs"), 0);
}

TEST_F(Report, CountsAPrackThatAcknowledgesNothingAndItsAnswer) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.establish();
  const std::string rack = "RAck: 1 1 INVITE\r\n";
  peer.send(call_.request("PRACK", ++call_.cseq, "", rack));
  const auto within = peer.wait_for_final("PRACK", call_.cseq);
  EXPECT_EQ(within.status(), 481);
  EXPECT_THAT(within.header("Warning"), HasSubstr("no provisional response"));
  call_.bye();
  RawSipCall stray(peer);
  peer.send(stray.request("PRACK", 7, "", rack));
  EXPECT_EQ(peer.wait_for_final("PRACK", 7).status(), 481);
  EXPECT_EQ(metric("sip_requests_total{method=\"PRACK\"}"), 2);
  EXPECT_EQ(metric("sip_responses_total{code=\"481\"}"), 2);
  EXPECT_EQ(metric("sip_retransmissions_total{direction=\"sent\"}"), 0);
}

// A method is a token (RFC 3261 §25.1), whatever sofia can read.
TEST_F(Report, CountsAMethodOfAnyTokenAndItsAnswer) {
  start();
  auto by_udp = udp();
  auto by_tcp = tcp();
  int number = 0;
  for (auto* peer : {&by_udp, &by_tcp}) {
    for (const std::string method : {"M1", "1", "INVITE2", "START", "a-.!%*_+`'~z"}) {
      peer->send(RawSipCall(*peer).request(method, ++number));
      const auto answer = peer->wait_for_final(method, number);
      EXPECT_EQ(answer.status(), 501) << method;
      EXPECT_THAT(answer.header("Allow"), HasSubstr("INVITE")) << method;
      EXPECT_EQ(answer.header("CSeq"), std::to_string(number) + " " + method);
    }
  }
  EXPECT_EQ(metric("sip_requests_total{method=\"other\"}"), 10);
  EXPECT_EQ(metric("sip_responses_total{code=\"501\"}"), 10);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"garbage\"}"), 0);
}

TEST_F(Report, HasNoMoreSeriesHoweverManyMethodsAndCallsThereAre) {
  start();
  auto peer = udp();
  peer.send(RawSipCall(peer).request("XNONE", 1));
  peer.wait_for_final("XNONE");
  const auto count = [this] {
    const auto text = call([this] { return registry.text(); });
    return std::count(text.begin(), text.end(), '\n');
  };
  const auto before = count();
  for (int i = 0; i < 20; ++i) {
    const auto method = "X" + std::string(1, static_cast<char>('A' + i));
    peer.send(RawSipCall(peer).request(method, 1));
    peer.wait_for_final(method);
  }
  EXPECT_EQ(count(), before);
}

TEST_F(Report, WarnsOfARefusedInviteWithItsCallIdAndReason) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  peer.send(call_.request("INVITE", 2, RawSipCall::offer(), "Require: x-no-such-thing\r\n"));
  peer.wait_for_final();
  EXPECT_THAT(lines(),
              Contains(testing::AllOf(HasSubstr("warning sip_refused call_id=" + call_.id),
                                      HasSubstr("status=420"), HasSubstr("x-no-such-thing"),
                                      HasSubstr("source=" + peer.local()))));
}

// It knows more of its reasons, and says them.
TEST_F(Report, LeavesARefusalToTheApplicationThatRefuses) {
  application.response = {488, {}, "no stream", {}, {}, {}};
  start();
  auto peer = udp();
  peer.send(RawSipCall(peer).invite());
  peer.wait_for_final();
  EXPECT_THAT(lines(), Not(Contains(HasSubstr("warning "))));
  EXPECT_THAT(lines(), Contains(HasSubstr("debug sip_response status=488")));
}

TEST_F(Report, FoldsRequestsThatAreDroppedForTheirVia) {
  start();
  auto peer = udp();
  const auto lying = [&] {
    auto text = RawSipCall(peer).request("OPTIONS", 1);
    return text.replace(text.find("SIP/2.0/UDP"), 11, "SIP/2.0/TCP");
  };
  for (int i = 0; i < 20; ++i) peer.send(lying());
  peer.send(RawSipCall(peer).request("OPTIONS", 1));
  peer.wait_for_final("OPTIONS");
  const auto all = lines();
  const auto dropped = std::count_if(all.begin(), all.end(), [](const auto& line) {
    return line.find("sip_request_dropped") != std::string::npos;
  });
  EXPECT_GE(dropped, 1);
  EXPECT_LE(dropped, 5);  // one a second
}

TEST_F(Report, LogsOneDebugLineAMessageAndTheMessageItselfAtTrace) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.establish();
  call_.bye();
  const auto all = lines();
  const auto starting = [&all](const std::string& start) {
    return std::count_if(all.begin(), all.end(),
                         [&](const auto& line) { return line.starts_with(start); });
  };
  EXPECT_EQ(starting("debug sip_request method=INVITE"), 1);
  EXPECT_EQ(starting("debug sip_request method=ACK"), 1);
  EXPECT_EQ(starting("debug sip_response status=200 method=INVITE"), 1);
  EXPECT_EQ(starting("debug sip_response status=200 method=BYE"), 1);
  EXPECT_THAT(all,
              Contains(testing::AllOf(HasSubstr("direction=received"),
                                      HasSubstr("message=INVITE sip:srs@"), HasSubstr("m=audio"))));
  EXPECT_THAT(all, Contains(testing::AllOf(HasSubstr("direction=sent"),
                                           HasSubstr("message=SIP/2.0 200 OK"))));
}

TEST_F(Report, SaysNothingBelowItsLevel) {
  sink->minimum = log::Level::Warning;
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.establish();
  call_.bye();
  EXPECT_TRUE(lines().empty());
}

TEST_F(Report, WarnsOfARequestThatIsDroppedForItsVia) {
  start();
  auto peer = udp();
  auto text = RawSipCall(peer).invite();
  text.replace(text.find("SIP/2.0/UDP"), 11, "SIP/2.0/TCP");
  peer.send(text);
  ASSERT_TRUE(eventually([this] {
    return std::any_of(sink->lines.begin(), sink->lines.end(),
                       [](const auto& l) { return l.starts_with("warning sip_request_dropped"); });
  }));
  EXPECT_EQ(metric("sip_malformed_total{reason=\"request\"}"), 1);
}

}  // namespace
}  // namespace srs::test
