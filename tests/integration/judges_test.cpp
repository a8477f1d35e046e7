// What others make of us: tshark of our SIP, sipp of our side of the dialog, ffmpeg of our audio.
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/src_call.hpp"
#include "support/tools.hpp"

#include <gmock/gmock.h>

namespace srs::test {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Judges : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.start()); }

  // A capture file of one message in a UDP packet between two SIP ports.
  std::string captured(const SipText& message) {
    const auto file = server_.directory() / "message";
    write_file(file, message.bytes());
    const auto pcap = (server_.directory() / "message.pcap").string();
    const auto made = run_tool("od -Ax -tx1 -v '" + file.string() +
                               "' | text2pcap -q -u 5060,5060 - '" + pcap + "' 2>/dev/null");
    EXPECT_EQ(made.exit_code, 0);
    return pcap;
  }
  // The fields that tshark finds, between bars; what it holds against the message comes first.
  static std::string seen(const std::string& pcap, const std::string& fields) {
    std::string command = "tshark -r '" + pcap +
                          "' -T fields -E separator='|' -e _ws.malformed -e _ws.expert.message";
    for (const auto& field : lines_of(fields)) command += " -e " + field;
    auto text = output_of(command);
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }

  ServerProcess server_;
};

TEST_F(Judges, TsharkReadsOurAnswers) {
  SRS_REQUIRE_TOOL("tshark", "tshark");
  SrcCall call(server_);
  const auto answer = call.invite(siprec_body(two_legs()));
  const auto ports = std::to_string(call.port(0)) + "," + std::to_string(call.port(1));
  EXPECT_EQ(
      seen(captured(answer),
           "sip.Status-Code\nsip.CSeq.method\nsip.Supported\nsdp.media.port\nsdp.media.proto"),
      "||200|INVITE|" + std::string(answer.header("Supported")) + "|" + ports + "|RTP/AVP,RTP/AVP");
  EXPECT_EQ(seen(captured(call.bye()), "sip.Status-Code\nsip.CSeq.method\nsip.Content-Length"),
            "||200|BYE|0");
}

TEST_F(Judges, TsharkReadsOurRefusals) {
  SRS_REQUIRE_TOOL("tshark", "tshark");
  SrcCall call(server_);
  auto legs = two_legs();
  for (auto& leg : legs) leg.kind = "video";
  EXPECT_THAT(seen(captured(call.invite(siprec_body(legs))), "sip.Status-Code\nsip.Warning"),
              ::testing::MatchesRegex("\\|\\|488\\|399 .*no audio.*"));
}

TEST_F(Judges, SippPlacesItsCallsOverUdpAndTcp) {
  SRS_REQUIRE_TOOL("sipp", "sip-tester");
  const auto scenario = std::string(SRS_SOURCE_DIR) + "/tests/data/sipp/siprec.xml";
  for (const bool tcp : {false, true}) {
    const auto port = std::to_string(tcp ? server_.tcp_port() : server_.udp_port());
    const auto run =
        run_tool("cd '" + server_.directory().string() + "' && timeout 60 sipp -sf '" + scenario +
                 "' 127.0.0.1:" + port + " -i 127.0.0.1 -t " + (tcp ? "t1" : "u1") +
                 " -m 20 -r 20 -nostdin -timeout 30 -timeout_error 2>&1 </dev/null");
    EXPECT_EQ(run.exit_code, 0) << (tcp ? "TCP\n" : "UDP\n") << run.output;
  }
  EXPECT_TRUE(wait_until([&] {
    const auto found = all_recordings(server_.recordings());
    return found.size() == 40 && std::ranges::all_of(found, [](const auto& recording) {
             return recording.metadata.value("state", "") == "complete" &&
                    recording.metadata.value("end_reason", "") == "bye" &&
                    recording.metadata.at("participants").size() == 2;
           });
  })) << all_recordings(server_.recordings()).size();
  EXPECT_TRUE(wait_until([&] { return metric(server_, "sip_sessions_active") == 0; }));
}

TEST_F(Judges, FfmpegHearsWhatSoxHears) {
  SRS_REQUIRE_TOOL("ffmpeg", "ffmpeg");
  SRS_REQUIRE_TOOL("sox", "sox");
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 0xA11CE);
  RtpSource bob(0, 0xB0B);
  call.send_packets(0, alice, 50);
  call.send_packets(1, bob, 50);
  ASSERT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(server_.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  const auto wav = "'" + (recording->directory / "audio.wav").string() + "'";
  const auto decoded = run_tool("ffmpeg -v error -i " + wav + " -f s16le - 2>'" +
                                (server_.directory() / "complaints").string() + "'");
  EXPECT_EQ(decoded.exit_code, 0);
  EXPECT_EQ(read_file(server_.directory() / "complaints"), "");
  const auto heard = run_tool("sox -D -V1 " + wav + " -t raw -e signed -b 16 -L -");
  EXPECT_EQ(heard.exit_code, 0);
  EXPECT_GE(decoded.output.size(), 4000U * 2 * 2);  // half a second of two channels
  EXPECT_TRUE(decoded.output == heard.output);
  EXPECT_THAT(lines_of(output_of("ffprobe -v error -show_entries stream=codec_name,sample_rate,"
                                 "channels -of default=nw=1:nk=1 " +
                                 wav)),
              ElementsAre("pcm_s16le", "8000", "2"));
}

}  // namespace
}  // namespace srs::test
