#include "app/siprec_call/answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srs::call {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kStream =
    "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 "
    "telephone-event/8000\r\na=recvonly\r\na=label:1\r\n";

sip::Answer answered(const std::string& media, const std::string& connection = "192.0.2.1") {
  sip::Answer answer;
  answer.status = 200;
  answer.headers = {{"Contact", "<sip:srs@192.0.2.1>;+sip.srs"}};
  answer.content_type = "application/sdp";
  answer.body =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 " + connection + "\r\nt=0 0\r\n" + media;
  return answer;
}

TEST(Answer, SaysWhereEachStreamGoes) {
  const auto read = read_answer(answered(kStream), {"1"}, Codec::Pcmu, false);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_THAT(read->notes, ElementsAre());
  EXPECT_EQ(read->destinations.at(0)->rtp.to_string(), "192.0.2.1:4000");
  EXPECT_EQ(read->destinations.at(0)->rtcp.to_string(), "192.0.2.1:4001");
}

TEST(Answer, RtcpGoesWhereItIsTold) {
  const auto read =
      read_answer(answered(std::string(kStream) + "a=rtcp:4999\r\n"), {"1"}, Codec::Pcmu, false);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->destinations.at(0)->rtcp.port(), 4999);
}

TEST(Answer, ARefusedStreamHasNoDestination) {
  const auto read = read_answer(answered(std::string(kStream) + "m=audio 0 RTP/AVP 0\r\n"),
                                {"1", "2"}, Codec::Pcmu, false);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->destinations.at(0));
  EXPECT_FALSE(read->destinations.at(1));
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("refuses the stream with label 2")));
}

TEST(Answer, WhatTheRecorderOwesIsNoted) {
  auto answer = answered("m=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n");
  answer.headers.clear();
  const auto read = read_answer(answer, {"1"}, Codec::Pcmu, false);
  ASSERT_TRUE(read);
  EXPECT_THAT(read->notes,
              ElementsAre(HasSubstr("+sip.srs"), HasSubstr("a=label:1"), HasSubstr("sendrecv"),
                          HasSubstr("PCMU"), HasSubstr("telephone-event")));
}

TEST(Answer, ToAHoldIsInactive) {
  const auto read = read_answer(answered(kStream), {"1"}, Codec::Pcmu, true);
  ASSERT_TRUE(read);
  EXPECT_THAT(read->notes, ElementsAre(HasSubstr("inactive is due")));
}

TEST(Answer, InAMultipartIsFound) {
  auto answer = answered(kStream);
  answer.content_type = "multipart/mixed;boundary=b";
  answer.body = "--b\r\nContent-Type: application/sdp\r\n\r\n" + answer.body + "\r\n--b--\r\n";
  EXPECT_TRUE(read_answer(answer, {"1"}, Codec::Pcmu, false));
}

TEST(Answer, ThatMediaCannotFollowIsAnError) {
  sip::Answer empty;
  empty.status = 200;
  EXPECT_THAT(read_answer(empty, {"1"}, Codec::Pcmu, false).error().text,
              HasSubstr("no SDP answer"));
  EXPECT_THAT(read_answer(answered(kStream), {"1", "2"}, Codec::Pcmu, false).error().text,
              HasSubstr("1 m-lines for 2 offered"));
  EXPECT_THAT(
      read_answer(answered(kStream, "name.example"), {"1"}, Codec::Pcmu, false).error().text,
      HasSubstr("name.example"));
}

}  // namespace
}  // namespace srs::call
