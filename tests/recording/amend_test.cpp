// What speech-to-text adds to a complete recording.
#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <srs/recording/amend.hpp>
#include <srs/storage/files.hpp>

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

class Amend : public testing::Test {
 protected:
  Amend() {
    Document document;
    document.recording_id = "r";
    document.state = State::Complete;
    document.warn("odd");
    document.files.push_back({"audio.wav", "audio/vnd.wave", 3, "00"});
    test_write(kMetadataFile, to_json(document));
    test_write("transcript.txt", "hello\n");
  }
  void test_write(std::string_view name, const std::string& text) {
    test::write_file(directory_ / std::string(name), text);
  }
  Document read() { return *from_json(test::read_file(directory_ / std::string(kMetadataFile))); }
  Amendment amendment() {
    Amendment made;
    made.files = {{"transcript.txt", "text/plain", 0, ""}};
    made.transcription.emplace();
    made.transcription->state = "complete";
    made.transcription->words = 1;
    made.transcription->uses = {{"openai", "whisper-1", 2, 4000, 0.5, "USD"}};
    made.warnings = {"one word was hard to hear"};
    return made;
  }

  test::TempDir directory_;
};

TEST_F(Amend, AddsFilesWithSizeAndDigestAndKeepsTheRest) {
  ASSERT_TRUE(amend(directory_.path(), amendment()));
  const auto document = read();
  ASSERT_EQ(document.files.size(), 2U);
  EXPECT_EQ(document.files[0].name, "audio.wav");
  EXPECT_EQ(document.files[1].bytes, 6U);
  EXPECT_EQ(document.files[1].sha256, storage::sha256_of("hello\n"));
  EXPECT_EQ(document.warnings, (std::vector<std::string>{"odd", "one word was hard to hear"}));
  EXPECT_EQ(document.state, State::Complete);
}

TEST_F(Amend, TellsWhatWasUsedAndWhatItCost) {
  ASSERT_TRUE(amend(directory_.path(), amendment()));
  const auto document = read();
  ASSERT_TRUE(document.transcription);
  EXPECT_EQ(document.transcription->state, "complete");
  ASSERT_EQ(document.transcription->uses.size(), 1U);
  const auto& use = document.transcription->uses[0];
  EXPECT_EQ(use.provider + "/" + use.model, "openai/whisper-1");
  EXPECT_EQ(use.audio_ms, 4000);
  EXPECT_DOUBLE_EQ(use.cost, 0.5);
  EXPECT_EQ(use.currency, "USD");
}

TEST_F(Amend, KeepsWhatLiveTextCostBesideWhateverComesOfTheTranscript) {
  Amendment live;
  live.live_uses = {{"vosk", "", 1, 4000, 0.1, "EUR"}};
  ASSERT_TRUE(amend(directory_.path(), live));
  ASSERT_TRUE(amend(directory_.path(), amendment()));
  ASSERT_EQ(read().live_uses.size(), 1U);
  EXPECT_EQ(read().live_uses[0].currency, "EUR");
  EXPECT_EQ(read().transcription->uses[0].currency, "USD");
}

TEST_F(Amend, TakesBackWhatIsTrueNoMore) {
  auto refused = amendment();
  refused.warnings = {"not delivered: 503", "two words were left out"};
  ASSERT_TRUE(amend(directory_.path(), refused));
  Amendment delivered;
  delivered.delivered_at = from_rfc3339("2026-11-22T10:05:00Z");
  delivered.outdated = "not delivered";
  ASSERT_TRUE(amend(directory_.path(), delivered));
  EXPECT_EQ(read().transcription->delivered_at, delivered.delivered_at);
  EXPECT_EQ(read().transcription->segments, amendment().transcription->segments);
  EXPECT_EQ(read().warnings, (std::vector<std::string>{"odd", "two words were left out"}));
}

TEST_F(Amend, TellsWhatARecordingWaitsForUntilThereIsAnOutcome) {
  Amendment waits;
  waits.waits = {"openai", "rate_limited", "slow down", *from_rfc3339("2026-11-22T10:05:00Z"), {}};
  ASSERT_TRUE(amend(directory_.path(), waits));
  ASSERT_TRUE(read().transcription_waits);
  EXPECT_EQ(read().transcription_waits->reason, "rate_limited");
  EXPECT_FALSE(read().transcription);
  ASSERT_TRUE(amend(directory_.path(), amendment()));
  EXPECT_FALSE(read().transcription_waits);
}

TEST_F(Amend, NamesAFileOnceHoweverOftenItIsMade) {
  ASSERT_TRUE(amend(directory_.path(), amendment()));
  test_write("transcript.txt", "hello again\n");
  ASSERT_TRUE(amend(directory_.path(), amendment()));
  const auto document = read();
  ASSERT_EQ(document.files.size(), 2U);
  EXPECT_EQ(document.files[1].bytes, 12U);
}

TEST_F(Amend, ChangesNothingWhereAFileIsMissing) {
  std::filesystem::remove(directory_ / "transcript.txt");
  EXPECT_FALSE(amend(directory_.path(), amendment()));
  EXPECT_FALSE(read().transcription);
}

// Its renderer writes that file too, and whose came last would be lost.
TEST_F(Amend, ChangesNothingOfARecordingThatIsNotOver) {
  auto document = read();
  for (const auto state : {State::Recording, State::Rendering}) {
    document.state = state;
    const auto text = to_json(document);
    test_write(kMetadataFile, text);
    EXPECT_FALSE(amend(directory_.path(), amendment()));
    EXPECT_EQ(test::read_file(directory_ / std::string(kMetadataFile)), text);
  }
  document.state = State::Failed;
  test_write(kMetadataFile, to_json(document));
  EXPECT_TRUE(amend(directory_.path(), amendment()));
}

TEST_F(Amend, LeavesTheFileAloneWhereThereIsNothingToAdd) {
  test_write(kMetadataFile, "no JSON at all");
  EXPECT_TRUE(amend(directory_.path(), {}));
  EXPECT_EQ(test::read_file(directory_ / std::string(kMetadataFile)), "no JSON at all");
}

}  // namespace
}  // namespace srs::recording
