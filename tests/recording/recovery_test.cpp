#include "recording/recovery.hpp"

#include "recording/files/call_builder.hpp"
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
};

TEST_F(RecoveryTest, FindsACallThatWasRunningAndCallsItCrashed) {
  const auto directory = put("a", State::Recording);
  const auto orphans = find_orphans(root_.path());
  ASSERT_EQ(orphans.found.size(), 1u);
  EXPECT_EQ(orphans.found[0].directory, directory);
  EXPECT_EQ(orphans.found[0].document.end_reason, EndReason::Crashed);
  EXPECT_EQ(orphans.found[0].document.call_id, "call-a");
  EXPECT_TRUE(orphans.found[0].was_recording);
}

TEST_F(RecoveryTest, KeepsTheReasonOfACallThatOnlyWaitedForItsRender) {
  put("a", State::Rendering, EndReason::Bye);
  const auto orphans = find_orphans(root_.path());
  ASSERT_EQ(orphans.found.size(), 1u);
  EXPECT_EQ(orphans.found[0].document.end_reason, EndReason::Bye);
  EXPECT_FALSE(orphans.found[0].was_recording);
}

TEST_F(RecoveryTest, LeavesFinishedRecordingsAlone) {
  put("a", State::Complete, EndReason::Bye);
  put("b", State::Failed, EndReason::Failed);
  EXPECT_TRUE(find_orphans(root_.path()).found.empty());
}

TEST_F(RecoveryTest, FindsARecordingFromTheFutureSinceClocksAreSetBack) {
  started_ = wall_now() + std::chrono::hours(24);
  put("a", State::Recording);
  EXPECT_EQ(find_orphans(root_.path()).found.size(), 1u);
}

TEST_F(RecoveryTest, RebuildsFromTheCaptureWhatAPowerCutTookFromTheMetadata) {
  const auto directory = root_ / "2026-11-22" / "20261122T100000000Z-0123456789abcdef";
  std::filesystem::create_directories(directory);
  test::write_file(directory / kMetadataFile, "");
  test::CallBuilder call;
  test::Leg callee{call, 4002}, caller{call, 4000};
  callee.send(20 * test::kMs, std::vector<std::uint8_t>(160), 160);
  caller.send(40 * test::kMs, std::vector<std::uint8_t>(160), 160);
  call.write(directory);
  const auto orphans = find_orphans(root_.path());
  ASSERT_EQ(orphans.found.size(), 1u);
  const auto& document = orphans.found[0].document;
  EXPECT_EQ(document.recording_id, "20261122T100000000Z-0123456789abcdef");
  EXPECT_EQ(document.started_at, *from_rfc3339("2026-11-22T10:00:00Z"));
  EXPECT_EQ(document.state, State::Rendering);
  EXPECT_EQ(document.end_reason, EndReason::Crashed);
  ASSERT_EQ(document.streams.size(), 2u);
  EXPECT_EQ(document.streams[0].local_port, 4000);
  EXPECT_EQ(document.streams[1].channel, 1u);
  EXPECT_EQ(document.warnings.size(), 1u);
}

TEST_F(RecoveryTest, ReportsACaptureWhoseMetadataCannotBeRead) {
  const auto directory = root_ / "2026-11-22" / "x";
  std::filesystem::create_directories(directory);
  test::write_file(directory / kCaptureFile, "");
  test::write_file(directory / kMetadataFile, "{ torn");
  const auto orphans = find_orphans(root_.path());
  EXPECT_TRUE(orphans.found.empty());
  ASSERT_EQ(orphans.unreadable.size(), 1u);
  EXPECT_NE(orphans.unreadable[0].find(directory.string()), std::string::npos);
}

TEST_F(RecoveryTest, FindsNothingWhereThereIsNoDirectory) {
  const auto orphans = find_orphans(root_ / "missing");
  EXPECT_TRUE(orphans.found.empty());
  EXPECT_TRUE(orphans.unreadable.empty());
}

}  // namespace
}  // namespace srs::recording
