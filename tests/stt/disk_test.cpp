// What the disk keeps for the pool: over crashes, and where it refuses.
#include "stt/scripted_provider.hpp"

#include <atomic>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;

// The disk refuses what was answered: a directory stands where the answers are to go.
TEST_F(PoolTest, PaysOnceForAnAnswerThatTheDiskRefuses) {
  std::atomic<std::size_t> asked{0};
  const auto job = recording("rec-1", {tone(1.5) + silence(0.4) + tone(1.5)});
  const auto parts = job.directory / kPartsFile;
  const auto aside = job.directory / "aside";
  HttpPeer peer([&](PeerConnection& connection) {
    while (connection.read_request()) {
      if (++asked == 1) {
        std::filesystem::rename(parts, aside);
        std::filesystem::create_directory(parts);
      }
      if (!connection.answer(200, kHello)) return;
    }
  });
  options.openai.url = peer.url("/v1");
  options.piece = {.length = 2s, .overlap = 0ms};
  options.prices = {"openai/whisper-1 0.6 USD"};
  start();
  pool->submit(job);
  const auto refused = [&] { return metric("errors_total{component=\"stt\",reason=\"disk\"}"); };
  ASSERT_TRUE(run_until([&] { return refused() >= 3; }));
  EXPECT_EQ(asked, 1U) << "nobody is asked while the disk refuses";
  EXPECT_TRUE(unfinished.empty());
  std::filesystem::remove(parts);
  std::filesystem::rename(aside, parts);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(asked, 2U);
  EXPECT_EQ(transcript(job)["segments"].size(), 2U);
  EXPECT_EQ(transcript(job)["uses"][0]["requests"], 2);
  EXPECT_TRUE(finished[0].warnings.empty());
}

TEST_F(PoolTest, KeepsAFewAnswersAtMostWhileTheDiskRefuses) {
  std::atomic<bool> refusing{true};
  std::atomic<std::size_t> asked{0};
  std::vector<Job> jobs;
  for (int i = 0; i < 6; ++i) jobs.push_back(spoken("rec-" + std::to_string(i)));
  HttpPeer peer([&](PeerConnection& connection) {
    while (connection.read_request()) {
      ++asked;
      for (const auto& job : jobs) {
        std::error_code ignored;
        if (!refusing || std::filesystem::is_directory(job.directory / kPartsFile, ignored))
          continue;
        std::filesystem::rename(job.directory / kPartsFile, job.directory / "aside", ignored);
        if (!ignored) std::filesystem::create_directory(job.directory / kPartsFile, ignored);
      }
      if (!connection.answer(200, kHello)) return;
    }
  });
  options.openai.url = peer.url("/v1");
  options.concurrency = 1;
  start();
  for (const auto& job : jobs) pool->submit(job);
  const auto refused = [&] { return metric("errors_total{component=\"stt\",reason=\"disk\"}"); };
  ASSERT_TRUE(run_until([&] { return refused() >= 20; }));
  EXPECT_EQ(asked, 1U);
  refusing = false;
  for (const auto& job : jobs) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(job.directory / kPartsFile, ignored)) continue;
    std::filesystem::remove(job.directory / kPartsFile);
    std::filesystem::rename(job.directory / "aside", job.directory / kPartsFile);
  }
  ASSERT_TRUE(run_until_ended(6));
  EXPECT_EQ(finished.size(), 6U);
  EXPECT_EQ(asked, 6U);
}

TEST_F(PoolTest, WaitsForADiskThatTakesNoPlan) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  start();
  const auto job = spoken("rec-1");
  std::filesystem::create_directory(job.directory / kPartsFile);
  pool->submit(job);
  ASSERT_TRUE(
      run_until([&] { return metric("errors_total{component=\"stt\",reason=\"disk\"}") >= 2; }));
  EXPECT_EQ(provider.count(), 0U);
  std::filesystem::remove(job.directory / kPartsFile);
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(finished.size(), 1U);
}

TEST_F(PoolTest, SurvivesACrashWithoutLosingOrRepeatingAnything) {
  // Three pieces; the process dies while the second is asked for.
  std::atomic<bool> hanging{true};
  Asked asked;
  HttpPeer peer([&](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      asked.add(*request);
      if (asked.count() == 2 && hanging) return connection.wait_closed();
      connection.answer(200, kHello);
    }
  });
  options.openai.url = peer.url("/v1");
  options.piece.length = 2s;
  options.piece.overlap = 0ms;
  start();
  const auto pause = silence(0.4);
  const auto job = recording("rec-1", {tone(1.5) + pause + tone(1.5) + pause + tone(1)});
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return asked.count() == 2; }));
  hanging = false;
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(asked.count(), 4U) << "the first piece was answered once, the second cut off once";
  EXPECT_EQ(transcript(job)["segments"].size(), 3U);
  EXPECT_EQ(transcript(job)["uses"][0]["requests"], 3);
}

TEST_F(PoolTest, LeavesOnDiskWhatDoesNotFitAndFetchesItLater) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.queue = 4;
  options.concurrency = 1;
  start();
  pool->recover(directory.path());
  for (int i = 0; i < 20; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until_ended(20));
  EXPECT_EQ(finished.size(), 20U);
  EXPECT_EQ(provider.count(), 20U);
}

}  // namespace
}  // namespace srs::stt::test
