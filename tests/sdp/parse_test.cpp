#include "sessions.hpp"

#include <srs/sdp/session.hpp>

#include <gtest/gtest.h>

namespace srs::sdp {
namespace {

using Strings = std::vector<std::string>;

// One audio line with these attributes.
Media media_with(std::string_view lines, std::string_view formats = "0 96") {
  const auto session =
      read_session("v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 9 RTP/AVP " +
                   std::string(formats) + "\n" + std::string(lines));
  return session.media.empty() ? Media{} : session.media[0];
}

std::string error_of(std::string_view text, const Limits& limits = {}) {
  const auto session = parse(text, limits);
  return session ? "no error" : session.error().text;
}

TEST(SdpParse, ReadsEveryFieldOfAnMLine) {
  const auto session = own_session("video-and-srtp.sdp");
  EXPECT_EQ(session.warnings, Strings{});
  EXPECT_EQ(session.origin, "src 7 7 IN IP6 2001:db8::10");
  ASSERT_EQ(session.media.size(), 7U);
  const auto& opus = session.media[3];
  EXPECT_EQ(opus.port, 5006);
  EXPECT_EQ(opus.raw_formats, (Strings{"96", "97"}));
  ASSERT_EQ(opus.formats.size(), 2U);
  EXPECT_EQ(opus.formats[0].encoding, "opus");
  EXPECT_EQ(opus.formats[0].clock_rate, 48000U);
  EXPECT_EQ(opus.formats[0].channels, 2);
  EXPECT_EQ(opus.formats[0].fmtp, "useinbandfec=1; stereo=0");
  EXPECT_EQ(opus.formats[1].encoding, "telephone-event");
  EXPECT_EQ(opus.label, "10");
  EXPECT_EQ(opus.mid, "c");
  EXPECT_EQ(opus.ptime, 40U);
  EXPECT_TRUE(opus.rtcp_mux);
  EXPECT_EQ(opus.rtcp_port, 5006);
  ASSERT_EQ(opus.sources.size(), 1U);
  EXPECT_EQ(opus.sources[0].ssrc, 3735928559U);
  EXPECT_EQ(opus.sources[0].cname, "carol@example.org");
}

TEST(SdpParse, ReadsSdesKeysAndTellsSecureProtocols) {
  const auto session = own_session("video-and-srtp.sdp");
  const auto& secure = session.media.at(0);
  EXPECT_TRUE(secure.is_rtp());
  EXPECT_TRUE(secure.is_secure());
  ASSERT_EQ(secure.crypto.size(), 2U);
  EXPECT_EQ(secure.crypto[0].tag, 1U);
  EXPECT_EQ(secure.crypto[0].suite, "AES_CM_128_HMAC_SHA1_80");
  EXPECT_EQ(secure.crypto[0].key_params, "inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20");
  EXPECT_EQ(secure.crypto[1].suite, "AES_CM_128_HMAC_SHA1_32");
  EXPECT_FALSE(session.media.at(1).is_audio());
  EXPECT_FALSE(session.media.at(4).is_rtp());
  EXPECT_TRUE(session.media.at(4).formats.empty());
  EXPECT_EQ(session.media.at(5).raw_formats, Strings{"*"});
}

TEST(SdpParse, MLinesInheritAddressAndDirection) {
  const auto session = read_session(
      "v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\nt=0 0\na=inactive\n"
      "m=audio 1 RTP/AVP 0\nm=audio 2 RTP/AVP 0\nc=IN IP4 224.2.1.1/127\na=sendonly\n");
  EXPECT_EQ(session.media.at(0).direction, Direction::Inactive);
  EXPECT_EQ(session.media.at(0).connection, "192.0.2.1");
  EXPECT_EQ(session.media.at(1).direction, Direction::SendOnly);
  EXPECT_EQ(session.media.at(1).connection, "224.2.1.1");
}

TEST(SdpParse, NoDirectionMeansSendrecv) {
  EXPECT_EQ(media_with("").direction, Direction::SendRecv);
  EXPECT_EQ(media_with("a=RecvOnly\n").direction, Direction::RecvOnly);
  EXPECT_EQ(media_with("a=direction:both\na=sendonly\n").direction, Direction::SendOnly);
}

TEST(SdpParse, ReadsLinesInOddOrderAndSaysWhatIsMissing) {
  const auto session = own_session("odd-order.sdp");
  ASSERT_EQ(session.media.size(), 1U);
  EXPECT_EQ(session.media[0].label, "x");
  EXPECT_EQ(session.media[0].formats.at(1).encoding, "CN");
  EXPECT_EQ(session.warnings,
            (Strings{"SDP line 10: \"not a line\" is not <type>=<value> and was not read",
                     "the SDP has no t= line", "the SDP has no o= line",
                     "m-line 1 has no c= line, nor has the session"}));
}

TEST(SdpParse, TakesTheStaticTypesWithoutRtpmap) {
  const auto media = media_with("", "0 8 18 19");
  ASSERT_EQ(media.formats.size(), 4U);
  EXPECT_EQ(media.formats[2].encoding, "G729");
  EXPECT_EQ(media.formats[3].encoding, "");
}

TEST(SdpParse, AnRtpmapWinsOverTheStaticTable) {
  EXPECT_EQ(media_with("a=rtpmap:0 PCMU/16000\n").formats.at(0).clock_rate, 16000U);
  EXPECT_EQ(media_with("a=rtpmap:96 L16/48000/0\n").formats.at(1).channels, 1);
}

TEST(SdpParse, AnRtpmapThatIsNoneIsAWarning) {
  for (const auto* line : {"a=rtpmap:96 opus", "a=rtpmap:96 opus/0", "a=rtpmap:96 /8000",
                           "a=rtpmap:96 a b/8000", "a=rtpmap:96"}) {
    const auto session = read_session("v=0\no=-\nc=IN IP4 1.1.1.1\nt=0 0\nm=audio 9 RTP/AVP 96\n" +
                                      std::string(line) + "\n");
    ASSERT_EQ(session.warnings.size(), 1U) << line;
    EXPECT_TRUE(session.warnings[0].starts_with("SDP line 6: a=rtpmap ")) << session.warnings[0];
    EXPECT_EQ(session.media.at(0).formats.at(0).encoding, "") << line;
  }
}

TEST(SdpParse, KeepsLabelsVerbatim) {
  for (const auto* label : {"0", "1", "16777227", "a_leg", "00", "with space", "a:b"}) {
    EXPECT_EQ(media_with("a=label:" + std::string(label) + "\n").label, label);
  }
}

TEST(SdpParse, ATabSeparatesWordsAsASpaceDoes) {
  const auto session =
      read_session("v=0\no=-\nc=IN\tIP4\t1.1.1.1\nt=0\t0\nm=audio\t9 RTP/AVP\t0\na=label:a\tb\n");
  EXPECT_EQ(session.warnings, Strings{});
  EXPECT_EQ(session.media.at(0).label, "a b");
  EXPECT_EQ(session.media.at(0).connection, "1.1.1.1");
}

TEST(SdpParse, WarnsOfEqualLabels) {
  const auto session = read_session(
      "v=0\no=-\nc=IN IP4 1.1.1.1\nt=0 0\nm=audio 1 RTP/AVP 0\na=label:1\nm=audio 2 RTP/AVP 0\n"
      "a=label:1\n");
  EXPECT_EQ(session.warnings,
            Strings{"m-lines 1 and 2 have the same a=label \"1\" (RFC 4574 §4: it "
                    "must be unique)"});
}

TEST(SdpParse, SeesTheOldHold) {
  const auto media = media_with("c=IN IP4 0.0.0.0\na=sendonly\n");
  EXPECT_TRUE(media.held_by_address());
  EXPECT_EQ(media.direction, Direction::SendOnly);
  EXPECT_FALSE(media_with("").held_by_address());
}

TEST(SdpParse, ReadsPtimeAsItIsWritten) {
  EXPECT_EQ(media_with("a=ptime: 20\n").ptime, 20U);
  EXPECT_EQ(media_with("a=ptime:20.0\n").ptime, 20U);
  EXPECT_EQ(media_with("a=ptime:fast\n").ptime, 0U);
}

TEST(SdpParse, AKeyNeverGetsIntoAWarning) {
  const auto session = read_session(
      "v=0\no=-\nc=IN IP4 1.1.1.1\nt=0 0\nm=audio 1 RTP/SAVP 0\na=crypto:x S inline:secret\n");
  EXPECT_EQ(session.warnings, Strings{"SDP line 6: an a=crypto line is not <tag> <suite> <key "
                                      "parameters>"});
}

TEST(SdpParse, RefusesWhatIsNoSessionDescription) {
  EXPECT_EQ(error_of(""), "the SDP has no v=0 line: it is no session description (RFC 8866 §5.1)");
  EXPECT_EQ(error_of("v=1\n"), "SDP line 1: v=1 is unknown, send v=0");
  EXPECT_EQ(error_of("v=0\r\ns=-\r\n"), "the SDP has no m-line: offer one m=audio line a stream");
}

TEST(SdpParse, ReadsAnOfferThatLacksItsVersion) {
  const auto session =
      read_session("o=- 1 1 IN IP4 192.0.2.1\nt=0 0\nm=audio 9 RTP/AVP 0\nc=IN IP4 192.0.2.1\n");
  EXPECT_EQ(session.media.size(), 1U);
  EXPECT_EQ(session.warnings, Strings{"the SDP has no v=0 line (RFC 8866 §5.1)"});
}

TEST(SdpParse, ReadsBehindAByteOrderMark) {
  const auto session = read_session(
      "\xEF\xBB\xBFv=0\no=- 1 1 IN IP4 192.0.2.1\nt=0 0\nm=audio 9 RTP/AVP 0\nc=IN IP4 "
      "192.0.2.1\n");
  EXPECT_EQ(session.media.size(), 1U);
  EXPECT_EQ(session.warnings, Strings{});
}

// The call is heard without it, and the answer needs a line in its place.
TEST(SdpParse, KeepsThePlaceOfALineBesideTheAudioThatCannotBeSplit) {
  for (const auto* line :
       {"m=video", "m=video 7000", "m=image 70000 udptl t38", "m=text x RTP/AVP 98"}) {
    SCOPED_TRACE(line);
    const auto session = read_session("v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\nt=0 0\n" +
                                      std::string(line) + "\nm=audio 9 RTP/AVP 0\n");
    ASSERT_EQ(session.media.size(), 2U);
    EXPECT_EQ(session.media[0].port, 0);
    EXPECT_FALSE(session.media[0].protocol.empty());
    EXPECT_EQ(session.media[1].port, 9);
    ASSERT_FALSE(session.warnings.empty());
    EXPECT_TRUE(session.warnings[0].starts_with("SDP line 5: m=")) << session.warnings[0];
  }
}

TEST(SdpParse, RefusesAnAudioLineThatCannotBeSplit) {
  for (const auto* line : {"m=", "m=audio", "m=audio 1", "m=audio x RTP/AVP 0",
                           "m=audio 65536 RTP/AVP 0", "m=audio -1 RTP/AVP 0"}) {
    const auto error = error_of("v=0\r\n" + std::string(line) + "\r\n");
    EXPECT_TRUE(error.starts_with("SDP line 2: m=")) << line << ": " << error;
    EXPECT_NE(error.find("is not m=<media> <port> <protocol> <format>"), error.npos) << error;
  }
}

// A video line as browsers write them.
TEST(SdpParse, LeavesFormatsAndAttributesThatAreTooMany) {
  const std::string two =
      "v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\nt=0 0\nm=video 1 RTP/AVP 96 97 98\n"
      "a=mid:a\na=x\na=y\na=z\nm=audio 2 RTP/AVP 0\na=label:1\n";
  const auto session = parse(two, {.formats = 2, .attributes = 2});
  ASSERT_TRUE(session);
  EXPECT_EQ(session->media.at(0).raw_formats, (Strings{"96", "97"}));
  EXPECT_EQ(session->media.at(0).mid, "a");
  EXPECT_EQ(session->media.at(1).label, "1");
  EXPECT_EQ(session->warnings,
            (Strings{"SDP line 5: more than 2 formats on one m-line, the others were not read",
                     "SDP line 8: more than 2 attributes on one level, the others were not read"}));
}

TEST(SdpParse, RefusesWhatPassesALimit) {
  const std::string two = "v=0\nm=audio 1 RTP/AVP 0 8\na=x\na=y\nm=audio 2 RTP/AVP 0\n";
  EXPECT_EQ(error_of(two, {.bytes = 10}), "the SDP has 54 bytes, at most 10 are read");
  EXPECT_EQ(error_of(two, {.lines = 4}), "the SDP has more than 4 lines");
  EXPECT_EQ(error_of(two, {.media = 1}), "SDP line 5: more than 1 m-lines");
  EXPECT_EQ(error_of(two, {.bytes = 54, .lines = 5, .media = 2, .formats = 2, .attributes = 2}),
            "no error");
}

}  // namespace
}  // namespace srs::sdp
