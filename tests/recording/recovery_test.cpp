#include "recording/recovery.hpp"

#include "recording/files/call_builder.hpp"
#include "recording/render_mark.hpp"
#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

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

TEST_F(RecoveryTest, CountsTheProcessesThatEndedWhileTheyRenderedIt) {
  const auto directory = put("a", State::Rendering, EndReason::Bye);
  EXPECT_EQ(find_orphans(root_.path()).found.at(0).deaths, 0U);
  test::write_file(directory / kRenderMarkFile, "2\n");
  EXPECT_EQ(find_orphans(root_.path()).found.at(0).deaths, 2U);
  test::write_file(directory / kRenderMarkFile, "what is this");
  EXPECT_EQ(find_orphans(root_.path()).found.at(0).deaths, 0U);
}

// As docs/runbooks/RecordingsFailed.md tells operators to do it.
TEST_F(RecoveryTest, ForgetsThatARecordingWasGivenUpThatSomebodyAsksForAgain) {
  const auto directory = put("a", State::Failed, EndReason::Bye);
  auto document = *from_json(test::read_file(directory / kMetadataFile));
  document.warn("odd");
  document.warn("3" + std::string(kGivenUpWarning));
  auto text = to_json(document);
  test::write_file(directory / kMetadataFile, text);
  const std::string command = "sed -i 's/\"state\": \"failed\"/\"state\": \"rendering\"/' ";
  ASSERT_EQ(std::system((command + (directory / kMetadataFile).string()).c_str()), 0);
  const auto orphans = find_orphans(root_.path());
  ASSERT_EQ(orphans.found.size(), 1U);
  EXPECT_EQ(orphans.found[0].document.warnings, std::vector<std::string>{"odd"});
}

// A power cut is nobody's fault.
TEST_F(RecoveryTest, CountsNoProcessThatWentDownWithTheMachine) {
  const auto directory = put("a", State::Rendering, EndReason::Bye);
  test::write_file(directory / kRenderMarkFile, "2 11111111-2222-3333-4444-555555555555\n");
  EXPECT_EQ(deaths_of(directory), 1U);
  auto boot = test::read_file("/proc/sys/kernel/random/boot_id");
  test::write_file(directory / kRenderMarkFile, "2 " + boot);
  EXPECT_EQ(deaths_of(directory), 2U);
  { const RenderMark mark(directory, 1, RenderMark::Then::Remember); }
  EXPECT_EQ(deaths_of(directory), 1U);
  EXPECT_EQ(test::read_file(directory / kRenderMarkFile), "1\n") << "whatever boot comes next";
}

// Its directory came back after something else had been in the place of it.
TEST_F(RecoveryTest, SetsTheMetadataAsideThatARecordingLeftWhenItMoved) {
  const auto left = put("a", State::Recording);
  const auto text = test::read_file(left / kMetadataFile);
  const auto directory = root_ / "2026-11-22-2" / "a";
  std::filesystem::create_directories(directory);
  std::filesystem::copy(left / kMetadataFile, directory / kMetadataFile);
  test::write_file(directory / kCaptureFile, "sound");
  const auto orphans = find_orphans(root_.path());
  ASSERT_EQ(orphans.found.size(), 1U);
  EXPECT_EQ(orphans.found[0].directory, directory);
  EXPECT_FALSE(std::filesystem::exists(left / kMetadataFile));
  EXPECT_EQ(test::read_file(left / "metadata.json.moved"), text);
}

// The process died between the first packet there and the first metadata.json.
TEST_F(RecoveryTest, KnowsOfARecordingThatMovedWhatStandsWhereItCameFrom) {
  put("a", State::Recording);
  const auto directory = root_ / "2026-11-22-2" / "a";
  std::filesystem::create_directories(directory);
  test::write_file(directory / kCaptureFile, "sound");
  for (const auto* start : {"the next", "the one after it, if that died too"}) {
    const auto orphans = find_orphans(root_.path());
    ASSERT_EQ(orphans.found.size(), 1U) << start;
    EXPECT_EQ(orphans.found[0].directory, directory);
    EXPECT_FALSE(orphans.found[0].rebuilt);
    EXPECT_EQ(orphans.found[0].document.end_reason, EndReason::Crashed);
    EXPECT_EQ(orphans.found[0].document.recording_id, "a");
    EXPECT_EQ(orphans.found[0].document.state, State::Rendering);
  }
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
  EXPECT_TRUE(orphans.found[0].rebuilt) << "nobody has told that warning";
}

// A directory with a capture that can be read, and with that for metadata.json.
class LostMetadata : public RecoveryTest {
 protected:
  LostMetadata() {
    std::filesystem::create_directories(directory_);
    test::CallBuilder call;
    test::Leg{call, 4000}.send(20 * test::kMs, std::vector<std::uint8_t>(160), 160);
    call.write(directory_);
  }
  Orphans find_with(const std::string& metadata) {
    test::write_file(directory_ / kMetadataFile, metadata);
    return find_orphans(root_.path());
  }
  void expect_left_alone(const Orphans& orphans, const std::string& metadata, bool told) {
    EXPECT_TRUE(orphans.found.empty()) << metadata;
    EXPECT_EQ(orphans.unreadable.size(), told ? 1u : 0u) << metadata;
    EXPECT_EQ(test::read_file(directory_ / kMetadataFile), metadata);
  }

  const std::filesystem::path directory_ =
      root_ / "2026-11-22" / "20261122T100000000Z-0123456789abcdef";
};

// Rebuilt it would know nobody's name any more, and no codec but G.711.
TEST_F(LostMetadata, IsNotMadeAnewWhereAnotherVersionWroteIt) {
  for (const std::string state : {"complete", "failed"}) {
    const auto text = R"({"schema":"siprec-recording/2","state":")" + state + R"("})";
    expect_left_alone(find_with(text), text, false);
  }
  const std::string running = R"({"schema":"siprec-recording/2","state":"recording"})";
  expect_left_alone(find_with(running), running, true);
}

TEST_F(LostMetadata, IsNotMadeAnewWhereTheCallWasRendered) {
  test::write_file(directory_ / kAudioFile, "sound");
  expect_left_alone(find_with(""), "", true);
  EXPECT_EQ(test::read_file(directory_ / kAudioFile), "sound");
}

TEST_F(LostMetadata, IsNotReadAgainAfterThreeProcessesEndedInItsCapture) {
  test::write_file(directory_ / kRenderMarkFile, "3\n");
  const auto orphans = find_with("");
  ASSERT_EQ(orphans.found.size(), 1U);
  EXPECT_EQ(orphans.found[0].deaths, 3U);
  EXPECT_TRUE(orphans.found[0].document.streams.empty());
  EXPECT_EQ(orphans.found[0].document.warnings.size(), 1U);
}

TEST_F(LostMetadata, IsReadWithoutForgettingWhoEndedBefore) {
  test::write_file(directory_ / kRenderMarkFile, "1\n");
  EXPECT_EQ(find_with("").found.at(0).deaths, 1U);
  EXPECT_EQ(deaths_of(directory_), 1U) << "its render may end this process too";
}

TEST_F(LostMetadata, IsKeptWhereSomethingIsLeftOfIt) {
  EXPECT_EQ(find_with("{\"call_id\": \"a84b").found.size(), 1u);
  EXPECT_EQ(test::read_file(directory_ / "metadata.json.damaged"), "{\"call_id\": \"a84b");
  EXPECT_EQ(find_orphans(root_.path()).found.size(), 1u) << "the render may be cut too";
}

TEST_F(LostMetadata, IsToldOfWhereThereIsNoCaptureEither) {
  std::filesystem::remove(directory_ / kCaptureFile);
  expect_left_alone(find_with("{ torn"), "{ torn", true);
  std::filesystem::remove(directory_ / kMetadataFile);
  EXPECT_TRUE(find_orphans(root_.path()).unreadable.empty()) << "that is no recording of ours";
}

TEST_F(LostMetadata, IsToldOfWhereItCanNotBeRead) {
  std::filesystem::create_directories(directory_ / kMetadataFile);
  const auto orphans = find_orphans(root_.path());
  EXPECT_TRUE(orphans.found.empty());
  EXPECT_EQ(orphans.unreadable.size(), 1u);
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
