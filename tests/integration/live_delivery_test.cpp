// Transcripts of live text alone are whole: redacted in text and sound, and delivered.
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "util/http_client/websocket_peer.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <optional>

namespace srs::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kToken = "let-me-change";

// Speaks as Vosk's server does: a card number, digit by digit, and all of it at the end.
void say_a_card(PeerConnection& connection) {
  Frames frames(connection);
  if (!frames.accept()) return;
  while (const auto frame = frames.read()) {
    if (frame->opcode == 2) frames.send(R"({"partial":"card 4111 11"})");
    if (frame->data.find("eof") == std::string::npos) continue;
    frames.send(
        R"({"text":"card 4111 1111 1111 1111","result":[{"word":"card","start":0.1,"end":0.2},{"word":"4111 1111 1111 1111","start":0.4,"end":0.6}]})");
    return;
  }
}

class LiveDelivery : public ::testing::Test {
 protected:
  // Until metadata.json tells what became of it, and nothing is left to do.
  RecordingOnDisk outcome(const std::string& call_id) {
    RecordingOnDisk recording;
    EXPECT_TRUE(wait_until([&] {
      const auto found = wait_for_recording(server_.recordings(), call_id);
      if (!found || !found->metadata.contains("transcription")) return false;
      recording = *found;
      return true;
    }));
    return recording;
  }
  // The answer's status line.
  std::string ask(const std::string& method, const RecordingOnDisk& recording) {
    const auto id = recording.metadata.value("recording_id", "");
    HttpConnection connection("127.0.0.1", server_.http_port());
    connection.send(method + " /recordings/" + id + "/transcription HTTP/1.1\r\nHost: x\r\n" +
                    "Content-Length: 0\r\nAuthorization: Bearer " + kToken + "\r\n\r\n");
    return connection.line();
  }
  std::size_t taken() {
    const std::lock_guard lock(mutex_);
    return bodies_.size();
  }

  std::atomic<int> status_{200};
  std::mutex mutex_;
  std::vector<std::string> bodies_;  // what was posted, taken or not
  HttpPeer receiver_{HttpPeer::Script([this](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      {
        const std::lock_guard lock(mutex_);
        bodies_.push_back(std::move(request->body));
      }
      if (!connection.answer(status_, "")) return;
    }
  })};
  HttpPeer vosk_{HttpPeer::Script(say_a_card)};
  ServerProcess server_{Settings{{"STT_LIVE_PROVIDER", "vosk"},
                                 {"VOSK_URL", "ws://127.0.0.1:" + std::to_string(vosk_.port())},
                                 {"STT_REDACTION_RULES", "card"},
                                 {"STT_REDACTION_AUDIO", "silence"},
                                 {"STT_RETRY_FIRST_PAUSE", "10ms"},
                                 {"STT_DELIVERY_URL", receiver_.url("/hook?key=geheim")},
                                 {"HTTP_ADMIN_TOKEN", kToken}}};
};

TEST_F(LiveDelivery, TakesACardOutOfTextAndSoundAndPostsTheTranscript) {
  ASSERT_TRUE(server_.start());
  const auto recording = outcome(whole_call(server_, 50));
  EXPECT_EQ(recording.metadata["transcription"].value("state", ""), "complete");
  EXPECT_THAT(recording.metadata["files"].dump(), HasSubstr("audio.redacted.wav"));
  const auto lines = read_file(recording.directory / "transcript.live.jsonl");
  EXPECT_THAT(lines, Not(HasSubstr("1111")));
  EXPECT_THAT(lines, HasSubstr(R"("redactions":[{"rule":"card")"));
  const auto written = read_file(recording.directory / "transcript.json");
  EXPECT_EQ(json::parse(written).at("redactions").size(), 1U);
  EXPECT_THAT(json::parse(written).at("segments")[0].value("text", ""), "card [card]");
  ASSERT_TRUE(wait_until([&] { return taken() == 1; }));
  EXPECT_EQ(bodies_[0], written);
  EXPECT_EQ(metric(server_, "stt_redactions_total", {R"(rule="card")"}), 1);
  EXPECT_TRUE(wait_until(
      [&] { return !std::filesystem::exists(recording.directory / "transcription.json"); }));
  EXPECT_THAT(ask("POST", recording), HasSubstr("409"));
  EXPECT_THAT(ask("DELETE", recording), HasSubstr("409"));
}

TEST_F(LiveDelivery, IsNoneWhereItWasCancelledWhileTheCallRan) {
  ASSERT_TRUE(server_.start());
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  ASSERT_TRUE(wait_until(
      [&] { return metric(server_, "stt_live_results_total", {R"(kind="interim")"}) > 0; }));
  const auto running = wait_for_recording(server_.recordings(), call.call_id(), "recording");
  ASSERT_TRUE(running);
  EXPECT_THAT(ask("DELETE", *running), HasSubstr("202"));
  call.send_packets(0, alice, 50);
  // The provider has said its last words before the call ends.
  ASSERT_TRUE(wait_until([&] { return metric(server_, "stt_live_streams") == 0; }));
  const auto lines = metric(server_, "stt_live_lines_total");
  call.send_packets(0, alice, 50);
  ASSERT_EQ(call.bye().status(), 200);
  const auto recording = outcome(call.call_id());
  EXPECT_EQ(recording.metadata["transcription"].value("state", ""), "cancelled");
  ASSERT_TRUE(wait_until(
      [&] { return all_recordings(server_.recordings()).at(0).metadata.contains("live_uses"); }));
  EXPECT_EQ(metric(server_, "stt_live_lines_total"), lines);
  EXPECT_FALSE(std::filesystem::exists(recording.directory / "transcript.json"));
  EXPECT_FALSE(std::filesystem::exists(recording.directory / "transcript.live.jsonl"));
  EXPECT_EQ(taken(), 0U);
}

TEST_F(LiveDelivery, TellsTheTruthOnceItWasTakenAfterARefusal) {
  status_ = 410;
  ASSERT_TRUE(server_.start());
  const auto recording = outcome(whole_call(server_, 50));
  const auto metadata = [&] { return all_recordings(server_.recordings()).at(0).metadata; };
  ASSERT_TRUE(wait_until([&] {
    return metadata().at("warnings").dump().find("not delivered (refused)") != std::string::npos;
  })) << metadata();
  EXPECT_FALSE(metadata()["transcription"].contains("delivered_at"));
  EXPECT_THAT(server_.log("transcript_delivered"), IsEmpty());
  status_ = 200;
  EXPECT_THAT(ask("POST", recording), HasSubstr("202"));
  ASSERT_TRUE(wait_until([&] { return metadata()["transcription"].contains("delivered_at"); }));
  EXPECT_THAT(metadata().at("warnings").dump(), Not(HasSubstr("not delivered")));
  ASSERT_TRUE(server_.wait_for_log("transcript_delivered", kSoon));
  const auto lines = server_.log("transcript_delivered");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].value("siprec.recording_id", ""),
            recording.metadata.value("recording_id", "-"));
  EXPECT_EQ(lines[0].value("siprec.receiver", ""), receiver_.url("").substr(7));
  EXPECT_EQ(lines[0].value("siprec.attempts", 0), 1);
}

// What ends in digits waits for more of them, and a crash comes first.
TEST(LiveHeldBack, IsInTheTranscriptWithoutItsNumbersAfterTheServersDeath) {
  std::atomic<bool> said{false};
  HttpPeer vosk(HttpPeer::Script([&](PeerConnection& connection) {
    Frames frames(connection);
    if (!frames.accept()) return;
    while (const auto frame = frames.read())
      if (frame->opcode == 2 && !said.exchange(true))
        frames.send(R"({"text":"my card is 4111 1111"})");
  }));
  ServerProcess server(Settings{{"STT_LIVE_PROVIDER", "vosk"},
                                {"VOSK_URL", "ws://127.0.0.1:" + std::to_string(vosk.port())},
                                {"STT_REDACTION_RULES", "card"},
                                {"STT_LIVE_LAST_WORDS", "1h"}});
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  std::string held;
  ASSERT_TRUE(wait_until([&] {
    const auto running = all_recordings(server.recordings());
    if (running.empty()) return false;
    const auto file = running[0].directory / "transcript.live.held.jsonl";
    if (std::filesystem::exists(file)) held = read_file(file);
    // What was said was heard in packets: these are on the disk up to a second later.
    const auto capture = running[0].directory / "capture.pcapng";
    return held.ends_with('\n') && std::filesystem::exists(capture) && !read_file(capture).empty();
  }));
  EXPECT_THAT(held, HasSubstr("my card is [...]"));
  EXPECT_THAT(held, Not(HasSubstr("1111")));
  server.signal(SIGKILL);
  ASSERT_TRUE(server.wait_exit(kSoon));
  ASSERT_TRUE(server.start());
  json metadata;
  ASSERT_TRUE(wait_until([&] {
    metadata = all_recordings(server.recordings()).at(0).metadata;
    return metadata.contains("transcription");
  }));
  EXPECT_EQ(metadata["transcription"].value("state", ""), "complete");
  const auto directory = all_recordings(server.recordings()).at(0).directory;
  EXPECT_THAT(read_file(directory / "transcript.txt"), HasSubstr("my card is [...]"));
  EXPECT_FALSE(std::filesystem::exists(directory / "transcript.live.held.jsonl"));
}

TEST_F(LiveDelivery, GoesOnAfterTheServersDeath) {
  status_ = 503;
  ASSERT_TRUE(server_.start());
  const auto recording = outcome(whole_call(server_, 50));
  ASSERT_TRUE(wait_until([&] { return taken() >= 1; }));
  server_.signal(SIGKILL);
  ASSERT_TRUE(server_.wait_exit(kSoon));
  const auto before = taken();
  status_ = 200;
  ASSERT_TRUE(server_.start());
  ASSERT_TRUE(wait_until([&] {
    return taken() > before && !std::filesystem::exists(recording.directory / "transcription.json");
  }));
  EXPECT_EQ(bodies_.back(), bodies_.front()) << "what was written is not made anew";
}

TEST_F(LiveDelivery, ThatIsRefusedCanBeAskedForAgainOrCancelled) {
  status_ = 410;
  ASSERT_TRUE(server_.start());
  const auto recording = outcome(whole_call(server_, 50));
  ASSERT_TRUE(wait_until([&] { return metric(server_, "stt_jobs_parked") == 1; }));
  EXPECT_THAT(ask("POST", recording), HasSubstr("202"));
  ASSERT_TRUE(wait_until([&] { return taken() == 2 && metric(server_, "stt_jobs_parked") == 1; }));
  EXPECT_THAT(ask("DELETE", recording), HasSubstr("202"));
  EXPECT_FALSE(std::filesystem::exists(recording.directory / "transcription.json"));
  EXPECT_TRUE(std::filesystem::exists(recording.directory / "transcript.json"));
}

// Says that many long things, each with its number, as soon as it hears anything.
HttpPeer::Script say_much(int lines, std::size_t bytes) {
  return [lines, bytes](PeerConnection& connection) {
    Frames frames(connection);
    if (!frames.accept()) return;
    bool said = false;
    while (const auto frame = frames.read()) {
      if (frame->opcode == 2 && !std::exchange(said, true)) {
        const auto rest = " " + std::string(bytes, 'x') + "\"}";
        for (int i = 0; i < lines; ++i) frames.send(R"({"partial":")" + std::to_string(i) + rest);
      }
      if (frame->data.find("eof") == std::string::npos) continue;
      frames.send(R"({"text":"over"})");
      return;
    }
  };
}

// What a reader got until `over`: the numbers of the lines, and how many it was told to miss.
struct Got {
  std::vector<int> numbers;
  int missed = 0;
};
Got read_all(HttpConnection& reader) {
  Got got;
  for (;;) {
    const auto line = reader.line();
    if (!line.starts_with("data: ")) continue;
    const auto event = json::parse(line.substr(6));
    got.missed += event.value("missed", 0);
    const auto text = event.value("text", "");
    if (text == "over") return got;
    if (!text.empty()) got.numbers.push_back(std::stoi(text));
  }
}

class LiveReaders : public ::testing::Test {
 protected:
  void begin(int lines, std::size_t bytes, const std::string& patience, const Settings& more = {}) {
    vosk_.emplace(say_much(lines, bytes));
    server_.emplace(Settings{{"STT_LIVE_PROVIDER", "vosk"},
                             {"VOSK_URL", "ws://127.0.0.1:" + std::to_string(vosk_->port())},
                             {"HTTP_REQUEST_TIMEOUT", patience},
                             {"HTTP_TRANSCRIPT_TOKEN", "let-me-hear"}});
    for (const auto& [name, value] : more) server_->set(name, value);
    ASSERT_TRUE(server_->start());
  }
  std::unique_ptr<HttpConnection> listen(const std::string& path, const std::string& more = "") {
    // Open from before the text until after the call, a sanitized server's minute of it included.
    auto reader = std::make_unique<HttpConnection>("127.0.0.1", server_->http_port(),
                                                   std::chrono::seconds(200));
    reader->send("GET " + path + "?access_token=let-me-hear HTTP/1.1\r\nHost: x\r\n" + more +
                 "\r\n");
    return reader;
  }
  bool is(const std::string& name, double value) {
    // Megabytes of text take a sanitized server a minute, and each look costs it some of that.
    return wait_until([&] { return metric(*server_, name) == value; }, std::chrono::seconds(100),
                      std::chrono::milliseconds(100));
  }
  void speak() {
    call_.emplace(*server_);
    ASSERT_EQ(call_->invite(siprec_body(two_legs())).status(), 200);
    RtpSource alice(0, 0xA11CE);
    call_->send_packets(0, alice, 50);
  }

  std::optional<HttpPeer> vosk_;
  std::optional<ServerProcess> server_;
  std::optional<SrcCall> call_;
};

TEST_F(LiveReaders, ThatTakeNothingAreCutAndOthersGetEverything) {
  constexpr int kLines = 700;  // more than a socket's buffers take
  begin(kLines, 15'000, "2s");
  const auto stuck = listen("/events/transcriptions");
  const auto stuck_socket =
      listen("/ws/transcriptions",
             "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
  const auto reader = listen("/events/transcriptions");
  ASSERT_TRUE(is("stt_live_listeners", 3));
  [[maybe_unused]] const auto memory = metric(*server_, "process_resident_memory_bytes");
  auto reading = std::async(std::launch::async, [&] { return read_all(*reader); });
  speak();
  ASSERT_TRUE(is("stt_live_listeners", 1));
  EXPECT_EQ(metric(*server_, "errors_total", {R"(reason="slow_reader")"}), 2);
  EXPECT_TRUE(server_->wait_for_log("http_reader_cut", kSoon));
#ifndef SRS_SANITIZED  // sanitizers have heaps of their own
  EXPECT_LT(metric(*server_, "process_resident_memory_bytes"), memory + (64 << 20));
#endif
  // Who hangs up waits for last words, but not for megabytes of them.
  ASSERT_TRUE(is("stt_live_lines_total", kLines));
  EXPECT_EQ(call_->bye().status(), 200);
  const auto got = reading.get();
  EXPECT_EQ(got.missed, 0) << "nobody waits for others";
  ASSERT_EQ(got.numbers.size(), static_cast<std::size_t>(kLines));
  EXPECT_TRUE(std::is_sorted(got.numbers.begin(), got.numbers.end()));
  EXPECT_EQ(metric(*server_, "capture_packets_total"), 50);
}

// So are channels of which too many speak.
TEST_F(LiveReaders, ThatAreOneTooManyAreRefusedCountedAndTold) {
  begin(1, 10, "1m", {{"STT_LIVE_MAX_LISTENERS", "1"}, {"STT_LIVE_MAX_STREAMS", "1"}});
  const auto reader = listen("/events/transcriptions");
  ASSERT_TRUE(is("stt_live_listeners", 1));
  EXPECT_EQ(metric(*server_, "errors_total", {R"(reason="listener_limit")"}), 0);
  EXPECT_THAT(listen("/events/transcriptions")->line(), HasSubstr("503"));
  EXPECT_EQ(metric(*server_, "errors_total", {R"(reason="listener_limit")"}), 1);
  ASSERT_TRUE(server_->wait_for_log("live_listener_refused", kSoon));
  EXPECT_EQ(server_->log("live_listener_refused").front().value("siprec.limit", 0), 1);
  speak();
  RtpSource bob(0, 0xB0B);
  call_->send_packets(1, bob, 5);
  ASSERT_TRUE(server_->wait_for_log("live_stream_refused", kSoon));
  const auto line = server_->log("live_stream_refused").front();
  EXPECT_EQ(line.value("siprec.call_id", ""), call_->call_id());
  EXPECT_EQ(line.value("siprec.count", 0.0), metric(*server_, "stt_live_streams_refused_total"));
}

TEST_F(LiveReaders, ThatAreTooSlowMissTheOldestLinesAndAreToldHowMany) {
  constexpr int kLines = 4000;  // a thousand wait, and a socket's buffers take as many
  begin(kLines, 8000, "1m");
  const auto slow = listen("/events/transcriptions");
  ASSERT_TRUE(is("stt_live_listeners", 1));
  speak();
  ASSERT_TRUE(is("stt_live_lines_total", kLines));
  const auto missed = metric(*server_, "stt_live_lines_missed_total");
  EXPECT_GT(missed, 0);
  auto reading = std::async(std::launch::async, [&] { return read_all(*slow); });
  EXPECT_EQ(call_->bye().status(), 200);
  const auto got = reading.get();
  EXPECT_GE(got.missed, missed);
  EXPECT_EQ(got.missed + static_cast<int>(got.numbers.size()), kLines);
}

}  // namespace
}  // namespace srs::test
