// Text while people speak, through the running server. The other side of every WebSocket is another
// implementation's.
#include "support/files.hpp"
#include "support/g711.hpp"
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "support/tools.hpp"
#include "util/http_client/http_peer.hpp"
#include "util/http_client/websocket_peer.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <future>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kPeers = SRS_SOURCE_DIR "/tests/integration/peers/";

// Skips where Python's WebSockets are not installed.
#define SRS_REQUIRE_WEBSOCKETS()                                                         \
  if (run_tool("/usr/bin/python3 -c 'import websockets' 2>/dev/null").exit_code != 0) {  \
    if (in_ci()) GTEST_FAIL() << "python3-websockets is not installed, and CI needs it"; \
    GTEST_SKIP() << "python3-websockets is not installed (apt-get install it)";          \
  }                                                                                      \
  static_assert(true)

// A program whose output is read as it comes, and which ends with the test.
class Peer {
 public:
  explicit Peer(const std::string& command) : pipe_(::popen(command.c_str(), "r")) {}
  ~Peer() { ::pclose(pipe_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  std::string line() {
    char text[65536];
    if (std::fgets(text, sizeof text, pipe_) == nullptr) return "";
    std::string found(text);
    while (found.ends_with('\n')) found.pop_back();
    return found;
  }

 private:
  FILE* pipe_;
};

class Live : public ::testing::Test {
 protected:
  void begin(const std::string& recogniser = "", Settings settings = {}) {
    vosk_ = std::make_unique<Peer>("/usr/bin/python3 '" + kPeers + "vosk_server.py' " + recogniser +
                                   " 2>/dev/null & echo $!; wait $!");
    vosk_pid_ = vosk_->line();
    settings["VOSK_URL"] = "ws://127.0.0.1:" + vosk_->line();
    settings["STT_LIVE_PROVIDER"] = "vosk";
    settings["HTTP_TRANSCRIPT_TOKEN"] = "let-me-hear";
    server_ = std::make_unique<ServerProcess>(settings);
    ASSERT_TRUE(server_->start());
  }
  void TearDown() override {
    server_.reset();
    if (!vosk_pid_.empty()) ::kill(std::stoi(vosk_pid_), SIGTERM);
    vosk_.reset();
  }

  // In real time: the caller is loud in the second second, the callee never.
  void converse(SrcCall& call, int packets = 100) {
    RtpSource caller(0, 0xA11CE), callee(0, 0xB0B);
    auto due = std::chrono::steady_clock::now();
    for (int i = 0; i < packets; ++i, due += 20ms) {
      std::this_thread::sleep_until(due);
      call.send_rtp(0, caller.next(i < 50 || i >= 100 ? quiet() : loud()));
      call.send_rtp(1, callee.next(quiet()));
    }
  }
  static std::string quiet() { return std::string(160, static_cast<char>(encode_ulaw(0))); }
  static std::string loud() {
    std::string payload;
    for (int i = 0; i < 160; ++i)
      payload += static_cast<char>(
          encode_ulaw(0.5F * static_cast<float>(std::sin(i * 2 * M_PI * 10 / 160))));
    return payload;
  }
  std::unique_ptr<HttpConnection> listen(const std::string& target) {
    auto connection = std::make_unique<HttpConnection>("127.0.0.1", server_->http_port());
    connection->send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return connection;
  }

  std::unique_ptr<Peer> vosk_;
  std::string vosk_pid_;
  std::unique_ptr<ServerProcess> server_;
};

// The next event's data that is no comment.
json next_event(HttpConnection& events) {
  for (;;) {
    const auto line = events.line();
    if (line.starts_with("data: ")) return json::parse(line.substr(6));
  }
}

TEST_F(Live, TextReachesListenersWhileTheCallRunsAndTheRecordingAfterIt) {
  SRS_REQUIRE_WEBSOCKETS();
  begin();
  auto events = listen("/events/transcriptions?access_token=let-me-hear");
  ASSERT_EQ(events->line(), "HTTP/1.1 200 OK");
  Peer reader("/usr/bin/python3 '" + kPeers + "websocket_reader.py' ws://127.0.0.1:" +
              std::to_string(server_->http_port()) + "/ws/transcriptions 1 let-me-hear");
  ASSERT_EQ(reader.line(), "open");
  EXPECT_TRUE(wait_until([&] { return metric(*server_, "stt_live_listeners") == 2; }));
  SrcCall call(*server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  converse(call);
  const auto interim = next_event(*events);
  EXPECT_FALSE(interim.at("final"));
  EXPECT_EQ(interim.at("channel"), 0);
  EXPECT_EQ(interim.at("text"), "word");
  EXPECT_EQ(json::parse(reader.line()), interim);
  EXPECT_EQ(metric(*server_, "stt_live_streams"), 2);
  EXPECT_GT(metric(*server_, "stt_live_results_total", {R"(kind="interim")"}), 0);
  EXPECT_EQ(metric(*server_, "stt_live_results_total", {R"(kind="final")"}), 0);
  ASSERT_EQ(call.bye().status(), 200);
  json last;
  do last = next_event(*events);
  while (!last.at("final"));
  EXPECT_EQ(last.at("text"), "word word");
  EXPECT_GE(metric(*server_, "stt_live_results_total", {R"(kind="final")"}), 1);
  EXPECT_GE(metric(*server_, "stt_live_lines_total"), 2);

  const auto found = wait_for_recording(server_->recordings(), call.call_id());
  ASSERT_TRUE(found);
  const auto transcript = found->directory / "transcript.json";
  ASSERT_TRUE(wait_until([&] {
    return all_recordings(server_->recordings()).at(0).metadata.contains("transcription");
  }));
  const auto segments = json::parse(read_file(transcript)).at("segments");
  ASSERT_EQ(segments.size(), 1U) << segments;
  EXPECT_EQ(segments[0].at("channel"), 0);
  EXPECT_THAT(read_file(found->directory / "transcript.live.jsonl"), HasSubstr("\"final\":true"));
  const auto metadata = all_recordings(server_->recordings()).at(0).metadata;
  // Places count from the INVITE, and what was said from the first packet.
  const double first = metadata.at("streams").at(0).at("first_packet_offset_ms");
  EXPECT_NEAR(segments[0].at("start_ms").get<double>() - first, 1000, 120);
  EXPECT_NEAR(segments[0].at("end_ms").get<double>() - first, 2000, 120);
  EXPECT_EQ(metadata["transcription"].value("state", ""), "complete");
  EXPECT_EQ(metadata["transcription"]["uses"][0].value("provider", ""), "vosk");
  std::set<std::string> files;
  for (const auto& file : metadata.at("files")) files.insert(file.value("name", ""));
  EXPECT_THAT(files, ::testing::IsSupersetOf({"transcript.json", "transcript.live.jsonl"}));
}

TEST_F(Live, TellsTheEndOfARecordingAndWhatWasSaidBeforeSomebodyListened) {
  SRS_REQUIRE_WEBSOCKETS();
  begin();
  auto events = listen("/events/transcriptions?access_token=let-me-hear");
  SrcCall call(*server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  converse(call, 170);  // the recogniser takes the pause for the end of a sentence
  std::string id;
  const auto said = [&] {
    const auto running = all_recordings(server_->recordings());
    if (running.empty()) return std::string();
    id = running[0].metadata.value("recording_id", "");
    const auto reply = http_send(*server_, "GET", "/recordings/" + id + "/transcript?format=live",
                                 "let-me-hear", "");
    return reply.status == 200 ? reply.body : std::string();
  };
  EXPECT_TRUE(wait_until([&] { return !said().empty(); })) << "while the call runs";
  EXPECT_EQ(json::parse(said().substr(0, said().find('\n'))).at("text"), "word word");
  EXPECT_EQ(http_get(url(*server_, "/recordings/" + id + "/transcript?format=live")).status, 401);
  ASSERT_EQ(call.bye().status(), 200);
  std::string before, line;
  do {
    before = std::exchange(line, events->line());
  } while (line.find("ended") == std::string::npos);
  EXPECT_EQ(json::parse(line.substr(6)), json({{"recording_id", id}, {"ended", true}}));
  EXPECT_TRUE(before.starts_with("id: ")) << before;
}

TEST_F(Live, IsForThoseWhoHaveTheToken) {
  SRS_REQUIRE_WEBSOCKETS();
  begin();
  EXPECT_EQ(http_get(url(*server_, "/events/transcriptions")).status, 401);
  EXPECT_EQ(http_get(url(*server_, "/events/transcriptions?access_token=guess")).status, 401);
  EXPECT_EQ(http_get(url(*server_, "/ws/transcriptions?access_token=let-me-hear")).status, 426);
  EXPECT_EQ(run_tool("/usr/bin/python3 '" + kPeers + "websocket_reader.py' ws://127.0.0.1:" +
                     std::to_string(server_->http_port()) + "/ws/transcriptions 1 guess")
                .output,
            "refused 401\n");
}

TEST_F(Live, ListenersOfOneRecordingHearNoOther) {
  SRS_REQUIRE_WEBSOCKETS();
  begin();
  auto other = listen("/events/transcriptions?access_token=let-me-hear&recording=another");
  auto all = listen("/events/transcriptions?access_token=let-me-hear");
  ASSERT_EQ(all->line(), "HTTP/1.1 200 OK");
  SrcCall call(*server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  converse(call);
  EXPECT_EQ(next_event(*all).at("channel"), 0);
  ASSERT_EQ(call.bye().status(), 200);
  server_->signal(SIGTERM);  // ends feeds, once the last call has ended
  EXPECT_THAT(other->rest(), ::testing::Not(HasSubstr("data:")));
}

TEST_F(Live, AnOrderlyEndWaitsForTheLastWords) {
  SRS_REQUIRE_WEBSOCKETS();
  begin();
  SrcCall call(*server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  converse(call);
  ASSERT_EQ(call.bye().status(), 200);
  server_->signal(SIGTERM);
  EXPECT_EQ(server_->wait_exit(kSoon), 0);
  const auto recordings = all_recordings(server_->recordings());
  ASSERT_EQ(recordings.size(), 1U);
  EXPECT_THAT(read_file(recordings[0].directory / "transcript.txt"), HasSubstr("word word"));
}

TEST_F(Live, ACallInWhichNobodySpeaksHasATranscriptAndItsCost) {
  SRS_REQUIRE_WEBSOCKETS();
  begin("", {{"STT_PRICES", "vosk/live 0.6 EUR"}});
  SrcCall call(*server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  converse(call, 25);
  ASSERT_EQ(call.bye().status(), 200);
  json metadata;
  ASSERT_TRUE(wait_until([&] {
    const auto found = wait_for_recording(server_->recordings(), call.call_id());
    metadata = found ? found->metadata : json();
    return metadata.contains("transcription");
  }));
  EXPECT_EQ(metadata["transcription"].value("state", ""), "complete");
  EXPECT_EQ(metadata["transcription"].value("segments", 7), 0);
  EXPECT_NEAR(metadata["transcription"]["uses"][0].value("cost", 0.0), 0.01, 0.002);  // 2 * 0.5 s
}

TEST_F(Live, LastWordsThatComeAfterTheRenderAreInTheTranscript) {
  SRS_REQUIRE_WEBSOCKETS();
  begin("120 4", {{"STT_LIVE_LAST_WORDS", "30s"}});
  SrcCall call(*server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  converse(call);
  ASSERT_EQ(call.bye().status(), 200);
  const auto found = wait_for_recording(server_->recordings(), call.call_id());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->metadata.contains("transcription"));
  ASSERT_TRUE(wait_until([&] {
    return all_recordings(server_->recordings()).at(0).metadata.contains("transcription");
  }));
  EXPECT_THAT(read_file(found->directory / "transcript.txt"), HasSubstr("word word"));
}

TEST_F(Live, TextOfACallThatACrashCutBecomesItsTranscriptAtTheNextStart) {
  SRS_REQUIRE_WEBSOCKETS();
  begin();
  SrcCall call(*server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  converse(call, 170);  // the recogniser takes the pause for the end of a sentence
  ASSERT_TRUE(wait_until([&] {
    const auto running = all_recordings(server_->recordings());
    if (running.empty()) return false;
    const auto live = running[0].directory / "transcript.live.jsonl";
    return std::filesystem::exists(live) && read_file(live).ends_with('\n');
  }));
  server_->signal(SIGKILL);
  ASSERT_TRUE(server_->wait_exit(kSoon));
  ASSERT_TRUE(server_->start());
  json metadata;
  ASSERT_TRUE(wait_until([&] {
    metadata = all_recordings(server_->recordings()).at(0).metadata;
    return metadata.contains("transcription");
  }));
  EXPECT_EQ(metadata.value("end_reason", ""), "crashed");
  EXPECT_EQ(metadata["transcription"].value("state", ""), "complete");
  EXPECT_THAT(metadata["warnings"].dump(), HasSubstr("last words"));
  const auto recording = all_recordings(server_->recordings()).at(0);
  EXPECT_THAT(read_file(recording.directory / "transcript.txt"), HasSubstr("word word"));
  EXPECT_THAT(metadata["files"].dump(), HasSubstr("transcript.live.jsonl"));
}

TEST(LiveOff, SaysHowToTurnItOn) {
  ServerProcess server(Settings{{"HTTP_TRANSCRIPT_TOKEN", "let-me-hear"}});
  ASSERT_TRUE(server.start());
  const auto reply = http_get(url(server, "/events/transcriptions?access_token=let-me-hear"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr("stt.live.provider"));
}

TEST(LiveOff, WithoutATokenSaysHowToTurnThatOn) {
  ServerProcess server;
  ASSERT_TRUE(server.start());
  const auto reply = http_get(url(server, "/ws/transcriptions"));
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("HTTP_TRANSCRIPT_TOKEN"));
}

// What metadata.json says of it once it says anything.
json transcription_of_a_call(const ServerProcess& server) {
  const auto call_id = whole_call(server, 50);
  json transcription = json::object();
  EXPECT_TRUE(wait_until([&] {
    const auto found = wait_for_recording(server.recordings(), call_id);
    if (!found || !found->metadata.contains("transcription")) return false;
    transcription = found->metadata["transcription"];
    return true;
  })) << "no outcome in metadata.json";
  return transcription;
}

// Whatever the live provider does, calls are answered and recorded whole.
TEST(LiveProvider, ThatIsGoneIsNamedInTheRecording) {
  ServerProcess server({{"STT_LIVE_PROVIDER", "vosk"}, {"VOSK_URL", "ws://127.0.0.1:1"}});
  ASSERT_TRUE(server.start());
  const auto transcription = transcription_of_a_call(server);
  EXPECT_EQ(transcription.value("state", ""), "failed");
  EXPECT_EQ(transcription.value("reason", ""), "connect");
  EXPECT_THAT(transcription.value("message", ""), HasSubstr("refused"));
}

TEST(LiveProvider, ThatListensAndNeverAnswersIsNamedInTheRecording) {
  HttpPeer deaf(HttpPeer::Script([](PeerConnection& connection) {
    Frames frames(connection);
    if (!frames.accept()) return;
    while (frames.read()) {
    }
  }));
  ServerProcess server({{"STT_LIVE_PROVIDER", "vosk"},
                        {"STT_LIVE_LAST_WORDS", "100ms"},
                        {"VOSK_URL", "ws://127.0.0.1:" + std::to_string(deaf.port())}});
  ASSERT_TRUE(server.start());
  const auto transcription = transcription_of_a_call(server);
  EXPECT_EQ(transcription.value("state", ""), "failed");
  EXPECT_EQ(transcription.value("reason", ""), "timeout");
  EXPECT_THAT(transcription.value("message", ""), HasSubstr("answered nothing"));
}

TEST(LiveProvider, ThatIsGoneCostsNothingButCounters) {
  ServerProcess server({{"STT_LIVE_PROVIDER", "vosk"}, {"VOSK_URL", "ws://127.0.0.1:1"}});
  ASSERT_TRUE(server.start());
  for (int i = 0; i < 20; ++i) {
    whole_call(server, 50);
    ASSERT_FALSE(HasFailure()) << i;
  }
  EXPECT_TRUE(wait_until(
      [&] { return metric(server, "recordings_total", {R"(state="complete")"}) == 20; }));
  EXPECT_EQ(metric(server, "capture_packets_total"), 20 * 50);
  EXPECT_TRUE(wait_until([&] {
    return metric(server, "stt_transcription_errors_total", {R"(reason="connect")"}) > 0;
  }));
  EXPECT_TRUE(wait_until([&] { return metric(server, "stt_live_streams") == 0; }));
}

}  // namespace
}  // namespace srs::test
