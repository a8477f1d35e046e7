// Transcripts that are made of live text alone, from the file of lines to their delivery.
#include "stt/files.hpp"
#include "stt/scripted_provider.hpp"

#include <support/audio.hpp>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kGreeting =
    R"({"recording_id":"rec-1","final":true,"channel":0,"start_ms":0,"end_ms":300,"text":"hello","provider":"vosk"})"
    "\n";
const std::string kCard =
    R"({"recording_id":"rec-1","final":true,"channel":0,"start_ms":1000,"end_ms":2000,"text":"my card is [card]","provider":"vosk","model":"small",)"
    R"("words":[{"text":"my","start_ms":1000,"end_ms":1100},{"text":"[card]","start_ms":1400,"end_ms":1800}],)"
    R"("redactions":[{"rule":"card","start_ms":1400,"end_ms":1800}]})"
    "\n";

class LiveTextTest : public PoolTest {
 protected:
  LiveTextTest() { options.providers.clear(); }

  // A call of three seconds.
  Job heard(const std::string& lines, const std::string& name = "rec-1") {
    auto job = recording(name, {tone(3)});
    job.channels = {{0, "96", "p1", "Alice"}};
    job.live = LiveText{3s, {{"vosk", "", 2, 3s, 0.05, "EUR"}}, {"channel 0: something was odd"}};
    srs::test::write_file(job.directory / kLiveFile, lines);
    return job;
  }
  bool is_over() {
    return run_until([&] { return !finished.empty() && pool->size() == 0; });
  }
};

TEST_F(LiveTextTest, BecomesAWholeTranscript) {
  start();
  const auto job = heard(kGreeting + kCard + R"({"final":true,"chan)");
  pool->submit(job);
  ASSERT_TRUE(is_over());
  const auto json = transcript(job);
  EXPECT_EQ(json["duration_ms"], 3000);
  ASSERT_EQ(json["segments"].size(), 2U);
  EXPECT_EQ(json["segments"][1]["participant"], "p1");
  EXPECT_EQ(json["segments"][1]["provider"], "vosk");
  EXPECT_EQ(json["segments"][1]["model"], "small");
  EXPECT_EQ(json["uses"][0]["cost"], 0.05);
  EXPECT_EQ(json["warnings"][0], "channel 0: something was odd");
  EXPECT_THAT(srs::test::read_file(job.directory / kTextFile), HasSubstr("Alice: hello"));
  EXPECT_EQ(metric("stt_jobs_total{state=\"done\"}"), 1);
  EXPECT_FALSE(is_there(job.directory / kJobFile));
  EXPECT_EQ(pool->live_texts(), 0U);
}

// It asks nobody: no limit and no deadline of asking holds it back.
TEST_F(LiveTextTest, WaitsForNoLimitAndNoDeadline) {
  Provider provider({{429, "slow down", "Retry-After: 60\r\n"}});
  options.providers = {"openai"};
  options.openai.url = provider.url();
  options.limits = {"openai concurrency=1 requests=0.001/s audio=0.001min/h cost=0.001/day"};
  options.prices = {"openai 60 USD"};
  start();
  pool->submit(spoken("rec-0"));
  ASSERT_TRUE(run_until([&] { return provider.count() == 1; }));
  options.deadline = 0s;
  start();  // a restart, long after the call
  const auto job = heard(kGreeting + kCard);
  pool->submit(job);
  ASSERT_TRUE(is_over());
  EXPECT_EQ(transcript(job)["segments"].size(), 2U);
  EXPECT_EQ(provider.count(), 1U);
}

// A transcript that could not be delivered until the deadline is there all the same.
TEST_F(LiveTextTest, StaysWhereItsDeliveryMissesTheDeadline) {
  Provider receiver({{503, ""}});
  options.delivery.url = receiver.url();
  options.deadline = 0s;
  start();
  const auto job = heard(kGreeting);
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !unfinished.empty(); }));
  EXPECT_TRUE(unfinished[0].written);
  EXPECT_EQ(unfinished[0].state, Unfinished::State::Failed);
  EXPECT_EQ(finished.size(), 1U);
  EXPECT_TRUE(is_there(job.directory / kTranscriptFile));
}

TEST_F(LiveTextTest, KeepsThePlacesOfWhatWasTakenOutInTextAndSound) {
  options.redaction = {.rules = {"card"}, .audio = "silence"};
  start();
  const auto job = heard(kGreeting + kCard);
  pool->submit(job);
  ASSERT_TRUE(is_over());
  const auto places = transcript(job)["redactions"];
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0]["rule"], "card");
  EXPECT_EQ(places[0]["channel"], 0);
  EXPECT_EQ(places[0]["start_ms"], 1200) << "live text is not exact: a little more is taken";
  EXPECT_EQ(places[0]["end_ms"], 2000);
  const auto sound = srs::test::read_wav(job.directory / kRedactedAudioFile);
  const std::span<const std::int16_t> samples(sound.channels.at(0));
  EXPECT_GT(srs::test::loudness(samples.subspan(0, 9'600)), 1000);
  EXPECT_EQ(srs::test::loudness(samples.subspan(9'600, 6'400)), 0);
  EXPECT_GT(srs::test::loudness(samples.subspan(16'000)), 1000);
  EXPECT_EQ(metric("stt_redactions_total{rule=\"card\"}"), 1);
  EXPECT_EQ(finished[0].redactions, 1U);
  EXPECT_THAT(finished[0].files,
              testing::Contains(testing::Field(&MadeFile::name, std::string(kRedactedAudioFile))));
}

TEST_F(LiveTextTest, LosesANumberThatWentOnFromOneResultToTheNext) {
  options.redaction = {.rules = {"card"}, .audio = "tone"};
  start();
  const auto line = [](int start, const std::string& text) {
    return R"({"channel":0,"start_ms":)" + std::to_string(start) + R"(,"end_ms":)" +
           std::to_string(start + 500) + R"(,"text":")" + text + R"(","words":[{"text":")" + text +
           R"(","start_ms":)" + std::to_string(start) + R"(,"end_ms":)" +
           std::to_string(start + 500) + "}]}\n";
  };
  const auto job = heard(line(500, "4111 1111") + line(1500, "1111 1111"));
  pool->submit(job);
  ASSERT_TRUE(is_over());
  EXPECT_THAT(srs::test::read_file(job.directory / kTranscriptFile), Not(HasSubstr("1111")));
  EXPECT_EQ(transcript(job)["redactions"][0]["start_ms"], 300);
  EXPECT_EQ(transcript(job)["redactions"][0]["end_ms"], 2200);
  EXPECT_TRUE(is_there(job.directory / kRedactedAudioFile));
}

TEST_F(LiveTextTest, IsDeliveredUntilItIsTaken) {
  Provider receiver({{503, ""}, {204, ""}});
  options.delivery.url = receiver.url();
  start();
  const auto job = heard(kGreeting);
  pool->submit(job);
  ASSERT_TRUE(is_over());
  ASSERT_EQ(receiver.count(), 2U);
  EXPECT_EQ(receiver.asked.at(1).body, srs::test::read_file(job.directory / kTranscriptFile));
  EXPECT_EQ(receiver.asked.at(0).headers.at("idempotency-key"),
            receiver.asked.at(1).headers.at("idempotency-key"));
  EXPECT_EQ(metric("stt_deliveries_total{result=\"delivered\"}"), 1);
  EXPECT_FALSE(is_there(job.directory / kJobFile));
}

TEST_F(LiveTextTest, IsDeliveredWithAKeyOfItsOwn) {
  Provider receiver({{204, ""}});
  options.delivery.url = receiver.url();
  start();
  const auto job = heard(kGreeting);
  auto other = job;
  other.directory = directory.path() / "2026-11-22" / "other";
  other.recording_id = "other";
  std::filesystem::copy(job.directory, other.directory);
  pool->submit(job);
  pool->submit(other);
  ASSERT_TRUE(run_until([&] { return receiver.count() == 2 && pool->size() == 0; }));
  EXPECT_NE(receiver.asked.at(0).headers.at("idempotency-key"),
            receiver.asked.at(1).headers.at("idempotency-key"));
}

TEST_F(LiveTextTest, IsDeliveredAfterACrashAsItWasWritten) {
  const auto job = heard(kGreeting);
  std::string written;
  {
    Provider refusing({{503, ""}});
    options.delivery.url = refusing.url();
    start();
    pool->submit(job);
    ASSERT_TRUE(run_until([&] { return refusing.count() >= 2; }));
    written = refusing.asked.at(0).body;
    stop();
  }
  Provider receiver({{200, ""}});
  options.delivery.url = receiver.url();
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until([&] { return receiver.count() == 1 && pool->size() == 0; }));
  EXPECT_EQ(receiver.asked.at(0).body, written);
}

TEST_F(LiveTextTest, BecomesATranscriptAfterACrashThatCameBetween) {
  const auto job = heard(kGreeting);
  ASSERT_TRUE(store_job(job));
  Provider receiver({{200, ""}});
  options.delivery.url = receiver.url();
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(is_over());
  EXPECT_EQ(transcript(job)["uses"][0]["cost"], 0.05) << "the job knows what it cost";
  EXPECT_EQ(transcript(job)["warnings"][0], "channel 0: something was odd");
  EXPECT_EQ(receiver.count(), 1U);
}

TEST_F(LiveTextTest, IsDeliveredOnceMoreOnlyWhenAskedAfterARefusal) {
  Provider receiver({{410, "gone"}, {200, ""}});
  options.delivery.url = receiver.url();
  start();
  const auto job = heard(kGreeting);
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !unfinished.empty() && pool->size() == 0; }));
  EXPECT_EQ(unfinished[0].state, Unfinished::State::Parked);
  EXPECT_TRUE(unfinished[0].written);
  EXPECT_EQ(*retry(job), Retried::Queued);
  ASSERT_TRUE(run_until([&] { return receiver.count() == 2 && pool->size() == 0; }));
  EXPECT_EQ(*retry(job), Retried::Nothing);
}

TEST_F(LiveTextTest, StaysWhereItsDeliveryIsCancelled) {
  Provider receiver({{410, "gone"}});
  options.delivery.url = receiver.url();
  start();
  const auto job = heard(kGreeting);
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !unfinished.empty() && pool->size() == 0; }));
  EXPECT_TRUE(cancel(job));
  EXPECT_FALSE(is_there(job.directory / kJobFile));
  EXPECT_TRUE(is_there(job.directory / kTranscriptFile));
  EXPECT_FALSE(cancel(job));
}

TEST_F(LiveTextTest, ThatCanNotBeWrittenIsTriedUntilTheDeadlineAndNamed) {
  options.redaction = {.rules = {"card"}, .audio = "silence"};
  options.deadline = 0s;
  start();
  const auto job = heard(kCard);
  remove_file(job.directory / job.audio);
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !unfinished.empty() && pool->size() == 0; }));
  EXPECT_EQ(unfinished[0].state, Unfinished::State::Failed);
  EXPECT_THAT(unfinished[0].text, HasSubstr("audio.wav"));
  EXPECT_TRUE(finished.empty());
}

TEST_F(LiveTextTest, ComesWithNobodyToAskForJobsOfAnotherTime) {
  auto job = spoken("rec-2");
  ASSERT_TRUE(store_job(job));
  start();
  std::optional<std::size_t> found;
  pool->recover(directory.path(), [&](std::size_t jobs) { found = jobs; });
  ASSERT_TRUE(run_until([&] { return found.has_value(); }));
  EXPECT_EQ(*found, 0U);
  EXPECT_TRUE(is_there(job.directory / kJobFile)) << "somebody may be named again";
  EXPECT_THAT(unfinished, ElementsAre());
}

}  // namespace
}  // namespace srs::stt::test
