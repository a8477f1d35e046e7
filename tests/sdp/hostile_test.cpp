// Offers that mean harm. None may crash, hang or pass a limit; what is read of them can be answered
// in whole lines of our own.
#include "siprec/bodies.hpp"

#include <srs/sdp/answer.hpp>

#include <gtest/gtest.h>

namespace srs::sdp {
namespace {

using std::string_view_literals::operator""sv;

// Every line of an answer to `offer` is one that we write.
void expect_clean_answer(const Session& offer) {
  const std::vector<AnswerMedia> media(offer.media.size(), AnswerMedia{.port = 10000});
  const auto answer = write_answer(offer, media, {.address = "192.0.2.1", .session_id = "1"});
  for (std::size_t i = 0; i < answer.size(); ++i) {
    const auto byte = static_cast<unsigned char>(answer[i]);
    const bool line_end = byte == '\r' || byte == '\n';
    ASSERT_TRUE(line_end || (byte >= 0x20 && byte != 0x7F)) << i;
    if (byte == '\r') {
      ASSERT_EQ(answer.substr(i, 2), "\r\n");
    }
    if (byte == '\n') {
      ASSERT_EQ(answer[i - 1], '\r');
    }
  }
  const auto again = parse(answer);
  if (offer.media.empty()) return;
  ASSERT_TRUE(again) << again.error().text;
  ASSERT_EQ(again->media.size(), offer.media.size());
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const auto& ours = again->media[i];
    if (ours.port != 0) {
      ASSERT_EQ(ours.label, offer.media[i].label);
      ASSERT_EQ(ours.formats.size(), offer.media[i].formats.size());
    }
  }
}

TEST(Hostile, TheMLineThatHangsOthersIsRefusedAsNoRtp) {
  const auto offer = parse("v=0\r\nm=audio 10 RT /AVP 0\r\n");
  ASSERT_TRUE(offer);
  EXPECT_FALSE(offer->media.at(0).is_rtp());
  EXPECT_EQ(offer->media.at(0).raw_formats, (std::vector<std::string>{"/AVP", "0"}));
  expect_clean_answer(*offer);
}

TEST(Hostile, ANulInAnMLineIsAnErrorAndElsewhereAWarning) {
  const auto error = parse("v=0\r\nm=audio 10\0 RTP/AVP 0\r\n"sv);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().text,
            "SDP line 2: \"m=audio 10? RTP/AVP 0\" holds a control character, remove it");
  const auto offer = parse("v=0\r\nm=audio 10 RTP/AVP 0\r\na=label:1\0\x1B[2J\r\n"sv);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->media.at(0).label, "");
  EXPECT_EQ(offer->warnings.at(0), "SDP line 3: holds a control character and was not read");
}

TEST(Hostile, ACarriageReturnEndsALine) {
  const auto offer = parse("v=0\rm=audio 10 RTP/AVP 0\ra=label:1\ra=sendonly");
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->media.at(0).label, "1");
  EXPECT_EQ(offer->media.at(0).direction, Direction::SendOnly);
}

TEST(Hostile, BytesThatAreNotUtf8AreReplaced) {
  const auto offer = parse("v=0\r\ns=\xFF\xFE\r\nm=audio 10 RTP/AVP 0\r\n");
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->name, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Hostile, HugeNumbersAreNotRead) {
  const auto offer = parse(
      "v=0\r\nm=audio 10/99999999999999 RTP/AVP 0 300 99999999999999999999 -1\r\n"
      "a=ptime:99999999999999999999\r\na=rtcp:99999999\r\na=ssrc:99999999999 cname:x\r\n"
      "a=crypto:99999999999 S inline:x\r\na=rtpmap:0 X/99999999999999\r\n");
  ASSERT_TRUE(offer);
  const auto& media = offer->media.at(0);
  EXPECT_EQ(media.formats.size(), 1U);
  EXPECT_EQ(media.ptime, 0U);
  EXPECT_EQ(media.rtcp_port, 0);
  EXPECT_TRUE(media.sources.empty());
  EXPECT_TRUE(media.crypto.empty());
  EXPECT_EQ(media.formats[0].clock_rate, 8000U);
}

TEST(Hostile, TensOfThousandsOfLinesAndWordsMeetALimit) {
  std::string lines = "v=0\r\n";
  std::string media = "v=0\r\n";
  std::string formats = "v=0\r\nm=audio 1 RTP/AVP";
  for (int i = 0; i < 5000; ++i) {
    lines += "b=\r\n";
    media += "m=a 1 x 0\r\n";
    formats += " 0";
  }
  EXPECT_FALSE(parse(lines));
  EXPECT_FALSE(parse(media));
  const auto read = parse(formats);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->media.at(0).raw_formats.size(), Limits{}.formats);
}

TEST(Hostile, WarningsAreCountedToo) {
  std::string text = "v=0\r\nm=audio 1 RTP/AVP 0\r\n";
  for (int i = 0; i < 3000; ++i) text += "?\r\n";
  const auto offer = parse(text);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->warnings.size(), 32U);
}

TEST(Hostile, EveryTruncationOfAnOfferIsReadOrRefused) {
  const auto text = test::read_file(test::own_data("sdp/video-and-srtp.sdp"));
  std::size_t read = 0;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto offer = parse(std::string_view(text).substr(0, size));
    if (!offer) continue;
    ++read;
    expect_clean_answer(*offer);
  }
  EXPECT_GT(read, text.size() / 2);
}

TEST(Hostile, EveryChangedByteOfAnOfferIsReadOrRefused) {
  const auto recording = test::own_recording("ietf.body");
  std::size_t read = 0;
  for (std::size_t at = 0; at < recording.sdp.size(); ++at) {
    for (const char byte : {'\0', '\r', '\n', ' ', '/', ':', '=', '9', '\xFF'}) {
      auto text = recording.sdp;
      text[at] = byte;
      const auto offer = parse(text);
      if (!offer) continue;
      ++read;
      expect_clean_answer(*offer);
    }
  }
  EXPECT_GT(read, recording.sdp.size());
}

}  // namespace
}  // namespace srs::sdp
