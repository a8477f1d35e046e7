// Providers as their public references describe them, with their paths, headers, fields and errors:
// Azure, ElevenLabs, AssemblyAI, Speechmatics.
#include "stt/fixture.hpp"

#include <atomic>
#include <set>

namespace srs::stt::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

// A provider with several paths: what a request gets is decided by `METHOD path`.
class CloudTest : public PoolTest {
 protected:
  // Tokens, uploads, questions and deletions alike.
  void TearDown() override { expect_traced(asked); }

  struct Reply {
    int status = 200;
    std::string body;
  };
  // The replies of one path in turn; the last one stays.
  std::map<std::string, std::vector<Reply>> routes;
  std::function<void(const PeerRequest&)> on_request;  // on the peer's threads

  void serve() {
    peer_ = std::make_unique<HttpPeer>([this](PeerConnection& connection) {
      while (auto request = connection.read_request()) {
        asked.add(*request);
        if (on_request) on_request(*request);
        const auto reply =
            next(request->method + " " + request->target.substr(0, request->target.find('?')));
        if (!connection.answer(reply.status, reply.body)) return;
      }
    });
  }
  std::string url(const std::string& path = "") const { return peer_->url(path); }

  Job run(const std::string& name = "rec-1", const std::string& language = "en-US") {
    start();
    auto job = recording(name, {tone(2)});
    job.language = language;
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(finished.size() + unfinished.size() + 1));
    return job;
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < asked.count(); ++i)
      all.push_back(asked.at(i).method + " " + asked.at(i).target);
    return all;
  }

  Asked asked;

 private:
  Reply next(const std::string& route) {
    const std::lock_guard lock(mutex_);
    const auto at = routes.find(route);
    if (at == routes.end()) return {404, R"({"detail":"no such route"})"};
    auto& number = count_[route];
    return at->second[std::min(number++, at->second.size() - 1)];
  }
  std::mutex mutex_;
  std::map<std::string, std::size_t> count_;
  std::unique_ptr<HttpPeer> peer_;
};

TEST_F(CloudTest, AzureIsAskedForAFastTranscription) {
  routes["POST /speechtotext/transcriptions:transcribe"] = {
      {200,
       R"({"durationMilliseconds":2000,"combinedPhrases":[{"text":"Good morning."}],"phrases":[)"
       R"({"offsetMilliseconds":40,"durationMilliseconds":900,"text":"Good morning.","words":[)"
       R"({"text":"Good","offsetMilliseconds":40,"durationMilliseconds":300},)"
       R"({"text":"morning.","offsetMilliseconds":340,"durationMilliseconds":600}],"locale":"en-US","confidence":0.93}]})"}};
  serve();
  options.providers = {"azure"};
  options.azure.url = url();
  options.azure.key = "azure-key";
  options.vocabulary = {"SIPREC"};
  options.profanity_filter = true;
  const auto job = run();
  const auto request = asked.at(0);
  EXPECT_EQ(request.target, "/speechtotext/transcriptions:transcribe?api-version=2025-10-15");
  EXPECT_EQ(request.headers.at("ocp-apim-subscription-key"), "azure-key");
  const auto form = form_of(request);
  EXPECT_EQ(field(form, "audio"), wav({tone(2)}));
  EXPECT_EQ(
      json::parse(field(form, "definition")),
      json::parse(
          R"({"locales":["en-US"],"profanityFilterMode":"Masked","phraseList":{"phrases":["SIPREC"]}})"));
  const auto said = transcript(job)["segments"][0];
  EXPECT_EQ(said["text"], "Good morning.");
  EXPECT_EQ(said["start_ms"], 40);
  EXPECT_EQ(said["words"][1]["end_ms"], 940);
  EXPECT_EQ(said["confidence"], 0.93);
}

TEST_F(CloudTest, AzuresOlderVersionIsSentNoPhraseListWhichItDoesNotKnow) {
  routes["POST /speechtotext/transcriptions:transcribe"] = {
      {200, R"({"durationMilliseconds":2000,"combinedPhrases":[{"text":"Hi."}],"phrases":[]})"}};
  serve();
  options.providers = {"azure"};
  options.azure.url = url();
  options.azure.key = "azure-key";
  options.azure.api_version = "2024-11-15";
  options.vocabulary = {"SIPREC"};
  run();
  const auto request = asked.at(0);
  EXPECT_THAT(request.target, HasSubstr("api-version=2024-11-15"));
  EXPECT_EQ(json::parse(field(form_of(request), "definition")),
            json::parse(R"({"locales":["en-US"],"profanityFilterMode":"None"})"));
}

TEST_F(CloudTest, AzureSaysWhatIsWrongInItsOwnWay) {
  routes["POST /speechtotext/transcriptions:transcribe"] = {
      {401,
       R"({"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}})"}};
  serve();
  options.providers = {"azure"};
  options.azure.url = url();
  options.azure.key = "wrong-key";
  run();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "auth");
  EXPECT_THAT(unfinished[0].text, HasSubstr("invalid subscription key"));
}

TEST_F(CloudTest, ElevenLabsGivesWordsAndWhatIsBetweenThem) {
  routes["POST /v1/speech-to-text"] = {
      {200,
       R"({"language_code":"eng","language_probability":0.98,"text":"Hello world!","words":[)"
       R"({"text":"Hello","start":0.0,"end":0.5,"type":"word","speaker_id":"speaker_1","logprob":-0.105},)"
       R"({"text":" ","start":0.5,"end":0.5,"type":"spacing"},{"text":"world!","start":0.5,"end":1.2,"type":"word","logprob":0},)"
       R"j({"text":"(laughter)","start":1.2,"end":1.9,"type":"audio_event"}]})j"}};
  serve();
  options.providers = {"elevenlabs"};
  options.elevenlabs.url = url();
  options.elevenlabs.api_key = "xi-key";
  options.vocabulary = {"SIPREC", "Contoso"};
  options.pii = {"SSN"};  // another provider's word
  options.elevenlabs.pii = {"pci"};
  const auto job = run();
  const auto request = asked.at(0);
  EXPECT_EQ(request.headers.at("xi-api-key"), "xi-key");
  const auto form = form_of(request);
  EXPECT_EQ(field(form, "model_id"), "scribe_v2");
  EXPECT_EQ(field(form, "language_code"), "en");
  EXPECT_EQ(field(form, "timestamps_granularity"), "word");
  EXPECT_EQ(field(form, "keyterms"), "SIPREC|Contoso");
  EXPECT_EQ(field(form, "entity_detection"), "pci");
  EXPECT_EQ(field(form, "entity_redaction"), "pci");
  EXPECT_EQ(field(form, "file"), wav({tone(2)}));
  const auto said = transcript(job)["segments"][0];
  EXPECT_EQ(said["text"], "Hello world!");
  EXPECT_EQ(said["words"].size(), 2U);
  EXPECT_NEAR(said["words"][0]["confidence"], 0.9003, 1e-4);
}

TEST_F(CloudTest, AssemblyAiUploadsSubmitsAndPolls) {
  routes["POST /v2/upload"] = {
      {200, R"({"upload_url":"https://cdn.assemblyai.com/upload/f756988d"})"}};
  routes["POST /v2/transcript"] = {{200, R"({"id":"9ea68fd3","status":"queued","audio_url":"x"})"}};
  routes["GET /v2/transcript/9ea68fd3"] = {
      {200, R"({"id":"9ea68fd3","status":"queued"})"},
      {200, R"({"id":"9ea68fd3","status":"processing"})"},
      {200,
       R"({"id":"9ea68fd3","status":"completed","language_code":"en_us","speech_model":null,"speech_model_used":"universal-2","text":"Smoke from hundreds.",)"
       R"("words":[{"text":"Smoke","start":250,"end":650,"confidence":0.97,"speaker":null},{"text":"from","start":730,"end":1022,"confidence":1.0},)"
       R"({"text":"hundreds.","start":1076,"end":1466,"confidence":0.99}]})"}};
  serve();
  options.providers = {"assemblyai"};
  options.assemblyai.url = url();
  options.assemblyai.api_key = "aai-key";
  options.assemblyai.model = "universal-2";
  options.vocabulary = {"SIPREC"};
  options.pii = {"SSN"};  // another provider's word
  options.assemblyai.pii = {"credit_card_number"};
  const auto job = run();
  EXPECT_THAT(paths(), ElementsAre("POST /v2/upload", "POST /v2/transcript",
                                   "GET /v2/transcript/9ea68fd3", "GET /v2/transcript/9ea68fd3",
                                   "GET /v2/transcript/9ea68fd3", "DELETE /v2/transcript/9ea68fd3"))
      << "nothing of the call stays there";
  for (std::size_t i = 0; i < asked.count(); ++i)
    EXPECT_EQ(asked.at(i).headers.at("authorization"), "aai-key");
  EXPECT_EQ(asked.at(0).body, wav({tone(2)}));
  EXPECT_EQ(
      json::parse(asked.at(1).body),
      json::parse(
          R"({"audio_url":"https://cdn.assemblyai.com/upload/f756988d","punctuate":true,"format_text":true,)"
          R"("language_code":"en_us","speech_models":["universal-2"],"keyterms_prompt":["SIPREC"],"redact_pii":true,"redact_pii_policies":["credit_card_number"]})"));
  const auto said = transcript(job)["segments"][0];
  EXPECT_EQ(said["text"], "Smoke from hundreds.");
  EXPECT_EQ(said["words"][2]["start_ms"], 1076);
  EXPECT_EQ(transcript(job)["uses"][0]["model"], "universal-2");
}

TEST_F(CloudTest, AssemblyAiMayGiveUp) {
  routes["POST /v2/upload"] = {{200, R"({"upload_url":"u"})"}};
  routes["POST /v2/transcript"] = {{200, R"({"id":"1","status":"queued"})"}};
  routes["GET /v2/transcript/1"] = {
      {200, R"({"id":"1","status":"error","error":"Transcoding failed."})"}};
  serve();
  options.providers = {"assemblyai"};
  options.assemblyai.url = url();
  options.assemblyai.api_key = "aai-key";
  run();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "rejected");
  EXPECT_THAT(unfinished[0].text, HasSubstr("Transcoding failed."));
  EXPECT_EQ(paths().back(), "DELETE /v2/transcript/1");
}

// What is deleted there can't be asked for again.
TEST_F(CloudTest, AnAnswerIsDeletedThereOnlyWhereItIsOnOurDisk) {
  routes["POST /v2/upload"] = {{200, R"({"upload_url":"u"})"}};
  routes["POST /v2/transcript"] = {{200, R"({"id":"1","status":"queued"})"}};
  routes["GET /v2/transcript/1"] = {
      {200, R"({"status":"completed","words":[{"text":"done","start":1,"end":9}]})"}};
  std::filesystem::path parts;
  std::atomic<bool> kept{false};
  on_request = [&](const PeerRequest& request) {
    if (request.method == "DELETE")
      kept = srs::test::read_file(parts).find("done") != std::string::npos;
  };
  serve();
  options.providers = {"assemblyai"};
  options.assemblyai.url = url();
  options.assemblyai.api_key = "aai-key";
  parts = directory.path() / "2026-11-22" / "rec-1" / kPartsFile;
  run();
  EXPECT_TRUE(kept);
}

TEST_F(CloudTest, AJobThatAProviderWorksOnIsNotSubmittedAgainAfterACrash) {
  routes["POST /v2/upload"] = {{200, R"({"upload_url":"u"})"}};
  routes["POST /v2/transcript"] = {{200, R"({"id":"1","status":"queued"})"}};
  routes["GET /v2/transcript/1"] = {{200, R"({"id":"1","status":"processing"})"}};
  serve();
  options.providers = {"assemblyai"};
  options.assemblyai.url = url();
  options.assemblyai.api_key = "aai-key";
  start();
  const auto job = recording("rec-1", {tone(2)});
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return asked.count() >= 4; }));
  stop();
  routes["GET /v2/transcript/1"] = {
      {200, R"({"status":"completed","words":[{"text":"done","start":1,"end":9}]})"}};
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until_ended(1));
  const auto all = paths();
  EXPECT_EQ(std::count(all.begin(), all.end(), "POST /v2/transcript"), 1);
  EXPECT_EQ(transcript(job)["segments"][0]["text"], "done");
}

TEST_F(CloudTest, SpeechmaticsTakesAJobAndGivesWordsAndPunctuation) {
  routes["POST /v2/jobs"] = {{201, R"({"id":"a1b2c3d4e5"})"}};
  routes["GET /v2/jobs/a1b2c3d4e5"] = {
      {200,
       R"({"job":{"id":"a1b2c3d4e5","status":"running","created_at":"2026-11-22T10:00:00Z","data_name":"audio.wav","duration":2}})"},
      {200, R"({"job":{"id":"a1b2c3d4e5","status":"done"}})"}};
  routes["GET /v2/jobs/a1b2c3d4e5/transcript"] = {
      {200,
       R"({"format":"2.9","job":{"id":"a1b2c3d4e5"},"metadata":{"type":"transcription"},"results":[)"
       R"({"type":"word","start_time":0.55,"end_time":1.2,"alternatives":[{"confidence":0.95,"content":"Hello","language":"en","speaker":"UU"}]},)"
       R"({"type":"punctuation","attaches_to":"previous","is_eos":true,"start_time":1.2,"end_time":1.2,"alternatives":[{"confidence":1.0,"content":"."}]},)"
       R"({"type":"word","start_time":1.6,"end_time":1.9,"alternatives":[{"confidence":0.9,"content":"Yes","language":"en"}]}]})"}};
  serve();
  options.providers = {"speechmatics"};
  options.speechmatics.url = url("/v2");
  options.speechmatics.api_key = "sm-key";
  options.vocabulary = {"SIPREC"};
  const auto job = run();
  EXPECT_THAT(paths(),
              ElementsAre("POST /v2/jobs", "GET /v2/jobs/a1b2c3d4e5", "GET /v2/jobs/a1b2c3d4e5",
                          "GET /v2/jobs/a1b2c3d4e5/transcript?format=json-v2",
                          "DELETE /v2/jobs/a1b2c3d4e5"))
      << "nothing of the call stays there";
  EXPECT_EQ(asked.at(0).headers.at("authorization"), "Bearer sm-key");
  const auto form = form_of(asked.at(0));
  EXPECT_EQ(field(form, "data_file"), wav({tone(2)}));
  EXPECT_EQ(
      json::parse(field(form, "config")),
      json::parse(
          R"({"type":"transcription","transcription_config":{"language":"en","operating_point":"standard","additional_vocab":[{"content":"SIPREC"}]}})"));
  const auto segments = transcript(job)["segments"];
  ASSERT_EQ(segments.size(), 2U) << "a sentence has ended";
  EXPECT_EQ(segments[0]["text"], "Hello.");
  EXPECT_EQ(segments[1]["start_ms"], 1600);
}

TEST_F(CloudTest, SpeechmaticsMayRejectAJob) {
  routes["POST /v2/jobs"] = {{201, R"({"id":"x"})"}};
  routes["GET /v2/jobs/x"] = {
      {200,
       R"({"job":{"id":"x","status":"rejected","errors":[{"message":"unsupported language","timestamp":"t"}]}})"}};
  serve();
  options.providers = {"speechmatics"};
  options.speechmatics.url = url("/v2");
  options.speechmatics.api_key = "sm-key";
  run();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "rejected");
  EXPECT_THAT(unfinished[0].text, HasSubstr("unsupported language"));
}

// Google: the token server, the recogniser and the bucket in one.
class GoogleTest : public CloudTest {
 protected:
  void prepare() {
    serve();
    ASSERT_EQ(std::system(("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out '" +
                           key.string() + "' 2> /dev/null && openssl pkey -in '" + key.string() +
                           "' -pubout -out '" + public_key.string() + "'")
                              .c_str()),
              0);
    srs::test::write_file(directory / "account.json",
                          json{{"type", "service_account"},
                               {"project_id", "my-project"},
                               {"private_key_id", "kid1"},
                               {"private_key", srs::test::read_file(key)},
                               {"client_email", "srs@my-project.iam.gserviceaccount.com"},
                               {"token_uri", url("/token")}}
                              .dump());
    options.providers = {"google"};
    options.google.url = url();
    options.google.storage_url = url();
    options.google.credentials = directory / "account.json";
    routes["POST /token"] = {
        {200, R"({"access_token":"ya29.token","expires_in":3599,"token_type":"Bearer"})"}};
  }
  const std::filesystem::path key = directory / "key.pem";
  const std::filesystem::path public_key = directory / "public.pem";
};

std::string from_base64(std::string text, const std::filesystem::path& at) {
  for (auto& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  srs::test::write_file(at, text);
  const auto out = at.string() + ".out";
  EXPECT_EQ(
      std::system(("openssl base64 -d -A -in '" + at.string() + "' -out '" + out + "'").c_str()),
      0);
  return srs::test::read_file(out);
}

TEST_F(GoogleTest, ProvesWhoItIsByATokenThatOpensslAccepts) {
  prepare();
  routes["POST /v1/speech:recognize"] = {
      {200,
       R"({"results":[{"alternatives":[{"transcript":"hello world","confidence":0.96,"words":[)"
       R"({"startTime":"0s","endTime":"0.500s","word":"hello","confidence":0.9},{"startTime":"0.500s","endTime":"1.100s","word":"world","confidence":0}]}],)"
       R"("resultEndTime":"1.500s","languageCode":"en-us"}],"totalBilledTime":"15s"})"}};
  options.vocabulary = {"SIPREC"};
  const auto job = run();
  ASSERT_THAT(paths(), ElementsAre("POST /token", "POST /v1/speech:recognize"));
  const auto form = asked.at(0).body;
  EXPECT_THAT(form,
              testing::StartsWith(
                  "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="));
  const auto jwt = form.substr(form.rfind('=') + 1);
  const auto head = jwt.substr(0, jwt.rfind('.'));
  const auto dot = head.find('.');
  EXPECT_EQ(json::parse(from_base64(head.substr(0, dot), directory / "h")),
            json::parse(R"({"alg":"RS256","typ":"JWT","kid":"kid1"})"));
  const auto claims = json::parse(from_base64(head.substr(dot + 1), directory / "c"));
  EXPECT_EQ(claims["iss"], "srs@my-project.iam.gserviceaccount.com");
  EXPECT_EQ(claims["aud"], url("/token"));
  EXPECT_EQ(claims["exp"].get<int>() - claims["iat"].get<int>(), 3600);
  from_base64(jwt.substr(jwt.rfind('.') + 1), directory / "s");
  srs::test::write_file(directory / "signed", head);
  EXPECT_EQ(std::system(("openssl dgst -sha256 -verify '" + public_key.string() + "' -signature '" +
                         (directory / "s.out").string() + "' '" + (directory / "signed").string() +
                         "' > /dev/null")
                            .c_str()),
            0);

  EXPECT_EQ(asked.at(1).headers.at("authorization"), "Bearer ya29.token");
  const auto body = json::parse(asked.at(1).body);
  EXPECT_EQ(
      body["config"],
      json::parse(
          R"({"encoding":"LINEAR16","sampleRateHertz":8000,"languageCode":"en-US","enableWordTimeOffsets":true,)"
          R"("enableWordConfidence":true,"enableAutomaticPunctuation":true,"profanityFilter":false,"speechContexts":[{"phrases":["SIPREC"]}]})"));
  EXPECT_EQ(from_base64(body["audio"]["content"], directory / "audio"), wav({tone(2)}));
  const auto said = transcript(job)["segments"][0];
  EXPECT_EQ(said["words"][1]["end_ms"], 1100);
  EXPECT_FALSE(said["words"][1].contains("confidence"));
}

TEST_F(GoogleTest, KeepsItsTokenForTheNextRequest) {
  prepare();
  routes["POST /v1/speech:recognize"] = {{200, "{}"}};
  start();
  for (const auto* name : {"a", "b"}) {
    auto job = spoken(name);
    job.language = "de-DE";
    pool->submit(job);
    ASSERT_TRUE(run_until([&] { return finished.size() == (name[0] == 'a' ? 1U : 2U); }));
  }
  EXPECT_EQ(asked.count(), 3U);
}

TEST_F(GoogleTest, GoesThroughABucketWhereOneIsNamed) {
  prepare();
  options.google.bucket = "calls";
  routes["POST /upload/storage/v1/b/calls/o"] = {{200, R"({"kind":"storage#object"})"}};
  routes["POST /v1/speech:longrunningrecognize"] = {{200, R"({"name":"7612202767953098924"})"}};
  routes["GET /v1/operations/7612202767953098924"] = {
      {200, R"({"name":"7612202767953098924","metadata":{"progressPercent":30}})"},
      {200,
       R"({"name":"7612202767953098924","done":true,"response":{"results":[{"alternatives":[{"transcript":"long","words":[{"startTime":"1s","endTime":"1.400s","word":"long"}]}]}]}})"}};
  const auto job = run();
  EXPECT_EQ(transcript(job)["segments"][0]["start_ms"], 1000);
  const auto all = paths();
  ASSERT_EQ(all.size(), 6U) << testing::PrintToString(all);
  EXPECT_THAT(
      all[1],
      testing::MatchesRegex(
          "POST /upload/storage/v1/b/calls/o\\?uploadType=media&name=siprec-[0-9a-f]{32}.wav"));
  EXPECT_EQ(asked.at(1).body, wav({tone(2)}));
  EXPECT_THAT(json::parse(asked.at(2).body)["audio"]["uri"].get<std::string>(),
              testing::StartsWith("gs://calls/siprec-"));
  EXPECT_THAT(all[5], testing::StartsWith("DELETE /storage/v1/b/calls/o/siprec-"))
      << "nothing stays there";
}

TEST_F(GoogleTest, NamesTheObjectOfEachRecordingApart) {
  prepare();
  options.google.bucket = "calls";
  routes["POST /upload/storage/v1/b/calls/o"] = {{200, R"({"kind":"storage#object"})"}};
  routes["POST /v1/speech:longrunningrecognize"] = {{200, R"({"name":"1"})"}};
  routes["GET /v1/operations/1"] = {{200, R"({"name":"1","done":true,"response":{}})"}};
  for (const auto* name : {"rec-1", "rec-2"}) run(name);
  std::set<std::string> objects;
  for (const auto& path : paths())
    if (path.starts_with("POST /upload")) objects.insert(path);
  EXPECT_EQ(objects.size(), 2U);
}

TEST_F(GoogleTest, SpeaksTheSecondVersion) {
  prepare();
  options.google.version = "v2";
  options.google.location = "europe-west4";
  const std::string path =
      "POST /v2/projects/my-project/locations/europe-west4/recognizers/_:recognize";
  routes[path] = {
      {200,
       R"({"results":[{"alternatives":[{"transcript":"zwei","confidence":0.9,"words":[{"startOffset":"0.200s","endOffset":"0.600s","word":"zwei"}]}],"resultEndOffset":"1s","languageCode":"de-DE"}]})"}};
  const auto job = run("rec-1", "");
  const auto body = json::parse(asked.at(1).body);
  EXPECT_EQ(body["config"]["languageCodes"], json::parse(R"(["auto"])"));
  EXPECT_EQ(body["config"]["autoDecodingConfig"], json::object());
  EXPECT_EQ(transcript(job)["segments"][0]["words"][0]["start_ms"], 200);
  EXPECT_EQ(transcript(job)["segments"][0]["language"], "de-DE");
  EXPECT_EQ(body["config"]["model"], "long");
  EXPECT_EQ(transcript(job)["segments"][0]["model"], "long") << "what was asked for unasked";
  EXPECT_EQ(transcript(job)["uses"][0]["model"], "long");
}

TEST_F(GoogleTest, ReadsBatchesOfTheSecondVersion) {
  prepare();
  options.google.version = "v2";
  options.google.bucket = "calls";
  routes["POST /upload/storage/v1/b/calls/o"] = {{200, "{}"}};
  routes["POST /v2/projects/my-project/locations/global/recognizers/_:batchRecognize"] = {
      {200, R"({"name":"projects/1/locations/global/operations/9"})"}};
  routes["GET /v2/projects/1/locations/global/operations/9"] = {
      {200,
       R"({"done":true,"response":{"results":{"gs://calls/x.wav":{"inlineResult":{"transcript":{"results":[{"alternatives":[{"transcript":"batch","words":[{"startOffset":"0.1s","endOffset":"0.4s","word":"batch"}]}]}]}}}}}})"}};
  const auto job = run();
  EXPECT_EQ(transcript(job)["segments"][0]["text"], "batch");
}

TEST_F(GoogleTest, SaysThatItsKeyIsNotAccepted) {
  prepare();
  routes["POST /token"] = {
      {400, R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})"}};
  run();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "auth");
}

TEST_F(GoogleTest, NamesAFileThatIsNoKey) {
  prepare();
  srs::test::write_file(directory / "account.json", R"({"type":"authorized_user"})");
  run();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "auth");
  EXPECT_THAT(unfinished[0].text, HasSubstr("stt.google.credentials"));
}

}  // namespace
}  // namespace srs::stt::test
