// Each figure of RTP moves when its thing happens, read from the real /metrics.
#include "integration/metrics_stage.hpp"
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"
#include "support/socket.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <csignal>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string sound() {
  return std::string(RtpSource::kSamples, '\xD5');
}

// RFC 3550 §6.4.2: an empty receiver report.
std::string receiver_report(std::uint32_t ssrc) {
  std::string packet = {'\x80', '\xC9', 0, 1};
  for (int shift = 24; shift >= 0; shift -= 8) packet += static_cast<char>(ssrc >> shift & 0xFF);
  return packet;
}

// Lost, late, twice, out of order, of an unknown type, from another source; rubbish and
// keep-alives.
void media_of_all_kinds(Stage& stage) {
  auto call = stage.call();
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 5);
  const auto delayed = alice.next(sound());
  const auto twice = alice.next(sound());
  for (const auto& packet : {twice, twice, delayed}) call.send_rtp(0, packet);
  alice.lose();
  // The sender's clock stood still for half a second: what follows is that much too late.
  const auto before = alice.timestamp();
  EXPECT_TRUE(stage.moves("rtp_packets_reordered_total"));
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(alice.timestamp(), before);
  call.send_packets(0, alice, 2);
  RtpSource unknown(77, 0xA11CE, 1020, before + 4000);
  call.send_packets(0, unknown, 1);
  RtpSource other(0, 0xB0B, 7, 123456);
  call.send_packets(0, other, 5);
  call.send_rtp(0, "this is no RTP");
  call.send_rtp(0, "");
  call.send_rtp(0, receiver_report(0xA11CE));
  call.send_rtp(0, std::string(60000, '\x80'));
  stage.look();
  EXPECT_EQ(call.bye().status(), 200);
}

void media_from_a_stranger(Stage& stage) {
  auto call = stage.call();
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 3);
  EXPECT_TRUE(stage.moves("rtp_packets_refused_total"));
}

void one_call_more_than_there_are_ports(Stage& stage) {
  auto call = stage.call();
  SrcCall next(stage.server);
  EXPECT_EQ(next.invite(siprec_body(two_legs())).status(), 503);
}

void packets_between_two_calls(Stage& stage) {
  auto first = stage.call();
  RtpSource alice(0, 0xA11CE);
  EXPECT_EQ(first.bye().status(), 200);
  EXPECT_TRUE(wait_until([&] { return metric(stage.server, "rtp_ports_allocated") == 0; }));
  first.send_packets(0, alice, 3);
  first.send_packets(1, alice, 3);
  auto second = stage.call();
}

// A full second between two looks at a socket that holds a few kilobytes.
void more_than_the_sockets_hold(Stage& stage) {
  auto call = stage.call();
  RtpSource alice(0, 0xA11CE);
  for (int i = 0; i < 10 && !stage.moved("rtp_kernel_drops_total"); ++i) {
    call.send_packets(0, alice, 500);
    stage.look();
  }
}

// Longer than the heartbeat's half second, so that a beat was due meanwhile.
void a_process_that_was_held_up(Stage& stage) {
  auto call = stage.call();
  stage.server.signal(SIGSTOP);
  std::this_thread::sleep_for(700ms);
  stage.server.signal(SIGCONT);
  EXPECT_TRUE(stage.moves("rtp_sweep_overruns_total"));
  const auto lagged = [&] { return metric(stage.server, "event_loop_lag_seconds_sum") >= 0.05; };
  EXPECT_TRUE(wait_until(lagged));
}

// Two pairs: one call of two legs.
Settings narrow(const ServerProcess& server, Settings more) {
  more["RTP_PORT_MAX"] = std::to_string(server.rtp_first() + 3);
  return more;
}

const std::vector<Scenario> kRtpScenarios = {
    {"MediaOfAllKinds",
     {},
     media_of_all_kinds,
     {"rtp_packets_received_total",
      "rtp_bytes_received_total",
      "rtp_packets_sent_total",
      "rtp_bytes_sent_total",
      "rtp_rtcp_received_total",
      "rtp_packets_expected_total",
      "rtp_packets_lost_total",
      "rtp_packets_late_total",
      "rtp_packets_duplicate_total",
      "rtp_packets_reordered_total",
      "rtp_packets_unknown_payload_total",
      "rtp_packets_invalid_total",
      "rtp_keepalives_received_total",
      "rtp_source_changes_total",
      "rtp_datagrams_truncated_total",
      "rtp_stream_loss_ratio",
      "rtp_stream_late_ratio",
      "rtp_stream_jitter_seconds",
      "rtp_ports_allocated",
      "rtp_ports_quarantined",
      "rtp_sweep_seconds",
      "errors_total{component=\"rtp\",reason=\"invalid\"}",
      "errors_total{component=\"rtp\",reason=\"truncated\"}"}},
    {"MediaFromAStranger",
     {{"RTP_ALLOWED_SOURCES", "192.0.2.0/24"}},
     media_from_a_stranger,
     {"errors_total{component=\"rtp\",reason=\"refused_source\"}"}},
    {"MoreThanTheSocketsHold",
     {{"RTP_RECEIVE_BUFFER", "4096"}, {"RTP_SWEEP_INTERVAL", "1s"}},
     more_than_the_sockets_hold,
     {"rtp_kernel_drops_total", "errors_total{component=\"rtp\",reason=\"kernel_drop\"}"}},
    {"AProcessThatWasHeldUp",
     {},
     a_process_that_was_held_up,
     {"event_loop_lag_seconds", "errors_total{component=\"rtp\",reason=\"sweep_overrun\"}"}},
};

// What the kernel threw away stands in /metrics, in the call's metadata.json, in the log without
// anything more having to happen, and in /health while it is fresh.
TEST(KernelDrops, AreToldWhereverSomebodyLooks) {
  Stage stage({{"RTP_RECEIVE_BUFFER", "4096"}, {"RTP_SWEEP_INTERVAL", "500ms"}});
  ASSERT_NO_FATAL_FAILURE(stage.start());
  const auto check = [&] {
    const auto health = http_get(url(stage.server, "/health?detailed=true"));
    EXPECT_EQ(health.status, 200);
    return json::parse(health.body).at("checks").at("rtp_ports");
  };
  EXPECT_EQ(check().at("status"), "healthy");
  SrcCall call(stage.server);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 0xA11CE), bob(0, 0xB0B);
  const auto dropped = [&] { return metric(stage.server, "rtp_kernel_drops_total"); };
  const auto told = [&] {
    double sum = 0;
    for (const auto& line : stage.server.log("rtp_kernel_drops"))
      sum += line.value("siprec.count", 0.0);
    return sum;
  };
  // Both legs at once: the second one's drops are found within a second of the first one's.
  call.send_packets(0, alice, 400);
  call.send_packets(1, bob, 400);
  EXPECT_TRUE(wait_until([&] { return dropped() > 400; }));
  EXPECT_TRUE(wait_until([&] { return told() == dropped(); })) << "nobody tells the rest";
  EXPECT_EQ(check().at("status"), "degraded");
  EXPECT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(stage.server.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  EXPECT_THAT(
      recording->metadata.at("warnings").dump(),
      ::testing::HasSubstr(std::to_string(std::lround(dropped())) + " datagrams were lost"));
}

class RtpFigures : public ::testing::TestWithParam<Scenario> {};
TEST_P(RtpFigures, Move) {
  play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(, RtpFigures, ::testing::ValuesIn(kRtpScenarios),
                         [](const auto& one) { return one.param.name; });

TEST(PortFigures, MoveWhereTheRangeIsUsedUp) {
  Stage stage({});
  for (auto& [name, value] : narrow(stage.server, {})) stage.server.set(name, value);
  ASSERT_NO_FATAL_FAILURE(stage.start());
  EXPECT_EQ(metric(stage.server, "rtp_ports_capacity"), 2);
  one_call_more_than_there_are_ports(stage);
  for (const auto* what :
       {"rtp_port_exhaustion_total", "errors_total{component=\"session\",reason=\"ports\"}"})
    EXPECT_TRUE(stage.moves(what)) << what;
}

TEST(PortFigures, TellOfPortsThatAnotherProcessHolds) {
  Stage stage({});
  for (auto& [name, value] : narrow(stage.server, {})) stage.server.set(name, value);
  const auto held = Socket::udp(kLoopback, stage.server.rtp_first());
  ASSERT_EQ(held.port(), stage.server.rtp_first());
  ASSERT_NO_FATAL_FAILURE(stage.start());
  SrcCall call(stage.server);
  EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 503) << "one pair is left for two legs";
  EXPECT_TRUE(wait_until([&] { return metric(stage.server, "rtp_ports_held") == 1; }));
}

// Two calls in a row on a range for one.
TEST(PortFigures, TellOfPortsThatACallGotBeforeTheyHadRested) {
  Stage stage({});
  for (auto& [name, value] : narrow(stage.server, {{"RTP_QUARANTINE", "1h"}}))
    stage.server.set(name, value);
  ASSERT_NO_FATAL_FAILURE(stage.start());
  packets_between_two_calls(stage);
  EXPECT_EQ(metric(stage.server, "rtp_quarantines_cut_total"), 2);
  EXPECT_EQ(metric(stage.server, "rtp_port_exhaustion_total"), 0);
}

TEST(PortFigures, CountWhatComesBetweenTwoCallsOfOnePort) {
  Stage stage({});
  for (auto& [name, value] : narrow(stage.server, {{"RTP_QUARANTINE", "0"}}))
    stage.server.set(name, value);
  ASSERT_NO_FATAL_FAILURE(stage.start());
  packets_between_two_calls(stage);
  EXPECT_TRUE(stage.moves("rtp_stale_packets_total"));
  EXPECT_TRUE(wait_until([&] {
    double told = 0;
    for (const auto& line : stage.server.log("rtp_stale_packets"))
      told += line.value("siprec.count", 0.0);
    return told == metric(stage.server, "rtp_stale_packets_total");
  }));
}

TEST(OverlongDatagrams, AreToldInOneLineASecondWithTheirPort) {
  Stage stage({});
  ASSERT_NO_FATAL_FAILURE(stage.start());
  auto call = stage.call();
  // Small enough that the kernel holds all three.
  for (int i = 0; i < 3; ++i) call.send_rtp(0, std::string(17000, '\x80'));
  EXPECT_TRUE(wait_until([&] {
    double told = 0;
    for (const auto& line : stage.server.log("rtp_datagrams_truncated"))
      told += line.value("siprec.count", 0.0);
    return told == 3;
  }));
  const auto lines = stage.server.log("rtp_datagrams_truncated");
  EXPECT_LE(lines.size(), 2U) << "the first at once, the others together a second later";
  EXPECT_EQ(lines.front().value("siprec.rtp_port", 0), call.port(0));
  EXPECT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(stage.server.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  EXPECT_NE(recording->metadata.at("warnings").dump().find("3 datagrams were longer"),
            std::string::npos);
}

}  // namespace
}  // namespace srs::test
