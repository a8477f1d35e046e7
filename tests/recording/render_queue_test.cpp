#include "recording/render_queue.hpp"

#include "support/files.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace srs::recording {
namespace {

class RenderQueueTest : public testing::Test {
 protected:
  Document ended(const std::string& id) {
    Document document;
    document.recording_id = id;
    document.call_id = "call";
    document.state = State::Rendering;
    document.end_reason = EndReason::Bye;
    document.started_at = *from_rfc3339("2026-11-22T11:09:45Z");
    document.ended_at = *from_rfc3339("2026-11-22T11:09:46Z");
    document.streams.resize(2);
    document.streams[1].channel = 1;
    return document;
  }

  std::filesystem::path directory_of(const std::string& id) {
    const auto directory = root_ / id;
    std::filesystem::create_directories(directory);
    return directory;
  }

  Document on_disk(const std::string& id) {
    const auto document = from_json(test::read_file(root_ / id / kMetadataFile));
    EXPECT_TRUE(document) << document.error().text;
    return document ? *document : Document{};
  }

  bool run_until_idle(RenderQueue& queue) {
    return test::wait_until([&] {
      io_.restart();
      io_.poll();
      return queue.idle();
    });
  }

  test::TempDir root_;
  boost::asio::io_context io_;
  metrics::Registry registry_;
  Metrics metrics_{registry_};
  Options options_;
};

TEST_F(RenderQueueTest, MakesAnEndedSessionACompleteRecording) {
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, log::Logger{});
  queue.submit(directory_of("a"), ended("a"), RenderQueue::Origin::Session);
  EXPECT_FALSE(queue.idle());
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(on_disk("a").state, State::Complete);
  EXPECT_TRUE(std::filesystem::exists(root_ / "a" / kAudioFile));
  EXPECT_NE(registry_.text().find("recordings_total{state=\"complete\"} 1"), std::string::npos);
}

TEST_F(RenderQueueTest, GivesEveryFileItsDigest) {
  auto document = ended("a");
  document.files.push_back({"rs-metadata-001.xml", "application/rs-metadata+xml", 3, {}});
  test::write_file(directory_of("a") / "rs-metadata-001.xml", "abc");
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, log::Logger{});
  queue.submit(root_ / "a", std::move(document), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  // FIPS 180-4's example: SHA-256 of "abc".
  EXPECT_EQ(on_disk("a").files.at(0).sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(on_disk("a").files.at(1).sha256.size(), 64u);
}

TEST_F(RenderQueueTest, LeavesARecordingFoundOnDiskAloneThatSomebodyFinished) {
  auto finished = ended("a");
  finished.state = State::Complete;
  finished.warnings = {"finished by somebody else"};
  test::write_file(directory_of("a") / kMetadataFile, to_json(finished));
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, log::Logger{});
  queue.submit(root_ / "a", ended("a"), RenderQueue::Origin::Disk);
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(on_disk("a").warnings, finished.warnings);
  EXPECT_FALSE(std::filesystem::exists(root_ / "a" / kAudioFile));
}

TEST_F(RenderQueueTest, AsksForWhatDidNotFitOnceItHasRunEmpty) {
  options_.render_queue = 1;
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, log::Logger{});
  bool asked = false;
  queue.on_room = [&] { asked = true; };
  for (int i = 0; i < 200; ++i) {
    const auto id = std::to_string(i);
    queue.submit(directory_of(id), ended(id), RenderQueue::Origin::Session);
  }
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_TRUE(asked);
}

TEST_F(RenderQueueTest, CallsARecordingFailedWhoseDirectoryIsGoneAndStaysUsable) {
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, log::Logger{});
  queue.submit(root_ / "missing", ended("missing"), RenderQueue::Origin::Session);
  queue.submit(directory_of("b"), ended("b"), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(on_disk("b").state, State::Complete);
  EXPECT_NE(registry_.text().find("recordings_total{state=\"failed\"} 1"), std::string::npos);
}

}  // namespace
}  // namespace srs::recording
