#include "sessions.hpp"

#include <srs/sdp/answer.hpp>

#include <gtest/gtest.h>

namespace srs::sdp {
namespace {

const AnswerOptions kOptions{.address = "192.0.2.200", .session_id = "4711", .version = 3};

// Ports 10000, 10002, ... for every line: also for those that can't be taken.
std::vector<AnswerMedia> ports_for(const Session& offer) {
  std::vector<AnswerMedia> media(offer.media.size());
  for (std::size_t i = 0; i < media.size(); ++i) {
    media[i].port = static_cast<std::uint16_t>(10000 + 2 * i);
  }
  return media;
}

bool has_line(std::string_view text, std::string_view line) {
  return text.find("\r\n" + std::string(line) + "\r\n") != std::string_view::npos;
}

constexpr auto kTwoLegs =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 1000 RTP/AVP 0 8 101\r\na=label:1\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendonly\r\na=ptime:20\r\n"
    "m=audio 1002 RTP/AVP 18 96\r\na=label:0\r\na=rtpmap:96 opus/48000/2\r\na=inactive\r\n";

TEST(Answer, IsWrittenLineByLineAsTheOfferAsks) {
  const auto offer = read_session(kTwoLegs);
  EXPECT_EQ(write_answer(offer, ports_for(offer), kOptions),
            "v=0\r\no=- 4711 3 IN IP4 192.0.2.200\r\ns=siprec-server\r\nc=IN IP4 192.0.2.200\r\n"
            "t=0 0\r\n"
            "m=audio 10000 RTP/AVP 0 8 101\r\na=label:1\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
            "a=ptime:20\r\na=recvonly\r\n"
            "m=audio 10002 RTP/AVP 18 96\r\na=label:0\r\na=rtpmap:18 G729/8000\r\n"
            "a=rtpmap:96 opus/48000/2\r\na=inactive\r\n");
}

TEST(Answer, HasEveryMLineInOrderAndRefusesWhatCannotBeTaken) {
  const auto offer = own_session("video-and-srtp.sdp");
  const auto answer = read_session(write_answer(offer, ports_for(offer), kOptions));
  ASSERT_EQ(answer.media.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(answer.media[i].type, offer.media[i].type);
    EXPECT_EQ(answer.media[i].protocol, offer.media[i].protocol);
    EXPECT_EQ(answer.media[i].raw_formats, offer.media[i].raw_formats);
    // Of all of them only the opus line is audio without a key missing on either side.
    EXPECT_EQ(answer.media[i].port, i == 3 ? 10006 : 0) << i;
  }
  EXPECT_TRUE(answer.media[3].rtcp_mux);
  EXPECT_EQ(answer.media[3].mid, "c");
  EXPECT_EQ(answer.media[3].direction, Direction::RecvOnly);
}

TEST(Answer, TakesAnSrtpLineWithTheTagItChose) {
  const auto offer = own_session("video-and-srtp.sdp");
  auto media = ports_for(offer);
  media[0].crypto_tag = 1;
  media[0].crypto_suite = "AES_CM_128_HMAC_SHA1_80";
  media[0].crypto_key = "inline:b3VyIG93biBrZXkgb2YgdGhpcnR5IGJ5dGVzLi4u";
  const auto answer = write_answer(offer, media, kOptions);
  EXPECT_TRUE(has_line(answer, "m=audio 10000 RTP/SAVP 0 101"));
  EXPECT_TRUE(has_line(answer,
                       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
                       "inline:b3VyIG93biBrZXkgb2YgdGhpcnR5IGJ5dGVzLi4u"));
}

TEST(Answer, SaysWhyALineIsRefused) {
  const auto offer = own_session("video-and-srtp.sdp");
  EXPECT_EQ(refusal(offer.media.at(0)), "");
  EXPECT_EQ(refusal(offer.media.at(1)), "\"video\" is not audio");
  EXPECT_EQ(refusal(offer.media.at(2)),
            "RTP/SAVP without an a=crypto line: SDES keys are needed (RFC 4568)");
  EXPECT_EQ(refusal(offer.media.at(3)), "");
  EXPECT_EQ(refusal(offer.media.at(6)), "the offer has port 0 for it");
  Media odd;
  odd.type = "audio";
  odd.port = 10;
  odd.protocol = "RT";
  EXPECT_EQ(refusal(odd), "protocol \"RT\" is not RTP");
  odd.protocol = "RTP/AVP";
  EXPECT_EQ(refusal(odd), "it names no RTP payload type");
}

TEST(Answer, RefusesLinesThatNoPortWasGivenTo) {
  const auto offer = read_session(kTwoLegs);
  const auto answer = read_session(write_answer(offer, {{.port = 10000}}, kOptions));
  EXPECT_EQ(answer.media.at(0).port, 10000);
  EXPECT_EQ(answer.media.at(1).port, 0);
}

TEST(Answer, DirectionIsRecvonlyOrInactive) {
  EXPECT_EQ(answer_direction(Direction::SendRecv, false), Direction::RecvOnly);
  EXPECT_EQ(answer_direction(Direction::SendOnly, false), Direction::RecvOnly);
  EXPECT_EQ(answer_direction(Direction::RecvOnly, false), Direction::Inactive);
  EXPECT_EQ(answer_direction(Direction::Inactive, false), Direction::Inactive);
  EXPECT_EQ(answer_direction(Direction::SendOnly, true), Direction::Inactive);
}

TEST(Answer, IsInactiveWhereWePause) {
  const auto offer = read_session(kTwoLegs);
  auto media = ports_for(offer);
  media[0].paused = true;
  EXPECT_EQ(read_session(write_answer(offer, media, kOptions)).media.at(0).direction,
            Direction::Inactive);
}

TEST(Answer, NamesAnIpv6Address) {
  auto options = kOptions;
  options.address = "2001:db8::1";
  const auto answer = write_answer(read_session(kTwoLegs), {}, options);
  EXPECT_TRUE(has_line(answer, "c=IN IP6 2001:db8::1"));
  EXPECT_TRUE(has_line(answer, "o=- 4711 3 IN IP6 2001:db8::1"));
}

TEST(Answer, EchoesEveryLabelVerbatim) {
  for (const std::string label : {"0", "16777227", "a_leg", "with space", "é"}) {
    const auto offer = read_session("v=0\r\nm=audio 1 RTP/AVP 0\r\na=label:" + label + "\r\n");
    EXPECT_TRUE(has_line(write_answer(offer, ports_for(offer), kOptions), "a=label:" + label));
  }
}

TEST(Answer, NoLineOfOursComesFromInsideAValue) {
  auto offer = read_session(kTwoLegs);
  auto& media = offer.media.at(0);
  media.label = "1\r\na=injected";
  media.type = "audio\n";
  media.formats[0].fmtp = "x\r\nm=audio 1 RTP/AVP 0";
  media.raw_formats[0] = std::string("0\0\r\n", 4);
  media.type = "audio";
  auto options = kOptions;
  options.session_name = "a\r\nb";
  const auto answer = write_answer(offer, ports_for(offer), options);
  EXPECT_EQ(answer.find("\r\na=injected"), answer.npos);
  EXPECT_EQ(answer.find('\0'), answer.npos);
  EXPECT_EQ(read_session(answer).media.size(), 2U);
  EXPECT_TRUE(has_line(answer, "s=ab"));
}

TEST(Offer, IsRecvonlyAudioWithLabelsFromOne) {
  const auto offer = read_session(write_offer(own_lines(2), {{10000}, {10002}}, kOptions));
  ASSERT_EQ(offer.media.size(), 2U);
  EXPECT_EQ(offer.warnings, std::vector<std::string>{});
  EXPECT_EQ(offer.media[1].port, 10002);
  EXPECT_EQ(offer.media[1].label, "2");
  EXPECT_EQ(offer.media[1].direction, Direction::RecvOnly);
  std::vector<std::string> encodings;
  for (const auto& format : offer.media[0].formats) encodings.push_back(format.encoding);
  EXPECT_EQ(encodings, (std::vector<std::string>{"PCMU", "PCMA", "telephone-event"}));
  EXPECT_EQ(offer.media[0].formats[2].fmtp, "0-15");
}

}  // namespace
}  // namespace srs::sdp
