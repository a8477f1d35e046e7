#include "recording/admission.hpp"

#include <gtest/gtest.h>

namespace srs::recording {
namespace {

const std::string kSdp =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0\r\na=label:1\r\n";
const std::string kMetadata = "<recording xmlns='urn:ietf:params:xml:ns:recording:1'/>";

sip::Request request(std::string content_type, std::string body) {
  sip::Request result;
  result.method = "INVITE";
  result.content_type = std::move(content_type);
  result.body = std::move(body);
  return result;
}

std::string multipart() {
  return "--b\r\nContent-Type: application/sdp\r\n\r\n" + kSdp +
         "\r\n--b\r\nContent-Type: application/rs-metadata+xml\r\n\r\n" + kMetadata +
         "\r\n--b--\r\n";
}

TEST(ReadBody, FindsTheOfferAndTheMetadataInAMultipart) {
  const auto read = read_body(request("multipart/mixed;boundary=b", multipart()));
  const auto* carried = std::get_if<Carried>(&read);
  ASSERT_NE(carried, nullptr);
  ASSERT_TRUE(carried->offer);
  EXPECT_EQ(carried->offer->media.size(), 1u);
  EXPECT_EQ(carried->metadata, kMetadata);
}

TEST(ReadBody, TakesSdpAloneMetadataAloneAndNoBodyAtAll) {
  auto sdp = read_body(request("application/sdp", kSdp));
  ASSERT_TRUE(std::holds_alternative<Carried>(sdp));
  EXPECT_TRUE(std::get<Carried>(sdp).offer);
  EXPECT_FALSE(std::get<Carried>(sdp).metadata);

  auto metadata = read_body(request("application/rs-metadata+xml", kMetadata));
  ASSERT_TRUE(std::holds_alternative<Carried>(metadata));
  EXPECT_FALSE(std::get<Carried>(metadata).offer);
  EXPECT_EQ(std::get<Carried>(metadata).metadata, kMetadata);

  auto nothing = read_body(request("", ""));
  ASSERT_TRUE(std::holds_alternative<Carried>(nothing));
  EXPECT_FALSE(std::get<Carried>(nothing).offer);
}

TEST(ReadBody, RefusesABodyOfUnknownTypeNamingIt) {
  const auto read = read_body(request("application/isup", "xyz"));
  const auto* refused = std::get_if<Refused>(&read);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->reason, Refusal::UnknownBody);
  EXPECT_EQ(refused->response.status, 415);
  EXPECT_NE(refused->response.warning.find("application/isup"), std::string::npos);
}

TEST(ReadBody, RefusesAnOfferThatIsNoSdpWithTheReadersReason) {
  const auto read = read_body(request("application/sdp", "hello"));
  const auto* refused = std::get_if<Refused>(&read);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->reason, Refusal::Sdp);
  EXPECT_EQ(refused->response.status, 400);
  EXPECT_FALSE(refused->response.warning.empty());
}

TEST(ReadBody, RefusesAMultipartWithoutAnyBoundary) {
  const auto read = read_body(request("multipart/mixed", kSdp));
  const auto* refused = std::get_if<Refused>(&read);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->reason, Refusal::Body);
  EXPECT_EQ(refused->response.status, 400);
  EXPECT_EQ(refused->response.warning, "Content-Type is a multipart without a boundary parameter");
}

// An intermediary that makes the header anew leaves the body as it is.
TEST(ReadBody, SplitsAMultipartByItsOwnBoundaryWhereContentTypeDoesNotNameIt) {
  for (const auto* type :
       {"multipart/mixed", "multipart/mixed;boundary=other", "multipart/mixed;", ""}) {
    SCOPED_TRACE(type);
    const auto read = read_body(request(type, multipart()));
    const auto* carried = std::get_if<Carried>(&read);
    ASSERT_NE(carried, nullptr);
    EXPECT_TRUE(carried->offer);
    EXPECT_EQ(carried->metadata, kMetadata);
    EXPECT_EQ(carried->warnings,
              std::vector<std::string>{"Content-Type does not name the boundary of the body: write "
                                       "multipart/mixed;boundary=\"b\""});
  }
}

TEST(ReadBody, NamesABodyWithoutContentTypeThatItCannotRead) {
  const auto read = read_body(request("", "xyz"));
  const auto* refused = std::get_if<Refused>(&read);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->response.warning,
            "no application/sdp and no application/rs-metadata+xml, only: a part without "
            "Content-Type");
}

TEST(ReadBody, KeepsAWarningForPartsItDoesNotKnow) {
  const auto read =
      read_body(request("multipart/mixed;boundary=b",
                        "--b\r\nContent-Type: application/gtd\r\n\r\nX\r\n" + multipart()));
  const auto* carried = std::get_if<Carried>(&read);
  ASSERT_NE(carried, nullptr);
  ASSERT_EQ(carried->warnings.size(), 1u);
  EXPECT_NE(carried->warnings.front().find("application/gtd"), std::string::npos);
}

std::string part(const std::string& headers, const std::string& body) {
  return "--b\r\n" + headers + "\r\n\r\n" + body + "\r\n";
}

// Cut within its first part, as by a Content-Length that is too small.
TEST(ReadBody, RefusesAMultipartOfWhichNothingCanBeRead) {
  const auto read = read_body(request("multipart/mixed;boundary=b", "--b\r\n"));
  const auto* refused = std::get_if<Refused>(&read);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->response.status, 400);
  EXPECT_NE(refused->response.warning.find("Content-Length"), std::string::npos);
}

TEST(ReadBody, WarnsOfMetadataThatIsEmptyOrEncoded) {
  const std::string sdp = part("Content-Type: application/sdp", kSdp);
  const std::string type = "Content-Type: application/rs-metadata+xml";
  const auto warnings = [](const std::string& body) {
    const auto read = read_body(request("multipart/mixed;boundary=b", body + "--b--\r\n"));
    return std::holds_alternative<Carried>(read) ? std::get<Carried>(read).warnings
                                                 : std::vector<std::string>{"refused"};
  };
  EXPECT_EQ(warnings(sdp + part(type, " ")),
            std::vector<std::string>{"body part ignored: application/rs-metadata+xml (empty)"});
  EXPECT_EQ(warnings(sdp + part(type + "\r\nContent-Transfer-Encoding: Base64", "PHJlYz4=")),
            std::vector<std::string>{});
  EXPECT_EQ(warnings(sdp + part(type + "\r\nContent-Transfer-Encoding: Base64", "<rec>")),
            std::vector<std::string>{"body part application/rs-metadata+xml in base64 can't be "
                                     "read: send it as it is"});
  EXPECT_EQ(warnings(sdp + part(type + "\r\nContent-Transfer-Encoding: binary", kMetadata)),
            std::vector<std::string>{});
}

TEST(ReadBody, RefusesAnEncodedOfferSayingSo) {
  const auto read = read_body(
      request("multipart/mixed;boundary=b",
              part("Content-Type: application/sdp\r\nContent-Transfer-Encoding: x-gzip64", "dj0w") +
                  "--b--\r\n"));
  const auto* refused = std::get_if<Refused>(&read);
  ASSERT_NE(refused, nullptr);
  EXPECT_NE(refused->response.warning.find("x-gzip64"), std::string::npos);
}

TEST(IsRecordingSession, WantsBothMarksWhenStrict) {
  sip::Request invite;
  Carried carried;
  invite.src_contact = true;
  EXPECT_FALSE(is_recording_session(invite, carried, Accept::Strict));
  invite.requires_siprec = true;
  EXPECT_TRUE(is_recording_session(invite, carried, Accept::Strict));
}

TEST(IsRecordingSession, WantsAnyMarkWhenTolerant) {
  sip::Request plain;
  Carried carried;
  EXPECT_FALSE(is_recording_session(plain, carried, Accept::Tolerant));
  sip::Request contact;
  contact.src_contact = true;
  EXPECT_TRUE(is_recording_session(contact, carried, Accept::Tolerant));
  sip::Request require;
  require.requires_siprec = true;
  EXPECT_TRUE(is_recording_session(require, carried, Accept::Tolerant));
  carried.metadata = kMetadata;
  EXPECT_TRUE(is_recording_session(plain, carried, Accept::Tolerant));
  sip::Request forked;  // by Cisco's built-in bridge
  forked.from.uri = "sip:2001@192.0.2.7;x-nearend;x-refci=27471;x-nearenddevice=SEP1";
  EXPECT_TRUE(is_recording_session(forked, {}, Accept::Tolerant));
  EXPECT_FALSE(is_recording_session(forked, {}, Accept::Strict));
}

TEST(IsRecordingSession, WantsNothingWhenAnyCallIsTaken) {
  EXPECT_TRUE(is_recording_session({}, {}, Accept::Any));
}

TEST(Refuse, TellsTheSrcWhenToComeBackOnlyWhereItMay) {
  EXPECT_EQ(refuse(Refusal::Ports, "x").response.status, 503);
  EXPECT_TRUE(refuse(Refusal::Ports, "x").response.retry_after);
  EXPECT_EQ(refuse(Refusal::NoAudio, "x").response.status, 488);
  EXPECT_FALSE(refuse(Refusal::NoAudio, "x").response.retry_after);
}

}  // namespace
}  // namespace srs::recording
