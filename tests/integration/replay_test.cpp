// The captured calls of real SRCs, played to the real server in real time.
#include "integration/recorded_call.hpp"
#include "support/files.hpp"
#include "support/scrape.hpp"
#include "support/shared_data.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace srs::test {
namespace {

// In each of them the first m-line is the caller's, alice, and the second the callee's, bob.
struct Capture {
  const char* name;
  const char* codec;
  const char* caller_label;
  const char* callee_label;
  const char* caller_dtmf;
  const char* callee_dtmf;
};

const Capture kCaptures[] = {{"os-call1-udp-pcmu", "PCMU", "1", "0", "", ""},
                             {"os-call2-hold-dtmf", "PCMU", "1", "0", "59", "#"},
                             {"os-call3-tcp-pcma-group", "PCMA", "1", "0", "", ""},
                             {"osrp-call1", "PCMU", "0", "1", "5", ""}};

// The metadata documents of the call's requests, in order.
std::vector<std::string> documents(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory / "sip"))
    if (entry.path().string().ends_with(".metadata.xml")) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> out;
  for (const auto& path : paths) out.push_back(read_file(path));
  return out;
}

ExpectedCall expected(const Capture& capture) {
  const auto directory = shared("captures") / capture.name;
  const auto audio = shared("captures/audio");
  ExpectedCall out{read_captured_call(directory), capture.codec, {}, documents(directory)};
  out.legs = {
      {capture.caller_label, audio / "caller.wav", "sip:alice@127.0.0.20:5060",
       capture.caller_dtmf},
      {capture.callee_label, audio / "callee.wav", "sip:bob@127.0.0.20:5060", capture.callee_dtmf}};
  return out;
}

void replay(const Capture& capture) {
  SRS_REQUIRE_SHARED(captures, "captures/audio/caller.wav");
  ServerProcess server;
  ASSERT_TRUE(server.start());
  const auto call = expected(capture);
  play_and_check(call, server);
  EXPECT_EQ(metric(server, "sip_sessions_total"), 1);
  EXPECT_EQ(metric(server, "sip_sessions_active"), 0);
  EXPECT_EQ(metric(server, "rtp_packets_received_total"),
            static_cast<double>(call.call.rtp(0).size() + call.call.rtp(1).size()));
  EXPECT_EQ(metric(server, "rtp_packets_lost_total"), 0);
  EXPECT_EQ(metric(server, "sip_requests_total", {"method=\"BYE\""}), 1);
}

TEST(Replay, OfOpenSipsWithRtpengineIsRecordedAsItWasSpoken) {
  replay(kCaptures[0]);
}
TEST(Replay, WithHoldsAndDigitsIsRecordedAsItWasSpoken) {
  replay(kCaptures[1]);
}
TEST(Replay, OverTcpInPcmaIsRecordedAsItWasSpoken) {
  replay(kCaptures[2]);
}
TEST(Replay, OfOpenSipsWithRtpproxyWhoseSourceMovesIsRecordedAsItWasSpoken) {
  replay(kCaptures[3]);
}

TEST(Replay, OfAllAtOnceIsRecordedAsTheyWereSpoken) {
  SRS_REQUIRE_SHARED(captures, "captures/audio/caller.wav");
  ServerProcess server;
  ASSERT_TRUE(server.start());
  std::vector<std::thread> calls;
  for (const auto& capture : kCaptures)
    calls.emplace_back([&server, &capture] { play_and_check(expected(capture), server); });
  for (auto& call : calls) call.join();
}

}  // namespace
}  // namespace srs::test
