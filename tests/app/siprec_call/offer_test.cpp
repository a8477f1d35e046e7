#include "app/siprec_call/offer.hpp"

#include <srs/sdp/session.hpp>
#include <srs/siprec/multipart.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srs::call {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Offer two_streams() {
  Offer offer;
  offer.address = "192.0.2.7";
  offer.session_id = 42;
  offer.streams = {{4000, "caller"}, {4002, "callee"}};
  return offer;
}

TEST(Offer, NamesEveryStreamWithItsPortAndLabel) {
  const auto sdp = sdp::parse(write_sdp(two_streams()));
  ASSERT_TRUE(sdp);
  ASSERT_EQ(sdp->media.size(), 2U);
  EXPECT_TRUE(sdp->warnings.empty());
  EXPECT_EQ(sdp->media[0].label, "caller");
  EXPECT_EQ(sdp->media[1].label, "callee");
  EXPECT_EQ(sdp->media[1].port, 4002);
  EXPECT_EQ(sdp->media[1].connection, "192.0.2.7");
  EXPECT_EQ(sdp->media[0].direction, sdp::Direction::SendOnly);
  EXPECT_EQ(sdp->media[0].ptime, 20U);
  EXPECT_EQ(sdp->media[0].raw_formats, (std::vector<std::string>{"0", "101"}));
}

TEST(Offer, IsInactiveWhileTheCallIsHeldAndCountsItsVersionUp) {
  auto offer = two_streams();
  offer.held = true;
  offer.version = 2;
  const auto text = write_sdp(offer);
  EXPECT_THAT(text, HasSubstr("o=- 42 2 IN IP4 192.0.2.7"));
  EXPECT_THAT(text, HasSubstr("a=inactive"));
  EXPECT_THAT(text, Not(HasSubstr("a=sendonly")));
}

TEST(Offer, SpeaksIpv6) {
  auto offer = two_streams();
  offer.address = "2001:db8::1";
  offer.codec = Codec::Pcma;
  const auto text = write_sdp(offer);
  EXPECT_THAT(text, HasSubstr("c=IN IP6 2001:db8::1\r\n"));
  EXPECT_THAT(text, HasSubstr("a=rtpmap:8 PCMA/8000"));
}

TEST(RecordingBody, HoldsTheOfferAndTheMetadataEachWithItsType) {
  const auto body = recording_body("v=0\r\n", "<recording/>");
  const auto parts = siprec::split_body(body.content_type, body.text);
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].content_type.type, "application/sdp");
  EXPECT_EQ((*parts)[0].body, "v=0\r\n");
  EXPECT_EQ((*parts)[1].content_type.type, "application/rs-metadata+xml");
  EXPECT_EQ((*parts)[1].disposition, "recording-session");
  EXPECT_EQ((*parts)[1].body, "<recording/>");
}

TEST(RecordingBody, HasABoundaryOfItsOwnEachTime) {
  EXPECT_NE(recording_body("v=0", "").content_type, recording_body("v=0", "").content_type);
}

}  // namespace
}  // namespace srs::call
