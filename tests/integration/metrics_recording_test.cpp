// Each figure of recordings moves when its thing happens, read from the real /metrics.
#include "integration/metrics_stage.hpp"
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"

#include <srs/util/time.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// Inbound, as a header of the SRC says, with metadata that leave the second label unsaid.
void a_call_with_a_direction_and_a_warning(Stage& stage) {
  SrcCall call(stage.server);
  auto streams = two_legs();
  auto named = streams;
  named.pop_back();
  auto invite = call.dialog().invite(siprec_body(sdp_offer(streams), rs_metadata(named)));
  invite.set_header("X-Call-Direction", "inbound");
  EXPECT_EQ(call.invite(invite).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  EXPECT_EQ(call.bye().status(), 200);
}

void a_call_without_media(Stage& stage) {
  EXPECT_EQ(stage.call().bye().status(), 200);
}

std::string today() {
  return to_rfc3339(wall_now()).substr(0, 10);
}

// One that is asked to take something for the first time: nobody sees from without that /proc
// doesn't.
void a_directory_that_takes_nothing(Stage& stage) {
  std::filesystem::create_directories(stage.server.recordings());
  for (const auto* number : {"", "-2", "-3", "-4", "-5", "-6", "-7", "-8", "-9"})
    std::filesystem::create_directory_symlink("/proc",
                                              stage.server.recordings() / (today() + number));
  auto call = stage.call();
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  EXPECT_TRUE(stage.moves("capture_packets_dropped_total"));
  EXPECT_EQ(call.bye().status(), 200);
}

const std::vector<Scenario> kRecordingScenarios = {
    {"ACallWithADirectionAndAWarning",
     {},
     a_call_with_a_direction_and_a_warning,
     {"recordings_total{state=\"complete\"}", "recording_seconds_total{direction=\"inbound\"}",
      "recording_warnings_total{kind=\"metadata\"}",
      "recordings_with_warnings_total{kind=\"metadata\"}", "recording_render_seconds",
      "recording_finish_seconds", "capture_packets_total", "capture_bytes_total",
      "capture_write_seconds"}},
    {"ACallWithoutMedia",
     {},
     a_call_without_media,
     {"recordings_without_media_total", "recording_warnings_total{kind=\"media\"}"}},
    {"ADirectoryThatTakesNothing",
     {},
     a_directory_that_takes_nothing,
     {"recording_write_errors_total", "capture_write_errors_total",
      "recordings_total{state=\"failed\"}", "recording_warnings_total{kind=\"capture\"}",
      "errors_total{component=\"recording\",reason=\"write\"}",
      "errors_total{component=\"recording\",reason=\"failed\"}",
      "errors_total{component=\"capture\",reason=\"write\"}",
      "errors_total{component=\"capture\",reason=\"dropped\"}"}},
};

class RecordingFigures : public ::testing::TestWithParam<Scenario> {};
TEST_P(RecordingFigures, Move) {
  play(GetParam());
}
INSTANTIATE_TEST_SUITE_P(, RecordingFigures, ::testing::ValuesIn(kRecordingScenarios),
                         [](const auto& one) { return one.param.name; });

json health(const ServerProcess& server) {
  return json::parse(http_get(url(server, "/health?detailed=true")).body);
}

// Where the disk refuses the last files of a recording they are written when it takes them, and
// until then everybody can see it. A directory in their place is a full disk that root can't pass.
TEST(Postponed, RecordingsAreCountedAndFinishedWhenTheDiskTakesThem) {
  Stage stage{{}};
  ASSERT_NO_FATAL_FAILURE(stage.start());
  auto call = stage.call();
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  std::filesystem::path directory;
  ASSERT_TRUE(wait_until([&] {
    const auto begun =
        wait_for_recording(stage.server.recordings(), call.dialog().call_id(), "recording");
    if (begun) directory = begun->directory;
    return begun && begun->metadata.at("streams").at(0).value("packets_received", 0) > 0;
  })) << "metadata.json is written once more when media came";
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(directory / "capture.pcapng"); }));
  std::filesystem::create_directories(directory / "metadata.json.tmp");
  EXPECT_EQ(call.bye().status(), 200);
  EXPECT_TRUE(stage.moves("recordings_postponed"));
  EXPECT_TRUE(stage.moves("errors_total{component=\"recording\",reason=\"refused_by_disk\"}"));
  EXPECT_TRUE(stage.server.wait_for_log("recording_postponed", kSoon));
  const auto degraded = health(stage.server);
  EXPECT_EQ(degraded.at("checks").at("render_queue").value("status", ""), "degraded");
  EXPECT_GE(degraded.at("checks").at("render_queue").value("postponed", 0), 1);

  std::filesystem::remove(directory / "metadata.json.tmp");
  EXPECT_TRUE(wait_until([&] {
    return metric(stage.server, "recordings_total", {"complete"}) == 1 &&
           metric(stage.server, "recordings_postponed") == 0 &&
           metric(stage.server, "recording_writes_postponed") == 0;
  }));
  EXPECT_EQ(json::parse(read_file(directory / "metadata.json")).value("end_reason", ""), "bye");
  EXPECT_TRUE(std::filesystem::exists(directory / "audio.wav"));
  EXPECT_TRUE(wait_until([&] { return health(stage.server).value("status", "") == "healthy"; }));
}

// Nothing is lost where something else stands in the place of a day's directory, and an operator
// sees it all the time.
TEST(DayDirectory, ThatIsAFileCostsNoRecording) {
  Stage stage{{}};
  std::filesystem::create_directories(stage.server.recordings());
  write_file(stage.server.recordings() / today(), "in the way");
  ASSERT_NO_FATAL_FAILURE(stage.start());
  EXPECT_TRUE(stage.server.wait_for_log("recording_day_taken", kSoon));
  for (int number = 0; number < 2; ++number) {
    auto call = stage.call();
    RtpSource alice(0, 0xA11CE);
    call.send_packets(0, alice, 50);
    EXPECT_EQ(call.bye().status(), 200);
    const auto done =
        wait_for_recording(stage.server.recordings(), call.dialog().call_id(), "complete");
    ASSERT_TRUE(done);
    EXPECT_EQ(done->directory.parent_path().filename(), today() + "-2");
    EXPECT_TRUE(std::filesystem::exists(done->directory / "audio.wav"));
    EXPECT_EQ(http_get(url(stage.server, "/ready")).status, 200);
    const auto check = health(stage.server).at("checks").at("recording_directory");
    EXPECT_EQ(check.value("status", ""), "degraded");
    EXPECT_NE(check.value("message", "").find("is no directory"), std::string::npos);
  }
  EXPECT_EQ(metric(stage.server, "errors_total", {"day_directory"}), 2);
  EXPECT_EQ(metric(stage.server, "recording_write_errors_total"), 0);
}

TEST(DayDirectory, ThatBreaksBeforeTheFirstPacketCostsNoRecording) {
  Stage stage{{}};
  ASSERT_NO_FATAL_FAILURE(stage.start());
  auto call = stage.call();
  const auto call_id = call.dialog().call_id();
  const auto recordings = stage.server.recordings();
  const auto begun = wait_for_recording(recordings, call_id, "recording");
  ASSERT_TRUE(begun);
  std::filesystem::rename(recordings / today(), stage.server.directory() / "aside");
  write_file(recordings / today(), "in the way");
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  EXPECT_TRUE(stage.server.wait_for_log("recording_moved", kSoon));
  EXPECT_EQ(call.bye().status(), 200);
  const auto done = wait_for_recording(recordings, call_id, "complete");
  ASSERT_TRUE(done);
  EXPECT_EQ(done->directory.parent_path().filename(), today() + "-2");
  EXPECT_EQ(done->metadata.at("streams").at(0).value("packets_received", 0), 50);
  EXPECT_TRUE(std::filesystem::exists(done->directory / "audio.wav"));
  EXPECT_EQ(metric(stage.server, "capture_packets_dropped_total"), 0);
  EXPECT_EQ(metric(stage.server, "errors_total", {"day_directory"}), 1);
  EXPECT_EQ(metric(stage.server, "recording_writes_postponed"), 0);
  EXPECT_NE(done->metadata.at("warnings").dump().find("took no files any more"), std::string::npos);

  // What is left of it does not become a second recording when the directory comes back.
  stage.server.signal(SIGTERM);
  ASSERT_EQ(stage.server.wait_exit(kSoon), 0);
  std::filesystem::remove(recordings / today());
  std::filesystem::rename(stage.server.directory() / "aside", recordings / today());
  ASSERT_TRUE(stage.server.start());
  EXPECT_TRUE(wait_until(
      [&] { return std::filesystem::exists(begun->directory / "metadata.json.moved"); }));
  EXPECT_FALSE(std::filesystem::exists(begun->directory / "metadata.json"));
  EXPECT_EQ(metric(stage.server, "recordings_recovered_total"), 0);
}

TEST(Space, IsThatOfTheFileSystem) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  struct statvfs now {};
  ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(server.recordings()); }));
  ASSERT_EQ(::statvfs(server.recordings().c_str(), &now), 0);
  const auto unit = static_cast<double>(now.f_frsize);
  const auto free = static_cast<double>(now.f_bavail) * unit;
  EXPECT_EQ(metric(server, "recording_disk_size_bytes"), static_cast<double>(now.f_blocks) * unit);
  EXPECT_NEAR(metric(server, "recording_disk_free_bytes"), free, 0.2 * free);
  const auto files = static_cast<double>(now.f_favail);
  EXPECT_EQ(metric(server, "recording_disk_files"), static_cast<double>(now.f_files));
  EXPECT_NEAR(metric(server, "recording_disk_files_free"), files, 0.2 * files);
}

TEST(Limits, AreThoseOfTheSettings) {
  ServerProcess server(Settings{{"RECORDING_CAPTURE_MAX_PENDING", "2MiB"},
                                {"RECORDING_RENDER_QUEUE", "17"},
                                {"RECORDING_MIN_FREE_SPACE", "3MiB"}});
  ASSERT_TRUE(server.start());
  EXPECT_EQ(metric(server, "capture_pending_limit_bytes"), 2 << 20);
  EXPECT_EQ(metric(server, "recording_render_queue_capacity"), 17);
  EXPECT_EQ(metric(server, "recording_min_free_bytes"), 3 << 20);
}

// The captures of two calls that a crash left are named pipes: whoever opens one to read waits for
// a writer. So one render runs and the other waits, for as long as the test likes.
class HeldRenders : public ::testing::Test {
 protected:
  void SetUp() override {
    stage_.server.set("RECORDING_RENDER_THREADS", "1");
    ASSERT_NO_FATAL_FAILURE(stage_.start());
    for (int i = 0; i < 2; ++i) calls_.push_back(stage_.call());
    RtpSource alice(0, 0xA11CE);
    for (auto& call : calls_) call.send_packets(0, alice, 5);
    // Without its metadata.json a recording would be rebuilt from its capture, and not be held.
    ASSERT_TRUE(wait_until([&] {
      return captures().size() == 2 && all_recordings(stage_.server.recordings()).size() == 2;
    }));
    stage_.server.signal(SIGKILL);
    ASSERT_TRUE(stage_.server.wait_exit(kSoon));
    for (const auto& capture : captures()) {
      std::filesystem::remove(capture);
      ASSERT_EQ(::mkfifo(capture.c_str(), 0600), 0);
    }
    const auto broken = stage_.server.recordings() / "2026-01-01" / "broken";
    std::filesystem::create_directories(broken);
    write_file(broken / "metadata.json", "{");
    write_file(broken / "capture.pcapng", "");
    started_ = std::chrono::steady_clock::now();
    ASSERT_NO_FATAL_FAILURE(stage_.start());
  }
  void TearDown() override { release(); }

  std::vector<std::filesystem::path> captures() const {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (auto at = std::filesystem::recursive_directory_iterator(stage_.server.recordings(), error);
         !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error))
      if (at->path().filename() == "capture.pcapng") found.push_back(at->path());
    return found;
  }
  void release() {
    for (const auto& capture : captures()) {
      const int writer = ::open(capture.c_str(), O_RDWR | O_NONBLOCK);
      if (writer >= 0) ::close(writer);
    }
  }

  static std::chrono::duration<double> since(std::chrono::steady_clock::time_point begun) {
    return std::chrono::steady_clock::now() - begun;
  }

  Stage stage_{{}};
  std::vector<SrcCall> calls_;
  std::chrono::steady_clock::time_point started_;
};

TEST_F(HeldRenders, ShowInTheQueueAndTheAgeOfItsOldest) {
  const auto value = [&](const char* name) { return metric(stage_.server, name); };
  EXPECT_TRUE(wait_until([&] { return value("recording_render_running") == 1; }));
  EXPECT_TRUE(wait_until([&] { return value("recording_render_queue") == 1; }));
  EXPECT_TRUE(wait_until([&] { return value("recording_render_oldest_seconds") > 0.1; }));
  EXPECT_EQ(value("recordings_recovered_total"), 2);
  EXPECT_EQ(metric(stage_.server, "errors_total", {"recovery"}), 1);
  const auto ended = [&] {
    release();
    return value("recording_render_running") == 0 && value("recording_render_queue") == 0;
  };
  EXPECT_TRUE(wait_until(ended));
  EXPECT_EQ(value("recording_render_oldest_seconds"), 0);
}

TEST_F(HeldRenders, CountForAsLongAsTheyWereHeld) {
  const auto value = [&](const char* name) { return metric(stage_.server, name); };
  ASSERT_TRUE(wait_until([&] { return value("recording_render_running") == 1; }));
  const auto running = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(1s);  // nothing to wait for: time itself is what is measured
  const auto held = since(running).count();
  EXPECT_TRUE(wait_until([&] {
    release();
    return value("recording_render_seconds_count") >= 2;
  }));
  const auto counted = value("recording_render_seconds_sum");
  EXPECT_GE(counted, held);
  EXPECT_LE(counted, since(started_).count());
}

}  // namespace
}  // namespace srs::test
