// What kept providers from a recording: who is told, and what stays of it.
#include "stt/incidents.hpp"

#include "stt/scripted_provider.hpp"

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// `provider reason times` of each.
std::vector<std::string> told(const std::vector<Incident>& incidents) {
  std::vector<std::string> out;
  for (const auto& incident : incidents)
    out.push_back(incident.provider + " " + incident.reason + " " + std::to_string(incident.times));
  return out;
}

class IncidentsTest : public PoolTest {
 protected:
  void first_and_second(Provider& first, Provider& second) {
    options.providers = {"deepgram", "openai"};
    options.deepgram.url = first.url();
    options.deepgram.api_key = "dg-key";
    options.openai.url = second.url();
    options.breaker = {.failures = 3, .pause = 60s, .longest_pause = 60s};
  }
};

TEST_F(IncidentsTest, TellsWhoFailedBeforeAnotherOneTookIt) {
  Provider locked({{401, "no such key"}});
  Provider working(kWorking);
  first_and_second(locked, working);
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_THAT(told(finished[0].incidents), testing::ElementsAre("deepgram auth 1"));
  EXPECT_LT(wall_now() - finished[0].incidents[0].at, 1h);
  const auto kept = transcript(job)["incidents"];
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0]["reason"], "auth");
}

TEST_F(IncidentsTest, TellsWhoWasPassedOverBecauseItsBreakerIsOpen) {
  Provider locked({{401, "no such key"}});
  Provider working(kWorking);
  first_and_second(locked, working);
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  pool->submit(spoken("rec-2"));
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_EQ(locked.count(), 1U);
  EXPECT_THAT(told(finished[1].incidents), testing::ElementsAre("deepgram breaker 1"));
  EXPECT_EQ(metric("stt_held_back_total{provider=\"deepgram\",bound=\"breaker\"}"), 0)
      << "a breaker is no bound";
}

TEST_F(IncidentsTest, TellsFailuresOfWhatIsParked) {
  Provider failing({{503, "busy"}, {503, "busy"}, {400, "no such model"}});
  options.openai.url = failing.url();
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_THAT(told(unfinished[0].incidents),
              testing::ElementsAre("openai server 2", "openai refused 1"));
}

TEST_F(IncidentsTest, RemembersThemOverARestart) {
  Provider failing({{503, "busy", "Retry-After: 60\r\n"}});
  options.openai.url = failing.url();
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return pool->running() == 0 && failing.count() == 1; }));
  Provider working(kWorking);
  options.providers = {"elevenlabs", "openai"};
  options.elevenlabs.url = working.url();
  options.elevenlabs.api_key = "el-key";
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_THAT(told(finished[0].incidents), testing::ElementsAre("openai server 1"));
}

TEST_F(IncidentsTest, TellsWhoWaitsForWhomAndUntilWhen) {
  Provider busy({{429, "slow down", "Retry-After: 300\r\n"}});
  options.openai.url = busy.url();
  options.concurrency = 1;
  start();
  const auto first = spoken("rec-1");
  const auto second = spoken("rec-2");
  pool->submit(first);
  pool->submit(second);
  ASSERT_TRUE(run_until([&] { return waiting.size() == 2; }));
  EXPECT_EQ(busy.count(), 1U);
  for (const auto& wait : waiting) {
    EXPECT_EQ(wait.provider, "openai");
    EXPECT_EQ(wait.reason, "rate_limited");
    EXPECT_THAT(wait.text, HasSubstr("slow down"));
    EXPECT_GT(wait.next_try, wall_now() + 250s);
    EXPECT_LT(wait.next_try, wall_now() + 301s);
  }
  EXPECT_NE(waiting[0].directory, waiting[1].directory);
  // Looked at again and again, and told once.
  EXPECT_FALSE(run_until([&] { return waiting.size() > 2; }, 3s));
}

TEST_F(IncidentsTest, TellsWhoWaitsForABreaker) {
  Provider failing({{503, "maintenance"}});
  options.openai.url = failing.url();
  options.breaker = {.failures = 1, .pause = 60s, .longest_pause = 60s};
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return !waiting.empty(); }));
  EXPECT_EQ(waiting[0].reason, "breaker");
  EXPECT_THAT(waiting[0].text, HasSubstr("maintenance"));
  EXPECT_THAT(told(waiting[0].incidents), testing::ElementsAre("openai server 1"));
}

TEST_F(IncidentsTest, TellsNothingOfWaitsThatPassSoon) {
  Provider busy({{429, "slow down", "Retry-After: 3\r\n"}, {}});
  options.openai.url = busy.url();
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(finished.size(), 1U);
  EXPECT_TRUE(waiting.empty());
}

TEST(Incidents, AreBoundedWhateverAJobsFileHolds) {
  std::vector<Incident> incidents;
  for (int i = 0; i < 1000; ++i)
    add_incident(incidents, "provider " + std::to_string(i), "server", {});
  EXPECT_EQ(incidents.size(), 50U);
  for (int i = 0; i < 1000; ++i) add_incident(incidents, "provider 0", "server", {});
  EXPECT_EQ(incidents[0].times, 1001U);
}

}  // namespace
}  // namespace srs::stt::test
