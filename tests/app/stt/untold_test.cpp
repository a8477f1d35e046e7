// Text of an earlier process that no metadata.json names.
#include "app/stt/untold.hpp"

#include "support/files.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <srs/stt/transcript.hpp>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace srs::app {
namespace {

using nlohmann::json;
using recording::State;
using testing::ElementsAre;
using testing::HasSubstr;

const char* const kLine =
    R"({"recording_id":"a","final":true,"channel":0,"start_ms":1000,"end_ms":1500,"text":"good morning","provider":"vosk"})"
    "\n";

class Untold : public testing::Test {
 protected:
  std::filesystem::path recording(State state = State::Complete) {
    recording::Document document;
    document.recording_id = "a";
    document.state = state;
    document.started_at = *from_rfc3339("2026-11-22T11:09:45Z");
    document.ended_at = document.started_at + std::chrono::seconds(2);
    document.streams.resize(1);
    const auto directory = root_ / "2026-11-22" / "a";
    std::filesystem::create_directories(directory);
    test::write_file(directory / recording::kMetadataFile, recording::to_json(document));
    return directory;
  }
  // What the start does; false where there was nothing to do.
  bool bring_in(const std::filesystem::path& directory) {
    if (!is_untold(directory)) return false;
    const auto amendment = untold(directory, queue_);
    EXPECT_TRUE(amendment) << amendment.error().text;
    EXPECT_TRUE(recording::amend(directory, *amendment));
    return true;
  }
  static json metadata(const std::filesystem::path& directory) {
    return json::parse(test::read_file(directory / recording::kMetadataFile));
  }
  static std::vector<std::string> files(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    const auto whole = metadata(directory);
    for (const auto& file : whole.at("files")) names.push_back(file.at("name"));
    return names;
  }

  test::TempDir root_;
  const LiveQueue queue_ = stt::store_job;
};

TEST_F(Untold, LiveTextIsQueuedToBecomeTheTranscript) {
  const auto directory = recording();
  test::write_file(directory / stt::kLiveFile, kLine);
  EXPECT_TRUE(bring_in(directory));
  const auto job = json::parse(test::read_file(directory / stt::kJobFile));
  EXPECT_EQ(job.at("recording_id"), "a");
  EXPECT_EQ(job.at("live").at("duration_ms"), 2000);
  EXPECT_THAT(job.at("live").at("warnings").dump(), HasSubstr("later start"));
  EXPECT_THAT(files(directory), ElementsAre("transcript.live.jsonl"));
  EXPECT_FALSE(bring_in(directory)) << "once is enough";
}

TEST_F(Untold, TextThatWasHeldBackIsQueuedToo) {
  const auto directory = recording();
  test::write_file(directory / stt::kHeldFile, kLine);
  EXPECT_TRUE(bring_in(directory));
  EXPECT_EQ(test::read_file(directory / stt::kLiveFile), kLine);
  EXPECT_TRUE(std::filesystem::exists(directory / stt::kJobFile));
  EXPECT_FALSE(std::filesystem::exists(directory / stt::kHeldFile));
  EXPECT_THAT(files(directory), ElementsAre("transcript.live.jsonl"));
  EXPECT_FALSE(bring_in(directory)) << "once is enough";
}

TEST_F(Untold, LiveTextOfACancelledTranscriptStaysAlone) {
  const auto directory = recording();
  recording::Amendment cancelled;
  cancelled.transcription.emplace().state = "cancelled";
  EXPECT_TRUE(recording::amend(directory, cancelled));
  test::write_file(directory / stt::kLiveFile, kLine);
  EXPECT_TRUE(bring_in(directory));
  EXPECT_FALSE(std::filesystem::exists(directory / stt::kJobFile));
  EXPECT_EQ(metadata(directory)["transcription"].value("state", ""), "cancelled");
}

TEST_F(Untold, ATranscriptIsNamedAndNotMadeAnew) {
  const auto directory = recording();
  stt::Transcript transcript;
  transcript.recording_id = "a";
  transcript.segments.push_back({});
  transcript.uses = {{"openai", "whisper-1", 2, stt::Millis(4000), 0.5, "USD"}};
  test::write_file(directory / stt::kTranscriptFile, stt::to_json(transcript));
  test::write_file(directory / stt::kVttFile, "WEBVTT\n");
  test::write_file(directory / stt::kTextFile, "\n");
  test::write_file(directory / stt::kLiveFile, kLine);
  EXPECT_TRUE(bring_in(directory));
  const auto entry = metadata(directory).at("transcription");
  EXPECT_EQ(entry.at("segments"), 1);
  EXPECT_EQ(entry.at("uses").at(0).at("cost"), 0.5);
  EXPECT_FALSE(bring_in(directory));
}

TEST_F(Untold, LiveTextLeavesTheTranscriptToAJobThatGoesOn) {
  const auto directory = recording();
  test::write_file(directory / stt::kLiveFile, kLine);
  test::write_file(directory / stt::kJobFile, "{}");
  EXPECT_TRUE(bring_in(directory));
  EXPECT_THAT(files(directory), ElementsAre("transcript.live.jsonl"));
  EXPECT_FALSE(metadata(directory).contains("transcription"));
  EXPECT_FALSE(std::filesystem::exists(directory / stt::kTranscriptFile));
}

TEST_F(Untold, NothingIsDoneToACallThatRuns) {
  const auto directory = recording(State::Recording);
  test::write_file(directory / stt::kLiveFile, kLine);
  EXPECT_FALSE(is_untold(directory));
  EXPECT_FALSE(std::filesystem::exists(directory / stt::kTranscriptFile));
}

TEST_F(Untold, NothingIsSaidWhereThereIsNoText) {
  EXPECT_FALSE(is_untold(recording()));
}

TEST_F(Untold, TextIsFoundByTheSearchButNotThatOfCallsThatAreHeard) {
  const auto directory = recording();
  test::write_file(directory / stt::kLiveFile, kLine);
  boost::asio::io_context io;
  metrics::Registry registry;
  Tasks tasks{io.get_executor(), [](std::string_view, std::string_view) {}};
  MetadataEditor editor(io.get_executor(), registry, log::Logger());
  UntoldSearch search(tasks, queue_, editor, registry, log::Logger());
  const auto run_until = [&](auto condition) {
    return test::wait_until([&] {
      io.restart();
      io.poll();
      return condition();
    });
  };
  bool asked = false;
  search.begin(root_.path(), [&](const auto& id) { return asked = id == "a"; });
  ASSERT_TRUE(run_until([&] { return asked; }));
  ASSERT_TRUE(run_until([&] { return editor.idle(); }));
  EXPECT_TRUE(is_untold(directory));
  search.begin(root_.path(), {});
  EXPECT_TRUE(run_until([&] { return !is_untold(directory) && editor.idle(); }));
}

}  // namespace
}  // namespace srs::app
