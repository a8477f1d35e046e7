// The queue: what is retried, parked, kept, and in which order.
#include "stt/files.hpp"
#include "stt/fixture.hpp"
#include "stt/job_file.hpp"
#include "stt/scripted_provider.hpp"
#include "stt/spending.hpp"
#include "tracing/spans.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <deque>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(PoolTest, LeavesTheTranscriptBesideTheRecordingAndNothingElse) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.prices = {"openai/whisper-1 0.6 USD"};
  start();
  auto job = spoken("rec-1");
  job.channels = {{0, "96", "p1", "Alice"}};
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_TRUE(run_until([&] { return pool->size() == 0; }));

  const auto json = transcript(job);
  EXPECT_EQ(json["segments"][0]["text"], "hello there");
  EXPECT_EQ(json["segments"][0]["participant"], "p1");
  EXPECT_EQ(json["segments"][0]["start_ms"], 100);
  EXPECT_EQ(json["segments"][0]["words"].size(), 2U);
  EXPECT_EQ(json["segments"][0]["provider"], "openai");
  EXPECT_EQ(json["uses"][0]["model"], "whisper-1");
  EXPECT_EQ(json["uses"][0]["cost"], 0.01);
  EXPECT_EQ(srs::test::read_file(job.directory / kTextFile), "[00:00:00] Alice: hello there\n");
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(job.directory))
    files.insert(entry.path().filename());
  EXPECT_THAT(files,
              ElementsAre("audio.wav", "transcript.json", "transcript.txt", "transcript.vtt"));

  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(finished[0].recording_id, "rec-1");
  EXPECT_EQ(finished[0].words, 2U);
  EXPECT_EQ(finished[0].files.size(), 3U);
  EXPECT_EQ(metric("stt_jobs_total{state=\"done\"}"), 1);
  EXPECT_EQ(metric("stt_transcription_duration_seconds_count{provider=\"openai\"}"), 1);
  EXPECT_EQ(metric("stt_audio_processed_bytes_total{provider=\"openai\"}"), 16044);
  EXPECT_NEAR(metric("stt_transcription_cost_total{currency=\"USD\",provider=\"openai\"}"), 0.01,
              1e-9);
}

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
  options.deadline = 1s;
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
  options.deadline = 2s;
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
  options.deadline = 1s;
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

TEST_F(PoolTest, PutsEachPieceAtItsTime) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.piece.length = 2s;
  options.piece.overlap = 0ms;
  start();
  const auto job = recording("rec-1", {tone(1.6) + silence(0.3) + tone(1.5)});
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  const auto segments = transcript(job)["segments"];
  ASSERT_EQ(segments.size(), 2U);
  EXPECT_EQ(segments[0]["start_ms"], 100);
  EXPECT_GE(segments[1]["start_ms"], 1700);
  EXPECT_LE(segments[1]["start_ms"], 2000);
}

TEST_F(PoolTest, AsksNobodyAboutSilenceOrNothing) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  start();
  const auto silent = recording("silent", {silence(2)});
  const auto empty = recording("empty", {silence(0)});
  const auto one_side = recording("one-side", {tone(1), silence(1)});
  for (const auto& job : {silent, empty, one_side}) pool->submit(job);
  ASSERT_TRUE(run_until_ended(3));
  EXPECT_EQ(finished.size(), 3U);
  EXPECT_EQ(provider.count(), 1U);
  EXPECT_EQ(transcript(silent)["segments"].size(), 0U);
  EXPECT_EQ(transcript(one_side)["segments"][0]["channel"], 0);
}

TEST_F(PoolTest, ParksARecordingWhoseAudioCannotBeRead) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  start();
  const auto broken = spoken("broken"), gone = spoken("gone");
  srs::test::write_file(broken.directory / "audio.wav", "RIFF and nothing after it");
  std::filesystem::remove(gone.directory / "audio.wav");
  pool->submit(broken);
  pool->submit(gone);
  ASSERT_TRUE(run_until_ended(2));
  ASSERT_EQ(unfinished.size(), 2U);
  EXPECT_EQ(unfinished[0].reason, "audio");
  EXPECT_EQ(provider.count(), 0U);
}

TEST_F(PoolTest, TakesTheMoreUrgentFirst) {
  std::atomic<bool> open{false};
  Asked asked;
  HttpPeer peer([&](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      asked.add(*request);
      srs::test::wait_until([&] { return open.load(); });
      connection.answer(200, R"({"text":"x"})");
    }
  });
  options.providers = {"webhook"};
  options.webhook.url = peer.url("/");
  options.concurrency = 1;
  start();
  pool->submit(spoken("first"));
  ASSERT_TRUE(run_until([&] { return asked.count() == 1; }));
  for (int i = 0; i < 3; ++i) {
    auto job = spoken("p" + std::to_string(i));
    job.priority = i;
    pool->submit(job);
  }
  ASSERT_TRUE(run_until(
      [&] { return std::filesystem::exists(directory / "2026-11-22/p2/transcription.json"); }));
  open = true;
  ASSERT_TRUE(run_until_ended(4));
  std::vector<std::string> order;
  for (const auto& event : finished) order.push_back(event.recording_id);
  EXPECT_THAT(order, ElementsAre("first", "p2", "p1", "p0"));
}

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

TEST_F(PoolTest, ReadsTheKeyFromItsFileForEveryRequest) {
  Provider provider({{401, "no"}, {}});
  options.openai.url = provider.url();
  options.openai.api_key.clear();
  options.openai.api_key_file = directory / "key";
  srs::test::write_file(options.openai.api_key_file, "old-key\n");
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  srs::test::write_file(options.openai.api_key_file, "new-key\n");
  pool->submit(spoken("rec-2"));
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_EQ(provider.asked.at(0).headers.at("authorization"), "Bearer old-key");
  EXPECT_EQ(provider.asked.at(1).headers.at("authorization"), "Bearer new-key");
  EXPECT_EQ(finished.size(), 1U);
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

TEST_F(PoolTest, SendsNothingWithoutTheKeyThatItsFileShouldHold) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.openai.api_key_file = directory / "key";
  srs::test::write_file(options.openai.api_key_file, " \n");
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(provider.count(), 0U);
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "auth");
  EXPECT_THAT(unfinished[0].text, HasSubstr("is empty"));
}

TEST_F(PoolTest, RedactsWhatItWrites) {
  Provider provider(
      {{200,
        R"({"text":"","segments":[{"start":0,"end":0.9,"text":"my card is 4111 1111 1111 1111"}]})"}});
  options.openai.url = provider.url();
  options.redaction = {.rules = {"card"}, .audio = "silence"};
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_TRUE(run_until([&] { return pool->size() == 0; }));
  for (const auto* file : {"transcript.json", "transcript.txt", "transcript.vtt"}) {
    EXPECT_EQ(srs::test::read_file(job.directory / file).find("1111"), std::string::npos) << file;
  }
  EXPECT_TRUE(std::filesystem::exists(job.directory / kRedactedAudioFile));
  EXPECT_EQ(metric("stt_redactions_total{rule=\"card\"}"), 1);
  EXPECT_EQ(finished[0].files.size(), 4U);
}

TEST_F(PoolTest, DeliversTranscriptsSignedAndOnce) {
  Provider provider(kWorking);
  Provider receiver({{503, ""}, {204, ""}});
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  options.delivery.secret = "shared secret";
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !finished.empty() && pool->size() == 0; }));
  ASSERT_EQ(receiver.count(), 2U);
  const auto first = receiver.asked.at(0), second = receiver.asked.at(1);
  EXPECT_EQ(first.headers.at("idempotency-key"), second.headers.at("idempotency-key"));
  EXPECT_EQ(second.body, srs::test::read_file(job.directory / kTranscriptFile));
  EXPECT_EQ(second.headers.at("x-siprec-recording"), "rec-1");
  expect_traced(receiver.asked);
  // openssl judges the signature.
  srs::test::write_file(directory / "signed",
                        second.headers.at("x-siprec-timestamp") + "." + second.body);
  const auto command = "openssl dgst -sha256 -hmac 'shared secret' -r '" +
                       (directory / "signed").string() + "' > '" + (directory / "digest").string() +
                       "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(second.headers.at("x-siprec-signature"),
            "sha256=" + srs::test::read_file(directory / "digest").substr(0, 64));
  EXPECT_EQ(metric("stt_deliveries_total{result=\"delivered\"}"), 1);
  EXPECT_EQ(provider.count(), 1U);
}

TEST_F(PoolTest, ParksADeliveryThatIsRefused) {
  Provider provider(kWorking);
  Provider receiver({{410, "gone"}});
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !unfinished.empty(); }));
  EXPECT_EQ(finished.size(), 1U) << "the transcript is there all the same";
  EXPECT_EQ(unfinished[0].provider, "delivery");
  EXPECT_THAT(unfinished[0].text, HasSubstr("410"));
  EXPECT_EQ(receiver.count(), 1U);
  EXPECT_TRUE(std::filesystem::exists(job.directory / kJobFile));
  EXPECT_EQ(metric("stt_deliveries_total{result=\"failed\"}"), 1);
}

TEST_F(PoolTest, TranscribesOnWhileNobodyTakesItsDeliveries) {
  Provider provider(kWorking);
  HttpPeer hanging([](PeerConnection& connection) {
    (void)connection.read_request();
    connection.wait_closed();
  });
  options.openai.url = provider.url();
  options.delivery.url = hanging.url("/");
  options.concurrency = 2;
  start();
  for (int i = 0; i < 6; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  EXPECT_TRUE(run_until_ended(6)) << finished.size();
  EXPECT_EQ(pool->running(), 0U) << "nothing is being transcribed any more";
  EXPECT_LE(hanging.most_at_once(), options.concurrency);
}

TEST_F(PoolTest, KeepsTheQueueFreeOfDeliveriesThatNobodyTakes) {
  Provider provider(kWorking);
  std::atomic<bool> closed{true};
  HttpPeer receiver([&](PeerConnection& connection) {
    while (connection.read_request())
      if (!connection.answer(closed ? 503 : 200, "")) return;
  });
  options.openai.url = provider.url();
  options.delivery.url = receiver.url("/");
  options.queue = 2;
  start();
  pool->recover(directory.path());
  for (int i = 0; i < 8; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  const auto all_transcribed = [&] {
    std::set<std::string> ids;
    for (const auto& event : finished) ids.insert(event.recording_id);
    return ids.size() == 8;
  };
  ASSERT_TRUE(run_until(all_transcribed)) << finished.size();
  EXPECT_LE(pool->size(), 2 * options.queue) << "further ones wait on disk";
  closed = false;
  EXPECT_TRUE(run_until([&] { return metric("stt_deliveries_total{result=\"delivered\"}") == 8; }))
      << metric("stt_deliveries_total{result=\"delivered\"}");
  EXPECT_EQ(provider.count(), 8U);
}

TEST_F(PoolTest, FollowsEachRequestInASpanOfTheCallsTrace) {
  tracing::test::KeptSpans kept;
  tracer = tracing::Tracer({}, kept);
  Provider provider({{503, "busy"}, {}});
  options.openai.url = provider.url();
  start();
  auto job = spoken("rec-1");
  job.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(kept.all.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& span = kept.all[i];
    EXPECT_EQ(span.name, "stt.transcribe");
    EXPECT_EQ(span.context.trace_id_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(tracing::test::text_of(span.attributes, "stt.provider"), "openai");
    EXPECT_EQ(tracing::test::text_of(span.attributes, "recording.id"), "rec-1");
    EXPECT_EQ(provider.asked.at(i).headers.at("traceparent"), tracing::traceparent(span.context))
        << "the provider's spans lie below it";
  }
  EXPECT_EQ(kept.all[0].status, tracing::Status::Error);
  EXPECT_EQ(kept.all[1].status, tracing::Status::Unset);
  stop();
  tracer = {};
}

TEST_F(PoolTest, FollowsEachDeliveryInASpanOfTheCallsTrace) {
  tracing::test::KeptSpans kept;
  tracer = tracing::Tracer({}, kept);
  Provider provider(kWorking);
  Provider receiver({{503, "busy"}, {}});
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  start();
  auto job = spoken("rec-1");
  job.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !finished.empty() && pool->size() == 0; }));
  ASSERT_EQ(kept.all.size(), 3U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& span = kept.all[i + 1];
    EXPECT_EQ(span.name, "stt.deliver");
    EXPECT_EQ(span.context.trace_id_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(tracing::test::text_of(span.attributes, "recording.id"), "rec-1");
    EXPECT_EQ(span.status, i == 0 ? tracing::Status::Error : tracing::Status::Unset);
    EXPECT_EQ(receiver.asked.at(i).headers.at("traceparent"), tracing::traceparent(span.context));
  }
  stop();
  tracer = {};
}

TEST_F(PoolTest, MakesNoSpanBelowOneThatIsNotSampledAndSaysSo) {
  tracing::test::KeptSpans kept;
  tracer = tracing::Tracer({}, kept);
  Provider provider(kWorking);
  Provider receiver(kWorking);
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  start();
  auto job = spoken("rec-1");
  job.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !finished.empty() && pool->size() == 0; }));
  const auto asked = provider.asked.at(0).headers.at("traceparent");
  EXPECT_TRUE(asked.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-")) << asked;
  EXPECT_TRUE(asked.ends_with("-00")) << asked;
  const auto told = receiver.asked.at(0).headers.at("traceparent");
  EXPECT_TRUE(told.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-")) << told;
  EXPECT_TRUE(told.ends_with("-00")) << told;
  stop();
  EXPECT_TRUE(kept.all.empty());
  tracer = {};
}

TEST_F(PoolTest, DeliversAfterARestartWithoutTranscribingAgain) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  {
    Provider refusing({{503, ""}});
    options.delivery.url = refusing.url();
    start();
    pool->submit(spoken("rec-1"));
    ASSERT_TRUE(run_until([&] { return refusing.count() >= 2; }));
    stop();
  }
  Provider receiver({{200, "thanks"}});
  options.delivery.url = receiver.url();
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until([&] { return receiver.count() == 1 && pool->size() == 0; }));
  EXPECT_EQ(provider.count(), 1U);
  ASSERT_EQ(finished.size(), 2U) << "nobody may have heard of it before the crash";
  EXPECT_EQ(finished[1].words, finished[0].words);
}

}  // namespace
}  // namespace srs::stt::test
