#include "integration/recorded_call.hpp"

#include "support/files.hpp"
#include "support/g711.hpp"
#include "support/scrape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string_view>

namespace srs::test {
namespace {

using nlohmann::json;

constexpr double kRate = 8000;   // Hz, of everything here
constexpr float kQuiet = 0.02F;  // below this peak nobody speaks

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::ptrdiff_t samples(double seconds) {
  return std::llround(seconds * kRate);
}

// Where the offer stands in the request: its SDP part begins at `v=0`.
std::string_view sdp_of(const SipText& request) {
  const auto body = request.body();
  const auto at = body.find("v=0");
  if (at == std::string_view::npos) return {};
  return body.substr(at, body.find("\r\n--", at) - at);
}

bool is_audio(const RtpFields& rtp) {
  return rtp.payload_type == 0 || rtp.payload_type == 8;
}

// A leg as the wire had it: the sound by the sender's clock, its least delayed packet on time.
struct WireLeg {
  Samples sound;            // from the INVITE
  std::vector<Range> held;  // without packets for longer than 200 ms
};

WireLeg wire_leg(const TimedCall& call, std::size_t stream) {
  WireLeg out;
  const auto packets = call.rtp(stream);
  if (packets.empty()) return out;
  const auto first = rtp_fields(packets.front()->payload).timestamp;
  // Sender's time; the difference survives a wrap of the timestamp.
  const auto sent = [&](const RtpFields& rtp) {
    return static_cast<std::int32_t>(rtp.timestamp - first) / kRate;
  };
  double offset = std::numeric_limits<double>::max();
  double last = seconds(packets.front()->at);
  for (const auto* packet : packets) {
    const auto at = seconds(packet->at);
    offset = std::min(offset, at - sent(rtp_fields(packet->payload)));
    if (at - last > 0.2) out.held.emplace_back(samples(last + 0.02), samples(at));
    last = at;
  }
  for (const auto* packet : packets) {
    const auto rtp = rtp_fields(packet->payload);
    const auto at = samples(offset + sent(rtp));
    if (!is_audio(rtp) || at < 0) continue;
    const auto end = static_cast<std::size_t>(at) + rtp.payload.size();
    out.sound.resize(std::max(out.sound.size(), end));
    std::ranges::transform(rtp.payload, out.sound.begin() + at, [&](char c) {
      const auto code = static_cast<std::uint8_t>(c);
      return rtp.payload_type == 0 ? decode_ulaw(code) : decode_alaw(code);
    });
  }
  return out;
}

// `held` moved by `shift` samples and widened by `margin` (narrowed where that is negative).
std::vector<Range> moved(const std::vector<Range>& held, std::ptrdiff_t shift,
                         std::ptrdiff_t margin) {
  std::vector<Range> out;
  for (const auto& [from, to] : held) out.emplace_back(from + shift - margin, to + shift + margin);
  return out;
}

json participant(const json& metadata, const std::string& id) {
  for (const auto& entry : metadata.at("participants"))
    if (entry.value("id", "") == id) return entry;
  return json::object();
}

std::string digits(const json& stream) {
  std::string out;
  for (const auto& entry : stream.value("dtmf", json::array())) out += entry.value("digit", "");
  return out;
}

// When the packets of each RFC 4733 event began to come, in seconds after the stream's first one.
std::vector<double> keys_on_wire(const TimedCall& call, std::size_t stream) {
  std::vector<double> out;
  std::set<std::uint32_t> seen;  // an event's packets share their timestamp
  const auto packets = call.rtp(stream);
  for (const auto* packet : packets) {
    const auto rtp = rtp_fields(packet->payload);
    if (rtp.payload_type == 101 && seen.insert(rtp.timestamp).second)
      out.push_back(seconds(packet->at - packets.front()->at));
  }
  return out;
}

void check_digits(const TimedCall& call, std::size_t index, const json& stream) {
  const auto keys = keys_on_wire(call, index);
  const auto entries = stream.value("dtmf", json::array());
  ASSERT_EQ(entries.size(), keys.size());
  const auto first = stream.value("first_packet_offset_ms", 0.0);
  for (std::size_t i = 0; i < keys.size(); ++i)
    EXPECT_NEAR((entries[i].value("at_ms", 0.0) - first) / 1000, keys[i], 0.25);
}

std::set<std::uint32_t> ssrcs(const TimedCall& call, std::size_t stream) {
  std::set<std::uint32_t> out;
  for (const auto* packet : call.rtp(stream)) out.insert(rtp_fields(packet->payload).ssrc);
  return out;
}

// How often an offer takes the stream off the line.
std::size_t holds(const TimedCall& call, std::size_t stream) {
  return static_cast<std::size_t>(
      std::count_if(call.messages.begin(), call.messages.end(), [stream](const auto& timed) {
        if (timed.message.method() != "INVITE") return false;
        const auto lines = read_sdp(sdp_of(timed.message));
        return stream < lines.size() && lines[stream].direction == "inactive";
      }));
}

// What is not held: from the begin of the channel to its end.
std::vector<Range> pieces(const std::vector<Range>& held, std::size_t size) {
  std::vector<Range> out;
  std::ptrdiff_t from = 0;
  for (const auto& [begin, end] : held) {
    out.emplace_back(from, begin);
    from = end;
  }
  out.emplace_back(from, static_cast<std::ptrdiff_t>(size));
  return out;
}

// `sound` with silence outside of the piece.
Samples alone(Samples sound, const Range& piece) {
  const auto size = static_cast<std::ptrdiff_t>(sound.size());
  std::fill(sound.begin(), sound.begin() + std::clamp<std::ptrdiff_t>(piece.first, 0, size), 0.0F);
  std::fill(sound.begin() + std::clamp<std::ptrdiff_t>(piece.second, 0, size), sound.end(), 0.0F);
  return sound;
}

// The call as a whole must be what was spoken, with silence in its holds, and each piece between
// holds must lie as far from its place on the wire as the others.
void check_leg(const Samples& channel, const WireLeg& wire, const Samples& spoken,
               std::vector<std::ptrdiff_t>& shifts) {
  const auto begin = best_lag(channel, spoken);
  const auto about = begin - best_lag(wire.sound, spoken);
  const auto held = moved(wire.held, about, samples(0.06));
  EXPECT_GE(correlation(channel, spoken, begin, held), 0.95) << "the whole call";
  for (const auto& piece : pieces(held, channel.size())) {
    if (peak(spoken, piece.first - begin, piece.second - begin) < kQuiet) {
      EXPECT_LT(peak(channel, piece.first, piece.second), 2 * kQuiet) << "nobody spoke here";
      continue;
    }
    const auto part = alone(channel, piece);
    const std::vector<Range> rest = {{std::numeric_limits<std::int32_t>::min(), piece.first},
                                     {piece.second, std::numeric_limits<std::int32_t>::max()}};
    const auto lag = best_lag(part, spoken);
    EXPECT_GE(correlation(part, spoken, lag, rest), 0.95)
        << "from " << static_cast<double>(piece.first) / kRate << " s";
    const Range on_wire = {piece.first - about, piece.second - about};
    shifts.push_back(lag - best_lag(alone(wire.sound, on_wire), spoken));
  }
  for (const auto& [from, to] : moved(wire.held, about, -samples(0.08)))
    EXPECT_LE(peak(channel, from, to), 0.001F)
        << "held from " << static_cast<double>(from) / kRate << " s";
}

void check_stream(const ExpectedCall& expected, std::size_t index, const Played& played,
                  const json& metadata) {
  const auto& leg = expected.legs[index];
  const auto& stream = metadata.at("streams").at(index);
  SCOPED_TRACE("stream " + std::to_string(index) + ": " + stream.dump());
  EXPECT_EQ(stream.value("label", ""), leg.label);
  EXPECT_EQ(stream.value("channel", 99U), index);
  EXPECT_EQ(stream.value("codec", ""), expected.codec);
  EXPECT_EQ(stream.value("packets_received", std::size_t{0}),
            played.rtp_sent.at(index) - leg.duplicates);
  EXPECT_EQ(stream.value("packets_lost", -1), 0);
  EXPECT_EQ(stream.value("packets_duplicate", std::size_t{99}), leg.duplicates);
  EXPECT_EQ(stream.value("ssrcs", std::set<std::uint32_t>{}), ssrcs(expected.call, index));
  EXPECT_EQ(digits(stream), leg.dtmf);
  check_digits(expected.call, index, stream);
  const auto speaker = participant(metadata, stream.value("participant", ""));
  EXPECT_EQ(speaker.value("aor", ""), leg.aor);
  EXPECT_EQ(speaker.value("source", ""), "metadata");
}

void check_answer(const SipText& offer, const SipText& answer, const std::vector<SdpMedia>& first) {
  EXPECT_EQ(answer.status(), 200) << answer.bytes();
  EXPECT_NE(answer.header("Contact").find(";+sip.srs"), std::string_view::npos) << answer.bytes();
  EXPECT_EQ(answer.header("Supported").find("siprec") == std::string_view::npos, false)
      << answer.bytes();
  EXPECT_EQ(answer.header("Content-Type"), "application/sdp");
  const auto offered = read_sdp(sdp_of(offer));
  const auto answered = read_sdp(answer.body());
  ASSERT_EQ(answered.size(), offered.size()) << answer.bytes();
  for (std::size_t i = 0; i < offered.size(); ++i) {
    EXPECT_EQ(answered[i].formats, offered[i].formats);
    EXPECT_EQ(answered[i].label, offered[i].label);
    EXPECT_EQ(answered[i].direction, offered[i].direction == "inactive" ? "inactive" : "recvonly");
    EXPECT_EQ(answered[i].port, first.at(i).port);
    EXPECT_NE(answered[i].port, 0);
  }
}

}  // namespace

void check_answers(const ExpectedCall& expected, const Played& played) {
  ASSERT_FALSE(played.answers.empty()) << "the INVITE was not answered";
  const auto first = read_sdp(played.answers.front().body());
  for (const auto& [at, message] : expected.call.messages) {
    if (message.method() == "ACK") continue;
    SCOPED_TRACE(message.start_line());
    const auto* answer = played.answer(message.cseq());
    ASSERT_NE(answer, nullptr) << "no answer to CSeq " << message.cseq();
    if (message.method() == "INVITE")
      check_answer(message, *answer, first);
    else
      EXPECT_EQ(answer->status(), 200);
  }
}

void check_metadata(const ExpectedCall& expected, const Played& played,
                    const RecordingOnDisk& recording) {
  const auto& metadata = recording.metadata;
  SCOPED_TRACE(recording.directory);
  EXPECT_EQ(metadata.value("schema", ""), "siprec-recording/1");
  EXPECT_EQ(metadata.value("end_reason", ""), "bye");
  EXPECT_EQ(metadata.value("warnings", json{}), json::array());
  ASSERT_EQ(metadata.at("streams").size(), expected.legs.size());
  for (std::size_t i = 0; i < expected.legs.size(); ++i)
    check_stream(expected, i, played, metadata);

  const auto duration = seconds(expected.call.messages.back().at);
  EXPECT_NEAR(metadata.value("duration_ms", 0.0) / 1000, duration, 1.0);
  for (std::size_t i = 0; i < expected.metadata.size(); ++i) {
    auto name = std::to_string(i + 1);
    name = "rs-metadata-" + std::string(3 - name.size(), '0') + name + ".xml";
    ASSERT_TRUE(std::filesystem::exists(recording.directory / name)) << name;
    EXPECT_EQ(read_file(recording.directory / name), expected.metadata[i]) << name;
  }
  for (const auto& file : metadata.at("files"))
    EXPECT_EQ(std::filesystem::file_size(recording.directory / file.at("name").get<std::string>()),
              file.at("bytes").get<std::uintmax_t>());
}

void check_audio(const ExpectedCall& expected, const RecordingOnDisk& recording) {
  SCOPED_TRACE(recording.directory);
  const auto wav = read_sound(recording.directory / "audio.wav");
  EXPECT_EQ(wav.sample_rate, 8000U);
  ASSERT_EQ(wav.channels.size(), expected.legs.size());
  EXPECT_NEAR(wav.seconds() * 1000, recording.metadata.value("duration_ms", 0.0), 100);
  std::vector<std::ptrdiff_t> shifts;  // of each spoken piece against the wire
  for (std::size_t i = 0; i < wav.channels.size(); ++i) {
    SCOPED_TRACE("channel " + std::to_string(i));
    const auto wire = wire_leg(expected.call, i);
    const auto spoken = read_sound(expected.legs[i].spoken).channels.at(0);
    EXPECT_GE(wire.held.size(), holds(expected.call, i)) << "held, and yet no pause on the wire";
    check_leg(wav.channels[i], wire, spoken, shifts);
    for (std::size_t other = 0; other < expected.legs.size(); ++other) {
      if (other == i) continue;
      const auto theirs = read_sound(expected.legs[other].spoken).channels.at(0);
      const auto lag = best_lag(wav.channels[i], theirs);
      EXPECT_LT(std::abs(correlation(wav.channels[i], theirs, lag)), 0.3);
    }
  }
  const auto [least, most] = std::ranges::minmax(shifts);
  EXPECT_LE(most - least, samples(0.02)) << "the legs are apart";
}

void play_and_check(const ExpectedCall& expected, ServerProcess& server) {
  const auto port = expected.call.tcp ? server.tcp_port() : server.udp_port();
  const auto played = CallPlayer(expected.call, port).play();
  check_answers(expected, played);
  EXPECT_TRUE(played.over) << "the BYE was not answered";
  EXPECT_TRUE(played.requests.empty()) << played.requests.front().bytes();
  for (const auto& datagram : expected.call.datagrams) {  // RFC 7866 §8.1.1
    if (datagram.rtcp) {
      EXPECT_GT(played.rtcp_received.at(datagram.stream), 0U) << "no receiver reports";
    }
  }
  const auto recording = wait_for_recording(server.recordings(), expected.call.call_id());
  ASSERT_TRUE(recording) << "no complete recording of " << expected.call.call_id();
  check_metadata(expected, played, *recording);
  check_audio(expected, *recording);
  std::size_t sent = 0;
  for (const auto& rtp : played.rtp_sent) sent += rtp;
  EXPECT_GE(metric(server, "rtp_packets_received_total"), static_cast<double>(sent));
  EXPECT_GE(metric(server, "recordings_total", {"state=\"complete\""}), 1);
}

}  // namespace srs::test
