#include "support/sip_text.hpp"

#include <gtest/gtest.h>

namespace srs::test {
namespace {

const std::string kInvite =
    "INVITE sip:ok@127.0.0.1:5590 SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.20:5060;branch=z9hG4bK1\r\n"
    "To: <sip:ok@127.0.0.1:5590>\r\n"
    "CSeq: 2 INVITE\r\n"
    "Content-Length: 2\r\n"
    "\r\n"
    "ab";

TEST(SipText, ReadsWhatTestsAskFor) {
  const SipText invite(kInvite);
  EXPECT_TRUE(invite.is_request());
  EXPECT_EQ(invite.method(), "INVITE");
  EXPECT_EQ(invite.cseq(), 2U);
  EXPECT_EQ(invite.header("to"), "<sip:ok@127.0.0.1:5590>");
  EXPECT_EQ(SipText::uri(invite.header("To")), "sip:ok@127.0.0.1:5590");
  EXPECT_EQ(SipText::parameter(invite.header("Via"), "branch"), "z9hG4bK1");
  EXPECT_EQ(invite.body(), "ab");
  const SipText answer("SIP/2.0 200 OK\r\nCSeq: 7 BYE\r\n\r\n");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.method(), "BYE");
}

TEST(SipText, RewritesNothingButWhatItIsAskedTo) {
  SipText invite(kInvite);
  invite.replace_in_headers("127.0.0.1:5590", "127.0.0.1:40001");
  invite.set_header("To", "<sip:ok@127.0.0.1:40001>;tag=x");
  invite.set_body("abc127.0.0.1:5590");
  EXPECT_EQ(invite.bytes(),
            "INVITE sip:ok@127.0.0.1:40001 SIP/2.0\r\n"
            "Via: SIP/2.0/UDP 127.0.0.20:5060;branch=z9hG4bK1\r\n"
            "To: <sip:ok@127.0.0.1:40001>;tag=x\r\n"
            "CSeq: 2 INVITE\r\n"
            "Content-Length: 17\r\n"
            "\r\n"
            "abc127.0.0.1:5590");
}

TEST(SipText, TakesWholeMessagesOffAStreamOnly) {
  auto stream = "\r\n\r\n" + kInvite.substr(0, kInvite.size() - 1);
  EXPECT_FALSE(take_message(stream));
  stream += "bSIP/2.0";
  const auto message = take_message(stream);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->bytes(), kInvite);
  EXPECT_EQ(stream, "SIP/2.0");
}

TEST(SdpText, ReadsPortsLabelsAndDirections) {
  const auto media = read_sdp(
      "v=0\r\na=recvonly\r\nm=audio 42000 RTP/AVP 0 8 101\r\na=label:1\r\na=recvonly\r\n"
      "m=video 0 RTP/AVP 96\r\n");
  ASSERT_EQ(media.size(), 2U);
  EXPECT_EQ(media[0].port, 42000);
  EXPECT_EQ(media[0].formats, (std::vector<std::string>{"0", "8", "101"}));
  EXPECT_EQ(media[0].label, "1");
  EXPECT_EQ(media[0].direction, "recvonly");
  EXPECT_EQ(media[1].kind, "video");
  EXPECT_EQ(media[1].port, 0);
}

}  // namespace
}  // namespace srs::test
