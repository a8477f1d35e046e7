#include "recording/recovery.hpp"

#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

class RecoveryTest : public testing::Test {
 protected:
  std::filesystem::path put(const std::string& id, State state,
                            std::optional<EndReason> reason = std::nullopt) {
    Document document;
    document.recording_id = id;
    document.call_id = "call-" + id;
    document.state = state;
    document.end_reason = reason;
    document.started_at = started_;
    const auto directory = root_ / "2026-11-22" / id;
    std::filesystem::create_directories(directory);
    test::write_file(directory / kMetadataFile, to_json(document));
    return directory;
  }

  test::TempDir root_;
  WallTime started_ = *from_rfc3339("2026-11-22T11:09:45Z");
  WallTime later_ = *from_rfc3339("2026-11-22T12:00:00Z");
};

TEST_F(RecoveryTest, FindsACallThatWasRunningAndCallsItCrashed) {
  const auto directory = put("a", State::Recording);
  const auto orphans = find_orphans(root_.path(), later_);
  ASSERT_EQ(orphans.found.size(), 1u);
  EXPECT_EQ(orphans.found[0].directory, directory);
  EXPECT_EQ(orphans.found[0].document.end_reason, EndReason::Crashed);
  EXPECT_EQ(orphans.found[0].document.call_id, "call-a");
  EXPECT_TRUE(orphans.found[0].was_recording);
}

TEST_F(RecoveryTest, KeepsTheReasonOfACallThatOnlyWaitedForItsRender) {
  put("a", State::Rendering, EndReason::Bye);
  const auto orphans = find_orphans(root_.path(), later_);
  ASSERT_EQ(orphans.found.size(), 1u);
  EXPECT_EQ(orphans.found[0].document.end_reason, EndReason::Bye);
  EXPECT_FALSE(orphans.found[0].was_recording);
}

TEST_F(RecoveryTest, LeavesFinishedAndYoungerRecordingsAlone) {
  put("a", State::Complete, EndReason::Bye);
  put("b", State::Failed, EndReason::Failed);
  put("c", State::Recording);
  EXPECT_TRUE(find_orphans(root_.path(), started_).found.empty());
  EXPECT_EQ(find_orphans(root_.path(), later_).found.size(), 1u);
}

TEST_F(RecoveryTest, ReportsACaptureWhoseMetadataCannotBeRead) {
  const auto directory = root_ / "2026-11-22" / "x";
  std::filesystem::create_directories(directory);
  test::write_file(directory / kCaptureFile, "");
  test::write_file(directory / kMetadataFile, "{ torn");
  const auto orphans = find_orphans(root_.path(), later_);
  EXPECT_TRUE(orphans.found.empty());
  ASSERT_EQ(orphans.unreadable.size(), 1u);
  EXPECT_NE(orphans.unreadable[0].find(directory.string()), std::string::npos);
}

TEST_F(RecoveryTest, FindsNothingWhereThereIsNoDirectory) {
  const auto orphans = find_orphans(root_ / "missing", later_);
  EXPECT_TRUE(orphans.found.empty());
  EXPECT_TRUE(orphans.unreadable.empty());
}

}  // namespace
}  // namespace srs::recording
