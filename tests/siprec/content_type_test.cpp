#include <srs/siprec/multipart.hpp>

#include <gtest/gtest.h>

namespace srs::siprec {
namespace {

TEST(ContentType, ReadsTypeBoundaryAndCharset) {
  const auto type = parse_content_type("Multipart/Mixed; charset=UTF-8 ;boundary=OSS-unique-42");
  EXPECT_EQ(type.type, "multipart/mixed");
  EXPECT_EQ(type.boundary, "OSS-unique-42");
  EXPECT_EQ(type.charset, "utf-8");
}

TEST(ContentType, UnquotesABoundaryWithSemicolonsAndEscapes) {
  EXPECT_EQ(parse_content_type(R"(multipart/mixed;boundary="a;b=\"c\"")").boundary, R"(a;b="c")");
}

TEST(ContentType, LeavesOutTheSpaceThatBroadWorksWrites) {
  EXPECT_EQ(parse_content_type("application/ +xml").type, "application/+xml");
}

TEST(ContentType, SurvivesWhatCannotBeRead) {
  EXPECT_EQ(parse_content_type("").type, "");
  EXPECT_EQ(parse_content_type(";;;boundary").boundary, "");
  EXPECT_EQ(parse_content_type("a/b;boundary=\"never closed").boundary, "never closed");
  EXPECT_EQ(parse_content_type("a/b;boundary=\"x\\").boundary, "x\\");
}

TEST(ContentType, KnowsMetadataByEveryNameItGoesBy) {
  EXPECT_TRUE(is_rs_metadata({"application/rs-metadata+xml", "", ""}, ""));
  EXPECT_TRUE(is_rs_metadata({"Application/RS-Metadata", "", ""}, ""));
  EXPECT_TRUE(is_rs_metadata({"application/xml", "", ""}, "recording-session"));
  EXPECT_TRUE(is_rs_metadata({"text/xml", "", ""}, "Recording-Session"));
  EXPECT_TRUE(is_rs_metadata({"application/+xml", "", ""}, "recording-session"));
}

TEST(ContentType, TakesNoOtherXmlForMetadata) {
  EXPECT_FALSE(is_rs_metadata({"application/xml", "", ""}, ""));
  EXPECT_FALSE(is_rs_metadata({"application/pidf+xml", "", ""}, "session"));
  EXPECT_FALSE(is_rs_metadata({"application/gtd", "", ""}, "recording-session"));
}

}  // namespace
}  // namespace srs::siprec
