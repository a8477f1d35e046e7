// What networks and SRCs do to a recorder, and what must come of it: a whole recording.
#include "support/files.hpp"
#include "support/recording_on_disk.hpp"
#include "support/scrape.hpp"
#include "support/shared_data.hpp"
#include "support/speech_match.hpp"
#include "support/src_call.hpp"
#include "support/tools.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>
#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// The limit that leaves a process `spare` more descriptors; what is open stays open.
rlim_t limit_leaving(pid_t pid, int spare) {
  const std::filesystem::path open = "/proc/" + std::to_string(pid) + "/fd";
  rlim_t limit = 0;
  for (; spare > 0; ++limit)
    if (!std::filesystem::is_symlink(open / std::to_string(limit))) --spare;
  return limit;
}

class Robustness : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.start()); }

  // The finished recording's metadata; empty, with a failure, where there is none.
  json end(SrcCall& call) {
    EXPECT_EQ(call.bye().status(), 200);
    auto recording = wait_for_recording(server_.recordings(), call.call_id());
    EXPECT_TRUE(recording) << "no complete recording";
    if (!recording) return {};
    directory_ = recording->directory;
    bool media = false;
    for (const auto& stream : recording->metadata.at("streams"))
      media = media || stream.value("packets_received", 0) > 0;
    EXPECT_EQ(std::filesystem::exists(directory_ / "audio.wav"), media);
    return recording->metadata;
  }
  static std::size_t packets(const json& metadata, std::size_t stream) {
    return metadata.at("streams").at(stream).value("packets_received", std::size_t{0});
  }

  ServerProcess server_;
  std::filesystem::path directory_;
  RtpSource alice_{0, 0xA11CE};
};

TEST_F(Robustness, MetadataDocumentsAreKeptInTheirOrder) {
  SrcCall call(server_);
  auto streams = two_legs();
  ASSERT_EQ(call.invite(siprec_body(streams)).status(), 200);
  streams[1].name = "Bob, transferred to Carol";
  const auto second = rs_metadata(streams);
  EXPECT_EQ(call.request("UPDATE", metadata_body(second)).status(), 200);
  streams[1].name = "Carol";
  const auto third = rs_metadata(streams);
  EXPECT_EQ(call.invite(metadata_body(third)).status(), 200);
  call.send_packets(0, alice_, 10);
  end(call);
  EXPECT_EQ(read_file(directory_ / "rs-metadata-001.xml"), rs_metadata(two_legs()));
  EXPECT_EQ(read_file(directory_ / "rs-metadata-002.xml"), second);
  EXPECT_EQ(read_file(directory_ / "rs-metadata-003.xml"), third);
}

// An SRC that swapped its streams: nothing else would tell that Alice's words are under Bob's name.
TEST_F(Robustness, StreamsOfWhichSdpAndMetadataNameDifferentSendersAreRecordedAndTold) {
  const auto offer_of = [](const std::string& first, const std::string& second) {
    auto sdp = sdp_offer(two_legs());
    sdp.insert(sdp.find("a=label:1\r\n"), "a=ssrc:7 cname:" + first + "\r\n");
    sdp.insert(sdp.find("a=label:2\r\n"), "a=ssrc:8 cname:" + second + "\r\n");
    return siprec_body(sdp, rs_metadata(two_legs()));
  };
  const std::string alice = "sip:alice@127.0.0.20:5060";
  const std::string bob = "sip:bob@127.0.0.20:5060";
  SrcCall call(server_);
  ASSERT_EQ(call.invite(offer_of(bob, alice)).status(), 200);
  for (const std::size_t stream : {0, 1}) call.send_packets(stream, alice_, 10);
  const auto metadata = end(call);
  EXPECT_EQ(metadata.at("state"), "complete");
  const auto& warnings = metadata.at("warnings");
  ASSERT_EQ(warnings.size(), 2U) << warnings;
  EXPECT_EQ(warnings[0].get<std::string>().find("the SDP says that sip:bob@example.net sends"), 0U)
      << warnings;
  EXPECT_EQ(metric(server_, "recordings_with_warnings_total", {R"(kind="metadata")"}), 1);
  SrcCall other(server_);
  ASSERT_EQ(other.invite(offer_of(alice, bob)).status(), 200);
  for (const std::size_t stream : {0, 1}) other.send_packets(stream, alice_, 10);
  EXPECT_TRUE(end(other).at("warnings").empty());
}

// A fork that fails, or a firewall: half of the call is missing, and nothing else would tell.
TEST_F(Robustness, ALegThatNeverSendsIsToldAndOneOnHoldIsNot) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  call.send_packets(0, alice_, 10);
  const auto warnings = end(call).at("warnings");
  ASSERT_EQ(warnings.size(), 1U) << warnings;
  EXPECT_EQ(warnings[0].get<std::string>().find("stream 2 (label "), 0U) << warnings;
  EXPECT_EQ(metric(server_, "recordings_with_warnings_total", {R"(kind="media")"}), 1);
  EXPECT_EQ(metric(server_, "recordings_one_sided_total"), 1);
  auto held = two_legs();
  held[1].direction = "inactive";
  SrcCall other(server_);
  ASSERT_EQ(other.invite(siprec_body(held)).status(), 200);
  other.send_packets(0, alice_, 10);
  EXPECT_TRUE(end(other).at("warnings").empty());
  EXPECT_EQ(metric(server_, "recordings_one_sided_total"), 1);
}

TEST_F(Robustness, AChangeOfSsrcGoesOnInTheSameChannel) {
  const auto voice = read_sound(own_data("audio/caller.wav")).channels.at(0);
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  call.speak(0, alice_, voice, 0, 100);
  RtpSource other(0, 0xB0B, 7, 123456);
  std::this_thread::sleep_for(20ms);  // a packet's length
  call.speak(0, other, voice, 100 * RtpSource::kSamples, 100);
  const auto metadata = end(call);
  ASSERT_FALSE(metadata.empty());
  EXPECT_EQ(metadata.at("streams").at(0).at("ssrcs"), json({0xA11CE, 0xB0B}));
  EXPECT_EQ(packets(metadata, 0), 200U);
  EXPECT_EQ(packets(metadata, 1), 0U);
  const auto channel = read_sound(directory_ / "audio.wav").channels.at(0);
  const auto spoken = std::span(voice).first(200 * RtpSource::kSamples);
  // Two sources are placed by their arrival, as exactly as a busy machine sends.
  const auto first = spoken.first(spoken.size() / 2), second = spoken.subspan(spoken.size() / 2);
  const auto lag = best_lag(channel, first), next = best_lag(channel, second);
  EXPECT_GE(correlation(channel, first, lag), 0.95);
  EXPECT_GE(correlation(channel, second, next), 0.95);
  EXPECT_NEAR(static_cast<double>(next - lag), static_cast<double>(first.size()), 800);
}

// Two legs, of which the first may send payload type 96, and what that means.
Body offer_of_96(const std::string& meaning) {
  auto legs = two_legs();
  legs[0].formats = "0 96";
  auto text = sdp_offer(legs);
  return {"application/sdp",
          text.insert(text.find("a=rtpmap:0 "), "a=rtpmap:96 " + meaning + "\r\n")};
}

// RFC 3264 §8.3.2 forbids it; what was said before is not lost where an SRC does it all the same.
TEST_F(Robustness, APayloadTypeThatIsMappedAnewKeepsWhatItMeantBefore) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(offer_of_96("L16/8000")).status(), 200);
  RtpSource linear(96, 7);
  for (int i = 0; i < 30; ++i) call.send_rtp(0, linear.next(std::string(320, '\x20')));
  std::this_thread::sleep_for(20ms);  // a packet's length: what came is compared in ms
  ASSERT_EQ(call.invite(offer_of_96("telephone-event/8000")).status(), 200);
  const auto metadata = end(call);
  const auto& stream = metadata.at("streams").at(0);
  EXPECT_EQ(stream.value("codec", ""), "L16");
  EXPECT_TRUE(stream.at("dtmf").empty()) << stream.at("dtmf");
  const auto& former = stream.at("former_payloads").at(0);
  EXPECT_EQ(former.at("encoding"), "L16");
  EXPECT_GT(former.at("until_ms"), 0);
  EXPECT_NE(metadata.at("warnings").dump().find("does not mean L16/8000 any more"),
            std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(directory_ / "capture.pcapng")) << "the change is a guess";
  EXPECT_GT(peak(read_sound(directory_ / "audio.wav").channels[0], 0, 8000), 0.1F);
}

// RFC 3264 §8.3.2: until our answer reaches it the SRC goes on as before, and its ACK tells when.
TEST_F(Robustness, APayloadTypeMeansWhatItDidUntilTheAckComes) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(offer_of_96("PCMU/8000")).status(), 200);
  RtpSource source(96, 7);
  const std::string quiet(160, '\x7F');  // silence in μ-law, and none in A-law
  const auto say = [&](int packets) {
    for (int i = 0; i < packets; ++i) {
      call.send_rtp(0, source.next(quiet));
      std::this_thread::sleep_for(20ms);
    }
  };
  say(10);
  const auto again = call.dialog().invite(offer_of_96("PCMA/8000"));
  ASSERT_EQ(call.invite(again, false).status(), 200);
  say(10);
  call.wire().send(call.dialog().ack(again));
  // So that no packet is on its way together with the ACK.
  std::this_thread::sleep_for(200ms);
  say(10);
  EXPECT_EQ(packets(end(call), 0), 30U);
  const auto channel = read_sound(directory_ / "audio.wav").channels[0];
  const std::size_t turned = channel.size() - 10 * RtpSource::kSamples;
  EXPECT_LT(peak(channel, 0, turned - 800), 0.01F) << "μ-law until the ACK";
  EXPECT_GT(peak(channel, turned, channel.size()), 0.02F) << "A-law behind it";
}

TEST_F(Robustness, MediaBeforeTheAckIsKept) {
  SrcCall call(server_);
  const auto invite = call.dialog().invite(siprec_body(two_legs()));
  ASSERT_EQ(call.invite(invite, false).status(), 200);
  call.send_packets(0, alice_, 30);
  call.wire().send(call.dialog().ack(invite));
  call.send_packets(0, alice_, 10);
  EXPECT_EQ(packets(end(call), 0), 40U);
}

TEST_F(Robustness, APacketRightBeforeTheByeIsInTheRecording) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource bob(8, 0xB0B);
  call.send_packets(0, alice_, 100);
  call.send_packets(1, bob, 100);
  const auto metadata = end(call);  // the BYE follows at once
  EXPECT_EQ(packets(metadata, 0), 100U);
  EXPECT_EQ(packets(metadata, 1), 100U);
  EXPECT_EQ(metadata.at("streams").at(1).value("codec", ""), "PCMA");
}

TEST_F(Robustness, LossIsCountedAndReported) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  for (int i = 0; i < 10; ++i) {
    call.send_packets(0, alice_, 9);
    alice_.lose();
  }
  call.send_packets(0, alice_, 10);
  const auto metadata = end(call);
  EXPECT_EQ(packets(metadata, 0), 100U);
  EXPECT_EQ(metadata.at("streams").at(0).value("packets_lost", 0), 10);
  EXPECT_EQ(metric(server_, "rtp_packets_lost_total"), 10);
}

TEST_F(Robustness, ACallWithoutMetadataIsRecordedAllTheSame) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(sdp_body(two_legs())).status(), 200);
  call.send_packets(0, alice_, 50);
  const auto metadata = end(call);
  EXPECT_EQ(packets(metadata, 0), 50U);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "rs-metadata-001.xml"));
  for (const auto& participant : metadata.at("participants"))
    EXPECT_EQ(participant.value("source", ""), "sip");
}

TEST_F(Robustness, MetadataThatIsNoXmlCostsNoAudio) {
  SrcCall call(server_);
  const std::string broken = "<recording><participant participant_id=1><name>Zoé & <Sipp></name>";
  ASSERT_EQ(call.invite(siprec_body(sdp_offer(two_legs()), broken)).status(), 200);
  call.send_packets(0, alice_, 50);
  const auto metadata = end(call);
  EXPECT_EQ(packets(metadata, 0), 50U);
  EXPECT_EQ(read_file(directory_ / "rs-metadata-001.xml"), broken);
  EXPECT_FALSE(metadata.at("warnings").empty());
}

TEST_F(Robustness, ARetransmittedInviteMakesOneRecording) {
  SrcCall call(server_);
  const auto invite = call.dialog().invite(siprec_body(two_legs()));
  const auto bytes = call.wire().addressed(invite).bytes();
  call.wire().send_as_it_is(bytes);
  call.wire().send_as_it_is(bytes);
  const auto answer = call.invite(invite);
  EXPECT_EQ(answer.status(), 200);
  call.wire().send_as_it_is(bytes);
  call.send_packets(0, alice_, 10);
  EXPECT_EQ(packets(end(call), 0), 10U);
  EXPECT_EQ(all_recordings(server_.recordings()).size(), 1U);
  EXPECT_EQ(metric(server_, "sip_sessions_total"), 1);
}

TEST_F(Robustness, GarbageOnEveryPortHarmsNoCall) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  std::mt19937 random(7);
  const auto noise = Socket::udp(kLoopback);
  call.send_packets(0, alice_, 20);
  for (int i = 0; i < 1000; ++i) {
    std::string bytes(random() % 200, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    if (!bytes.empty()) bytes[0] = static_cast<char>(bytes[0] & 0x3F);  // never RTP version 2
    noise.send_to(server_.udp_port(), bytes);
    noise.send_to(call.port(0), bytes);
    noise.send_to(static_cast<std::uint16_t>(call.port(1) + 1), bytes);
    // No faster than the kernel's buffers and the sweep take: lost garbage proves nothing.
    if (i % 10 == 0) std::this_thread::sleep_for(20ms);
  }
  call.send_packets(0, alice_, 20);
  const auto metadata = end(call);
  EXPECT_EQ(packets(metadata, 0), 40U);
  EXPECT_EQ(packets(metadata, 1), 0U);
  EXPECT_GT(metric(server_, "rtp_packets_invalid_total"), 0);
  EXPECT_TRUE(server_.running());
  EXPECT_EQ(http_get(url(server_, "/ready")).status, 200);
}

TEST_F(Robustness, BothLegsInOneTcpConnectionAndManyCallsOverIt) {
  for (int i = 0; i < 3; ++i) {
    SrcCall call(server_, true);
    ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
    call.send_packets(0, alice_, 10);
    EXPECT_EQ(packets(end(call), 0), 10U);
    EXPECT_FALSE(call.wire().closed()) << "the connection was closed after the BYE";
  }
}

TEST_F(Robustness, ManyCallsAtOnceLeaveTheirRecordingsAndNothingElse) {
  std::vector<std::unique_ptr<SrcCall>> calls;
  for (int i = 0; i < 40; ++i) {
    calls.push_back(std::make_unique<SrcCall>(server_));
    ASSERT_EQ(calls.back()->invite(siprec_body(two_legs())).status(), 200);
  }
  EXPECT_EQ(metric(server_, "sip_sessions_active"), 40);
  EXPECT_EQ(metric(server_, "rtp_ports_allocated"), 80);
  for (auto& call : calls) {
    RtpSource alice(0, 1), bob(0, 2);
    call->send_packets(0, alice, 10);
    call->send_packets(1, bob, 10);
  }
  for (auto& call : calls) EXPECT_EQ(call->bye().status(), 200);
  for (auto& call : calls) {
    const auto recording = wait_for_recording(server_.recordings(), call->call_id());
    ASSERT_TRUE(recording);
    EXPECT_EQ(packets(recording->metadata, 0), 10U);
    EXPECT_EQ(packets(recording->metadata, 1), 10U);
  }
  EXPECT_EQ(metric(server_, "sip_sessions_active"), 0);
  EXPECT_EQ(metric(server_, "rtp_ports_allocated"), 0);
}

TEST_F(Robustness, RunningOutOfDescriptorsCostsNewCallsOnly) {
  SrcCall call(server_);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  call.send_packets(0, alice_, 20);
  // Its capture is open from here on.
  ASSERT_TRUE(wait_until([&] {
    const auto found = all_recordings(server_.recordings());
    return !found.empty() && std::filesystem::exists(found[0].directory / "capture.pcapng");
  }));
  rlimit before{};
  ASSERT_EQ(::prlimit(server_.pid(), RLIMIT_NOFILE, nullptr, &before), 0);
  // Less than a call of two legs needs.
  const rlimit few = {limit_leaving(server_.pid(), 2), before.rlim_max};
  ASSERT_EQ(::prlimit(server_.pid(), RLIMIT_NOFILE, &few, nullptr), 0);
  SrcCall refused(server_);
  const auto answer = refused.invite(siprec_body(two_legs()));
  EXPECT_EQ(answer.status(), 503) << answer.bytes();
  call.send_packets(0, alice_, 20);
  ASSERT_EQ(::prlimit(server_.pid(), RLIMIT_NOFILE, &before, nullptr), 0);
  EXPECT_EQ(packets(end(call), 0), 40U);
  SrcCall next(server_);
  EXPECT_EQ(next.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(next.bye().status(), 200);
}

// Where the range is small a line that opens may get the port of one that closed in the same call.
TEST(OnePortTwice, KeepsItsTwoSpeakersApart) {
  ServerProcess server(Settings{{"RTP_QUARANTINE", "100ms"}});
  server.set("RTP_PORT_MAX", std::to_string(server.rtp_first() + 3));
  ASSERT_TRUE(server.start());
  auto legs = two_legs();
  SrcCall call(server);
  ASSERT_EQ(call.invite(siprec_body(legs)).status(), 200);
  RtpSource bob(0, 0xB0B), carol(0, 0xCA401);
  call.send_packets(1, bob, 30);
  legs[1].port = 0;
  ASSERT_EQ(call.invite(sdp_body(legs)).status(), 200);
  legs[1] = {.label = "3", .port = 40004};
  ASSERT_TRUE(wait_until([&] { return call.invite(sdp_body(legs)).status() == 200; }));
  call.send_packets(1, carol, 40);
  ASSERT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(server.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  const auto& streams = recording->metadata.at("streams");
  ASSERT_EQ(streams.size(), 3U);
  ASSERT_EQ(streams[1].at("local_port"), streams[2].at("local_port"));
  EXPECT_LE(streams[1].at("closed_at_ms"), streams[2].at("opened_at_ms"));
  EXPECT_EQ(streams[1].at("ssrcs"), json({0xB0B}));
  EXPECT_EQ(streams[2].at("ssrcs"), json({0xCA401}));
  EXPECT_EQ(streams[1].at("packets_received"), 30);
  EXPECT_EQ(streams[2].at("packets_received"), 40);
}

TEST(PortsForNothing, AreNoLossToTheNextCall) {
  ServerProcess server(Settings{{"RTP_QUARANTINE", "60s"}});
  server.set("RTP_PORT_MAX", std::to_string(server.rtp_first() + 3));
  ASSERT_TRUE(server.start());
  auto three_legs = two_legs();
  three_legs.push_back(three_legs.back());
  SrcCall refused(server);
  EXPECT_EQ(refused.invite(siprec_body(three_legs)).status(), 503);
  SrcCall next(server);
  EXPECT_EQ(next.invite(siprec_body(two_legs())).status(), 200);
  EXPECT_EQ(next.bye().status(), 200);
}

TEST(Capture, IsReadByTshark) {
  SRS_REQUIRE_TOOL("tshark", "tshark");
  ServerProcess server(Settings{{"RECORDING_KEEP_CAPTURE", "always"}});
  ASSERT_TRUE(server.start());
  SrcCall call(server);
  ASSERT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  RtpSource alice(0, 0xA11CE);
  call.send_packets(0, alice, 50);
  ASSERT_EQ(call.bye().status(), 200);
  const auto recording = wait_for_recording(server.recordings(), call.call_id());
  ASSERT_TRUE(recording);
  const auto list = server.directory() / "tshark.txt";
  const auto port = std::to_string(call.port(0));
  const auto command =
      "tshark -r '" + (recording->directory / "capture.pcapng").string() +
      "' -d udp.port==" + port + ",rtp -Y 'rtp.ssrc==0xa11ce && udp.dstport==" + port +
      " && ip.checksum.status!=\"Bad\"' -o ip.check_checksum:TRUE -T fields -e rtp.seq > '" +
      list.string() + "' 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const auto lines = read_file(list);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 50) << lines;
  EXPECT_TRUE(lines.starts_with("1000\n"));
}

}  // namespace
}  // namespace srs::test
