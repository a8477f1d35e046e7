// Bounds that the operator sets, and what they have counted.
#include "stt/scripted_provider.hpp"
#include "stt/spending.hpp"

#include <atomic>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;

TEST_F(PoolTest, KeepsToTheProvidersConcurrencyAndRate) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.concurrency = 8;
  options.limits = {"openai concurrency=2 requests=40/s"};
  start();
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 12; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until_ended(12));
  EXPECT_EQ(finished.size(), 12U);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 11 * 25ms);
  EXPECT_LE(provider.most_at_once(), 2U);
}

TEST_F(PoolTest, WaitsOnceTheDaysMoneyIsSpentAndSaysSo) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.prices = {"openai 60 USD"};  // a dollar for each recording of this test
  options.limits = {"openai cost=2/day"};
  options.concurrency = 1;
  start();
  for (int i = 0; i < 4; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until([&] { return finished.size() == 2 && pool->running() == 0; }));
  EXPECT_EQ(provider.count(), 2U);
  EXPECT_EQ(pool->size(), 2U) << "nothing is lost, it waits";
}

TEST_F(PoolTest, CountsWhatALimitSendsToTheNextProvider) {
  Provider cheap(kWorking);
  Provider dear({{200, R"({"segments":[{"start":0.1,"end":0.9,"text":"hello"}]})"}});
  options.providers = {"openai", "webhook"};
  options.openai.url = cheap.url();
  options.webhook.url = dear.url();
  options.prices = {"openai 60 USD"};
  options.limits = {"openai cost=0.5/day"};
  options.concurrency = 1;
  start();
  for (int i = 0; i < 3; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until_ended(3));
  EXPECT_EQ(finished.size(), 3U);
  EXPECT_EQ(cheap.count(), 1U);
  EXPECT_EQ(dear.count(), 2U);
  EXPECT_EQ(metric("stt_held_back_total{bound=\"cost\",provider=\"openai\"}"), 2);
}

TEST_F(PoolTest, CountsWhatAProvidersOwnLimitSendsToTheNextOne) {
  Provider busy({{429, "slow down", "Retry-After: 60\r\n"}});
  Provider next({{200, R"({"segments":[{"start":0.1,"end":0.9,"text":"hello"}]})"}});
  options.providers = {"openai", "webhook"};
  options.openai.url = busy.url();
  options.webhook.url = next.url();
  options.concurrency = 1;
  start();
  for (int i = 0; i < 3; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until_ended(3));
  EXPECT_EQ(finished.size(), 3U);
  EXPECT_EQ(busy.count(), 1U);
  EXPECT_EQ(metric("stt_held_back_total{bound=\"rate_limited\",provider=\"openai\"}"), 3);
}

TEST_F(PoolTest, FailsAtTheDeadlineWhatALimitHoldsBackLonger) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.limits = {"openai audio=0.02min/h"};  // a recording and a bit
  options.concurrency = 1;
  options.deadline = std::chrono::seconds(5);
  start();
  for (int i = 0; i < 2; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until_ended(2)) << "not once the hour's budget has refilled";
  EXPECT_EQ(finished.size(), 1U);
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].state, Unfinished::State::Parked);
  EXPECT_EQ(unfinished[0].reason, "busy");
}

TEST_F(PoolTest, TellsWhatWasPaidForOfARecordingThatMissesItsDeadline) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.prices = {"openai 60 USD"};
  options.limits = {"openai audio=0.02min/h"};  // one channel and a bit
  options.deadline = std::chrono::seconds(5);
  start();
  pool->submit(recording("rec-1", {tone(1), tone(1)}));
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.size(), 1U);
  ASSERT_EQ(unfinished[0].uses.size(), 1U);
  EXPECT_EQ(unfinished[0].uses[0].provider, "openai");
  EXPECT_EQ(unfinished[0].uses[0].requests, 1U);
  EXPECT_NEAR(unfinished[0].uses[0].cost, 1, 0.01);
}

TEST_F(PoolTest, TellsWhatWasPaidForOfAJobThatIsCancelled) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.limits = {"openai audio=0.02min/h"};
  start();
  const auto job = recording("rec-1", {tone(1), tone(1)});
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return provider.count() == 1 && pool->running() == 0; }));
  EXPECT_TRUE(cancel(job));
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.size(), 1U);
  ASSERT_EQ(unfinished[0].uses.size(), 1U);
  EXPECT_EQ(unfinished[0].uses[0].requests, 1U);
}

// Recordings go to the first provider until its limit holds them back, and then to the second.
class SpendingTest : public PoolTest {
 protected:
  SpendingTest() {
    options.providers = {"openai", "webhook"};
    options.openai.url = first_.url();
    options.webhook.url = second_.url();
    options.prices = {"openai 60 USD"};  // a dollar for each recording of this test
    options.concurrency = 1;
  }
  void restart() {
    start();
    pool->recover(directory.path());
  }
  // Who transcribed the next recording.
  std::string transcribe() {
    const auto job = spoken("rec-" + std::to_string(++number_));
    pool->submit(job);
    EXPECT_TRUE(run_until([&] { return finished.size() == number_ && pool->size() == 0; }));
    return transcript(job)["segments"][0]["provider"];
  }
  std::string kept() const {
    return std::filesystem::exists(file) ? srs::test::read_file(file) : std::string();
  }
  const std::filesystem::path file = directory / kSpendingFile;

 private:
  Provider first_{kWorking};
  Provider second_{kWorking};
  std::size_t number_ = 0;
};

TEST_F(SpendingTest, OfADayIsRememberedOverARestart) {
  options.limits = {"openai cost=2/day"};
  restart();
  EXPECT_EQ(transcribe(), "openai");
  EXPECT_EQ(transcribe(), "openai");
  ASSERT_TRUE(run_until([&] { return kept().find("\"cost\": 2.0") != std::string::npos; }));
  restart();
  EXPECT_EQ(transcribe(), "webhook");
  EXPECT_EQ(metric("errors_total{component=\"stt\",reason=\"spending\"}"), 0);
}

TEST_F(SpendingTest, OfAudioMinutesIsRememberedOverARestart) {
  options.limits = {"openai audio=0.02min/h"};  // a second and a bit
  restart();
  EXPECT_EQ(transcribe(), "openai");
  ASSERT_TRUE(
      run_until([&] { return kept().find("\"audio_minutes\": 0.01") != std::string::npos; }));
  restart();
  EXPECT_EQ(transcribe(), "webhook");
}

TEST_F(SpendingTest, LeavesOutARequestThatWasNotMade) {
  std::atomic<bool> hanging{true};
  HttpPeer peer([&](PeerConnection& connection) {
    if (!connection.read_request()) return;
    srs::test::wait_until([&] { return !hanging; });
    (void)connection.answer(200, kHello);
  });
  options.openai.url = peer.url("/v1");
  options.piece = {.length = 2s, .overlap = 0ms};
  options.limits = {"openai audio=60min/h"};
  restart();
  const auto job = recording("rec-1", {tone(1.5) + silence(0.4) + tone(1.5)});
  pool->submit(job);
  ASSERT_TRUE(
      run_until([&] { return kept().find("\"audio_minutes\": 0.0") != std::string::npos; }));
  const auto first_alone = nlohmann::json::parse(kept())["providers"]["openai"]["audio_minutes"];
  std::filesystem::remove(job.directory / job.audio);
  hanging = false;
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(unfinished.size(), 1U) << "there was no sound to ask with";
  EXPECT_TRUE(run_until([&] {
    const auto spent = nlohmann::json::parse(kept())["providers"]["openai"]["audio_minutes"];
    return spent.get<double>() <= first_alone.get<double>() + 1e-6;
  }));
}

TEST_F(SpendingTest, WhoseFileIsBrokenBeginsAtZeroAndIsReported) {
  options.limits = {"openai cost=2/day"};
  srs::test::write_file(file, "{\"schema\":");
  restart();
  EXPECT_EQ(transcribe(), "openai");
  EXPECT_EQ(metric("errors_total{component=\"stt\",reason=\"spending\"}"), 1);
  ASSERT_TRUE(run_until([&] { return kept().find("\"cost\": 1.0") != std::string::npos; }));
}

TEST_F(SpendingTest, LeavesNoFileWhereNothingIsLimited) {
  restart();
  EXPECT_EQ(transcribe(), "openai");
  stop();
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace srs::stt::test
