// What is tried again, with whom, until when; and what is parked.
#include "stt/scripted_provider.hpp"

#include <atomic>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(PoolTest, TriesAgainWhatCanPass) {
  Provider provider({{503, "busy"}, {429, "slow down", "Retry-After: 0\r\n"}, {500, ""}, {}});
  options.openai.url = provider.url();
  options.retry.attempts = 10;
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(provider.count(), 4U);
  EXPECT_EQ(metric("stt_transcription_errors_total{provider=\"openai\",reason=\"server\"}"), 2);
  EXPECT_EQ(metric("stt_transcription_errors_total{provider=\"openai\",reason=\"rate_limited\"}"),
            1);
  EXPECT_EQ(metric("stt_retries_total{provider=\"openai\"}"), 3);
}

TEST_F(PoolTest, WaitsAsLongAsTheProviderAsks) {
  Provider provider({{429, "slow down", "Retry-After: 1\r\n"}, {}});
  options.openai.url = provider.url();
  start();
  const auto begun = std::chrono::steady_clock::now();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(finished.size(), 1U);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 990ms);
}

TEST_F(PoolTest, ParksWhatNeverWillPassAndSaysWhy) {
  Provider provider(
      {{401, R"({"error":{"message":"Incorrect API key provided: sk-test-of-a-key"}})"}});
  options.openai.url = provider.url();
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].state, Unfinished::State::Parked);
  EXPECT_EQ(unfinished[0].provider, "openai");
  EXPECT_EQ(unfinished[0].reason, "auth");
  EXPECT_THAT(unfinished[0].text, HasSubstr("Incorrect API key provided"));
  EXPECT_THAT(unfinished[0].text, Not(HasSubstr("sk-test"))) << "the key must not get into logs";
  EXPECT_EQ(provider.count(), 1U);
  EXPECT_EQ(pool->parked(), 1U);
  const auto kept = srs::test::read_file(job.directory / kJobFile);
  EXPECT_EQ(nlohmann::json::parse(kept)["state"], "parked");
  EXPECT_THAT(kept, Not(HasSubstr("sk-test")));
}

TEST_F(PoolTest, TriesParkedJobsAgainAfterARestart) {
  Provider provider({{401, "no"}, {}});
  options.openai.url = provider.url();
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  start();
  std::size_t found = 0;
  pool->recover(directory.path(), [&](std::size_t jobs) { found = jobs; });
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_EQ(found, 1U);
  EXPECT_EQ(finished.size(), 1U);
  ASSERT_TRUE(run_until([&] { return pool->size() == 0; }));
  EXPECT_FALSE(std::filesystem::exists(job.directory / kJobFile));
}

TEST_F(PoolTest, AsksTheNextProviderWhereOneRefuses) {
  Provider refusing({{400, R"({"err_code":"Bad Request","err_msg":"no such model"})"}});
  Provider working(kWorking);
  options.providers = {"deepgram", "openai"};
  options.deepgram.url = refusing.url();
  options.deepgram.api_key = "dg-key";
  options.openai.url = working.url();
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(refusing.count(), 1U);
  EXPECT_EQ(transcript(job)["segments"][0]["provider"], "openai");
  EXPECT_EQ(metric("stt_transcription_errors_total{provider=\"deepgram\",reason=\"refused\"}"), 1);
}

TEST_F(PoolTest, AsksTheNextProviderAfterSomeFailures) {
  Provider failing({{503, ""}});
  Provider working(kWorking);
  options.providers = {"deepgram", "openai"};
  options.deepgram.url = failing.url();
  options.deepgram.api_key = "dg-key";
  options.openai.url = working.url();
  options.retry.attempts = 3;
  options.breaker.failures = 100;
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(finished.size(), 1U);
  EXPECT_EQ(failing.count(), 3U);
}

TEST_F(PoolTest, LeavesAProviderAloneThatFailsAgainAndAgain) {
  Provider failing({{503, ""}});
  Provider working(kWorking);
  options.providers = {"deepgram", "openai"};
  options.deepgram.url = failing.url();
  options.deepgram.api_key = "dg-key";
  options.openai.url = working.url();
  options.breaker = {.failures = 3, .pause = 60s, .longest_pause = 60s};
  start();
  for (int i = 0; i < 20; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until_ended(20));
  EXPECT_EQ(finished.size(), 20U);
  EXPECT_LE(failing.count(), 3 + options.concurrency) << "those on their way when it opened";
  EXPECT_EQ(metric("stt_breaker_state{provider=\"deepgram\"}"), 2);
  EXPECT_EQ(pool->status()[0].breaker, "open");
}

TEST_F(PoolTest, GivesUpAfterTheDeadline) {
  Provider failing({{503, "maintenance"}});
  options.openai.url = failing.url();
  options.deadline = 5s;
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].state, Unfinished::State::Failed);
  EXPECT_EQ(unfinished[0].reason, "server");
  EXPECT_THAT(unfinished[0].text, HasSubstr("deadline"));
  start();
  std::optional<std::size_t> found;
  pool->recover(directory.path(), [&](std::size_t jobs) { found = jobs; });
  ASSERT_TRUE(run_until([&] { return found.has_value(); }));
  EXPECT_EQ(*found, 0U) << "what has failed is not begun again";
}

// A key that is wrong: one recording finds out, the others wait behind it and are never sent.
TEST_F(PoolTest, ParksWhatOnlyWaitedForAProviderUntilTheDeadline) {
  Provider locked({{401, "no such key"}});
  options.openai.url = locked.url();
  options.breaker = {.failures = 5, .pause = 60s, .longest_pause = 60s};
  options.deadline = 5s;
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  pool->submit(spoken("rec-2"));
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_EQ(locked.count(), 1U);
  EXPECT_EQ(unfinished[1].state, Unfinished::State::Parked);
  EXPECT_EQ(unfinished[1].provider, "openai");
  EXPECT_EQ(unfinished[1].reason, "auth");
  EXPECT_THAT(unfinished[1].text, HasSubstr("401"));
  Provider open(kWorking);
  options.openai.url = open.url();
  start();
  pool->recover(directory.path(), [](std::size_t) {});
  EXPECT_TRUE(run_until([&] { return finished.size() == 2; })) << finished.size();
}

TEST_F(PoolTest, BeginsAParkedJobAgainWhenAskedTo) {
  Provider provider({{401, "no such key"}, {}});
  options.openai.url = provider.url();
  options.breaker = {.failures = 5, .pause = 60s, .longest_pause = 60s};
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_TRUE(run_until([&] { return pool->size() == 0; }));
  EXPECT_EQ(retry(job).value(), Retried::Queued);
  EXPECT_EQ(pool->parked(), 0U);
  EXPECT_EQ(retry(job).value(), Retried::Waiting);
  ASSERT_TRUE(run_until_ended(2)) << "its breaker waits for nobody who says that it is mended";
  EXPECT_EQ(finished.size(), 1U);
  ASSERT_TRUE(run_until([&] { return pool->size() == 0; }));
  EXPECT_EQ(retry(job).value(), Retried::Nothing);
}

TEST_F(PoolTest, BeginsAFailedJobAgainWithoutPayingForItsPartsTwice) {
  std::atomic<bool> failing{true};
  Asked asked;
  HttpPeer peer([&](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      asked.add(*request);
      const bool refused = failing && asked.count() > 1;
      if (!connection.answer(refused ? 503 : 200, refused ? "" : kHello)) return;
    }
  });
  options.openai.url = peer.url("/v1");
  options.piece = {.length = 2s, .overlap = 0ms};
  options.deadline = 5s;
  start();
  const auto job = recording("rec-1", {tone(1.5) + silence(0.4) + tone(1.5)});
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.at(0).state, Unfinished::State::Failed);
  ASSERT_TRUE(run_until([&] { return pool->size() == 0; }));
  failing = false;
  const auto before = asked.count();
  EXPECT_EQ(retry(job).value(), Retried::Queued);
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_EQ(finished.size(), 1U) << "it has a deadline of its own again";
  EXPECT_EQ(asked.count(), before + 1);
  EXPECT_EQ(transcript(job)["segments"].size(), 2U);
}

TEST_F(PoolTest, SaysWhyAJobCanNotBeBegunAgain) {
  options.openai.url = "http://127.0.0.1:9";
  start();
  const auto job = spoken("rec-1");
  srs::test::write_file(job.directory / kJobFile, "{half");
  EXPECT_THAT(retry(job).error().text, HasSubstr("transcription.json"));
}

}  // namespace
}  // namespace srs::stt::test
