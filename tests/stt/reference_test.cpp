// What we send, judged by the client libraries that the providers make from their own OpenAPI
// descriptions: by what these libraries send themselves, and by their types. The answers of the
// fake server are judged as well. All of it goes over TLS, as it does to the providers.
#include "stt/fixture.hpp"
#include "util/http_client/certificate.hpp"

#include <support/tools.hpp>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using srs::test::run_tool;
using testing::HasSubstr;
using testing::Not;

const std::string kHere = std::string(SRS_SOURCE_DIR) + "/tests/stt/reference";
const std::string kPackages = std::string(SRS_BINARY_DIR) + "/tests/stt/reference";

// What the provider says to a request, complete by its reference.
std::string answer_to(const PeerRequest& request) {
  const auto asked = [&](std::string_view method, std::string_view path) {
    return request.method == method &&
           std::string_view(request.target).substr(0, request.target.find('?')) == path;
  };
  if (asked("POST", "/v1/audio/transcriptions"))
    return R"({"text":"hello there","language":"english","duration":2.0,
      "segments":[{"id":0,"seek":0,"start":0.1,"end":0.9,"text":" hello there","tokens":[50364],
        "temperature":0.0,"avg_logprob":-0.1,"compression_ratio":0.8,"no_speech_prob":0.01}],
      "words":[{"word":"hello","start":0.1,"end":0.4},{"word":"there","start":0.5,"end":0.9}]})";
  if (asked("POST", "/v1/listen"))
    return R"({"metadata":{"request_id":"a","sha256":"b","created":"2026-11-22T10:00:00.000Z",
      "duration":2.0,"channels":1,"models":["m"],"model_info":{"m":{"name":"2-general-nova"}}},
      "results":{"channels":[{"alternatives":[{"transcript":"hello there","confidence":0.99,
        "words":[{"word":"hello","start":0.1,"end":0.4,"confidence":0.99},
                 {"word":"there","start":0.5,"end":0.9,"confidence":0.98}]}]}]}})";
  if (asked("POST", "/v1/speech-to-text"))
    return R"({"language_code":"eng","language_probability":0.98,"text":"hello there","words":[
      {"text":"hello","start":0.1,"end":0.4,"type":"word","logprob":-0.1},
      {"text":" ","start":0.4,"end":0.5,"type":"spacing","logprob":0},
      {"text":"there","start":0.5,"end":0.9,"type":"word","logprob":-0.1}]})";
  if (asked("POST", "/speechtotext/transcriptions:transcribe"))
    return R"({"durationMilliseconds":2000,"combinedPhrases":[{"text":"hello there"}],"phrases":[
      {"offsetMilliseconds":100,"durationMilliseconds":800,"text":"hello there","words":[
        {"text":"hello","offsetMilliseconds":100,"durationMilliseconds":300},
        {"text":"there","offsetMilliseconds":500,"durationMilliseconds":400}],
        "locale":"en-US","confidence":0.93}]})";
  if (asked("POST", "/v2/upload"))
    return R"({"upload_url":"https://cdn.assemblyai.com/upload/f756988d"})";
  const std::string transcript =
      R"({"id":"9ea68fd3","acoustic_model":"assemblyai_default","audio_url":"x",
      "auto_highlights":false,"language_confidence":null,"language_confidence_threshold":null,
      "language_codes":null,"language_model":"assemblyai_default","redact_pii":false,
      "speech_model":null,"summarization":false,"webhook_auth":false,)";
  if (asked("POST", "/v2/transcript")) return transcript + R"("status":"queued"})";
  if (asked("GET", "/v2/transcript/9ea68fd3"))
    return transcript + R"("status":"completed","language_code":"en_us","words":[
      {"text":"hello","start":100,"end":400,"confidence":0.97,"speaker":null},
      {"text":"there","start":500,"end":900,"confidence":0.98,"speaker":null}]})";
  if (asked("POST", "/token")) return R"({"access_token":"a-key","expires_in":3599})";
  const std::string heard =
      R"({"results":[{"alternatives":[{"transcript":"hello there","confidence":0.9,"words":[
      {"word":"hello","startTime":"0.100s","endTime":"0.400s"},
      {"word":"there","startTime":"0.500s","endTime":"0.900s"}]}]}]})";
  if (request.target.ends_with(":recognize")) return heard;
  if (request.target.ends_with("ecognize")) return R"({"name":"operations/1"})";
  if (request.target.find("operations/1") != std::string::npos)
    return R"({"done":true,"response":)" + heard + "}";
  const auto target = request.headers.find("x-amz-target");
  if (target != request.headers.end() && target->second == "Transcribe.GetTranscriptionJob")
    return R"({"TranscriptionJob":{"TranscriptionJobStatus":"COMPLETED","Transcript":
      {"TranscriptFileUri":"https://)" +
           request.headers.at("host") + R"(/heard"}}})";
  if (asked("GET", "/heard"))
    return R"({"results":{"items":[
      {"start_time":"0.1","end_time":"0.4","alternatives":[{"confidence":"0.9","content":"hello"}],"type":"pronunciation"},
      {"start_time":"0.5","end_time":"0.9","alternatives":[{"confidence":"0.9","content":"there"}],"type":"pronunciation"}]}})";
  if (asked("POST", "/v2/jobs")) return R"({"id":"a1b2c3d4e5"})";
  const std::string job =
      R"("job":{"id":"a1b2c3d4e5","created_at":"2026-11-22T10:00:00.000Z","data_name":"audio.wav","duration":2)";
  if (asked("GET", "/v2/jobs/a1b2c3d4e5")) return "{" + job + R"(,"status":"done"}})";
  if (asked("GET", "/v2/jobs/a1b2c3d4e5/transcript"))
    return R"({"format":"2.9",)" + job + R"(},"metadata":{"created_at":"2026-11-22T10:00:00.000Z",
      "type":"transcription"},"results":[
      {"type":"word","start_time":0.1,"end_time":0.4,"alternatives":[{"content":"hello","confidence":0.9,"language":"en"}]},
      {"type":"word","start_time":0.5,"end_time":0.9,"alternatives":[{"content":"there","confidence":0.9,"language":"en"}]}]})";
  return "{}";
}

class ReferenceTest : public PoolTest {
 protected:
  ReferenceTest() {
    const auto key = "a-key";
    options.openai.api_key = options.deepgram.api_key = options.elevenlabs.api_key = key;
    options.azure.key = options.assemblyai.api_key = options.speechmatics.api_key = key;
    options.openai.url = peer_.url("/v1");
    options.speechmatics.url = peer_.url("/v2");
    options.deepgram.url = options.elevenlabs.url = peer_.url("");
    options.azure.url = options.assemblyai.url = peer_.url("");
    options.google.url = options.google.storage_url = peer_.url("");
    options.google.credentials = directory / "account.json";
    options.aws.url = options.aws.storage_url = peer_.url("");
    options.aws.region = "eu-west-1";
    options.aws.bucket = "calls";
    options.aws.access_key_id = key;
    options.aws.secret_access_key = "a-secret";
  }

  void SetUp() override {
    SRS_REQUIRE_TOOL("node", "nodejs");
    make_account();
    SRS_REQUIRE_PACKAGES(kHere, kPackages);
  }

  // Everything that a provider may be told is told. `language` empty: it detects it.
  void ask_all(const std::string& language) {
    options.language = language;
    options.profanity_filter = true;
    options.vocabulary = {"SIPREC", "M\xc3\xbcller & Sons"};
    options.aws.vocabulary_name = "our-names";
    options.aws.vocabulary_filter_name = "our-oaths";
    ask("openai", {});
    ask("deepgram", {"pci", "ssn"});
    options.deepgram.model = "nova-3";
    ask("deepgram", {});
    ask("elevenlabs", {"pii", "pci"});
    ask("azure", {});
    options.assemblyai.model = "universal-2";
    ask("assemblyai", {"credit_card_number", "us_social_security_number"});
    ask("speechmatics", {});
    ask("aws", {"CREDIT_DEBIT_NUMBER", "SSN"});
    for (const auto* bucket : {"", "calls"}) {
      options.google.bucket = bucket;
      options.google.version = "v2";
      ask("google", {});
      options.google.version = "v1";
      if (!language.empty()) ask("google", {});  // v1 detects none
    }
  }
  // Nothing is configured but the provider.
  void ask_plainly() {
    for (const auto* provider :
         {"openai", "deepgram", "elevenlabs", "azure", "assemblyai", "speechmatics", "aws"})
      ask(provider, {});
    options.google.version = "v2";
    ask("google", {});
  }

  // What the judge has to say; empty: all is well.
  std::string judge(const std::string& script) const {
    const auto file = (directory / "requests.json").string();
    srs::test::write_file(file, requests.dump());
    const auto run = run_tool("node --no-warnings '" + kHere + "/" + script + "' '" + kPackages +
                              "' '" + file + "' 2>&1");
    EXPECT_EQ(run.exit_code == 0, run.output.empty()) << run.output;
    return run.output;
  }

  // As tests/stt/reference/clients.js reads them.
  json requests = json::array();

 private:
  // A certificate of the server that the pool believes.
  std::filesystem::path vouched_for() {
    http_options.ca_file = directory / "server.pem";
    srs::test::write_certificate(http_options.ca_file, "IP:127.0.0.1");
    return http_options.ca_file;
  }

  void make_account() {
    const auto key = (directory / "key.pem").string();
    ASSERT_EQ(run_tool("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out '" + key +
                       "' 2>/dev/null")
                  .exit_code,
              0);
    srs::test::write_file(options.google.credentials,
                          json{{"project_id", "my-project"},
                               {"private_key_id", "kid1"},
                               {"private_key", srs::test::read_file(key)},
                               {"client_email", "srs@my-project.iam.gserviceaccount.com"},
                               {"token_uri", peer_.url("/token")}}
                              .dump());
  }

  void ask(const std::string& provider, std::vector<std::string> pii) {
    options.providers = {provider};
    options.pii = std::move(pii);
    provider_ = provider;
    start();
    const auto job = recording(provider + std::to_string(requests.size()), {tone(2)});
    const auto before = finished.size();
    pool->submit(job);
    ASSERT_TRUE(run_until_ended(before + 1));
    ASSERT_EQ(finished.size(), before + 1) << unfinished.back().text;
    EXPECT_EQ(transcript(job)["segments"][0]["words"].size(), 2U) << transcript(job);
    for (; taken_ < asked_.count(); ++taken_) requests.push_back(described(asked_.at(taken_)));
  }

  json described(const PeerRequest& request) const {
    const auto text = [](const std::string& content) {
      return content.starts_with("RIFF") ? "(audio)" : content;
    };
    const auto between = [](const std::string& headers, const std::string& from, char to) {
      const auto at = headers.find(from);
      if (at == std::string::npos) return std::string();
      const auto begin = at + from.size();
      return headers.substr(begin, headers.find(to, begin) - begin);
    };
    json out{{"provider", provider_},
             {"method", request.method},
             {"target", request.target},
             {"headers", request.headers},
             {"answer", answer_to(request)}};
    const auto form = form_of(request);
    if (form.empty()) out["body"] = text(request.body);
    for (const auto& part : form)
      out["form"].push_back({{"name", part.name},
                             {"filename", between(part.headers, "filename=\"", '"')},
                             {"type", between(part.headers, "Content-Type: ", '\r')},
                             {"value", text(part.content)}});
    return out;
  }

  std::string provider_;
  Asked asked_;
  std::size_t taken_ = 0;
  HttpPeer peer_{srs::test::answering([this](const PeerRequest& request) {
                   asked_.add(request);
                   return answer_to(request);
                 }),
                 HttpPeer::Tls{vouched_for(), {}}};
};

TEST_F(ReferenceTest, OurRequestsAreThoseOfTheProvidersOwnClients) {
  ask_all("en-US");
  ask_all("");
  EXPECT_EQ(judge("clients.js"), "");
}

TEST_F(ReferenceTest, OurRequestsAreThoseOfTheProvidersOwnClientsWhereNothingIsConfigured) {
  ask_plainly();
  EXPECT_EQ(judge("clients.js"), "");
}

TEST_F(ReferenceTest, OurRequestsAreOfTheProvidersOwnTypes) {
  ask_all("en-US");
  ask_all("");
  ask_plainly();
  EXPECT_EQ(judge("types.js"), "");
}

// A judge that sees nothing proves nothing.
TEST_F(ReferenceTest, NoticesWhatNoReferenceHas) {
  ask_plainly();
  const auto part = [](const char* name, const char* value) {
    return json{{"name", name}, {"filename", ""}, {"type", ""}, {"value", value}};
  };
  auto spoiled = json::array();
  for (auto request : requests) {
    const auto provider = request["provider"];
    if (provider == "openai") request["form"].push_back(part("lang", "en"));
    if (provider == "deepgram") request["target"] = "/v1/listen?punctuation=true";
    if (provider == "elevenlabs") request["form"].push_back(part("keyterm", "x"));
    if (provider == "azure")
      request["form"] = {part("definition", R"({"profanityFilterMode":"Mask"})")};
    if (request["target"].get<std::string>().ends_with(":recognize"))
      request["body"] = R"({"config":{"features":{"punctuate":true}}})";
    if (request["headers"].value("x-amz-target", "") == "Transcribe.StartTranscriptionJob")
      request["body"] = R"({"TranscriptionJobName":"x","Media":{},"MediaFormat":"wave"})";
    if (request["target"] == "/v2/transcript") request["body"] = R"({"punctuate":true})";
    if (request["target"] == "/v2/jobs") request["form"] = {part("config", R"({"type":"asr"})")};
    spoiled.push_back(std::move(request));
  }
  requests = std::move(spoiled);
  const auto said = judge("types.js");
  for (const auto* fault : {R"('"lang"' does not exist)", R"('"punctuation"' does not exist)",
                            R"('"keyterm"' does not exist)", R"('"Mask"' is not assignable)",
                            "'audio_url' is missing", R"('"asr"' is not assignable)",
                            R"('"punctuate"' does not exist)", R"('"wave"' is not assignable)"})
    EXPECT_THAT(said, HasSubstr(fault));
}

TEST_F(ReferenceTest, NoticesWhatTheClientsSendOtherwise) {
  ask_plainly();
  for (auto& request : requests) {
    if (request.contains("form"))
      request["form"].erase(0);
    else
      request["headers"]["authorization"] = "a-key of another kind";
  }
  const auto said = judge("clients.js");
  for (const auto* provider :
       {"openai", "deepgram", "elevenlabs", "azure", "assemblyai", "speechmatics"})
    EXPECT_THAT(said, HasSubstr(provider));
}

}  // namespace
}  // namespace srs::stt::test
