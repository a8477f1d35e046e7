#include "recording/render_queue.hpp"

#include "recording/files/call_builder.hpp"
#include "support/files.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace srs::recording {
namespace {

class RenderQueueTest : public testing::Test {
 protected:
  static constexpr std::array<std::uint16_t, 2> kPorts = {4000, 4002};

  Document ended(const std::string& id) {
    auto document = test::document(kPorts, 1000);
    document.recording_id = id;
    document.state = State::Rendering;
    document.end_reason = EndReason::Bye;
    return document;
  }

  // The directory of a call whose first leg spoke for half a second.
  std::filesystem::path spoken(const std::string& id) {
    const auto directory = directory_of(id);
    test::CallBuilder call;
    test::Leg{call, kPorts[0]}.speak(100 * test::kMs, test::babble(4000, 1));
    call.write(directory);
    return directory;
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
  tracing::Tracer tracer_;
  metrics::Registry registry_;
  Metrics metrics_{registry_};
  Options options_;
};

TEST_F(RenderQueueTest, MakesAnEndedSessionACompleteRecording) {
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  EXPECT_TRUE(queue.submit(spoken("a"), ended("a"), RenderQueue::Origin::Session));
  EXPECT_FALSE(queue.idle());
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(on_disk("a").state, State::Complete);
  EXPECT_EQ(on_disk("a").streams[0].packets_received, 25u);
  EXPECT_TRUE(std::filesystem::exists(root_ / "a" / kAudioFile));
  EXPECT_FALSE(std::filesystem::exists(root_ / "a" / kCaptureFile));
  EXPECT_NE(registry_.text().find("recordings_total{state=\"complete\"} 1"), std::string::npos);
}

TEST_F(RenderQueueTest, KeepsTheCaptureWherePolicyAsksForIt) {
  options_.keep_capture = KeepCapture::Always;
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  queue.submit(spoken("a"), ended("a"), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_TRUE(std::filesystem::exists(root_ / "a" / kCaptureFile));
  EXPECT_EQ(on_disk("a").files.size(), 2u);
}

TEST_F(RenderQueueTest, KeepsTheCaptureOfACodecThatCannotBeRenderedYet) {
  auto document = ended("a");
  document.streams[0].payloads = {{0, "EVS", 16000, 1, ""}};
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  queue.submit(spoken("a"), std::move(document), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_TRUE(std::filesystem::exists(root_ / "a" / kCaptureFile));
  EXPECT_EQ(on_disk("a").streams[0].packets_undecoded, 25u);
}

// A call that was heard and can't be played is no success, whoever took its capture away.
TEST_F(RenderQueueTest, CallsARecordingFailedWhoseCaptureIsGone) {
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  auto document = ended("a");
  document.streams[0].packets_received = 25;
  document.files.push_back({"rs-metadata-001.xml", "application/rs-metadata+xml", 1, "00"});
  queue.submit(directory_of("a"), std::move(document), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  const auto found = on_disk("a");
  EXPECT_EQ(found.state, State::Failed);
  EXPECT_TRUE(found.files.empty()) << "what is not there is not named";
  EXPECT_EQ(found.warnings.size(), 2U);
}

TEST_F(RenderQueueTest, MakesNoAudioFileForACallWithoutMedia) {
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  queue.submit(directory_of("a"), ended("a"), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(on_disk("a").state, State::Complete);
  EXPECT_FALSE(std::filesystem::exists(root_ / "a" / kAudioFile));
}

TEST_F(RenderQueueTest, GivesEveryFileItsDigest) {
  auto document = ended("a");
  document.files.push_back({"rs-metadata-001.xml", "application/rs-metadata+xml", 3, {}});
  test::write_file(directory_of("a") / "rs-metadata-001.xml", "abc");
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  spoken("a");
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
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  queue.submit(root_ / "a", ended("a"), RenderQueue::Origin::Disk);
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(on_disk("a").warnings, finished.warnings);
  EXPECT_FALSE(std::filesystem::exists(root_ / "a" / kAudioFile));
}

TEST_F(RenderQueueTest, AsksForWhatDidNotFitOnceItHasRunEmpty) {
  options_.render_queue = 1;
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
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
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  queue.submit(root_ / "missing", ended("missing"), RenderQueue::Origin::Session);
  queue.submit(directory_of("b"), ended("b"), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(on_disk("b").state, State::Complete);
  EXPECT_NE(registry_.text().find("recordings_total{state=\"failed\"} 1"), std::string::npos);
}

// A directory stands where the disk should take a file: as good as a full disk, for whoever is root
// too.
class RefusingDisk : public RenderQueueTest {
 protected:
  void refuse(const std::string& id, std::string_view file) {
    std::filesystem::create_directories(root_ / id / (std::string(file) + ".tmp"));
  }
  void relent(const std::string& id, std::string_view file) {
    std::filesystem::remove(root_ / id / (std::string(file) + ".tmp"));
  }
  bool says(const std::string& line) {
    return registry_.text().find("\n" + line + "\n") != std::string::npos;
  }
  bool run_until_none_is_postponed(RenderQueue& queue) {
    return test::wait_until([&] {
      io_.restart();
      io_.poll();
      return queue.idle() && queue.postponed() == 0;
    });
  }
};

TEST_F(RefusingDisk, PostponesARecordingUntilItTakesItsFiles) {
  for (const auto file : {kMetadataFile, kAudioFile}) {
    const std::string id(file);
    std::vector<std::string> completed;
    RenderQueue queue(
        io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{},
        {{}, [&](const auto&, const Document& done) { completed.push_back(done.recording_id); }});
    const auto directory = spoken(id);
    refuse(id, file);
    queue.submit(directory, ended(id), RenderQueue::Origin::Session);
    ASSERT_TRUE(run_until_idle(queue));
    EXPECT_EQ(queue.postponed(), 1u);
    EXPECT_TRUE(says("recordings_postponed 1"));
    EXPECT_FALSE(std::filesystem::exists(directory / kMetadataFile));
    EXPECT_TRUE(std::filesystem::exists(directory / kCaptureFile));
    EXPECT_TRUE(completed.empty());

    relent(id, file);
    ASSERT_TRUE(run_until_none_is_postponed(queue));
    EXPECT_EQ(on_disk(id).state, State::Complete);
    EXPECT_TRUE(on_disk(id).warnings.empty());
    EXPECT_FALSE(std::filesystem::exists(directory / kCaptureFile));
    EXPECT_EQ(completed, std::vector{id});
    EXPECT_TRUE(says("recordings_postponed 0"));
  }
  EXPECT_TRUE(says("recordings_total{state=\"complete\"} 2"));
  EXPECT_TRUE(says("recordings_total{state=\"failed\"} 0"));
}

TEST_F(RefusingDisk, IsTriedWithOneRecordingAndThenTakesAll) {
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  for (const std::string id : {"a", "b", "c", "d"}) {
    refuse(id, kMetadataFile);
    queue.submit(directory_of(id), ended(id), RenderQueue::Origin::Session);
  }
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(queue.postponed(), 4u);
  EXPECT_TRUE(says("errors_total{component=\"recording\",reason=\"refused_by_disk\"} 4"));
  for (const std::string id : {"a", "b", "c", "d"}) relent(id, kMetadataFile);
  ASSERT_TRUE(run_until_none_is_postponed(queue));
  for (const std::string id : {"a", "b", "c", "d"}) EXPECT_EQ(on_disk(id).state, State::Complete);
}

TEST_F(RefusingDisk, HoldsUpNobodyElse) {
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  refuse("a", kMetadataFile);
  queue.submit(directory_of("a"), ended("a"), RenderQueue::Origin::Session);
  queue.submit(spoken("b"), ended("b"), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  EXPECT_EQ(on_disk("b").state, State::Complete);
  EXPECT_EQ(queue.postponed(), 1u);
}

TEST_F(RefusingDisk, LeavesWhatIsPostponedToTheEndOfTheProcess) {
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  refuse("a", kMetadataFile);
  queue.submit(directory_of("a"), ended("a"), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(queue));
  const auto left = queue.give_up();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left.front().directory, root_ / "a");
  EXPECT_EQ(to_json(left.front().document), to_json(ended("a")));
}

// Whoever starts again after a full disk keeps no more in memory than what may wait there.
TEST_F(RefusingDisk, KeepsNoMoreInMemoryThanTheQueueHolds) {
  options_.render_queue = 2;
  RenderQueue queue(io_.get_executor(), options_, metrics_, registry_, tracer_, log::Logger{});
  for (int i = 0; i < 5; ++i) {
    const auto id = std::to_string(i);
    refuse(id, kMetadataFile);
    queue.submit(directory_of(id), ended(id), RenderQueue::Origin::Session);
    ASSERT_TRUE(run_until_idle(queue));
  }
  EXPECT_EQ(queue.postponed(), 2u);
}

}  // namespace
}  // namespace srs::recording
