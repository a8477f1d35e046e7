// What is configured and can't be done is known.
#include <srs/stt/options.hpp>

#include <gmock/gmock.h>

namespace srs::stt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class IgnoredTest : public testing::Test {
 protected:
  IgnoredTest() {
    options.vocabulary = {"SIPREC"};
    options.profanity_filter = true;
    options.pii = {"pci"};
  }
  // `provider option`
  std::vector<std::string> ignored() const {
    std::vector<std::string> all;
    for (const auto& one : ignored_options(options)) all.push_back(one.provider + " " + one.option);
    return all;
  }
  std::vector<std::string> ignored_by(const std::string& provider) {
    options.providers = {provider};
    return ignored();
  }
  Options options;
};

TEST_F(IgnoredTest, AreTheOptionsThatAProviderHasNothingFor) {
  for (const auto* provider : {"openai", "whisper", "speechmatics", "vosk"})
    EXPECT_THAT(ignored_by(provider), ElementsAre(std::string(provider) + " stt.profanity_filter",
                                                  std::string(provider) + " stt.pii"));
  for (const auto* provider : {"deepgram", "assemblyai"})
    EXPECT_THAT(ignored_by(provider), IsEmpty()) << provider;
  EXPECT_THAT(ignored_by("google"), ElementsAre("google stt.pii"));
  EXPECT_THAT(ignored_by("azure"), ElementsAre("azure stt.pii"));
  options.azure.api_version = "2024-11-15";  // knows no phrase list
  EXPECT_THAT(ignored_by("azure"), ElementsAre("azure stt.vocabulary", "azure stt.pii"));
  EXPECT_THAT(ignored_by("elevenlabs"), ElementsAre("elevenlabs stt.profanity_filter"));
  for (const auto* provider : {"webhook", "command"})
    EXPECT_EQ(ignored_by(provider).size(), 3U) << provider;
}

TEST_F(IgnoredTest, AreNotThoseThatSomethingElseStandsInFor) {
  EXPECT_THAT(ignored_by("aws"), ElementsAre("aws stt.vocabulary", "aws stt.profanity_filter"));
  options.aws.vocabulary_name = "our-names";
  EXPECT_THAT(ignored_by("aws"), ElementsAre("aws stt.profanity_filter"));
  options.aws.vocabulary_filter_name = "our-oaths";
  EXPECT_THAT(ignored_by("aws"), IsEmpty());
}

TEST_F(IgnoredTest, AreLookedForInWhoListensLiveTooAndOnce) {
  options.providers = {"deepgram", "vosk"};
  options.live.provider = "vosk";
  EXPECT_THAT(ignored(), ElementsAre("vosk stt.profanity_filter", "vosk stt.pii"));
  options.providers = {};
  EXPECT_THAT(ignored(), ElementsAre("vosk stt.profanity_filter", "vosk stt.pii"));
}

TEST_F(IgnoredTest, AreNoneWhereNothingIsConfigured) {
  options = {};
  for (const auto& provider : provider_names())
    EXPECT_THAT(ignored_by(provider), IsEmpty()) << provider;
}

}  // namespace
}  // namespace srs::stt
