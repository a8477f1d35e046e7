// From a call to its transcript, through the running server.
#include "support/audio.hpp"
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "support/tools.hpp"
#include "util/http_client/http_peer.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>

namespace srs::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// A recogniser that hears the same two words in everything.
Settings recognised_by_a_program(const TempDir& directory) {
  const auto program = directory / "recognise";
  write_file(
      program,
      "#!/bin/sh\n"
      "test -s \"$1\" || exit 3\n"
      "echo '{\"segments\": [{\"start\": 0.1, \"end\": 0.4, \"text\": \"hello there\"}]}'\n");
  ::chmod(program.c_str(), 0755);
  return {{"STT_PROVIDERS", "command"},
          {"STT_COMMAND_PROGRAM", program.string() + ",{audio}"},
          {"STT_PRICES", "command 0.6 EUR"},
          {"STT_PIECE_SILENCE_DB", "-90"},
          {"HTTP_TRANSCRIPT_TOKEN", "let-me-read"}};
}

json call_and_wait(const ServerProcess& server, std::string& recording_id) {
  SrcCall call(server);
  EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 0xA11CE);
  RtpSource bob(0, 0xB0B);
  call.send_packets(0, alice, 50);
  call.send_packets(1, bob, 50);
  EXPECT_EQ(call.bye().status(), 200);
  json transcription;
  EXPECT_TRUE(wait_until([&] {
    const auto found = wait_for_recording(server.recordings(), call.call_id());
    if (!found) return false;
    recording_id = found->metadata.at("recording_id");
    transcription = found->metadata.value("transcription", json());
    return transcription.is_object();
  })) << "no outcome in metadata.json";
  return transcription;
}

TEST(Transcription, PutsWordsAndTheirCostIntoTheRecording) {
  const TempDir directory;
  ServerProcess server(recognised_by_a_program(directory));
  ASSERT_TRUE(server.start());
  std::string id;
  const auto transcription = call_and_wait(server, id);
  EXPECT_EQ(transcription.value("state", ""), "complete") << transcription;
  EXPECT_EQ(transcription.value("segments", 0), 2) << transcription;
  ASSERT_EQ(transcription.at("uses").size(), 1U);
  EXPECT_EQ(transcription["uses"][0].value("provider", ""), "command");
  EXPECT_GT(transcription["uses"][0].value("cost", 0.0), 0);
  EXPECT_GT(metric(server, "stt_transcription_cost_total"), 0);
  EXPECT_GT(metric(server, "stt_audio_processed_bytes_total"), 0);
  EXPECT_NEAR(metric(server, "stt_audio_processed_seconds_total"), 2, 0.5);
  EXPECT_EQ(metric(server, "stt_transcription_duration_seconds_count"), 2);
  EXPECT_TRUE(wait_until([&] { return metric(server, "stt_job_seconds_count") == 1; }));
  EXPECT_GT(metric(server, "stt_job_seconds_sum"), 0);
  EXPECT_EQ(metric(server, "stt_jobs_total", {R"(state="done")"}), 1);
  const auto recording = all_recordings(server.recordings()).at(0);
  const auto transcript = json::parse(read_file(recording.directory / "transcript.json"));
  ASSERT_EQ(transcript.at("segments").size(), 2U);
  EXPECT_EQ(transcript["segments"][0].value("text", ""), "hello there");
  for (const auto& file : recording.metadata.at("files"))
    EXPECT_EQ(file.value("sha256", "").size(), 64U) << file;
}

// transcript.txt of this call, once it is there.
std::string transcript_of(const ServerProcess& server, const SrcCall& call) {
  std::string text;
  EXPECT_TRUE(wait_until([&] {
    const auto found = wait_for_recording(server.recordings(), call.call_id());
    if (!found || !std::filesystem::exists(found->directory / "transcript.txt")) return false;
    text = read_file(found->directory / "transcript.txt");
    return true;
  })) << "no transcript";
  return text;
}

// Bob's leg goes to Carol after a second.
TEST(Transcription, GivesWordsToTheOneWhoSpokeWhenTheyWereSaid) {
  const TempDir directory;
  const auto settings = recognised_by_a_program(directory);
  write_file(directory / "recognise",
             "#!/bin/sh\n"
             "echo '{\"segments\": [{\"start\": 0.2, \"end\": 0.6, \"text\": \"before\"},"
             "{\"start\": 3.2, \"end\": 3.9, \"text\": \"after\"}]}'\n");
  ServerProcess server(settings);
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource bob(0, 0xB0B);
  const std::vector<float> voice(32'000, 0.25F);
  call.speak(1, bob, voice, 0, 50);
  const std::string update =
      "<recording xmlns=\"urn:ietf:params:xml:ns:recording:1\"><datamode>partial</datamode>"
      "<participant participant_id=\"carol\"><nameID aor=\"sip:carol@example.net\">"
      "<name>Carol</name></nameID></participant>"
      "<participantstreamassoc participant_id=\"carol\"><send>stream-2</send>"
      "</participantstreamassoc></recording>";
  ASSERT_EQ(call.request("UPDATE", metadata_body(update)).status(), 200);
  call.speak(1, bob, voice, 50 * RtpSource::kSamples, 150);
  EXPECT_EQ(call.bye().status(), 200);
  const auto text = transcript_of(server, call);
  EXPECT_THAT(text, HasSubstr("Bob: before\n"));
  EXPECT_THAT(text, HasSubstr("Carol: after\n"));
}

// The language that the recogniser was told of a call with these headers and metadata.
std::string language_of(const ServerProcess& server, const std::string& header,
                        const std::string& element) {
  auto metadata = rs_metadata(two_legs());
  metadata.insert(metadata.rfind("</"), element);
  SrcCall call(server);
  auto invite = call.dialog().invite(siprec_body(sdp_offer(two_legs()), metadata));
  if (!header.empty()) invite.set_header("X-Language", header);
  EXPECT_EQ(call.invite(invite).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  EXPECT_EQ(call.bye().status(), 200);
  return transcript_of(server, call);
}

TEST(Transcription, TellsTheRecogniserTheLanguageOfTheCall) {
  ServerProcess server({{"STT_PROVIDERS", "command"},
                        {"STT_COMMAND_PROGRAM", "/bin/echo,spoken in,{language}"},
                        {"STT_COMMAND_OUTPUT", "text"},
                        {"STT_LANGUAGE", "en-US"},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  EXPECT_THAT(language_of(server, "de-DE", ""), HasSubstr("spoken in de-DE"));
  EXPECT_THAT(language_of(server, "", "<x:language xmlns:x='urn:x'>fr-CA</x:language>"),
              HasSubstr("spoken in fr-CA"));
  EXPECT_THAT(language_of(server, "en", ""), HasSubstr("spoken in en-US")) << "more exactly";
  EXPECT_THAT(language_of(server, "", ""), HasSubstr("spoken in en-US"));
}

HttpReply read(const ServerProcess& server, const std::string& target) {
  return http_send(server, "GET", target, "let-me-read");
}

TEST(Transcription, IsReadByThoseWhoHaveTheToken) {
  const TempDir directory;
  ServerProcess server(recognised_by_a_program(directory));
  ASSERT_TRUE(server.start());
  std::string id;
  call_and_wait(server, id);
  const auto path = "/recordings/" + id + "/transcript";
  EXPECT_EQ(http_get(url(server, path)).status, 401);
  const auto whole = read(server, path);
  EXPECT_EQ(whole.status, 200) << whole.body;
  EXPECT_EQ(json::parse(whole.body).value("recording_id", ""), id);
  EXPECT_THAT(read(server, path + "?format=vtt").body, HasSubstr("WEBVTT"));
  EXPECT_THAT(read(server, path + "?format=text").body, HasSubstr("hello there"));
  EXPECT_EQ(read(server, path + "?format=docx").status, 400);
  EXPECT_EQ(read(server, "/recordings/20261122T0-0/transcript").status, 404);
  EXPECT_EQ(read(server, "/recordings/..%2f..%2fx/transcript").status, 404);
}

TEST(Transcription, IsOffWithoutATokenAndSaysHowToTurnItOn) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  const auto reply = http_get(url(server, "/recordings/20261122T0-0/transcript"));
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("HTTP_TRANSCRIPT_TOKEN"));
}

TEST(Transcription, SaysInTheRecordingWhyThereIsNone) {
  HttpPeer provider(HttpPeer::Script([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(401, R"({"error": "no such key"})");
  }));
  ServerProcess server({{"STT_PROVIDERS", "openai"},
                        {"OPENAI_BASE_URL", provider.url("/v1")},
                        {"OPENAI_API_KEY", "wrong"},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  std::string id;
  const auto transcription = call_and_wait(server, id);
  EXPECT_EQ(transcription.value("state", ""), "parked") << transcription;
  EXPECT_EQ(transcription.value("reason", ""), "auth") << transcription;
  EXPECT_GT(metric(server, "stt_transcription_errors_total"), 0);
  EXPECT_TRUE(wait_until([&] { return metric(server, "stt_jobs_parked") == 1; }));
}

// A provider that lets nobody know what it heard.
HttpPeer::Script never_answering() {
  return [](PeerConnection& connection) {
    while (connection.read_request()) connection.wait_closed();
  };
}

TEST(Transcription, IsCancelledByThoseWhoHaveTheAdminToken) {
  HttpPeer provider(never_answering());
  ServerProcess server({{"STT_PROVIDERS", "openai"},
                        {"OPENAI_BASE_URL", provider.url("/v1")},
                        {"HTTP_ADMIN_TOKEN", "let-me-stop"},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  const auto call_id = whole_call(server, 50);
  ASSERT_TRUE(wait_until([&] { return metric(server, "stt_jobs_running") == 1; }));
  const auto recording = wait_for_recording(server.recordings(), call_id);
  ASSERT_TRUE(recording);
  const auto id = recording->metadata.value("recording_id", "");
  const auto path = "/recordings/" + id + "/transcription";
  EXPECT_EQ(http_send(server, "DELETE", path, "").status, 401);
  EXPECT_EQ(http_send(server, "GET", path, "let-me-stop").status, 405);
  EXPECT_EQ(
      http_send(server, "DELETE", "/recordings/20261122T0-0/transcription", "let-me-stop").status,
      404);
  const auto reply = http_send(server, "DELETE", path, "let-me-stop");
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(json::parse(reply.body).value("recording_id", ""), id);
  EXPECT_TRUE(wait_until([&] { return metric(server, "stt_jobs_running") == 0; }));
  EXPECT_TRUE(wait_until([&] {
    const auto metadata = all_recordings(server.recordings()).at(0).metadata;
    return metadata.value(json::json_pointer("/transcription/state"), "") == "cancelled";
  }));
  EXPECT_FALSE(std::filesystem::exists(recording->directory / "transcription.json"));
  const auto again = http_send(server, "DELETE", path, "let-me-stop");
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("nothing to cancel"));
  EXPECT_EQ(server.log("transcription_cancelled").size(), 1U);
}

// A call that runs, with sound, whose transcription was cancelled.
class CancelledInTime : public ::testing::Test {
 protected:
  CancelledInTime() : server_(settings()) {}
  Settings settings() const {
    return {{"STT_PROVIDERS", "openai"},
            {"OPENAI_BASE_URL", provider_.url("/v1")},
            {"HTTP_ADMIN_TOKEN", "let-me-stop"},
            {"STT_PIECE_SILENCE_DB", "-90"}};
  }
  void SetUp() override {
    ASSERT_TRUE(server_.start());
    call_.emplace(server_);
    ASSERT_EQ(call_->invite(siprec_body(two_legs())).status(), 200);
    call_->send_packets(0, source_, 50);
    ASSERT_TRUE(wait_until([&] { return all_recordings(server_.recordings()).size() == 1; }));
    const auto id = all_recordings(server_.recordings()).at(0).metadata.value("recording_id", "");
    const auto target = "/recordings/" + id + "/transcription";
    const auto reply = http_send(server_, "DELETE", target, "let-me-stop");
    ASSERT_EQ(reply.status, 202) << reply.body;
    EXPECT_EQ(json::parse(reply.body).value("state", ""), "cancelled");
    EXPECT_EQ(http_send(server_, "DELETE", target, "let-me-stop").status, 202) << "once more";
  }
  void expect_none() {
    const auto found = wait_for_recording(server_.recordings(), call_->call_id());
    ASSERT_TRUE(found);
    const auto& metadata = found->metadata;
    EXPECT_EQ(metadata.value(json::json_pointer("/transcription/state"), ""), "cancelled");
    EXPECT_TRUE(std::filesystem::exists(found->directory / "audio.wav"));
    EXPECT_FALSE(std::filesystem::exists(found->directory / "transcription.json"));
    // The next call's would have come after this one's.
    asked_ = 0;
    whole_call(server_, 50);
    EXPECT_TRUE(wait_until([&] { return metric(server_, "stt_job_seconds_count") == 1; }));
    EXPECT_EQ(asked_, 1U);
  }

  std::atomic<unsigned> asked_{0};
  HttpPeer provider_{HttpPeer::Script([this](PeerConnection& connection) {
    while (connection.read_request()) {
      ++asked_;
      connection.answer(200, R"({"text": "hello"})");
    }
  })};
  RtpSource source_{0, 0xA11CE};
  ServerProcess server_;
  std::optional<SrcCall> call_;
};

TEST_F(CancelledInTime, IsRecordedAndNotTranscribed) {
  call_->send_packets(0, source_, 50);
  EXPECT_EQ(call_->bye().status(), 200);
  expect_none();
  EXPECT_EQ(asked_, 1U);
}

TEST_F(CancelledInTime, IsNotTranscribedByTheNextProcessEither) {
  ASSERT_TRUE(wait_until([&] { return metric(server_, "capture_packets_total") >= 50; }));
  server_.signal(SIGKILL);
  ASSERT_TRUE(server_.wait_exit(kSoon));
  ASSERT_TRUE(server_.start());
  expect_none();
}

TEST(Transcription, IsBegunAgainByThoseWhoHaveTheAdminToken) {
  std::atomic<bool> locked{true};
  std::atomic<bool> hanging{true};
  HttpPeer provider(HttpPeer::Script([&](PeerConnection& connection) {
    while (connection.read_request()) {
      if (!locked) wait_until([&] { return !hanging; });
      connection.answer(locked ? 401 : 200, R"({"text": "hello"})");
    }
  }));
  ServerProcess server({{"STT_PROVIDERS", "openai"},
                        {"OPENAI_BASE_URL", provider.url("/v1")},
                        {"HTTP_ADMIN_TOKEN", "let-me-begin"},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  std::string id;
  EXPECT_EQ(call_and_wait(server, id).value("state", ""), "parked");
  ASSERT_TRUE(wait_until([&] { return metric(server, "stt_jobs_parked") == 1; }));
  const auto path = "/recordings/" + id + "/transcription";
  const auto post = [&](const std::string& target, const std::string& token) {
    return http_send(server, "POST", target, token);
  };
  EXPECT_EQ(post(path, "").status, 401);
  EXPECT_EQ(post("/recordings/20261122T0-0/transcription", "let-me-begin").status, 404);
  EXPECT_EQ(http_get(url(server, path)).header("allow"), "DELETE, POST");
  locked = false;
  const auto reply = post(path, "let-me-begin");
  EXPECT_EQ(reply.status, 202) << reply.body;
  EXPECT_EQ(json::parse(reply.body).value("state", ""), "queued");
  EXPECT_EQ(metric(server, "stt_jobs_parked"), 0);
  const auto twice = post(path, "let-me-begin");
  EXPECT_EQ(twice.status, 409);
  EXPECT_THAT(twice.body, HasSubstr("waits or runs"));
  hanging = false;
  EXPECT_TRUE(wait_until([&] {
    const auto metadata = all_recordings(server.recordings()).at(0).metadata;
    return metadata.value(json::json_pointer("/transcription/state"), "") == "complete";
  }));
  EXPECT_TRUE(wait_until([&] {
    const auto over = post(path, "let-me-begin");
    return over.status == 409 && over.body.find("transcript is there") != std::string::npos;
  }));
  EXPECT_EQ(server.log("transcription_begun_again").size(), 1U);
}

TEST(Transcription, CanNotBeCancelledWhereNobodyTranscribes) {
  ServerProcess server(Settings{{"HTTP_ADMIN_TOKEN", "let-me-stop"}});
  ASSERT_TRUE(server.start());
  const auto path = "/recordings/20261122T172305273Z-d57564275f7554ea/transcription";
  const auto reply = http_send(server, "DELETE", path, "let-me-stop");
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("stt.providers"));
}

TEST(Transcription, ShowsWhatRunsWhatWaitsAndWhatALimitHoldsBack) {
  std::atomic<bool> hanging{true};
  HttpPeer provider(HttpPeer::Script([&](PeerConnection& connection) {
    while (connection.read_request()) {
      wait_until([&] { return !hanging; });
      connection.answer(200, R"({"text": "hello"})");
    }
  }));
  ServerProcess server({{"STT_PROVIDERS", "openai"},
                        {"OPENAI_BASE_URL", provider.url("/v1")},
                        {"STT_CONCURRENCY", "1"},
                        {"STT_PRICES", "openai 60 EUR"},
                        {"STT_LIMITS", "openai cost=0.01/day"},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  for (int i = 0; i < 2; ++i) {
    whole_call(server, 50);
  }
  EXPECT_TRUE(wait_until([&] {
    return metric(server, "stt_queue_jobs") == 1 && metric(server, "stt_jobs_running") == 1;
  }));
  EXPECT_TRUE(wait_until([&] { return metric(server, "stt_requests_in_flight") > 0; }));
  EXPECT_TRUE(wait_until([&] { return metric(server, "stt_queue_oldest_seconds") > 0; }));
  hanging = false;  // a second costs a hundred times the limit: the other recording waits
  EXPECT_TRUE(
      wait_until([&] { return metric(server, "stt_held_back_total", {R"(bound="cost")"}) > 0; }));
  EXPECT_TRUE(wait_until([&] { return metric(server, "stt_requests_in_flight") == 0; }));
}

TEST(Transcription, OutlivesTheServersDeathAndIsMadeOnce) {
  std::atomic<unsigned> asked{0};
  std::atomic<bool> hanging{true};
  HttpPeer provider(HttpPeer::Script([&](PeerConnection& connection) {
    while (connection.read_request()) {
      ++asked;
      if (hanging) return connection.wait_closed();
      connection.answer(200, R"({"text": "hello"})");
    }
  }));
  ServerProcess server({{"STT_PROVIDERS", "openai"},
                        {"OPENAI_BASE_URL", provider.url("/v1")},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  const auto call_id = whole_call(server, 50);
  ASSERT_TRUE(wait_until([&] { return asked == 1; }));
  server.signal(SIGKILL);
  ASSERT_TRUE(server.wait_exit(kSoon));
  hanging = false;
  ASSERT_TRUE(server.start());
  ASSERT_TRUE(wait_until([&] {
    const auto found = wait_for_recording(server.recordings(), call_id);
    return found && found->metadata.contains("transcription");
  }));
  const auto recording = all_recordings(server.recordings()).at(0);
  EXPECT_EQ(recording.metadata["transcription"].value("state", ""), "complete");
  EXPECT_EQ(asked, 2U);
  EXPECT_TRUE(wait_until(
      [&] { return !std::filesystem::exists(recording.directory / "transcription.json"); }));
}

TEST(Transcription, LeavesNoRecogniserBehindWhenTheServerIsKilled) {
  const TempDir directory;
  const auto program = directory / "recognise";
  write_file(program, "#!/bin/sh\necho $$ >" + (directory / "pid").string() + "\nexec sleep 300\n");
  ::chmod(program.c_str(), 0755);
  ServerProcess server({{"STT_PROVIDERS", "command"},
                        {"STT_COMMAND_PROGRAM", program.string()},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  whole_call(server, 50);
  const auto noted = directory / "pid";
  ASSERT_TRUE(
      wait_until([&] { return std::filesystem::exists(noted) && !read_file(noted).empty(); }));
  const pid_t pid = std::stoi(read_file(noted));
  ASSERT_EQ(::kill(pid, 0), 0);
  server.signal(SIGKILL);
  EXPECT_TRUE(wait_until([&] { return ::kill(pid, 0) != 0; })) << pid << " runs on";
  if (::kill(pid, 0) == 0) ::kill(pid, SIGKILL);
}

// The safety of recordings: whatever the provider does, calls are answered and files complete.
void place_calls(const ServerProcess& server, int calls) {
  for (int i = 0; i < calls; ++i) {
    whole_call(server, 10);
    ASSERT_FALSE(::testing::Test::HasFailure()) << i;
  }
  EXPECT_TRUE(wait_until(
      [&] { return metric(server, "recordings_total", {R"(state="complete")"}) == calls; }));
  EXPECT_EQ(metric(server, "sip_sessions_failed_total"), 0);
  EXPECT_EQ(metric(server, "capture_packets_dropped_total"), 0);
  EXPECT_EQ(http_get(url(server, "/ready")).status, 200);
}

// In real time, as fast as the machine can render them: more slowly where sanitizers hold it up.
#ifdef SRS_SANITIZED
constexpr unsigned kCalls = 80;
constexpr unsigned kNewPerSecond = 5;
#else
constexpr unsigned kCalls = 200;
constexpr unsigned kNewPerSecond = 10;
#endif

// Many at once, each of two legs and a second. Nothing of what was sent is missing on disk.
// `over` is told when the last call has ended.
void place_calls_together(const ServerProcess& server, unsigned calls,
                          const std::function<void()>& over) {
  const auto run = run_tool(std::string(SRS_SIPREC_CALL) +
                            " sip:127.0.0.1:" + std::to_string(server.udp_port()) + " --calls " +
                            std::to_string(calls) + " --concurrent 40 --rate " +
                            std::to_string(kNewPerSecond) + " --duration 1 -q --json");
  over();
  ASSERT_EQ(run.exit_code, 0) << run.output;
  const auto summary = json::parse(run.output);
  EXPECT_EQ(summary.at("calls").at("answered"), calls);
  EXPECT_TRUE(wait_until(
      [&] { return metric(server, "recordings_total", {R"(state="complete")"}) == calls; },
      std::chrono::seconds(60)));
  std::uint64_t received = 0;
  for (const auto& recording : all_recordings(server.recordings())) {
    for (const auto& stream : recording.metadata.at("streams")) {
      received += stream.at("packets_received").get<std::uint64_t>();
      EXPECT_EQ(stream.at("packets_lost"), 0) << recording.directory;
    }
  }
  EXPECT_EQ(received, summary.at("media").at("packets"));
  EXPECT_EQ(metric(server, "sip_sessions_failed_total"), 0);
  EXPECT_EQ(metric(server, "capture_packets_dropped_total"), 0);
  EXPECT_EQ(http_get(url(server, "/ready")).status, 200);
}

TEST(Transcription, AsksForAsManyRecordingsAtOnceAsConfigured) {
  constexpr unsigned kAtOnce = 12;
  std::atomic<unsigned> waiting{0};
  std::atomic<bool> all{false};
  HttpPeer provider(HttpPeer::Script([&](PeerConnection& connection) {
    while (connection.read_request()) {
      if (++waiting == kAtOnce) all = true;
      const bool together = wait_until([&] { return all.load(); });
      if (!together) --waiting;
      connection.answer(200, R"({"text": "hello"})");
    }
  }));
  ServerProcess server({{"STT_PROVIDERS", "openai"},
                        {"OPENAI_BASE_URL", provider.url("/v1")},
                        {"STT_CONCURRENCY", std::to_string(kAtOnce)},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  place_calls(server, kAtOnce);
  EXPECT_TRUE(wait_until([&] { return all.load(); })) << waiting << " requests came at once";
}

// Gets a request, or its beginning, and does something bad; false where nothing came.
using Badness = bool (*)(PeerConnection&);

bool hangs(PeerConnection& connection) {
  if (!connection.read_request()) return false;
  connection.wait_closed();
  return true;
}

bool lies(PeerConnection& connection) {
  return connection.read_request() && connection.answer(200, "<html>all is well</html>");
}

bool resets(PeerConnection& connection) {
  const bool asked = !connection.read_some().empty();
  connection.reset();
  return asked;
}

class BadProvider : public ::testing::TestWithParam<std::pair<const char*, Badness>> {};

TEST_P(BadProvider, ChangesNothingForCalls) {
  std::atomic<unsigned> asked{0};
  HttpPeer provider(HttpPeer::Script([&](PeerConnection& connection) {
    if (GetParam().second(connection)) ++asked;
  }));
  ServerProcess server({{"STT_PROVIDERS", "openai"},
                        {"OPENAI_BASE_URL", provider.url("/v1")},
                        {"STT_TIMEOUT", "1s"},
                        {"RTP_QUARANTINE", "0s"},
                        {"STT_PIECE_SILENCE_DB", "-90"},
                        // It is never left alone: the bad provider is asked while all calls run.
                        {"STT_CONCURRENCY", "40"},
                        {"STT_BREAKER_FAILURES", "1000"},
                        {"STT_BREAKER_PAUSE", "1ms"},
                        {"STT_BREAKER_LONGEST_PAUSE", "1ms"},
                        {"STT_RETRY_ATTEMPTS", "1000"},
                        {"STT_RETRY_FIRST_PAUSE", "200ms"},
                        {"STT_RETRY_LONGEST_PAUSE", "1s"}});
  ASSERT_TRUE(server.start());
  unsigned meanwhile = 0;
  place_calls_together(server, kCalls, [&] { meanwhile = asked; });
  EXPECT_GE(meanwhile, kCalls / 2) << "asked while calls ran";
  EXPECT_TRUE(wait_until([&] { return metric(server, "stt_transcription_errors_total") > 0; }));
  EXPECT_EQ(metric(server, "stt_jobs_total", {R"(state="done")"}), 0);
}

INSTANTIATE_TEST_SUITE_P(Transcription, BadProvider,
                         ::testing::Values(std::pair("Hangs", &hangs), std::pair("Lies", &lies),
                                           std::pair("Resets", &resets)),
                         [](const auto& chosen) { return chosen.param.first; });

// Two providers, of which the first is `first`.
Settings before_a_working_one(const HttpPeer& first, const HttpPeer& working) {
  return {{"STT_PROVIDERS", "whisper,openai"},     {"WHISPER_BASE_URL", first.url("/v1")},
          {"OPENAI_BASE_URL", working.url("/v1")}, {"STT_BREAKER_PAUSE", "1h"},
          {"STT_BREAKER_LONGEST_PAUSE", "1h"},     {"STT_PIECE_SILENCE_DB", "-90"}};
}

TEST(Transcription, SaysInTheRecordingWhoWasPassedOver) {
  HttpPeer locked(HttpPeer::Script([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(401, R"({"error": "no such key"})");
  }));
  HttpPeer working(answering([](const auto&) { return R"({"text": "hello"})"; }));
  ServerProcess server(before_a_working_one(locked, working));
  ASSERT_TRUE(server.start());
  std::string id;
  const auto first = call_and_wait(server, id);
  EXPECT_EQ(first.value("state", ""), "complete");
  ASSERT_EQ(first.value("incidents", json::array()).size(), 1U) << first;
  EXPECT_EQ(first["incidents"][0].value("provider", ""), "whisper");
  EXPECT_EQ(first["incidents"][0].value("reason", ""), "auth");
  const auto second = call_and_wait(server, id);
  ASSERT_EQ(second.value("incidents", json::array()).size(), 1U) << second;
  EXPECT_EQ(second["incidents"][0].value("reason", ""), "breaker");
  EXPECT_EQ(second["incidents"][0].value("times", 0), 2) << "two channels";
  const auto lines = server.log("transcription_passed_on");
  ASSERT_EQ(lines.size(), 1U) << "once of a recording; the first one was tried itself";
  EXPECT_EQ(lines[0].value("siprec.provider", ""), "whisper");
  EXPECT_EQ(lines[0].value("siprec.limit", ""), "breaker");
  EXPECT_EQ(lines[0].value("siprec.to", ""), "openai");
}

TEST(Transcription, SaysInTheRecordingWhatItWaitsFor) {
  HttpPeer provider(HttpPeer::Script([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(429, "", "Retry-After: 3600\r\n");
  }));
  ServerProcess server({{"STT_PROVIDERS", "openai"},
                        {"OPENAI_BASE_URL", provider.url("/v1")},
                        {"STT_PIECE_SILENCE_DB", "-90"}});
  ASSERT_TRUE(server.start());
  whole_call(server, 50);
  json waits;
  ASSERT_TRUE(wait_until([&] {
    const auto all = all_recordings(server.recordings());
    if (!all.empty()) waits = all[0].metadata.value("transcription_waits", json());
    return waits.is_object();
  }));
  EXPECT_EQ(waits.value("provider", ""), "openai");
  EXPECT_EQ(waits.value("reason", ""), "rate_limited");
  EXPECT_EQ(waits.at("incidents").at(0).value("reason", ""), "rate_limited");
  EXPECT_GT(waits.value("next_try_at", ""), "2026");
}

}  // namespace
}  // namespace srs::test
