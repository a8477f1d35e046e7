// What a recording tells the transcription.
#include "app/stt/transcription.hpp"

#include <gtest/gtest.h>

namespace srs::app {
namespace {

using Extensions = std::vector<recording::ExtensionEntry>;

stt::Job job(Extensions extensions) {
  recording::Document document;
  document.session.extensions = std::move(extensions);
  return job_of("/recordings/2026-11-22/rec-1", document);
}

std::string language(Extensions extensions) {
  return job(std::move(extensions)).language;
}

TEST(TranscriptionJob, KnowsTheSpeakersOfItsChannels) {
  recording::Document document;
  document.recording_id = "rec-1";
  document.participants.resize(2);
  document.participants[0].id = "p1";
  document.participants[0].aor = "sip:alice@example.net";
  document.participants[0].name = "Alice";
  document.participants[1].id = "p2";
  document.participants[1].aor = "sip:bob@example.net";
  document.streams.resize(3);
  for (unsigned i = 0; i < 3; ++i) {
    document.streams[i].channel = i;
    document.streams[i].label = std::to_string(96 + i);
  }
  document.streams[0].participant = "p2";
  document.streams[1].participant = "p1";
  const auto job = job_of("/recordings/2026-11-22/rec-1", document);
  EXPECT_EQ(job.recording_id, "rec-1");
  EXPECT_EQ(job.audio, "audio.wav");
  ASSERT_EQ(job.channels.size(), 3U);
  EXPECT_EQ(job.channels[0].name, "sip:bob@example.net");
  EXPECT_EQ(job.channels[1].name, "Alice");
  EXPECT_EQ(job.channels[1].label, "97");
  EXPECT_EQ(job.channels[2].name, "");
}

TEST(TranscriptionJob, KnowsThoseWhoSpokeOnAChannelInTurn) {
  recording::Document document;
  document.participants.resize(2);
  document.participants[0].id = "p1";
  document.participants[0].name = "Alice";
  document.participants[1].id = "p2";
  document.participants[1].aor = "sip:bob@example.net";
  document.streams.resize(1);
  document.streams[0].participant = "p2";
  document.streams[0].speakers = {{"p1", 0, 12'000}, {"p2", 12'000, std::nullopt}};
  const auto job = job_of("/recordings/2026-11-22/rec-1", document);
  ASSERT_EQ(job.channels.size(), 1U);
  const auto& speakers = job.channels[0].speakers;
  ASSERT_EQ(speakers.size(), 2U);
  EXPECT_EQ(speakers[0].name, "Alice");
  EXPECT_EQ(speakers[1].participant, "p2");
  EXPECT_EQ(speakers[1].name, "sip:bob@example.net");
  EXPECT_EQ(speakers[1].from, std::chrono::seconds(12));
}

TEST(TranscriptionJob, HasTheLanguageOfASipHeader) {
  EXPECT_EQ(language({{"sip:User-Agent", "x"}, {"sip:x-language", "de-DE"}}), "de-DE");
  EXPECT_EQ(language({{"sip:Content-Language", " fr-CA;q=0.9, en"}}), "fr-CA");
  EXPECT_EQ(language({{"sip:Content-Language", "fr"}, {"sip:X-Language", "es-419"}}), "es-419");
}

TEST(TranscriptionJob, HasTheLanguageOfTheMetadata) {
  EXPECT_EQ(language({{"ac:call/ac:Language", "it"}}), "it");
  EXPECT_EQ(language({{"locale", "pt-BR"}, {"sip:X-Language", "en"}}), "en");
}

TEST(TranscriptionJob, TakesNothingForALanguageThatIsNone) {
  EXPECT_EQ(language({}), "");
  for (const auto* value : {"", "Deutsch bitte", "e", "de_DE", "-", "de-", "1x", "$(reboot)",
                            "a-very-long-tag-that-goes-on-and-on-and-on"})
    EXPECT_EQ(language({{"sip:X-Language", value}}), "") << value;
  EXPECT_EQ(language({{"ac:name/@xml:lang", "en"}, {"ac:languages", "en"}}), "");
  EXPECT_EQ(language({{"sip:X-Language", "??"}, {"lang", "nl"}}), "nl");
}

TEST(TranscriptionJob, IsAsUrgentAsItsCall) {
  EXPECT_EQ(job({}).priority, 0);
  EXPECT_EQ(job({{"sip:Priority", "normal"}}).priority, 0);
  EXPECT_EQ(job({{"sip:Priority", "Emergency"}}).priority, 2);
  EXPECT_EQ(job({{"sip:priority", " urgent "}}).priority, 1);
  EXPECT_EQ(job({{"sip:Priority", "non-urgent"}}).priority, -1);
  EXPECT_EQ(job({{"Priority", "emergency"}}).priority, 0) << "no SIP header";
}

}  // namespace
}  // namespace srs::app
