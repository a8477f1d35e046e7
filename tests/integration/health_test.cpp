// What /health and /ready say of a server that runs out of something, and once it has it again.
#include "support/held_thread.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>

namespace srs::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using namespace std::chrono_literals;

class RunningShort : public ::testing::Test {
 protected:
  json check(const std::string& name) {
    const auto health = json::parse(http_get(url(server_, "/health?detailed=true")).body);
    EXPECT_EQ(health.at("status"), name_of_worst(health));
    return health.at("checks").at(name);
  }
  std::string status(const std::string& name) { return check(name).at("status"); }
  // Empty while new calls are taken.
  std::string why_not_ready() {
    const auto reply = http_get(url(server_, "/ready"));
    const auto reasons = json::parse(reply.body).value("reasons", json::array());
    EXPECT_EQ(reply.status, reasons.empty() ? 200 : 503);
    return reasons.empty() ? "" : reasons.dump();
  }

  ServerProcess server_;

 private:
  static std::string name_of_worst(const json& health) {
    std::string worst = "healthy";
    for (const auto& entry : health.at("checks")) {
      if (entry.at("status") == "unhealthy") return "unhealthy";
      if (entry.at("status") == "degraded") worst = "degraded";
    }
    return worst;
  }
};

TEST_F(RunningShort, OfDialogsTakesNoNewCalls) {
  server_.set("SIP_MAX_DIALOGS", "1");
  ASSERT_TRUE(server_.start());
  EXPECT_EQ(status("sip_listeners"), "healthy");
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(status("sip_listeners"), "degraded");
  EXPECT_THAT(why_not_ready(), HasSubstr("sip.max_dialogs"));
  EXPECT_EQ(call.bye().status(), 200);
  EXPECT_TRUE(wait_until([&] { return why_not_ready().empty(); }));
}

TEST_F(RunningShort, OfPortsTakesNoNewCalls) {
  server_.set("RTP_PORT_MAX", std::to_string(server_.rtp_first() + 3));
  server_.set("RTP_QUARANTINE", "0s");
  ASSERT_TRUE(server_.start());
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(status("rtp_ports"), "degraded");
  EXPECT_THAT(why_not_ready(), HasSubstr("no RTP ports left"));
  EXPECT_EQ(call.bye().status(), 200);
  EXPECT_TRUE(wait_until([&] { return why_not_ready().empty(); }));
  EXPECT_EQ(status("rtp_ports"), "healthy");
}

TEST_F(RunningShort, OfDescriptorsTakesNoNewCalls) {
  ASSERT_TRUE(server_.start());
  EXPECT_EQ(status("file_descriptors"), "healthy");
  rlimit before{};
  ASSERT_EQ(::prlimit(server_.pid(), RLIMIT_NOFILE, nullptr, &before), 0);
  // The connection that asks, and what the answer is counted from, are among them.
  const auto open = check("file_descriptors").at("open").get<double>();
  const rlimit few = {static_cast<rlim_t>(open) + 1, before.rlim_max};
  ASSERT_EQ(::prlimit(server_.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
  EXPECT_EQ(status("file_descriptors"), "degraded");
  EXPECT_THAT(why_not_ready(), HasSubstr("LimitNOFILE"));
  ASSERT_EQ(::prlimit(server_.pid(), RLIMIT_NOFILE, &before, nullptr), 0);
  EXPECT_EQ(why_not_ready(), "");
}

// The disk hangs: it refuses nothing, and takes nothing. Calls go on in memory, until that is full.
TEST_F(RunningShort, OfADiskThatTakesMediaTakesNoNewCallsOnceMediaIsLost) {
  server_.set("RECORDING_CAPTURE_MAX_PENDING", "1MiB");
  server_.set("RECORDING_CAPTURE_BLOCK_SIZE", "64KiB");
  server_.set("RECORDING_CAPTURE_FLUSH_INTERVAL", "50ms");
  ASSERT_TRUE(server_.start());
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 1);
  const auto speaks = [&](auto condition) {
    return wait_until(
        [&] {
          call.send_packets(0, alice, 20);
          return condition();
        },
        60s);
  };
  {
    const HeldThread disk(thread_named(server_.pid(), "capture"));  // as one that waits for a disk
    SRS_REQUIRE_WATCHING(disk);
    EXPECT_TRUE(speaks([&] { return status("recording_directory") == "unhealthy"; }));
    EXPECT_THAT(why_not_ready(), HasSubstr("media is being lost"));
    EXPECT_EQ(http_get(url(server_, "/health")).status, 503);
    EXPECT_EQ(SrcCall(server_).invite(siprec_body(two_legs())).status(), 503);
    EXPECT_TRUE(server_.wait_for_log("recording_disk_stands_still", kSoon));
    EXPECT_GT(metric(server_, "recording_disk_stalled_seconds"), 5);
  }
  EXPECT_TRUE(speaks([&] { return why_not_ready().empty(); }));
  EXPECT_THAT(check("recording_directory").at("message").get<std::string>(),
              HasSubstr("media was lost in the last 5 minutes"));
  EXPECT_TRUE(server_.wait_for_log("recording_disk_goes_on", kSoon));
  EXPECT_EQ(call.bye().status(), 200);
}

// Calls are still taken: late is better than not at all.
TEST_F(RunningShort, OfTimeIsSaidForAWhile) {
  ASSERT_TRUE(server_.start());
  server_.signal(SIGSTOP);
  std::this_thread::sleep_for(1s);  // what is measured
  server_.signal(SIGCONT);
  EXPECT_TRUE(wait_until([&] { return status("event_loop") == "degraded"; }));
  EXPECT_GE(check("event_loop").at("lag_seconds").get<double>(), 0.5);
  EXPECT_EQ(why_not_ready(), "");
  EXPECT_EQ(http_get(url(server_, "/live")).status, 200);
}

}  // namespace
}  // namespace srs::test
