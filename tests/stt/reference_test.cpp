// What we send, judged by the client libraries that the providers make from their own OpenAPI
// descriptions: by what these libraries send themselves, and by their types. The answers of the
// fake server are judged by their types as well.
#include "stt/reference_fixture.hpp"

namespace srs::stt::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

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
