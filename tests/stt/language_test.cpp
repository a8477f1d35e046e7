#include "stt/language.hpp"

#include "stt/json.hpp"
#include "stt/providers/assemblyai.hpp"
#include "stt/providers/deepgram.hpp"
#include "stt/providers/speechmatics.hpp"

#include <gtest/gtest.h>

#include <variant>

namespace srs::stt {
namespace {

TEST(Language, IsTheCallsElseTheConfiguredOne) {
  EXPECT_EQ(language_to_ask_for("de-DE", "en-US"), "de-DE");
  EXPECT_EQ(language_to_ask_for("de", "en-US"), "de");
  EXPECT_EQ(language_to_ask_for("", "en-US"), "en-US");
  EXPECT_EQ(language_to_ask_for("de", ""), "de");
  EXPECT_EQ(language_to_ask_for("", ""), "");
}

TEST(Language, IsTheConfiguredOneWhereThatSaysTheSameMoreExactly) {
  EXPECT_EQ(language_to_ask_for("en", "en-US"), "en-US");
  EXPECT_EQ(language_to_ask_for("EN", "en-US"), "en-US") << "tags have no case";
  EXPECT_EQ(language_to_ask_for("zh-Hant", "zh-Hant-TW"), "zh-Hant-TW");
}

TEST(Language, IsTheCallsWhereItSaysMoreOrSomethingElse) {
  EXPECT_EQ(language_to_ask_for("en-GB", "en"), "en-GB");
  EXPECT_EQ(language_to_ask_for("en-GB", "en-US"), "en-GB");
  EXPECT_EQ(language_to_ask_for("zh-Hant", "zh-CN"), "zh-Hant");
  EXPECT_EQ(language_to_ask_for("fi", "fil-PH"), "fi") << "Finnish is no Filipino";
  EXPECT_EQ(language_to_ask_for("en-US", "en-US"), "en-US");
}

TEST(Language, IsSaidWithoutItsRegionWhereAProviderDoesNotListThat) {
  EXPECT_EQ(listed_language("fr-CA", {"en-US", "fr-CA"}), "fr-CA");
  EXPECT_EQ(listed_language("FR-ca", {"en-US", "fr-CA"}), "fr-CA");
  EXPECT_EQ(listed_language("fr-FR", {"en-US", "fr-CA"}), "fr");
  EXPECT_EQ(listed_language("zh-Hant-TW", {"zh-Hant"}), "zh");
  EXPECT_EQ(listed_language("fr", {"fr-CA"}), "fr");
  EXPECT_EQ(primary_language("nb-NO"), "no");
}

TEST(Language, IsOneThatDeepgramLists) {
  EXPECT_EQ(deepgram::language_code("de-DE"), "de");
  EXPECT_EQ(deepgram::language_code("de-CH"), "de-CH");
  EXPECT_EQ(deepgram::language_code("en-us"), "en-US");
  EXPECT_EQ(deepgram::language_code("multi"), "multi") << "nova-3's word for several at once";
}

TEST(Language, IsOneThatAssemblyAiLists) {
  Options options;
  options.assemblyai.api_key = "key";
  const auto code = [&](const char* tag) {
    Request request;
    request.language = tag;
    const auto sent = assemblyai::submit_request(options, request, "https://audio");
    return text_of(*parse_json(std::get<std::string>(sent->body)), "language_code");
  };
  EXPECT_EQ(code("de-DE"), "de");
  EXPECT_EQ(code("en"), "en");
  EXPECT_EQ(code("en-US"), "en_us");
  EXPECT_EQ(code("en-gb"), "en_uk");
  EXPECT_EQ(code("en-IE"), "en");
}

TEST(Language, IsOneThatSpeechmaticsLists) {
  Options options;
  options.speechmatics.api_key = "key";
  const auto code = [&](const char* tag) {
    Request request;
    request.language = tag;
    const auto sent = speechmatics::submit_request(options, request);
    const auto config = parse_json(
        std::get<std::string>(std::get<std::vector<HttpPart>>(sent->body).front().content));
    return text_of(member(*config, "transcription_config"), "language");
  };
  EXPECT_EQ(code("pt-BR"), "pt");
  EXPECT_EQ(code("zh-CN"), "cmn");
  EXPECT_EQ(code("nb-NO"), "no");
}

}  // namespace
}  // namespace srs::stt
