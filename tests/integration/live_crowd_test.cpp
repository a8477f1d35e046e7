// A crowd of calls whose live provider is bad: every one of them is recorded whole, and what the
// provider costs is bounded.
#include "support/audio.hpp"
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/tools.hpp"
#include "util/http_client/websocket_peer.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const std::string kSpoken = SRS_SOURCE_DIR "/tests/data/audio/";
constexpr unsigned kCallsAtOnce = 40;
constexpr unsigned kHeardLive = 60;  // of two channels each: some are refused
constexpr unsigned kSecondsEach = 3;

// What one connection does, from its first byte on, until it or we are gone.
using Misbehaviour = void (*)(PeerConnection&);

void never_shakes_hands(PeerConnection& connection) {
  connection.read_request();
  connection.wait_closed();
}

void listens_and_says_nothing(PeerConnection& connection) {
  Frames frames(connection);
  if (!frames.accept()) return;
  while (frames.read()) {
  }
}

// Pages of markup, half JSON, and words that were said before and after the call.
void tells_lies(PeerConnection& connection) {
  Frames frames(connection);
  if (!frames.accept()) return;
  while (const auto frame = frames.read()) {
    if (frame->opcode != 2) continue;
    frames.send("<html>all is well</html>");
    frames.send(R"({"text":"hal)");
    frames.send(R"({"text":"lie","result":[{"word":"lie","start":-7,"end":1e300,"conf":8}]})");
  }
}

void hangs_up_with_a_reset(PeerConnection& connection) {
  Frames frames(connection);
  if (frames.accept()) frames.read();
  connection.reset();
}

// As fast as they are taken.
void says_more_than_anybody_can(PeerConnection& connection) {
  Frames frames(connection);
  if (!frames.accept() || !frames.read()) return;
  const auto text = R"({"text":")" + std::string(15'000, 'x') + R"("})";
  while (frames.send(text)) {
  }
}

// 2 GB in one message.
void sends_one_endless_message(PeerConnection& connection) {
  Frames frames(connection);
  if (!frames.accept() || !frames.read()) return;
  connection.send(std::string_view("\x81\x7F\0\0\0\0\x80\0\0\0{\"text\":\"", 19));
  const std::string block(64 << 10, 'x');
  while (connection.send(block)) {
  }
}

// Some break off in a frame's head, some in its text, some promise more than there is memory.
void stops_within_a_frame(PeerConnection& connection) {
  static std::atomic<unsigned> turn{0};
  Frames frames(connection);
  if (!frames.accept()) return;
  frames.read();
  switch (turn++ % 3) {
    case 0:
      connection.send("\x81");
      break;
    case 1:
      connection.send("\x81\x64{\"text\":");
      break;
    default:
      connection.send(std::string_view("\x81\x7F\x40\0\0\0\0\0\0\0half", 14));
      break;
  }
  while (frames.read()) {
  }
}

struct BadLive {
  const char* name;
  Misbehaviour does;
  const char* reason;  // of the failures that are counted
};

void PrintTo(const BadLive& bad, std::ostream* out) {
  *out << bad.name;
}

class LiveCrowd : public ::testing::TestWithParam<BadLive> {
 protected:
  // Of the streams at any moment of the calls, and of the server's memory.
  struct Peaks {
    double streams = 0;
    double memory = 0;
  };
  Peaks watch() const {
    Peaks peaks;
    do {
      peaks.streams = std::max(peaks.streams, metric(server_, "stt_live_streams"));
      peaks.memory = std::max(peaks.memory, metric(server_, "process_resident_memory_bytes"));
      std::this_thread::sleep_for(100ms);
    } while (!over_);
    return peaks;
  }
  // All at once; the summary of siprec-call.
  json call_together() {
    const auto run =
        run_tool(std::string(SRS_SIPREC_CALL) +
                 " sip:127.0.0.1:" + std::to_string(server_.udp_port()) + " --audio " + kSpoken +
                 "caller.wav " + kSpoken + "callee.wav --calls " + std::to_string(kCallsAtOnce) +
                 " --rate 40 --duration " + std::to_string(kSecondsEach) + " -q --json");
    over_ = true;
    EXPECT_EQ(run.exit_code, 0) << run.output;
    return run.exit_code == 0 ? json::parse(run.output) : json();
  }
  double failures() const {
    return metric(
        server_, "stt_transcription_errors_total",
        {R"(provider="vosk/live")", R"(reason=")" + std::string(GetParam().reason) + "\""});
  }

  std::atomic<bool> over_{false};
  HttpPeer vosk_{HttpPeer::Script([](PeerConnection& connection) { GetParam().does(connection); })};
  ServerProcess server_{Settings{{"STT_LIVE_PROVIDER", "vosk"},
                                 {"VOSK_URL", "ws://127.0.0.1:" + std::to_string(vosk_.port())},
                                 {"STT_LIVE_MAX_STREAMS", std::to_string(kHeardLive)},
                                 {"STT_LIVE_CONNECT_TIMEOUT", "1s"},
                                 {"STT_LIVE_FIRST_PAUSE", "50ms"},
                                 {"STT_LIVE_LONGEST_PAUSE", "200ms"},
                                 {"STT_LIVE_LAST_WORDS", "500ms"}}};
};

using Sound = std::vector<std::int16_t>;
constexpr std::ptrdiff_t kPacket = 160;  // samples
constexpr std::ptrdiff_t kWithin = 50;   // packets: where the next one is looked for

Sound as_sent(const std::string& file) {
  auto samples = read_wav(kSpoken + file).channels.at(0);
  samples.resize(kSecondsEach * 8000);
  return samples;
}

// But for what G.711 makes of a sample.
bool sounds_like(std::int16_t heard, std::int16_t sent) {
  return std::abs(heard - sent) <= 8 + std::abs(sent) / 16;
}

// How many packets of `sent` are not in `heard`, behind the one before. Where a busy machine holds
// up who sends, they are placed anew, and lose some of their samples to their neighbours.
std::size_t missing(const Sound& heard, const Sound& sent) {
  std::size_t count = 0;
  auto from = heard.begin();
  for (auto packet = sent.begin(); packet != sent.end(); packet += kPacket) {
    const auto end =
        heard.end() - from > kWithin * kPacket ? from + kWithin * kPacket : heard.end();
    const auto at = std::search(from, end, packet, packet + kPacket, sounds_like);
    if (at == end)
      ++count;
    else
      from = at + kPacket;
  }
  return count;
}

void expect_whole(const RecordingOnDisk& recording) {
  static const std::vector<Sound> sent = {as_sent("caller.wav"), as_sent("callee.wav")};
  const auto audio = read_wav(recording.directory / "audio.wav");
  ASSERT_EQ(audio.channels.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i)
    EXPECT_LE(missing(audio.channels[i], sent[i]), kSecondsEach * 50 / 3)
        << recording.directory << " channel " << i;
  for (const auto& stream : recording.metadata.at("streams"))
    EXPECT_EQ(stream.at("packets_lost"), 0) << recording.directory;
}

TEST_P(LiveCrowd, IsRecordedWhole) {
  ASSERT_TRUE(server_.start());
  [[maybe_unused]] const auto memory = metric(server_, "process_resident_memory_bytes");
  auto watched = std::async(std::launch::async, [&] { return watch(); });
  const auto summary = call_together();
  const auto peaks = watched.get();
  ASSERT_EQ(summary.at("calls").at("answered"), kCallsAtOnce) << summary;
  EXPECT_TRUE(wait_until(
      [&] { return metric(server_, "recordings_total", {R"(state="complete")"}) == kCallsAtOnce; },
      60s));

  const auto recordings = all_recordings(server_.recordings());
  ASSERT_EQ(recordings.size(), kCallsAtOnce);
  for (const auto& recording : recordings) expect_whole(recording);
  EXPECT_EQ(metric(server_, "capture_packets_total"), summary.at("media").at("packets"));
  EXPECT_EQ(metric(server_, "capture_packets_dropped_total"), 0);
  EXPECT_EQ(metric(server_, "sip_sessions_failed_total"), 0);

  EXPECT_TRUE(wait_until([&] { return failures() > 0; })) << "told as " << GetParam().reason;
  EXPECT_GE(metric(server_, "stt_live_streams_refused_total"), 2 * kCallsAtOnce - kHeardLive);
  EXPECT_LE(peaks.streams, kHeardLive);
  EXPECT_TRUE(wait_until([&] { return metric(server_, "stt_live_streams") == 0; }));
  EXPECT_EQ(http_get(url(server_, "/ready")).status, 200);
  std::uintmax_t text = 0;
  for (const auto& recording : recordings) {
    std::error_code none;
    const auto size =
        std::filesystem::file_size(recording.directory / "transcript.live.jsonl", none);
    if (!none) text += size;
  }
  EXPECT_LT(text, kHeardLive * 100'000U) << "the disk is for recordings";
#ifndef SRS_SANITIZED  // sanitizers have heaps of their own
  EXPECT_LT(peaks.memory - memory, 50e6);
#endif
}

INSTANTIATE_TEST_SUITE_P(
    Whose, LiveCrowd,
    ::testing::Values(BadLive{"ProviderHangs", &never_shakes_hands, "timeout"},
                      BadLive{"ProviderIsDumb", &listens_and_says_nothing, "timeout"},
                      BadLive{"ProviderLies", &tells_lies, "not_json"},
                      BadLive{"ProviderResets", &hangs_up_with_a_reset, "reset"},
                      BadLive{"ProviderFloods", &says_more_than_anybody_can, "bad_answer"},
                      BadLive{"ProviderSpeaksInHalfFrames", &stops_within_a_frame, "timeout"},
                      BadLive{"ProviderNeverEndsAMessage", &sends_one_endless_message,
                              "too_large"}),
    [](const auto& bad) { return std::string(bad.param.name); });

}  // namespace
}  // namespace srs::test
