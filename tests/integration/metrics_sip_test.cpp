// Each figure of SIP and of sessions moves when its thing happens, read from the real /metrics.
#include "integration/metrics_stage.hpp"
#include "support/files.hpp"
#include "support/shared_data.hpp"
#include "support/socket.hpp"
#include "support/tools.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

void an_ordinary_call(Stage& stage) {
  auto call = stage.call();
  stage.look();
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 20);
  EXPECT_EQ(call.bye().status(), 200);
}

void the_same_request_twice(Stage& stage) {
  SrcCall call(stage.server);
  const auto options = call.dialog().request("OPTIONS");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(call.transact(options).status(), 200);
}

void no_sip_at_all(Stage& stage) {
  Socket::udp(kLoopback).send_to(stage.server.udp_port(), "INVITE what is this\r\n\r\n");
}

void no_recording_session(Stage& stage) {
  SrcCall call(stage.server);
  auto invite = call.dialog().invite(sdp_body(two_legs()));
  invite.set_header("Require", "");
  invite.set_header("Contact", "<sip:alice@127.0.0.20:5060>");
  EXPECT_GE(call.invite(invite).status(), 400);
}

void nobody_acknowledges(Stage& stage) {
  SrcCall call(stage.server);
  EXPECT_EQ(call.invite(call.dialog().invite(siprec_body(two_legs())), false).status(), 200);
  EXPECT_TRUE(stage.moves("sip_acks_missing_total"));
}

void nothing_ever_comes(Stage& stage) {
  auto call = stage.call();
  EXPECT_TRUE(call.server_request("BYE", kSoon)) << "the server should end the session";
}

void more_connections_than_allowed(Stage& stage) {
  std::vector<Socket> idle;
  for (int i = 0; i < 8; ++i) {
    idle.push_back(Socket::tcp(kLoopback, stage.server.tcp_port()));
    idle.back().send("\r\n\r\n");
  }
  EXPECT_TRUE(stage.moves("sip_connections_cut_total"));
}

// While it sleeps, the listener's buffer of 64 KiB overflows.
void more_datagrams_than_the_kernel_holds(Stage& stage) {
  const auto flood = Socket::udp(kLoopback);
  stage.server.signal(SIGSTOP);
  for (int i = 0; i < 40; ++i) flood.send_to(stage.server.udp_port(), std::string(32000, '\n'));
  stage.server.signal(SIGCONT);
}

const std::vector<Scenario> kSipScenarios = {
    {"AnOrdinaryCall",
     {},
     an_ordinary_call,
     {"sip_sessions_active", "sip_sessions_total", "sip_sessions_ended_total{reason=\"bye\"}",
      "sip_session_duration_seconds", "sip_requests_total{method=\"INVITE\"}",
      "sip_requests_total{method=\"ACK\"}", "sip_requests_total{method=\"BYE\"}",
      "sip_responses_total{code=\"200\"}", "sip_response_time_seconds_count{method=\"INVITE\"}",
      "sip_dialogs", "sip_transactions"}},
    {"TheSameRequestTwice",
     {},
     the_same_request_twice,
     {"sip_retransmissions_total{direction=\"received\"}",
      "sip_requests_total{method=\"OPTIONS\"}"}},
    {"NoSipAtAll", {}, no_sip_at_all, {"sip_malformed_total", "errors_total"}},
    {"NoRecordingSession",
     {{"RECORDING_ACCEPT", "strict"}},
     no_recording_session,
     {"sip_sessions_refused_total{reason=\"not_siprec\"}",
      "sip_sessions_failed_total{reason=\"not_siprec\"}",
      "errors_total{component=\"session\",reason=\"not_siprec\"}"}},
    {"NobodyAcknowledges",
     {{"SIP_T1", "10ms"}},
     nobody_acknowledges,
     {"sip_retransmissions_total{direction=\"sent\"}",
      "errors_total{component=\"sip\",reason=\"ack_missing\"}"}},
    {"NothingEverComes",
     {{"RECORDING_NO_MEDIA_TIMEOUT", "1s"}},
     nothing_ever_comes,
     {"sip_sessions_zombie_total", "sip_sessions_failed_total{reason=\"no_media\"}",
      "sip_peer_responses_total{code=\"200\"}", "recordings_without_media_total"}},
    {"MoreConnectionsThanAllowed",
     {{"SIP_MAX_CONNECTIONS", "1"}},
     more_connections_than_allowed,
     {"errors_total{component=\"sip\",reason=\"connection_cut\"}"}},
    {"MoreDatagramsThanTheKernelHolds",
     {{"SIP_UDP_RECEIVE_BUFFER", "64KiB"}},
     more_datagrams_than_the_kernel_holds,
     {"sip_kernel_drops_total", "errors_total{component=\"sip\",reason=\"kernel_drop\"}"}},
};

class SipFigures : public ::testing::TestWithParam<Scenario> {};
TEST_P(SipFigures, Move) {
  play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(, SipFigures, ::testing::ValuesIn(kSipScenarios),
                         [](const auto& one) { return one.param.name; });

// Does it while the server can't run, and wakes it meanwhile; for how long it slept at least.
std::chrono::duration<double> while_it_sleeps(ServerProcess& server, auto act) {
  server.signal(SIGSTOP);
  const auto asleep = std::chrono::steady_clock::now();
  std::chrono::duration<double> slept{};
  std::thread waker([&] {
    std::this_thread::sleep_for(1s);  // nothing to wait for: time itself is what is measured
    slept = std::chrono::steady_clock::now() - asleep;
    server.signal(SIGCONT);
  });
  act();
  waker.join();
  return slept;
}

TEST(ResponseTime, CountsFromTheArrivalAtTheHost) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  const auto expect_seen = [&](const std::string& method, auto act) {
    const auto slept = while_it_sleeps(server, act);
    const auto seen =
        metric(server, "sip_response_time_seconds_sum", {"method=\"" + method + "\""});
    // What passed between the stop and the datagram is not its own.
    EXPECT_GT(seen, slept.count() / 2) << method;
    EXPECT_LT(seen, slept.count() + 5) << method;
  };
  expect_seen("INVITE", [&] { EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 200); });
  expect_seen("OPTIONS", [&] { EXPECT_EQ(call.request("OPTIONS").status(), 200); });
  expect_seen("BYE", [&] { EXPECT_EQ(call.bye().status(), 200); });
}

TEST(ResponseTime, IsThatOfEveryFinalResponseOfOurs) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  SrcCall call(server), extended(server), packed(server), stranger(server);
  EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(call.request("OPTIONS").status(), 200);
  auto wants_more = extended.dialog().invite(siprec_body(two_legs()));
  wants_more.set_header("Require", "siprec, telepathy");
  EXPECT_EQ(extended.invite(wants_more).status(), 420);
  auto zipped = packed.dialog().invite(siprec_body(two_legs()));
  zipped.set_header("Content-Encoding", "gzip");
  EXPECT_EQ(packed.invite(zipped).status(), 415);
  EXPECT_EQ(stranger.request("OPTIONS").status(), 200);
  EXPECT_EQ(stranger.request("REGISTER").status(), 405);
  EXPECT_EQ(stranger.request("BREW").status(), 501);
  EXPECT_EQ(stranger.bye().status(), 481);
  EXPECT_EQ(call.bye().status(), 200);
  const auto timed = [&](const std::string& method) {
    return metric(server, "sip_response_time_seconds_count", {"method=\"" + method + "\""});
  };
  EXPECT_EQ(timed("INVITE"), 3);
  EXPECT_EQ(timed("OPTIONS"), 2);
  EXPECT_EQ(timed("BYE"), 2);
  EXPECT_EQ(timed("other"), 2);
  EXPECT_EQ(metric(server, "sip_responses_total") -
                metric(server, "sip_responses_total", {"code=\"100\""}),
            9);
}

// sofia answers some of these by itself, and counts all that it sends.
TEST(Retransmissions, AreNotCountedWhereNoneWereSent) {
  ServerProcess server(Settings{{"SIP_T1", "5s"}});
  ASSERT_TRUE(server.start());
  SrcCall call(server), refused(server), broken(server);
  EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(refused.invite(Body{"application/sdp", "no SDP\r\n"}).status(), 400);
  for (const auto* method : {"OPTIONS", "PUBLISH", "BREW"})
    EXPECT_GE(call.request(method).status(), 200);
  auto request = broken.dialog().request("OPTIONS");
  request.set_header("CSeq", "no number OPTIONS");
  broken.wire().send(request);
  EXPECT_EQ(call.bye().status(), 200);
  EXPECT_EQ(metric(server, "sip_retransmissions_total", {"direction=\"sent\""}), 0);
}

// Without anything more having to happen.
TEST(SipKernelDrops, AreToldInTheLog) {
  Stage stage(Settings{{"SIP_UDP_RECEIVE_BUFFER", "64KiB"}});
  ASSERT_NO_FATAL_FAILURE(stage.start());
  more_datagrams_than_the_kernel_holds(stage);
  ASSERT_TRUE(stage.moves("sip_kernel_drops_total"));
  ASSERT_TRUE(stage.server.wait_for_log("sip_kernel_drops", kSoon));
  const auto line = stage.server.log("sip_kernel_drops").front();
  EXPECT_EQ(line.value("siprec.count", 0.0), metric(stage.server, "sip_kernel_drops_total"));
  EXPECT_EQ(line.value("log.level", ""), "warning");
}

// RFC 4028 §10: the shortest timer there is, whose refresher never comes, ends a minute later.
TEST(SessionTimer, ThatNobodyRefreshesIsCounted) {
  Stage stage({});
  ASSERT_NO_FATAL_FAILURE(stage.start());
  SrcCall call(stage.server);
  auto invite = call.dialog().invite(siprec_body(two_legs()));
  invite.set_header("Supported", "timer");
  invite.set_header("Session-Expires", "90;refresher=uac");
  const auto answer = call.invite(invite);
  ASSERT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("Session-Expires"), "90;refresher=uac");
  EXPECT_TRUE(call.server_request("BYE", std::chrono::seconds(60) + kSoon));
  EXPECT_TRUE(stage.moves("sip_session_timer_expirations_total"));
}

// A server with a tls: listener and a certificate that ends in thirty days.
void listen_with_tls(ServerProcess& server) {
  const auto directory = server.directory().string();
  const auto make = "cd '" + directory +
                    "' && openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=srs "
                    "-keyout key.pem -out cert.pem 2>/dev/null && cat cert.pem key.pem > agent.pem "
                    "&& cp cert.pem cafile.pem";
  ASSERT_EQ(std::system(make.c_str()), 0);
  server.set("SIP_LISTEN", "udp:127.0.0.1:0,tls:127.0.0.1:0");
  server.set("SIP_TLS_DIRECTORY", directory);
  ASSERT_TRUE(server.start());
}

TEST(TlsHandshakesFailed, CountsWhoSpeaksNoTls) {
  SRS_REQUIRE_TOOL("openssl", "openssl");
  ServerProcess server;
  listen_with_tls(server);
  EXPECT_EQ(metric(server, "sip_tls_handshakes_failed_total"), 0);
  const auto plain = Socket::tcp(kLoopback, server.tls_port());
  plain.send("OPTIONS sip:srs SIP/2.0\r\n\r\n");
  EXPECT_TRUE(wait_until([&] { return metric(server, "sip_tls_handshakes_failed_total") == 1; }));
  EXPECT_EQ(metric(server, "errors_total", {"component=\"sip\"", "reason=\"tls\""}), 1);
}

TEST(CertificateExpiry, IsThatOfOurCertificate) {
  SRS_REQUIRE_TOOL("openssl", "openssl");
  ServerProcess server;
  listen_with_tls(server);
  const auto expected = static_cast<double>(std::time(nullptr)) + 30 * 86400;
  EXPECT_NEAR(metric(server, "sip_tls_certificate_expiry_timestamp_seconds"), expected, 300);
}

TEST(CertificateExpiry, IsNotThereWithoutTls) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  EXPECT_FALSE(figures(server).contains("sip_tls_certificate_expiry_timestamp_seconds"));
}

}  // namespace
}  // namespace srs::test
