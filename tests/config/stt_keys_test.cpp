// stt.*: names that people know, secrets that stay secret, and providers that lack something.
#include "config/given.hpp"

namespace srs::config {
namespace {

TEST(SttKeys, AreOffByDefault) {
  EXPECT_THAT(Settings{}.stt.providers, IsEmpty());
  EXPECT_THAT(from_environment({{"OPENAI_API_KEY", "sk-1"}}).settings.stt.providers, IsEmpty());
}

TEST(SttKeys, TurnOnALocalWhisperWithOneLine) {
  const auto loaded = from_environment(
      {{"STT_PROVIDERS", "openai"}, {"OPENAI_BASE_URL", "http://127.0.0.1:8000/v1"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.settings.stt.providers, ElementsAre("openai"));
  EXPECT_EQ(loaded.settings.stt.openai.url, "http://127.0.0.1:8000/v1");
}

TEST(SttKeys, TakeTheNamesThatPeopleKnow) {
  const auto loaded = from_environment({{"OPENAI_API_KEY", "openai-key"},
                                        {"DEEPGRAM_API_KEY", "deepgram-key"},
                                        {"GOOGLE_APPLICATION_CREDENTIALS", "/run/google.json"},
                                        {"AZURE_SPEECH_KEY", "azure-key"},
                                        {"AZURE_SPEECH_REGION", "westeurope"},
                                        {"AWS_ACCESS_KEY_ID", "aws-id"},
                                        {"AWS_SECRET_ACCESS_KEY", "aws-secret"},
                                        {"AWS_SESSION_TOKEN", "aws-token"},
                                        {"AWS_REGION", "eu-central-1"},
                                        {"ASSEMBLYAI_API_KEY", "assemblyai-key"},
                                        {"SPEECHMATICS_API_KEY", "speechmatics-key"},
                                        {"ELEVENLABS_API_KEY", "elevenlabs-key"},
                                        {"WHISPER_BASE_URL", "http://127.0.0.1:8000/v1"},
                                        {"WHISPER_MODEL", "large-v3"},
                                        {"WHISPER_API_KEY", "whisper-key"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const auto& stt = loaded.settings.stt;
  EXPECT_EQ(stt.openai.api_key, "openai-key");
  EXPECT_EQ(stt.deepgram.api_key, "deepgram-key");
  EXPECT_EQ(stt.google.credentials, "/run/google.json");
  EXPECT_EQ(stt.azure.key, "azure-key");
  EXPECT_EQ(stt.azure.region, "westeurope");
  EXPECT_EQ(stt.aws.access_key_id, "aws-id");
  EXPECT_EQ(stt.aws.secret_access_key, "aws-secret");
  EXPECT_EQ(stt.aws.session_token, "aws-token");
  EXPECT_EQ(stt.aws.region, "eu-central-1");
  EXPECT_EQ(stt.assemblyai.api_key, "assemblyai-key");
  EXPECT_EQ(stt.speechmatics.api_key, "speechmatics-key");
  EXPECT_EQ(stt.elevenlabs.api_key, "elevenlabs-key");
  EXPECT_EQ(stt.whisper.url, "http://127.0.0.1:8000/v1");
  EXPECT_EQ(stt.whisper.model, "large-v3");
  EXPECT_EQ(stt.whisper.api_key, "whisper-key");
}

// As the providers' own samples and older clients call them.
TEST(SttKeys, TakeTheirOtherNamesToo) {
  const auto loaded = from_environment({{"SPEECH_KEY", "azure-key"},
                                        {"SPEECH_REGION", "westeurope"},
                                        {"ELEVEN_API_KEY", "elevenlabs-key"},
                                        {"OPENAI_API_BASE", "http://127.0.0.1:8000/v1"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const auto& stt = loaded.settings.stt;
  EXPECT_EQ(stt.azure.key, "azure-key");
  EXPECT_EQ(stt.azure.region, "westeurope");
  EXPECT_EQ(stt.elevenlabs.api_key, "elevenlabs-key");
  EXPECT_EQ(stt.openai.url, "http://127.0.0.1:8000/v1");
  const auto both =
      from_environment({{"SPEECH_KEY", "other"}, {"AZURE_SPEECH_KEY", "azure-key"}}).settings.stt;
  EXPECT_EQ(both.azure.key, "azure-key");
}

TEST(SttKeys, TakeEachKeyFromAFileAsWell) {
  const auto loaded = from_environment({{"OPENAI_API_KEY_FILE", "/run/secrets/openai"},
                                        {"DEEPGRAM_API_KEY_FILE", "/run/secrets/deepgram"},
                                        {"AZURE_SPEECH_KEY_FILE", "/run/secrets/azure"},
                                        {"AWS_ACCESS_KEY_ID_FILE", "/run/secrets/aws-id"},
                                        {"AWS_SECRET_ACCESS_KEY_FILE", "/run/secrets/aws"},
                                        {"AWS_SESSION_TOKEN_FILE", "/run/secrets/aws-token"},
                                        {"ASSEMBLYAI_API_KEY_FILE", "/run/secrets/assemblyai"},
                                        {"SPEECHMATICS_API_KEY_FILE", "/run/secrets/speechmatics"},
                                        {"ELEVENLABS_API_KEY_FILE", "/run/secrets/elevenlabs"},
                                        {"WHISPER_API_KEY_FILE", "/run/secrets/whisper"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const auto& stt = loaded.settings.stt;
  EXPECT_EQ(stt.openai.api_key_file, "/run/secrets/openai");
  EXPECT_EQ(stt.deepgram.api_key_file, "/run/secrets/deepgram");
  EXPECT_EQ(stt.azure.key_file, "/run/secrets/azure");
  EXPECT_EQ(stt.aws.access_key_id_file, "/run/secrets/aws-id");
  EXPECT_EQ(stt.aws.secret_access_key_file, "/run/secrets/aws");
  EXPECT_EQ(stt.aws.session_token_file, "/run/secrets/aws-token");
  EXPECT_EQ(stt.assemblyai.api_key_file, "/run/secrets/assemblyai");
  EXPECT_EQ(stt.speechmatics.api_key_file, "/run/secrets/speechmatics");
  EXPECT_EQ(stt.elevenlabs.api_key_file, "/run/secrets/elevenlabs");
  EXPECT_EQ(stt.whisper.api_key_file, "/run/secrets/whisper");
}

TEST(SttKeys, TakeTheRegionOfAmazonsToolsAsTheyDo) {
  const auto region = [](std::map<std::string, std::string> variables) {
    const auto loaded = from_environment(std::move(variables));
    EXPECT_THAT(loaded.warnings, IsEmpty());
    return loaded.settings.stt.aws.region;
  };
  EXPECT_EQ(region({{"AWS_DEFAULT_REGION", "eu-west-1"}}), "eu-west-1");
  EXPECT_EQ(region({{"AWS_DEFAULT_REGION", "eu-west-1"}, {"AWS_REGION", "eu-central-1"}}),
            "eu-central-1");
}

TEST(SttKeys, NeverShowASecret) {
  const auto loaded = from_environment({{"OPENAI_API_KEY", "sk-very-secret"},
                                        {"STT_DELIVERY_SECRET", "hush-hush"},
                                        {"DEEPGRAM_API_KEY", "dg-bad\x01secret"}});
  EXPECT_THAT(print(loaded.settings), Not(HasSubstr("secret\n")));
  EXPECT_THAT(print(loaded.settings), Not(HasSubstr("hush")));
  ASSERT_EQ(loaded.faults.size(), 1U);
  EXPECT_THAT(loaded.faults[0].text, Not(HasSubstr("dg-bad")));
}

// Whoever mends it knows the value, and has to learn the rule.
TEST(SttKeys, SayWhichRuleASecretBreaksWithoutShowingIt) {
  const auto loaded = from_environment({{"OPENAI_API_KEY", "sk-hush\nsk-more"},
                                        {"DEEPGRAM_API_KEY", "dg-hush\x01"},
                                        {"HTTP_ADMIN_TOKEN", "to ken"},
                                        {"HTTP_TRANSCRIPT_TOKEN", "h\xC3\xBCsh"},
                                        {"NEW_RELIC_LICENSE_KEY", std::string(5000, 'x')},
                                        {"OTEL_EXPORTER_OTLP_HEADERS", "hush"}});
  EXPECT_THAT(loaded.faults,
              testing::UnorderedElementsAre(
                  FaultIs("environment OPENAI_API_KEY", "stt.openai.api_key",
                          "has a line break in it, at byte 8"),
                  FaultIs("environment DEEPGRAM_API_KEY", "stt.deepgram.api_key",
                          "has a control character in it, at byte 8"),
                  FaultIs("environment HTTP_ADMIN_TOKEN", "http.admin_token",
                          "has a space in it, at byte 3"),
                  FaultIs("environment HTTP_TRANSCRIPT_TOKEN", "http.transcript_token",
                          "has a character that is not ASCII in it, at byte 2"),
                  FaultIs("environment NEW_RELIC_LICENSE_KEY", "tracing.new_relic.license_key",
                          "is longer than 4096 characters"),
                  FaultIs("environment OTEL_EXPORTER_OTLP_HEADERS", "tracing.otlp.headers",
                          "is no pair: write it as name=value")));
  for (const auto& fault : loaded.faults) EXPECT_THAT(fault.text, Not(HasSubstr("hush")));
}

TEST(SttKeys, SayWhatAProviderLacks) {
  EXPECT_THAT(from_file("stt: {providers: [deepgram]}\n").faults,
              ElementsAre(FaultIs("siprec.yaml:1", "stt.providers", "DEEPGRAM_API_KEY")));
  EXPECT_THAT(from_file("stt: {providers: [siri]}\n").faults,
              ElementsAre(FaultIs("siprec.yaml:1", "stt.providers", "none of: openai")));
}

TEST(SttKeys, TakeAmazonsCredentialsFromFilesAlone) {
  std::map<std::string, std::string> variables = {{"STT_PROVIDERS", "aws"},
                                                  {"STT_AWS_BUCKET", "calls"},
                                                  {"AWS_REGION", "eu-west-1"},
                                                  {"AWS_SECRET_ACCESS_KEY_FILE", "/run/secret"}};
  EXPECT_THAT(from_environment(variables).faults,
              ElementsAre(FaultIs("environment STT_PROVIDERS", "stt.providers", "access_key_id")));
  variables["AWS_ACCESS_KEY_ID_FILE"] = "/run/id";
  EXPECT_THAT(from_environment(variables).faults, IsEmpty());
}

TEST(SttKeys, SayThatSoundIsNotRedactedWithoutRules) {
  EXPECT_THAT(from_file("stt:\n  redaction: {audio: tone}\n").warnings,
              ElementsAre(FaultIs("siprec.yaml:2", "stt.redaction.audio", "stt.redaction.rules")));
  EXPECT_THAT(from_file("stt:\n  redaction: {audio: tone, rules: [card]}\n").warnings, IsEmpty());
  EXPECT_THAT(from_file("stt:\n  redaction: {audio: \"off\"}\n").warnings, IsEmpty());
}

// The capture holds the same speech.
TEST(SttKeys, WarnOfACaptureThatKeepsWhatIsTakenOutOfTheSound) {
  const std::string redaction = "stt:\n  redaction: {audio: tone, rules: [card]}\n";
  EXPECT_THAT(
      from_file(redaction + "recording: {keep_capture: always}\n").warnings,
      ElementsAre(FaultIs("siprec.yaml:3", "recording.keep_capture", "stt.redaction.audio")));
  EXPECT_THAT(from_file(redaction + "recording: {keep_capture: when_needed}\n").warnings,
              IsEmpty());
  EXPECT_THAT(from_file("recording: {keep_capture: always}\n").warnings, IsEmpty());
}

TEST(SttKeys, SayWhatIsWrongWithLimitsPricesAndRules) {
  EXPECT_THAT(from_file("stt:\n  limits: [openai requests=5]\n  prices: [openai free]\n"
                        "  redaction: {rules: [cards]}\n")
                  .faults,
              ElementsAre(FaultIs("siprec.yaml:4", "stt.redaction.rules", "none of card"),
                          FaultIs("siprec.yaml:2", "stt.limits", "requests=5/s"),
                          FaultIs("siprec.yaml:3", "stt.prices", "no price")));
}

TEST(SttKeys, RefuseALimitThatBoundsNothing) {
  EXPECT_THAT(from_environment(
                  {{"STT_PROVIDERS", "openai"}, {"OPENAI_API_KEY", "k"}, {"STT_LIMITS", "openai"}})
                  .faults,
              ElementsAre(FaultIs("environment STT_LIMITS", "stt.limits",
                                  "`openai` limits nothing: write requests=5/s")));
  const auto of = [](const std::string& prices) {
    return from_file(
               "stt:\n  providers: [openai]\n  limits: [openai requests=1/s cost=20/day]\n"
               "  prices: [" +
               prices + "]\n  openai: {api_key: k}\n")
        .faults;
  };
  EXPECT_THAT(of(""), ElementsAre(FaultIs("siprec.yaml:3", "stt.limits",
                                          "stt.prices has none of openai's model whisper-1: add "
                                          "one for all its models, such as `openai")));
  EXPECT_THAT(of("whisper 0.1 USD"),
              ElementsAre(FaultIs("siprec.yaml:3", "stt.limits", "none of")));
  EXPECT_THAT(of("openai 0 USD"),
              ElementsAre(FaultIs("siprec.yaml:3", "stt.limits", "it costs nothing")));
  EXPECT_THAT(of("openai 0.006 USD"), IsEmpty());
  EXPECT_THAT(of("openai/whisper-1 0.006 USD"), IsEmpty());
  EXPECT_THAT(of("openai/whispr-1 0.006 USD"),
              ElementsAre(FaultIs("siprec.yaml:3", "stt.limits", "only of whispr-1"),
                          FaultIs("siprec.yaml:4", "stt.prices", "only of whispr-1")));
}

TEST(SttKeys, RefuseAPriceThatPricesNothing) {
  const auto of = [](const std::string& prices) {
    return from_file("stt:\n  providers: [deepgram]\n  deepgram: {api_key: k}\n  prices: [" +
                     prices + "]\n")
        .faults;
  };
  EXPECT_THAT(of("deepgramm 0.0043 USD"),
              ElementsAre(FaultIs("siprec.yaml:4", "stt.prices", "`deepgramm` is no provider")));
  EXPECT_THAT(of("deepgram 0.0043 USD minute"),
              ElementsAre(FaultIs("siprec.yaml:4", "stt.prices", "is no price")));
  EXPECT_THAT(of("deepgram/nova2 0.0043 USD"),
              ElementsAre(FaultIs("siprec.yaml:4", "stt.prices",
                                  "has none of deepgram's model nova-2, only of nova2: add "
                                  "one for all its models, such as `deepgram")));
  EXPECT_THAT(of("deepgram/live 0.0077 USD"), IsEmpty()) << "what is heard live alone";
  EXPECT_THAT(of("deepgram/other 0.1 USD,deepgram 0.0043 USD"), IsEmpty());
}

// Where the provider chooses its model only a price for all of them is sure to hold.
TEST(SttKeys, WantAPriceForAllModelsWhereNoneIsConfigured) {
  const auto of = [](const std::string& price) {
    return from_environment({{"STT_PROVIDERS", "assemblyai"},
                             {"ASSEMBLYAI_API_KEY", "k"},
                             {"STT_LIMITS", "assemblyai cost=1/day"},
                             {"STT_PRICES", price}})
        .faults;
  };
  EXPECT_THAT(of("assemblyai/universal-2 0.0025 USD"),
              ElementsAre(FaultIs("environment STT_LIMITS", "stt.limits",
                                  "none of assemblyai, only of universal-2")));
  EXPECT_THAT(of("assemblyai 0.0025 USD"), IsEmpty());
}

TEST(SttKeys, WantAKeyForOpenAiItselfAndNoneForOthersThatSpeakAsItDoes) {
  EXPECT_THAT(from_environment({{"STT_PROVIDERS", "openai"}}).faults,
              ElementsAre(FaultIs("environment STT_PROVIDERS", "stt.providers",
                                  "needs stt.openai.api_key (OPENAI_API_KEY)")));
  EXPECT_THAT(from_environment({{"STT_PROVIDERS", "openai"}, {"OPENAI_API_KEY", "k"}}).faults,
              IsEmpty());
  EXPECT_THAT(from_environment(
                  {{"STT_PROVIDERS", "openai"}, {"OPENAI_BASE_URL", "http://127.0.0.1:8000/v1"}})
                  .faults,
              IsEmpty());
}

TEST(SttKeys, WantNoTimesOfModelsOfOpenAiThatKnowNone) {
  const auto of = [](const std::string& format, const std::string& url) {
    return from_environment({{"STT_PROVIDERS", "openai"},
                             {"OPENAI_API_KEY", "k"},
                             {"STT_OPENAI_MODEL", "gpt-4o-mini-transcribe"},
                             {"STT_OPENAI_RESPONSE_FORMAT", format},
                             {"OPENAI_BASE_URL", url}})
        .faults;
  };
  const auto* const own = "https://api.openai.com/v1";
  EXPECT_THAT(of("verbose_json", own),
              ElementsAre(FaultIs("environment STT_OPENAI_MODEL", "stt.openai.model",
                                  "set stt.openai.response_format to json")));
  EXPECT_THAT(of("json", own), IsEmpty());
  EXPECT_THAT(of("verbose_json", "http://127.0.0.1:8000/v1"), IsEmpty());
}

TEST(SttKeys, SayOnceThatAProviderIsNamedTwice) {
  EXPECT_THAT(from_environment({{"STT_PROVIDERS", "vosk,vosk,vosk"}}).faults,
              ElementsAre(FaultIs("environment STT_PROVIDERS", "stt.providers", "vosk twice")));
}

TEST(SttKeys, WarnOfALimitForNobody) {
  const auto loaded = from_environment({{"STT_PROVIDERS", "openai"},
                                        {"OPENAI_API_KEY", "k"},
                                        {"STT_LIMITS", "deepgram requests=5/s"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.warnings, ElementsAre(FaultIs("environment STT_LIMITS", "stt.limits",
                                                   "stt.providers does not name it")));
}

}  // namespace
}  // namespace srs::config
