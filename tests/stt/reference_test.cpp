// What we send, judged by the client libraries that the providers make from their own OpenAPI
// descriptions: by what these libraries send themselves, and by their types; and by the
// descriptions themselves where a package has them. The answers of the fake server are judged as
// well. All of it goes over TLS, as it does to the providers.
#include "stt/cloud_answers.hpp"
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

class ReferenceTest : public PoolTest {
 protected:
  ReferenceTest() { use_clouds(options, peer_, directory / "account.json"); }

  void SetUp() override {
    SRS_REQUIRE_TOOL("node", "nodejs");
    write_account(options.google.credentials, peer_.url("/token"));
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
             {"answer", cloud_answer(request, "https")}};
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
                   return cloud_answer(request, "https");
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

TEST_F(ReferenceTest, OurRequestsAreAsTheProvidersOpenApiDescriptionsWantThem) {
  ask_all("en-US");
  ask_all("");
  ask_plainly();
  EXPECT_EQ(judge("descriptions.js"), "");
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
  const auto described = judge("descriptions.js");
  EXPECT_THAT(described, HasSubstr("openai /v1/audio/transcriptions: no lang"));
  EXPECT_THAT(described, HasSubstr("aws /: /MediaFormat must be equal to one of"));
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
