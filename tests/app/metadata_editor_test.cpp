// Who adds to metadata.json of complete recordings, also where the disk refuses at first.
#include "app/metadata_editor.hpp"

#include "support/files.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include <new>

namespace srs::app {
namespace {

using testing::ElementsAre;

class MetadataEditorTest : public testing::Test {
 protected:
  std::filesystem::path recording(const std::string& id) {
    recording::Document document;
    document.recording_id = id;
    document.state = recording::State::Complete;
    const auto directory = root_ / id;
    std::filesystem::create_directories(directory);
    test::write_file(directory / recording::kMetadataFile, recording::to_json(document));
    return directory;
  }
  // No metadata.json can be written there, as on a full disk.
  static void refuse(const std::filesystem::path& directory) {
    std::filesystem::create_directories(directory / "metadata.json.tmp");
  }
  static void take(const std::filesystem::path& directory) {
    std::filesystem::remove(directory / "metadata.json.tmp");
  }
  static recording::Amendment saying(const std::string& state) {
    recording::Amendment amendment;
    amendment.transcription.emplace().state = state;
    amendment.warnings = {state};
    return amendment;
  }
  static recording::Document read(const std::filesystem::path& directory) {
    return *recording::from_json(test::read_file(directory / recording::kMetadataFile));
  }
  template <class Condition>
  bool run_until(Condition condition) {
    return test::wait_until([&] {
      io_.restart();
      io_.poll();
      return condition();
    });
  }
  double failures() const {
    const std::string name = R"(errors_total{component="stt",reason="metadata"} )";
    const auto text = registry_.text();
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size()));
  }

  test::TempDir root_;
  boost::asio::io_context io_;
  metrics::Registry registry_;
  std::unique_ptr<MetadataEditor> editor_ =
      std::make_unique<MetadataEditor>(io_.get_executor(), registry_, log::Logger());
};

TEST_F(MetadataEditorTest, AddsToOneRecordingInTheOrderAskedFor) {
  const auto directory = recording("a");
  editor_->amend(directory, saying("parked"));
  editor_->amend(directory, saying("complete"));
  ASSERT_TRUE(run_until([&] { return editor_->idle(); }));
  EXPECT_EQ(read(directory).transcription->state, "complete");
  EXPECT_THAT(read(directory).warnings, ElementsAre("parked", "complete"));
  EXPECT_EQ(failures(), 0);
}

TEST_F(MetadataEditorTest, TriesAgainWhatTheDiskRefusedAndKeepsTheOrder) {
  const auto full = recording("a"), other = recording("b");
  refuse(full);
  editor_->amend(full, saying("parked"));
  editor_->amend(other, saying("complete"));
  ASSERT_TRUE(run_until([&] { return editor_->idle(); }))
      << "what waits for the disk holds up nobody";
  editor_->amend(full, saying("complete"));
  ASSERT_TRUE(run_until([&] { return editor_->idle(); }));
  EXPECT_EQ(read(other).transcription->state, "complete");
  EXPECT_EQ(editor_->refused(), 2U);
  EXPECT_EQ(failures(), 1) << "told once";
  take(full);
  ASSERT_TRUE(run_until([&] { return editor_->refused() == 0 && editor_->idle(); }));
  EXPECT_THAT(read(full).warnings, ElementsAre("parked", "complete"));
  EXPECT_EQ(failures(), 1);
}

TEST_F(MetadataEditorTest, AsksAgainWhoMakesTheFiles) {
  const auto directory = recording("a");
  int asked = 0;
  editor_->amend(directory, [&]() -> Result<recording::Amendment> {
    if (++asked == 1) return Error{"no space left on device"};
    return saying("complete");
  });
  ASSERT_TRUE(run_until([&] { return editor_->idle() && editor_->refused() == 0; }));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(read(directory).transcription->state, "complete");
}

TEST_F(MetadataEditorTest, AsksAgainAfterAnExceptionAndKeepsNobodyWaiting) {
  const auto directory = recording("a"), other = recording("b");
  int asked = 0;
  editor_->amend(directory, [&]() -> Result<recording::Amendment> {
    if (++asked == 1) throw std::bad_alloc();
    return saying("complete");
  });
  editor_->amend(other, saying("complete"));
  ASSERT_TRUE(run_until([&] { return editor_->idle() && editor_->refused() == 0; }));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(failures(), 1);
  EXPECT_EQ(read(directory).transcription->state, "complete");
  EXPECT_EQ(read(other).transcription->state, "complete");
}

TEST_F(MetadataEditorTest, GivesUpARecordingThatIsGone) {
  const auto directory = recording("a");
  std::filesystem::remove_all(directory);
  editor_->amend(directory, saying("complete"));
  ASSERT_TRUE(run_until([&] { return editor_->idle(); }));
  EXPECT_EQ(editor_->refused(), 0U);
  EXPECT_EQ(failures(), 1);
}

TEST_F(MetadataEditorTest, WritesLinesBeforeWhatIsAskedForLater) {
  const auto directory = recording("a");
  editor_->append(directory / "lines", "one");
  std::string seen;
  editor_->amend(directory, [&]() -> Result<recording::Amendment> {
    seen = test::read_file(directory / "lines");
    return recording::Amendment{};
  });
  ASSERT_TRUE(run_until([&] { return editor_->idle(); }));
  EXPECT_EQ(seen, "one\n");
}

TEST_F(MetadataEditorTest, CountsALineThatCanNotBeWritten) {
  test::write_file(root_ / "file", "");
  editor_->append(root_ / "file" / "lines", "one");
  ASSERT_TRUE(run_until([&] { return failures() == 1; }));
}

// What is said in a call's first moments may come before its directory.
TEST_F(MetadataEditorTest, WritesLinesBeforeTheirDirectoryIsThere) {
  const auto file = root_ / "2026-11-22" / "rec" / "lines";
  editor_->append(file, "one");
  editor_->append(file, "two");
  ASSERT_TRUE(run_until(
      [&] { return std::filesystem::exists(file) && test::read_file(file) == "one\ntwo\n"; }));
  EXPECT_EQ(failures(), 0);
}

TEST_F(MetadataEditorTest, MayEndWhileSomethingIsWrittenOrWaits) {
  const auto directory = recording("a"), full = recording("b");
  refuse(full);
  editor_->amend(full, saying("complete"));
  ASSERT_TRUE(run_until([&] { return editor_->refused() == 1; }));
  editor_->amend(directory, saying("complete"));
  editor_.reset();
  io_.restart();
  EXPECT_GT(io_.poll(), 0U) << "reports come late and find nobody";
  EXPECT_EQ(read(directory).recording_id, "a");
}

}  // namespace
}  // namespace srs::app
