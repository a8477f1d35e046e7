#include <srs/health/health.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <stdexcept>

namespace srs::health {
namespace {

using Json = nlohmann::ordered_json;

Health::Probe always(Check check) {
  return [check] { return check; };
}

TEST(Health, IsHealthyWithoutChecks) {
  const Health health("1.2.3");
  const auto [code, json] = health.report(false);
  EXPECT_EQ(code, 200);
  EXPECT_EQ(json["status"], "healthy");
  EXPECT_EQ(json["version"], "1.2.3");
  EXPECT_GE(json["uptime_seconds"].get<double>(), 0);
  EXPECT_FALSE(json.contains("checks"));
}

TEST(Health, IsTheWorstOfItsChecks) {
  Health health("1");
  health.add("sip", always({Status::Healthy, "2 listeners", {}, {}}));
  health.add("disk", always({Status::Degraded, "90 % full", {}, {}}));
  EXPECT_EQ(health.report(false).first, 200);
  EXPECT_EQ(health.report(false).second["status"], "degraded");
  health.add("loop", always({Status::Unhealthy, "stuck", {}, {}}));
  EXPECT_EQ(health.report(false).first, 503);
  EXPECT_EQ(health.report(false).second["status"], "unhealthy");
}

TEST(Health, DetailsEveryCheckWithItsFigures) {
  Health health("1");
  health.add("disk", always({Status::Healthy, "ok", {{"free_bytes", 5e9}, {"used", 0.25}}, {}}));
  const auto checks = health.report(true).second["checks"];
  EXPECT_EQ(checks.dump(),
            R"({"disk":{"status":"healthy","message":"ok","free_bytes":5000000000,"used":0.25}})");
}

TEST(Health, CountsAProbeThatThrowsAsUnhealthyAndAsksTheOthers) {
  Health health("1");
  health.add("bad", []() -> Check { throw std::runtime_error("no such file"); });
  health.add("good", always({Status::Healthy, "ok", {}, {}}));
  const auto [code, json] = health.report(true);
  EXPECT_EQ(code, 503);
  EXPECT_EQ(json["checks"]["bad"]["message"], "the check failed: no such file");
  EXPECT_EQ(json["checks"]["good"]["status"], "healthy");
}

TEST(Health, WritesJsonWhateverAProbeSays) {
  Health health("1");
  health.add("odd",
             always({Status::Healthy, "\xFF\n", {{"nan", std::nan("")}, {"huge", 1e300}}, {}}));
  const auto text = health.report(true).second.dump();
  const auto odd = Json::parse(text)["checks"]["odd"];
  EXPECT_TRUE(odd["nan"].is_null());
  EXPECT_EQ(odd["huge"].get<double>(), 1e300);
}

TEST(Health, AsksTheProbesEachTime) {
  Health health("1");
  auto status = Status::Healthy;
  health.add("changing", [&] { return Check{status, "", {}, {}}; });
  EXPECT_EQ(health.report(false).first, 200);
  status = Status::Unhealthy;
  EXPECT_EQ(health.report(false).first, 503);
}

TEST(Ready, IsIndependentOfHealth) {
  Health health("1");
  health.add("sick", always({Status::Unhealthy, "sick", {}, {}}));
  EXPECT_EQ(health.ready().first, 200);
  EXPECT_EQ(health.ready().second.dump(), R"({"ready":true})");
  EXPECT_THAT(health.readiness(), testing::ElementsAre(testing::Pair("sick", true)));
}

TEST(Ready, NamesEveryReasonAgainstNewCalls) {
  Health health("1");
  health.add("ports", always({Status::Degraded, "none left", {}, "no RTP ports left"}));
  health.add("sip", always({Status::Healthy, "", {}, {}}));
  health.add("drain", always({Status::Healthy, "", {}, "draining"}));
  const auto [code, json] = health.ready();
  EXPECT_EQ(code, 503);
  EXPECT_EQ(json.dump(), R"({"ready":false,"reasons":["no RTP ports left","draining"]})");
  EXPECT_THAT(health.readiness(),
              testing::ElementsAre(testing::Pair("ports", false), testing::Pair("sip", true),
                                   testing::Pair("drain", false)));
}

}  // namespace
}  // namespace srs::health
