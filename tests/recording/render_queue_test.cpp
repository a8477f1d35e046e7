#include "recording/render_queue.hpp"

#include "recording/files/call_builder.hpp"
#include "recording/render_mark.hpp"
#include "support/files.hpp"
#include "support/privileges.hpp"
#include "support/temp_dir.hpp"
#include "support/wait.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

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

  // As a search finds it whose call ran when the process died.
  Document crashed(const std::string& id) {
    auto document = ended(id);
    document.end_reason = EndReason::Crashed;
    document.ended_at.reset();
    return document;
  }

  std::unique_ptr<RenderQueue> make_queue(AfterRender after = {}) {
    return std::make_unique<RenderQueue>(io_.get_executor(), options_, metrics_, registry_, tracer_,
                                         log::Logger{}, std::move(after));
  }
  // `heard` gets the ids of what others would do something with.
  std::unique_ptr<RenderQueue> make_queue(std::vector<std::string>& heard) {
    const auto note = [&heard](const auto&, const Document& document) {
      heard.push_back(document.recording_id);
    };
    return make_queue(AfterRender{note, note});
  }

  bool says(const std::string& line) {
    return registry_.text().find("\n" + line + "\n") != std::string::npos;
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
  bool run_until_none_is_postponed(RenderQueue& queue) {
    return test::wait_until([&] {
      io_.restart();
      io_.poll();
      return queue.idle() && queue.postponed() == 0;
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

TEST_F(RenderQueueTest, MarksARecordingThatItFoundWhileItRendersIt) {
  unsigned marked = 0;
  AfterRender after;
  after.completing = [&](const auto& directory, const auto&) { marked = deaths_of(directory); };
  const auto queue = make_queue(after);
  queue->submit(spoken("a"), ended("a"), RenderQueue::Origin::Disk, {}, 1);
  ASSERT_TRUE(run_until_idle(*queue));
  EXPECT_EQ(marked, 2U) << "who dies now is the second";
  EXPECT_EQ(on_disk("a").state, State::Complete);
  EXPECT_FALSE(std::filesystem::exists(root_ / "a" / kRenderMarkFile));
}

TEST_F(RenderQueueTest, GivesUpARecordingThatEndedThreeProcessesAndKeepsItsCapture) {
  const auto queue = make_queue();
  const auto directory = spoken("a");
  test::write_file(directory / kRenderMarkFile, "3\n");
  queue->submit(directory, ended("a"), RenderQueue::Origin::Disk, {}, deaths_of(directory));
  queue->submit(spoken("b"), ended("b"), RenderQueue::Origin::Disk, {}, 2);
  ASSERT_TRUE(run_until_idle(*queue));
  const auto failed = on_disk("a");
  EXPECT_EQ(failed.state, State::Failed);
  ASSERT_EQ(failed.warnings.size(), 1U);
  EXPECT_NE(failed.warnings[0].find("3 processes ended"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(directory / kCaptureFile));
  EXPECT_FALSE(std::filesystem::exists(directory / kAudioFile));
  EXPECT_FALSE(std::filesystem::exists(directory / kRenderMarkFile)) << "asked for, it is tried";
  EXPECT_TRUE(says("recordings_total{state=\"failed\"} 1"));
  EXPECT_EQ(on_disk("b").state, State::Complete);
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
  EXPECT_TRUE(says("errors_total{component=\"recording\",reason=\"capture_gone\"} 1"));
  EXPECT_TRUE(says("recording_render_seconds_count 0")) << "nothing was rendered";
}

// As a call without media that ended by itself: it is told of, and nothing was rendered.
TEST_F(RenderQueueTest, WarnsOfACrashedCallWithoutMedia) {
  auto queue = make_queue();
  queue->submit(directory_of("a"), crashed("a"), RenderQueue::Origin::Disk);
  ASSERT_TRUE(run_until_idle(*queue));
  EXPECT_EQ(on_disk("a").state, State::Complete);
  EXPECT_EQ(on_disk("a").warnings, std::vector{std::string(kNoMediaWarning)});
  EXPECT_TRUE(says("recording_warnings_total{kind=\"media\"} 1"));
  EXPECT_TRUE(says("recordings_with_warnings_total{kind=\"media\"} 1"));
  EXPECT_TRUE(says("recordings_without_media_total 1"));
  EXPECT_TRUE(says("recordings_total{state=\"complete\"} 1"));
  EXPECT_TRUE(says("recording_render_seconds_count 0"));
  EXPECT_TRUE(says("recording_finish_seconds_count 0"));
}

// Receiver reports alone are no sound, and a file of silence would look like a recording.
TEST_F(RenderQueueTest, MakesNoAudioFileOfACaptureWithoutRtp) {
  test::CallBuilder call;
  call.add(kPorts[0] + 1, 20 * test::kMs, {0x81, 201, 0, 1, 0, 0, 0, 1});
  call.write(directory_of("a"));
  std::vector<std::string> completed;
  auto queue = make_queue(completed);
  queue->submit(root_ / "a", crashed("a"), RenderQueue::Origin::Disk);
  ASSERT_TRUE(run_until_idle(*queue));
  EXPECT_EQ(on_disk("a").state, State::Complete);
  EXPECT_EQ(on_disk("a").warnings, std::vector{std::string(kNoMediaWarning)});
  EXPECT_FALSE(std::filesystem::exists(root_ / "a" / kAudioFile));
  EXPECT_TRUE(says("recordings_without_media_total 1"));
  EXPECT_TRUE(says("errors_total{component=\"recording\",reason=\"capture_damaged\"} 0"));
  EXPECT_TRUE(completed.empty()) << "there is nothing to hear";
}

// It would be found at each start, and end each process.
TEST_F(RenderQueueTest, OutlivesARenderThatThrows) {
  AfterRender after;
  after.completing = [](const auto&, auto& document) {
    if (document.recording_id == "a") throw std::runtime_error("something of ours");
  };
  auto queue = make_queue(after);
  queue->submit(spoken("a"), ended("a"), RenderQueue::Origin::Session);
  queue->submit(spoken("b"), ended("b"), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(*queue));
  EXPECT_EQ(on_disk("a").state, State::Failed);
  EXPECT_EQ(on_disk("a").warnings,
            std::vector<std::string>{"our own error ended the render: something of ours"});
  EXPECT_TRUE(std::filesystem::exists(root_ / "a" / kCaptureFile));
  EXPECT_EQ(on_disk("b").state, State::Complete);
}

// Where no memory is left even for the verdict. Nobody must wait for it for ever, and there may be
// some again.
TEST_F(RenderQueueTest, TriesARecordingAgainWhoseRenderAndItsVerdictThrew) {
  std::atomic<int> renders = 0;
  AfterRender after;
  after.completing = [&](const auto&, const auto&) {
    if (++renders == 1) throw 42;  // more than complete() takes for an error
  };
  auto queue = make_queue(after);
  queue->submit(spoken("a"), ended("a"), RenderQueue::Origin::Session);
  ASSERT_TRUE(run_until_idle(*queue));
  EXPECT_EQ(queue->postponed(), 1U);
  EXPECT_TRUE(says("errors_total{component=\"recording\",reason=\"task\"} 1"));
  EXPECT_TRUE(says("errors_total{component=\"recording\",reason=\"refused_by_disk\"} 0"));
  ASSERT_TRUE(run_until_none_is_postponed(*queue));
  EXPECT_EQ(on_disk("a").state, State::Complete);
  EXPECT_TRUE(on_disk("a").warnings.empty());
}

// What a power cut leaves of a file whose blocks were not written.
TEST_F(RenderQueueTest, CallsARecordingFailedOfWhoseCaptureNothingCanBeRead) {
  const std::map<std::string, std::string> left = {
      {"empty", ""}, {"zeros", std::string(4096, '\0')}, {"noise", "no capture at all"}};
  for (const auto& [id, bytes] : left) {
    test::write_file(directory_of(id) / kCaptureFile, bytes);
    std::vector<std::string> completed;
    auto queue = make_queue(completed);
    queue->submit(root_ / id, crashed(id), RenderQueue::Origin::Disk);
    ASSERT_TRUE(run_until_idle(*queue));
    const auto found = on_disk(id);
    EXPECT_EQ(found.state, State::Failed) << id;
    ASSERT_EQ(found.warnings.size(), 1U) << id;
    EXPECT_NE(found.warnings[0].find("none of the media that came"), std::string::npos);
    EXPECT_NE(found.warnings[0].find("0 of its " + std::to_string(bytes.size())),
              std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(root_ / id / kAudioFile)) << id;
    EXPECT_TRUE(std::filesystem::exists(root_ / id / kCaptureFile)) << "somebody may mend it";
    EXPECT_TRUE(completed.empty());
  }
  EXPECT_TRUE(says("errors_total{component=\"recording\",reason=\"capture_damaged\"} 3"));
  EXPECT_TRUE(says("recordings_total{state=\"failed\"} 3"));
  EXPECT_TRUE(says("recordings_without_media_total 0")) << "media came";
}

TEST_F(RenderQueueTest, CountsATornCaptureAndRendersWhatItHolds) {
  const auto capture = spoken("a") / kCaptureFile;
  std::filesystem::resize_file(capture, std::filesystem::file_size(capture) - 2);
  auto queue = make_queue();
  queue->submit(root_ / "a", crashed("a"), RenderQueue::Origin::Disk);
  ASSERT_TRUE(run_until_idle(*queue));
  EXPECT_EQ(on_disk("a").state, State::Complete);
  EXPECT_EQ(on_disk("a").streams[0].packets_received, 24u);
  EXPECT_TRUE(says("errors_total{component=\"recording\",reason=\"capture_damaged\"} 1"));
  EXPECT_TRUE(says("recording_warnings_total{kind=\"render\"} 1"));
}

// metadata.json of a running call says that media came, and its figures stay where the capture
// tells none.
TEST_F(RenderQueueTest, KeepsTheFiguresOfACallWhoseCaptureTellsNone) {
  auto document = crashed("a");
  document.streams[0].packets_received = 25;
  test::write_file(directory_of("a") / kCaptureFile, "");
  auto queue = make_queue();
  queue->submit(root_ / "a", std::move(document), RenderQueue::Origin::Disk);
  ASSERT_TRUE(run_until_idle(*queue));
  EXPECT_EQ(on_disk("a").streams[0].packets_received, 25u);
}

// A collector of one's own.
struct Spans final : tracing::SpanSink {
  void take(tracing::SpanData span) override { seen.insert_or_assign(span.name, std::move(span)); }
  std::map<std::string, tracing::SpanData> seen;
};

// The process that had the call took its span along; the next one puts another in its place.
TEST_F(RenderQueueTest, PutsTheSpansOfACrashedCallBelowTheCallsOwn) {
  Spans spans;
  tracer_ = tracing::Tracer(tracing::Sampling{}, spans);
  tracing::SpanContext call;
  call.trace_id.fill(7);
  call.span_id.fill(8);
  call.sampled = true;
  auto queue = make_queue();
  queue->submit(spoken("a"), crashed("a"), RenderQueue::Origin::Disk, call);
  ASSERT_TRUE(run_until_idle(*queue));
  ASSERT_TRUE(spans.seen.contains("recording.session"));
  ASSERT_TRUE(spans.seen.contains("recording.render"));
  const auto& session = spans.seen.at("recording.session");
  EXPECT_EQ(session.context.trace_id, call.trace_id);
  EXPECT_EQ(session.context.span_id, call.span_id);
  EXPECT_EQ(session.parent, tracing::SpanId{});
  EXPECT_EQ(session.status, tracing::Status::Error);
  EXPECT_EQ(session.start, on_disk("a").started_at);
  EXPECT_EQ(spans.seen.at("recording.render").parent, session.context.span_id);
  spans.seen.clear();
  queue->submit(directory_of("b"), crashed("b"), RenderQueue::Origin::Disk, call);
  ASSERT_TRUE(run_until_idle(*queue));
  EXPECT_EQ(spans.seen.size(), 1U) << "nothing was rendered, and that is no span";
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
};

// Rights are given back, and what was moved comes back.
class TakenDay : public RefusingDisk {
 protected:
  using Put = std::function<void(const std::filesystem::path&)>;

  // A recording ends while `put` has put something in the place of its day.
  void expect_finished_later(const Put& put) {
    const auto day = root_ / "day";
    const auto directory = day / "a";
    const auto made = spoken("a");
    std::filesystem::create_directories(root_ / "aside");
    std::filesystem::rename(made, root_ / "aside" / "a");
    put(day);
    auto document = ended("a");
    document.streams[0].packets_received = 25;
    const auto queue = make_queue();
    queue->submit(directory, document, RenderQueue::Origin::Session);
    ASSERT_TRUE(run_until_idle(*queue));
    EXPECT_EQ(queue->postponed(), 1U);
    std::filesystem::remove(day);
    std::filesystem::rename(root_ / "aside", day);
    ASSERT_TRUE(run_until_none_is_postponed(*queue));
    EXPECT_TRUE(std::filesystem::exists(directory / kAudioFile));
  }
};

TEST_F(TakenDay, ByWhatNobodyCanLookIntoKeepsTheRecording) {
  expect_finished_later([](const auto& path) { std::filesystem::create_symlink(path, path); });
}

TEST_F(TakenDay, ByAFileKeepsTheRecording) {
  expect_finished_later([](const auto& path) { test::write_file(path, "in the way"); });
}

TEST_F(TakenDay, ByADirectoryOfSomebodyElseKeepsTheRecording) {
  std::thread([this] {
    test::drop_right(CAP_DAC_OVERRIDE);  // of root, who may write anywhere
    expect_finished_later([](const auto& path) {
      std::filesystem::create_directory(path);
      std::filesystem::permissions(path, std::filesystem::perms(0555));
    });
  }).join();
}

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
