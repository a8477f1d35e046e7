// How the server process begins, ends and comes back.
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/speech_match.hpp"
#include "support/src_call.hpp"
#include "util/http_client/http_peer.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <future>
#include <set>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

constexpr int kPerSecond = 50;  // packets

std::size_t packets(const RecordingOnDisk& recording, std::size_t stream) {
  return recording.metadata.at("streams").at(stream).value("packets_received", std::size_t{0});
}

class Lifecycle : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.start()); }

  bool ready() { return http_get(url(server_, "/ready")).status == 200; }

  ServerProcess server_;
  RtpSource alice_{0, 0xA11CE};
};

TEST_F(Lifecycle, EndsAtOnceWhereNoCallRuns) {
  server_.signal(SIGTERM);
  EXPECT_EQ(server_.wait_exit(10s), 0);
}

TEST_F(Lifecycle, DrainsAtSigtermAndRefusesNewCalls) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  call.send_packets(0, alice_, 50);
  const auto sessions = [&] { return metric(server_, "siprec_ready", {"check=\"sessions\""}); };
  EXPECT_EQ(sessions(), 1);
  server_.signal(SIGTERM);
  ASSERT_TRUE(wait_until([&] { return !ready(); })) << "/ready stayed 200";
  EXPECT_EQ(sessions(), 0) << "whoever scrapes does not see what /ready says";
  EXPECT_EQ(metric(server_, "siprec_ready", {"check=\"sip_listeners\""}), 1);
  EXPECT_EQ(http_get(url(server_, "/live")).status, 200);

  SrcCall refused(server_);
  const auto answer = refused.invite(siprec_body(two_legs()));
  EXPECT_EQ(answer.status(), 503);
  EXPECT_FALSE(answer.header("Retry-After").empty()) << answer.bytes();
  EXPECT_FALSE(answer.header("Warning").empty()) << answer.bytes();

  call.send_packets(0, alice_, 50);  // the running call goes on
  EXPECT_EQ(call.bye().status(), 200);
  EXPECT_EQ(server_.wait_exit(kSoon), 0);
  const auto recording = wait_for_recording(server_.recordings(), call.call_id());
  ASSERT_TRUE(recording) << "the call's files were not finished";
  EXPECT_EQ(recording->metadata.value("end_reason", ""), "bye");
  EXPECT_EQ(packets(*recording, 0), 100U);
}

// While it stands still nobody is answered. Whoever asks within ten seconds afterwards hears of it:
// a server that stops again and again fails every probe, one that stopped once is left alone.
TEST_F(Lifecycle, OwnsUpToHavingStoodStillForAWhile) {
  const auto live = url(server_, "/live");
  EXPECT_EQ(http_get(live).status, 200);
  server_.signal(SIGSTOP);
  EXPECT_THROW(http_get(live, 6500ms), std::runtime_error);
  server_.signal(SIGCONT);
  const auto reply = http_get(live);
  EXPECT_EQ(reply.status, 503);
  EXPECT_GE(nlohmann::json::parse(reply.body).value("lag_seconds", 0.0), 5);
  EXPECT_TRUE(wait_until([&] { return http_get(live).status == 200; })) << "it is restarted for it";
}

TEST_F(Lifecycle, HurriesAtASecondSigtermAndSaysByeToTheSrc) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  call.send_packets(0, alice_, 50);
  server_.signal(SIGTERM);
  ASSERT_TRUE(wait_until([&] { return !ready(); }));
  server_.signal(SIGTERM);
  const auto bye = call.server_request("BYE", kSoon);
  ASSERT_TRUE(bye);
  EXPECT_FALSE(bye->header("Reason").empty()) << bye->bytes();
  EXPECT_EQ(server_.wait_exit(kSoon), 0);
  // A render that was left for later is done at the next start.
  ASSERT_TRUE(server_.start());
  const auto recording = wait_for_recording(server_.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->metadata.value("end_reason", ""), "shutdown");
  EXPECT_EQ(packets(*recording, 0), 50U);
}

TEST_F(Lifecycle, DrainsNoLongerThanItMay) {
  server_.signal(SIGTERM);
  ASSERT_EQ(server_.wait_exit(kSoon), 0);
  server_.set("SERVER_DRAIN_TIMEOUT", "1s");
  ASSERT_TRUE(server_.start());
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  call.send_packets(0, alice_, 10);
  server_.signal(SIGTERM);
  EXPECT_TRUE(call.server_request("BYE", kSoon));
  EXPECT_EQ(server_.wait_exit(kSoon), 0);
  const auto recording = wait_for_recording(server_.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->metadata.value("end_reason", ""), "shutdown");
}

constexpr const char* kCut = R"(reason="shutdown")";

// Prometheus comes every 15 seconds: the last ones of a process are mostly not seen.
TEST_F(Lifecycle, CountsCallsThatAShutdownCutWhereSomebodySeesIt) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  server_.signal(SIGTERM);
  ASSERT_TRUE(wait_until([&] { return !ready(); }));
  server_.signal(SIGTERM);
  ASSERT_EQ(server_.wait_exit(kSoon), 0);
  ASSERT_TRUE(server_.start());
  EXPECT_EQ(metric(server_, "sip_sessions_ended_total", {kCut}), 1);
  EXPECT_EQ(metric(server_, "sip_sessions_failed_total", {kCut}), 1);
  server_.signal(SIGTERM);
  ASSERT_EQ(server_.wait_exit(kSoon), 0);
  ASSERT_TRUE(server_.start());
  EXPECT_EQ(metric(server_, "sip_sessions_ended_total", {kCut}), 0) << "told once";
}

class CutCalls : public Lifecycle {
 protected:
  // Ends the server and starts it with this setting more.
  void start_again_with(const std::string& name, const std::string& value) {
    server_.signal(SIGTERM);
    ASSERT_EQ(server_.wait_exit(kSoon), 0);
    server_.set(name, value);
    ASSERT_TRUE(server_.start());
  }
  void cut_a_call() {
    SrcCall call(server_);
    ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
    server_.signal(SIGTERM);
    ASSERT_TRUE(wait_until([&] { return !ready(); }));
    server_.signal(SIGTERM);
  }
  double cut() const { return metric(server_, "sip_sessions_ended_total", {kCut}); }
  // Of the next process.
  double cut_told_again() {
    EXPECT_EQ(server_.wait_exit(kSoon), 0);
    EXPECT_TRUE(server_.start());
    return cut();
  }
  std::string scrape() const {
    HttpConnection prometheus("127.0.0.1", server_.http_port());
    prometheus.send(
        "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        "X-Prometheus-Scrape-Timeout-Seconds: 10\r\n\r\n");
    return prometheus.reply().body;
  }
};

// It waits for a collector that does not answer, so there is time for a scrape.
class CutCallsOfASlowEnd : public CutCalls {
 protected:
  void SetUp() override {
    CutCalls::SetUp();
    start_again_with("OTEL_EXPORTER_OTLP_ENDPOINT", collector_.url(""));
  }
  void TearDown() override { done_.set_value(); }

  std::promise<void> done_;
  HttpPeer collector_{[held = done_.get_future().share()](PeerConnection&) { held.wait(); }};
};

TEST_F(CutCallsOfASlowEnd, AreNotToldAgainWhereAScrapeHasSeenThem) {
  cut_a_call();
  const std::string cut = std::string("sip_sessions_ended_total{") + kCut + "} 1\n";
  EXPECT_TRUE(wait_until([&] { return scrape().find(cut) != std::string::npos; }));
  EXPECT_EQ(cut_told_again(), 0);
}

TEST_F(CutCallsOfASlowEnd, AreToldAgainWhereAnOperatorLooked) {
  cut_a_call();
  EXPECT_TRUE(wait_until([&] { return cut() == 1; }));
  EXPECT_EQ(cut_told_again(), 1);
}

// New Relic gets the metrics once more at the end of the process, and takes them or does not.
class CutCallsForNewRelic : public CutCalls {
 protected:
  void SetUp() override {
    CutCalls::SetUp();
    server_.set("TRACING_NEW_RELIC_ENDPOINT", new_relic_.url(""));
    server_.set("TRACING_NEW_RELIC_METRICS_INTERVAL", "1h");
    start_again_with("NEW_RELIC_LICENSE_KEY", "eu01xx0123456789abcdef0123456789abcdNRAL");
  }

  std::atomic<int> answer_{200};
  HttpPeer new_relic_{[this](PeerConnection& connection) {
    while (connection.read_request() && connection.answer(answer_, "")) {
    }
  }};
};

TEST_F(CutCallsForNewRelic, AreNotToldAgainWhereItTookThem) {
  cut_a_call();
  EXPECT_EQ(cut_told_again(), 0);
}

TEST_F(CutCallsForNewRelic, AreToldAgainWhereItRefusedThem) {
  answer_ = 403;
  cut_a_call();
  EXPECT_EQ(cut_told_again(), 1);
}

TEST_F(CutCallsForNewRelic, AreToldAgainWherePrometheusScrapesAndMissedThem) {
  scrape();
  cut_a_call();
  EXPECT_EQ(cut_told_again(), 1);
}

TEST_F(Lifecycle, RendersAfterAKillWhatWasCapturedBeforeIt) {
  // With blocks that no call fills, so that only what is written out in time is there.
  server_.signal(SIGTERM);
  ASSERT_EQ(server_.wait_exit(kSoon), 0);
  server_.set("RECORDING_CAPTURE_BLOCK_SIZE", "1MiB");
  ASSERT_TRUE(server_.start());
  const auto voice = read_sound(own_data("audio/caller.wav")).channels.at(0);
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  constexpr int kSent = 8 * kPerSecond;
  call.speak(0, alice_, voice, 0, kSent);
  server_.signal(SIGKILL);
  EXPECT_EQ(server_.wait_exit(kSoon), 128 + SIGKILL);

  ASSERT_TRUE(server_.start());
  const auto recording = wait_for_recording(server_.recordings(), call.call_id());
  ASSERT_TRUE(recording) << "the orphan was not rendered";
  EXPECT_EQ(recording->metadata.value("end_reason", ""), "crashed");
  // Twice recording.capture.flush_interval, and another second for a busy machine.
  EXPECT_GE(packets(*recording, 0), static_cast<std::size_t>(kSent - 2 * kPerSecond))
      << "more is lost than the settings allow";
  EXPECT_EQ(metric(server_, "recordings_recovered_total"), 1);
  EXPECT_EQ(metric(server_, "sip_sessions_ended_total", {R"(reason="crashed")"}), 1);
  EXPECT_EQ(metric(server_, "sip_sessions_failed_total", {R"(reason="crashed")"}), 1);
  // What is on disk of the eight seconds that were spoken counts like that of any call.
  EXPECT_TRUE(wait_until([&] { return metric(server_, "recording_seconds_total") > 5.5; }));
  EXPECT_EQ(metric(server_, "sip_session_duration_seconds_count"), 1);
  EXPECT_EQ(metric(server_, "recordings_without_media_total"), 0);

  const auto wav = read_sound(recording->directory / "audio.wav");
  ASSERT_EQ(wav.channels.size(), 2U);
  const auto kept = std::span(voice).first(packets(*recording, 0) * RtpSource::kSamples);
  EXPECT_GE(correlation(wav.channels[0], kept, best_lag(wav.channels[0], kept)), 0.95);
}

TEST_F(Lifecycle, RendersAfterAKillMoreCallsThanWaitInMemory) {
  std::vector<SrcCall> killed;
  for (int i = 0; i < 6; ++i) {
    killed.emplace_back(server_);
    ASSERT_EQ(killed.back().invite(siprec_body(two_legs())).status(), 200);
    killed.back().send_packets(0, alice_, 50);
  }
  ASSERT_TRUE(wait_until([&] { return metric(server_, "capture_packets_total") >= 6 * 50; }));
  for (const auto& call : killed)
    ASSERT_TRUE(wait_for_recording(server_.recordings(), call.call_id(), "recording"));
  server_.signal(SIGKILL);
  ASSERT_TRUE(server_.wait_exit(kSoon));
  server_.set("RECORDING_RENDER_QUEUE", "1");
  ASSERT_TRUE(server_.start());
  for (const auto& call : killed)
    EXPECT_TRUE(wait_for_recording(server_.recordings(), call.call_id()))
        << "left for the next start";
  EXPECT_EQ(metric(server_, "sip_sessions_ended_total", {R"(reason="crashed")"}), 6);
}

TEST_F(Lifecycle, ClosesACallWithoutMediaAfterAKillAndTakesCallsAgain) {
  SrcCall killed(server_);
  ASSERT_EQ(killed.invite(siprec_body(two_legs())).status(), 200);
  ASSERT_TRUE(wait_for_recording(server_.recordings(), killed.call_id(), "recording"));
  server_.signal(SIGKILL);
  ASSERT_TRUE(server_.wait_exit(kSoon));
  ASSERT_TRUE(server_.start());
  const auto orphan = wait_for_recording(server_.recordings(), killed.call_id());
  ASSERT_TRUE(orphan) << "it stays active for ever";
  EXPECT_EQ(orphan->metadata.value("end_reason", ""), "crashed");
  EXPECT_EQ(orphan->metadata.at("warnings").at(0), "no RTP packet was received");
  EXPECT_TRUE(wait_until([&] { return metric(server_, "recordings_without_media_total") == 1; }));
  EXPECT_EQ(metric(server_, "recording_warnings_total", {"media"}), 1);
  EXPECT_EQ(metric(server_, "recording_seconds_total"), 0);
  SrcCall call(server_);
  EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(call.bye().status(), 200);
  EXPECT_TRUE(wait_for_recording(server_.recordings(), call.call_id()));
  EXPECT_TRUE(wait_until([&] { return metric(server_, "sip_sessions_active") == 0; }));
}

// A call with media that is killed, and the directory that it leaves.
class KilledCall : public Lifecycle {
 protected:
  void SetUp() override {
    Lifecycle::SetUp();
    SrcCall call(server_);
    ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
    call.send_packets(0, alice_, 50);
    call_id_ = call.call_id();
    const auto heard = [&] {
      const auto begun = wait_for_recording(server_.recordings(), call_id_, "recording");
      if (begun) directory_ = begun->directory;
      return begun && packets(*begun, 0) > 0;
    };
    ASSERT_TRUE(wait_until(heard)) << "metadata.json does not say that media came";
    ASSERT_TRUE(wait_until([&] { return metric(server_, "capture_packets_total") >= 50; }));
    server_.signal(SIGKILL);
    ASSERT_TRUE(server_.wait_exit(kSoon));
  }
  void expect_failed(const std::string& event, const std::string& warning) {
    ASSERT_TRUE(server_.start());
    const auto recording = wait_for_recording(server_.recordings(), call_id_, "failed");
    ASSERT_TRUE(recording) << "it passes for a call that was silent";
    EXPECT_NE(recording->metadata.at("warnings").dump().find(warning), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(directory_ / "audio.wav"));
    EXPECT_TRUE(server_.wait_for_log(event, kSoon));
    EXPECT_TRUE(wait_until([&] { return metric(server_, "errors_total", {event}) == 1; }));
    EXPECT_EQ(metric(server_, "recordings_without_media_total"), 0);
    EXPECT_EQ(metric(server_, "recordings_total", {"failed"}), 1);
    EXPECT_TRUE(server_.wait_for_log("recording_failed", kSoon));
    const auto line = server_.log("recording_failed").at(0);
    EXPECT_EQ(line.at("log.level"), "error") << line;
    EXPECT_EQ(line.at("error.message"), recording->metadata.at("warnings").back()) << line;
  }

  std::string call_id_;
  std::filesystem::path directory_;
};

// A capture that is a pipe holds its render up for ever, and the process is killed meanwhile.
TEST_F(KilledCall, IsGivenUpWhereThreeStartsEndedInItsRender) {
  std::filesystem::remove(directory_ / "capture.pcapng");
  ASSERT_EQ(::mkfifo((directory_ / "capture.pcapng").c_str(), 0600), 0);
  for (int start = 1; start <= 3; ++start) {
    ASSERT_TRUE(server_.start());
    const auto mark = directory_ / "render.begun";
    ASSERT_TRUE(wait_until([&] {
      return std::filesystem::exists(mark) &&
             read_file(mark).starts_with(std::to_string(start) + " ");
    }));
    EXPECT_TRUE(ready()) << "calls are taken all the same";
    server_.signal(SIGKILL);
    ASSERT_TRUE(server_.wait_exit(kSoon));
  }
  ASSERT_TRUE(server_.start());
  const auto recording = wait_for_recording(server_.recordings(), call_id_, "failed");
  ASSERT_TRUE(recording) << "it ends every process that finds it";
  EXPECT_NE(recording->metadata.at("warnings").dump().find("3 processes ended"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(directory_ / "capture.pcapng"));
  EXPECT_TRUE(server_.wait_for_log("render_given_up", kSoon));
  EXPECT_TRUE(wait_until([&] { return metric(server_, "recordings_total", {"failed"}) == 1; }));
}

// Without metadata.json the search reads the capture already, before anything is rendered.
TEST_F(KilledCall, IsGivenUpWhereThreeStartsEndedInItsSearch) {
  write_file(directory_ / "metadata.json", "");
  std::filesystem::remove(directory_ / "capture.pcapng");
  ASSERT_EQ(::mkfifo((directory_ / "capture.pcapng").c_str(), 0600), 0);
  for (int start = 1; start <= 3; ++start) {
    ASSERT_TRUE(server_.start());
    const auto mark = directory_ / "render.begun";
    ASSERT_TRUE(wait_until([&] {
      return std::filesystem::exists(mark) &&
             read_file(mark).starts_with(std::to_string(start) + " ");
    }));
    server_.signal(SIGKILL);
    ASSERT_TRUE(server_.wait_exit(kSoon));
  }
  ASSERT_TRUE(server_.start());
  EXPECT_TRUE(server_.wait_for_log("render_given_up", kSoon));
  EXPECT_TRUE(wait_until([&] { return metric(server_, "recordings_total", {"failed"}) == 1; }));
  const auto text = read_file(directory_ / "metadata.json");
  EXPECT_EQ(nlohmann::json::parse(text).value("state", ""), "failed");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "render.begun"));
}

TEST_F(KilledCall, IsNoSilentOneWhereItsCaptureIsGone) {
  std::filesystem::remove(directory_ / "capture.pcapng");
  expect_failed("capture_gone", "capture.pcapng is gone");
}

TEST_F(KilledCall, IsNoSilentOneWhereItsCaptureIsDamaged) {
  std::filesystem::resize_file(directory_ / "capture.pcapng", 0);
  expect_failed("capture_damaged", "holds none of the media that came");
}

TEST_F(KilledCall, IsToldOfWhereItsMetadataIsLost) {
  write_file(directory_ / "metadata.json", "");
  ASSERT_TRUE(server_.start());
  EXPECT_TRUE(server_.wait_for_log("session_warning", kSoon));
  EXPECT_NE(server_.log("session_warning").at(0).dump().find("metadata.json was lost"),
            std::string::npos);
  EXPECT_TRUE(wait_until([&] { return metric(server_, "recordings_total", {"complete"}) == 1; }));
  EXPECT_EQ(metric(server_, "recording_warnings_total", {"metadata"}), 1);
}

TEST_F(Lifecycle, ReopensItsLogAtSighup) {
  server_.signal(SIGTERM);
  ASSERT_EQ(server_.wait_exit(kSoon), 0);
  const auto log = server_.directory() / "siprec.log";
  server_.set("LOG_FILE", log.string());
  server_.launch();
  ASSERT_TRUE(wait_until([&] {
    return std::filesystem::exists(log) && read_file(log).find("server_ready") != std::string::npos;
  }));
  std::filesystem::rename(log, server_.directory() / "siprec.log.1");
  server_.signal(SIGHUP);
  EXPECT_TRUE(wait_until([&] {
    return std::filesystem::exists(log) && read_file(log).find("log_reopened") != std::string::npos;
  }));
}

// A session must end by itself where the SRC forgot it, and say why.
class Silence : public ::testing::Test {
 protected:
  void expect_end(ServerProcess& server, SrcCall& call, const std::string& reason) {
    const auto bye = call.server_request("BYE", kSoon);
    ASSERT_TRUE(bye) << "no BYE came";
    EXPECT_NE(bye->header("Reason").find("text=\"" + reason + ": "), std::string::npos)
        << bye->bytes();
    const auto recording = wait_for_recording(server.recordings(), call.call_id());
    ASSERT_TRUE(recording);
    EXPECT_EQ(recording->metadata.value("end_reason", ""), reason);
    EXPECT_TRUE(wait_until([&] {
      return metric(server, "sip_sessions_ended_total", {"reason=\"" + reason + "\""}) == 1 &&
             metric(server, "sip_sessions_active") == 0;
    }));
  }
};

TEST_F(Silence, EndsASessionThatNeverGetsMedia) {
  ServerProcess server(Settings{{"RECORDING_NO_MEDIA_TIMEOUT", "1s"}});
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  expect_end(server, call, "no_media");
  EXPECT_TRUE(wait_until([&] { return metric(server, "recordings_without_media_total") == 1; }));
}

// So that nobody who reads the log has to ask first which kind of line it is.
TEST_F(Silence, IsToldOfWithTheFieldsOfEveryOtherRecording) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  std::vector<std::set<std::string>> fields;
  std::vector<bool> media;
  for (const int packets : {0, 20}) {
    SrcCall call(server);
    ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
    RtpSource alice(0, 1);
    if (packets > 0) call.send_packets(0, alice, packets);
    ASSERT_EQ(call.bye().status(), 200);
    ASSERT_TRUE(
        wait_until([&] { return server.log("recording_complete").size() == media.size() + 1; }));
    const auto line = server.log("recording_complete").back();
    fields.emplace_back();
    for (const auto& field : line.items()) fields.back().insert(field.key());
    media.push_back(line.at("siprec.media"));
    EXPECT_EQ(line.value("siprec.end_reason", ""), "bye");
    EXPECT_EQ(line.value("siprec.streams", 0), 2);
  }
  EXPECT_EQ(media, (std::vector<bool>{false, true}));
  EXPECT_EQ(fields[0], fields[1]);
}

TEST_F(Silence, EndsASessionWhoseMediaStopped) {
  ServerProcess server(Settings{{"RECORDING_INACTIVITY_TIMEOUT", "1s"}});
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 1);
  call.send_packets(0, alice, 20);
  expect_end(server, call, "inactivity");
}

TEST_F(Silence, DoesNotEndASessionOnHold) {
  ServerProcess server(
      {{"RECORDING_INACTIVITY_TIMEOUT", "3s"}, {"RECORDING_NO_MEDIA_TIMEOUT", "3s"}});
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  auto streams = two_legs();
  ASSERT_EQ(call.invite(siprec_body(streams)).status(), 200);
  RtpSource alice(0, 1);
  call.send_packets(0, alice, 20);
  for (auto& stream : streams) stream.direction = "inactive";
  ASSERT_EQ(call.invite(siprec_body(streams)).status(), 200);
  EXPECT_FALSE(call.server_request("BYE", 8s)) << "a call on hold was ended";
  EXPECT_EQ(call.bye().status(), 200);
}

}  // namespace
}  // namespace srs::test
