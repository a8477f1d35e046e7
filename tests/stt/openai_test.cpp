// Against https://platform.openai.com/docs/api-reference/audio/createTranscription and what
// whisper.cpp's server, faster-whisper and LocalAI answer.
#include "stt/providers/openai.hpp"

#include "stt/fixture.hpp"

namespace srs::stt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class OpenAiTest : public PoolTest {
 protected:
  // Transcribes one recording and keeps the request.
  nlohmann::json ask(const std::string& answer, const std::string& path = "/v1") {
    HttpPeer peer([&](PeerConnection& connection) {
      while (auto request = connection.read_request()) {
        asked.add(std::move(*request));
        connection.answer(200, answer);
      }
    });
    options.openai.url = peer.url(path);
    start();
    auto job = spoken("rec-1");
    job.language = "en-GB";
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(1));
    return transcript(job);
  }
  Asked asked;
  std::vector<std::size_t> sizes;  // of bodies, in the order of the requests
};

TEST_F(OpenAiTest, IsAskedAsItsReferenceSays) {
  options.vocabulary = {"Contoso", "SIPREC"};
  ask(R"({"text":"x"})");
  const auto request = asked.at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/audio/transcriptions");
  EXPECT_EQ(request.headers.at("authorization"), "Bearer sk-test-of-a-key");
  EXPECT_EQ(request.headers.at("traceparent"), kTraceparent);
  const auto form = form_of(request);
  EXPECT_EQ(field(form, "model"), "whisper-1");
  EXPECT_EQ(field(form, "response_format"), "verbose_json");
  EXPECT_EQ(field(form, "timestamp_granularities[]"), "word|segment");
  EXPECT_EQ(field(form, "language"), "en");
  EXPECT_EQ(field(form, "prompt"), "Contoso, SIPREC");
  EXPECT_EQ(field(form, "file"), wav({tone(1)}));
  for (const auto& part : form) {
    if (part.name != "file") continue;
    EXPECT_THAT(part.headers, HasSubstr("filename=\"audio.wav\""));
    EXPECT_THAT(part.headers, HasSubstr("Content-Type: audio/wav"));
  }
}

// Azure's portal shows the whole address, and so do the manuals of some servers.
TEST_F(OpenAiTest, IsAskedAtItsWholeAddressToo) {
  ask(R"({"text":"x"})", "/v1/audio/transcriptions");
  EXPECT_EQ(asked.at(0).target, "/v1/audio/transcriptions");
}

TEST_F(OpenAiTest, IsAskedAtTheWholeAddressOfAnAzureDeployment) {
  const std::string path = "/openai/deployments/d/audio/transcriptions?api-version=2024-06-01";
  ask(R"({"text":"x"})", path);
  EXPECT_EQ(asked.at(0).target, path);
}

// Beyond 25 MB it answers 413, whatever the length.
TEST_F(OpenAiTest, GetsPiecesOfAtMost25MegabytesCutWhereItIsQuiet) {
  HttpPeer peer([&](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      const bool fits = request->body.size() < 25'000'000 + 10'000;
      const auto size = request->body.size();
      sizes.push_back(size);
      connection.answer(fits ? 200 : 413, fits ? R"({"text":"x"})" : "");
    }
  });
  options.openai.url = peer.url("/v1");
  options.concurrency = 1;
  start();
  constexpr unsigned kRate = 44'100;
  auto job = spoken("rec-1");
  write_wav(job.directory / "audio.wav",
            {tone(250, 440, kRate) + silence(1, kRate) + tone(80, 440, kRate)}, kRate);
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  ASSERT_EQ(sizes.size(), 2U);
  EXPECT_NEAR(static_cast<double>(sizes[0]), 251.0 * 2 * kRate, 1.0 * 2 * kRate);
}

TEST_F(OpenAiTest, NeedsNoKeyWhereTheServerIsOnesOwn) {
  options.openai.api_key.clear();
  ask(R"({"text":"x"})");
  EXPECT_FALSE(asked.at(0).headers.contains("authorization"));
}

TEST_F(OpenAiTest, GetsWhatTheServerOfOnesOwnWasTooDeadFor) {
  options.providers = {"whisper", "openai"};
  options.whisper.url = "http://127.0.0.1:1/v1";
  options.whisper.model = "large-v3";
  options.whisper.api_key = "own-key";
  options.retry.attempts = 2;
  options.prices = {"openai/whisper-1 0.6 USD", "whisper 0.06 EUR"};
  const auto transcript = ask(R"({"text":"x"})");
  EXPECT_EQ(asked.count(), 1U);
  EXPECT_EQ(field(form_of(asked.at(0)), "model"), "whisper-1");
  EXPECT_EQ(asked.at(0).headers.at("authorization"), "Bearer sk-test-of-a-key");
  EXPECT_EQ(transcript["segments"][0]["provider"], "openai");
  EXPECT_EQ(transcript["uses"].size(), 1U);
  EXPECT_EQ(transcript["uses"][0]["currency"], "USD");
  EXPECT_GE(metric(R"(stt_transcription_errors_total{provider="whisper",reason="connect"})"), 1);
  EXPECT_EQ(metric(R"(stt_transcription_errors_total{provider="openai",reason="connect"})"), 0);
  EXPECT_EQ(metric(R"(stt_transcription_duration_seconds_count{provider="openai"})"), 1);
  EXPECT_EQ(metric(R"(stt_transcription_duration_seconds_count{provider="whisper"})"), 0);
}

TEST_F(OpenAiTest, IsNotAskedWhereTheServerOfOnesOwnAnswers) {
  HttpPeer own([&](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      EXPECT_EQ(request->headers.at("authorization"), "Bearer own-key");
      EXPECT_EQ(field(form_of(*request), "model"), "large-v3");
      connection.answer(200, R"({"text":"from our own"})");
    }
  });
  options.providers = {"whisper", "openai"};
  options.whisper.url = own.url("/v1");
  options.whisper.model = "large-v3";
  options.whisper.api_key = "own-key";
  options.prices = {"openai 0.6 USD", "whisper/large-v3 0.06 EUR"};
  const auto transcript = ask(R"({"text":"x"})");
  EXPECT_EQ(asked.count(), 0U);
  EXPECT_EQ(transcript["segments"][0]["provider"], "whisper");
  EXPECT_EQ(transcript["uses"][0]["model"], "large-v3");
  EXPECT_NEAR(metric(R"(stt_transcription_cost_total{currency="EUR",provider="whisper"})"), 0.001,
              1e-9);
  EXPECT_EQ(metric(R"(stt_transcription_cost_total{currency="USD",provider="openai"})"), 0);
}

TEST_F(OpenAiTest, KeepsTheQueryOfAnAzureDeployment) {
  ask(R"({"text":"x"})", "/openai/deployments/w?api-version=2024-06-01");
  EXPECT_EQ(asked.at(0).target,
            "/openai/deployments/w/audio/transcriptions?api-version=2024-06-01");
  EXPECT_EQ(asked.at(0).headers.at("api-key"), "sk-test-of-a-key");
  EXPECT_FALSE(asked.at(0).headers.contains("authorization"));
}

TEST(OpenAiRequests, HaveTheKeyWhereAzureLooksForIt) {
  const auto headers = [](const char* url) {
    Options options;
    options.openai.url = url;
    options.openai.api_key = "a-key";
    const auto request = openai::request(options, options.openai, "stt.openai.api_key_file", {});
    return request ? request->headers : HttpHeaders{};
  };
  const HttpHeaders azure{{"api-key", "a-key"}};
  EXPECT_EQ(headers("https://ours.openai.azure.com/openai/v1"), azure);
  EXPECT_EQ(headers("https://ours.openai.azure.us/openai/deployments/w?api-version=2024-06-01"),
            azure);
  EXPECT_EQ(headers("https://ours.services.ai.azure.com:443/openai/v1"), azure);
  EXPECT_EQ(headers("https://ours.cognitiveservices.azure.com/openai/v1"), azure);
  EXPECT_EQ(headers("https://gateway.example/speech?api-version=2024-06-01"), azure);
  const HttpHeaders others{{"Authorization", "Bearer a-key"}};
  EXPECT_EQ(headers("https://api.openai.com/v1"), others);
  EXPECT_EQ(headers("https://not-azure.com/v1"), others);
  EXPECT_EQ(headers("https://ours.example/openai.azure.com/v1"), others);
}

TEST_F(OpenAiTest, AsksForPlainJsonWhereTheModelKnowsNoTimes) {
  options.openai.response_format = "json";
  options.openai.model = "gpt-4o-transcribe";
  const auto transcript =
      ask(R"({"text":"Good morning.","usage":{"type":"tokens","total_tokens":5}})");
  EXPECT_EQ(field(form_of(asked.at(0)), "timestamp_granularities[]"), "");
  EXPECT_EQ(transcript["segments"][0]["text"], "Good morning.");
  EXPECT_EQ(transcript["segments"][0]["end_ms"], 1000) << "all of the piece";
}

TEST_F(OpenAiTest, SharesTheWordsOutToTheirSegments) {
  const auto transcript = ask(
      R"({"task":"transcribe","language":"english","duration":1.0,"text":"one two three",)"
      R"("segments":[{"id":0,"seek":0,"start":0.0,"end":0.5,"text":" one two","tokens":[1],"temperature":0.0,"avg_logprob":-0.25,"compression_ratio":1.0,"no_speech_prob":0.01},)"
      R"({"id":1,"start":0.5,"end":1.0,"text":" three"}],)"
      R"("words":[{"word":"one","start":0.0,"end":0.2},{"word":"two","start":0.2,"end":0.45},{"word":"three","start":0.55,"end":0.9}]})");
  ASSERT_EQ(transcript["segments"].size(), 2U);
  EXPECT_EQ(transcript["segments"][0]["words"].size(), 2U);
  EXPECT_EQ(transcript["segments"][1]["words"][0]["text"], "three");
  EXPECT_EQ(transcript["segments"][0]["language"], "english");
  EXPECT_NEAR(transcript["segments"][0]["confidence"], 0.7788, 1e-4);
}

TEST(OpenAiAnswers, HaveWordsWithinSegmentsWhereWhisperCppGivesThem) {
  const auto answer = openai::parse(
      R"({"task":"transcribe","language":"en","duration":3.0,"text":" And so","segments":[{"id":0,"text":" And so",)"
      R"("start":0.0,"end":1.5,"tokens":[400],"words":[{"word":" And","start":0.3,"end":0.7,"t_dtw":-1,"probability":0.91},)"
      R"({"word":" so","start":0.7,"end":1.1,"t_dtw":-1,"probability":0.8}],"temperature":0.0,"avg_logprob":-0.2}]})");
  ASSERT_TRUE(answer) << answer.error().text;
  ASSERT_EQ(answer->segments[0].words.size(), 2U);
  EXPECT_EQ(answer->segments[0].words[1].confidence, 0.8);
}

TEST(OpenAiAnswers, AreEmptyWhereNobodySpoke) {
  const auto answer = openai::parse(R"({"text":"","segments":[]})");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->segments.empty());
}

TEST(OpenAiErrors, TellAccountsWithoutMoneyFromTooManyRequests) {
  HttpResponse response;
  response.status = 429;
  response.body =
      R"({"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}})";
  EXPECT_EQ(judge(response, {}, openai::complaint)->reason, Reason::RateLimited);
  response.body =
      R"({"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}})";
  EXPECT_EQ(judge(response, {}, openai::complaint)->reason, Reason::Quota);
}

}  // namespace
}  // namespace srs::stt::test
