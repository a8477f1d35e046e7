// From a recording to its transcript, and which one goes first.
#include "stt/scripted_provider.hpp"

#include <atomic>
#include <set>

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
  EXPECT_EQ(json["segments"][0]["model"], "whisper-1");
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

// A receiver that takes each key once must lose nothing.
TEST_F(PoolTest, GivesEachPieceOfEachChannelAndRecordingAKeyOfItsOwn) {
  Provider provider({{200, R"({"text":"x"})"}});
  options.providers = {"webhook"};
  options.webhook.url = provider.url();
  options.piece = {.length = 2s, .overlap = 0ms};
  start();
  const auto said = tone(1.6) + silence(0.3) + tone(1.5);
  for (const auto* name : {"rec-1", "rec-2"}) pool->submit(recording(name, {said, said}));
  ASSERT_TRUE(run_until_ended(2));
  ASSERT_EQ(provider.count(), 8U);
  std::set<std::string> keys;
  for (std::size_t i = 0; i < 8; ++i)
    keys.insert(provider.asked.at(i).headers.at("idempotency-key"));
  EXPECT_EQ(keys.size(), 8U);
}

// Somebody who is asked through a gate; tells which recordings came, in their order.
class Gate {
 public:
  std::string url() const { return peer_.url("/"); }
  std::size_t count() const { return asked.count(); }
  void open() { open_ = true; }
  std::vector<std::string> order() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < asked.count(); ++i)
      names.push_back(asked.at(i).headers.at("x-siprec-recording"));
    return names;
  }
  Asked asked;

 private:
  std::atomic<bool> open_{false};
  HttpPeer peer_{[this](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      asked.add(*request);
      srs::test::wait_until([&] { return open_.load(); });
      connection.answer(200, R"({"text":"x"})");
    }
  }};
};

TEST_F(PoolTest, LetsTheMoreUrgentInBetweenThePiecesOfALongRecording) {
  Gate gate;
  options.providers = {"webhook"};
  options.webhook.url = gate.url();
  options.concurrency = 1;
  options.piece = {.length = 2s, .overlap = 0ms};
  start();
  Samples hours;
  for (int i = 0; i < 5; ++i) hours = hours + tone(1.6) + silence(0.3);
  const auto job = recording("long", {hours});
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return gate.count() == 1; }));
  pool->submit(spoken("later"));
  auto emergency = spoken("emergency");
  emergency.priority = 2;
  pool->submit(emergency);
  ASSERT_TRUE(run_until([&] {
    return std::filesystem::exists(directory / "2026-11-22/emergency/transcription.json") &&
           std::filesystem::exists(directory / "2026-11-22/later/transcription.json");
  }));
  run_until([] { return false; }, 0s);  // what they have to tell is told
  gate.open();
  ASSERT_TRUE(run_until_ended(3));
  EXPECT_THAT(gate.order(),
              ElementsAre("long", "emergency", "long", "long", "long", "long", "long", "later"))
      << "nothing is asked twice, and nobody of the same rank comes between";
  EXPECT_EQ(transcript(job)["segments"].size(), 6U);
  EXPECT_EQ(finished.at(0).recording_id, "emergency");
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

}  // namespace
}  // namespace srs::stt::test
