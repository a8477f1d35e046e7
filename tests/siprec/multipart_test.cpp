#include "bodies.hpp"

#include <srs/siprec/multipart.hpp>

#include <gtest/gtest.h>

#include <string>

namespace srs::siprec {
namespace {

using test::read_body;

constexpr auto kMixed = "multipart/mixed;boundary=b";

// What was read of a body that has to be readable.
std::vector<Part> parts_of(std::string_view body, std::string_view type = kMixed) {
  auto parts = split_body(type, body);
  if (parts) return *parts;
  ADD_FAILURE() << parts.error().text;
  return {};
}

std::string multipart_error(std::string_view body, std::string_view type = kMixed,
                            const BodyLimits& limits = {}) {
  const auto parts = split_body(type, body, limits);
  return parts ? "no error" : parts.error().text;
}

TEST(Multipart, ABodyThatIsNoMultipartIsItsOwnPart) {
  const auto parts = parts_of("v=0\r\n", "application/sdp");
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].content_type.type, "application/sdp");
  EXPECT_EQ(parts[0].body, "v=0\r\n");
  EXPECT_TRUE(parts_of("", "application/sdp").empty());
}

TEST(Multipart, SplitsPartsWithTheirHeaders) {
  const auto parts = parts_of(
      "preamble\r\n--b\r\nContent-Type: application/sdp\r\nContent-ID: <1@x>\r\n\r\nv=0\r\n\r\n"
      "--b\r\nContent-Type:application/rs-metadata+xml;charset=\"UTF-8\"\r\n"
      "Content-Disposition: Recording-Session;handling=optional\r\n\r\n<r/>\r\n--b--\r\nepilogue");
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].content_type.type, "application/sdp");
  EXPECT_EQ(parts[0].content_id, "<1@x>");
  EXPECT_EQ(parts[0].body, "v=0\r\n");  // the CRLF before a delimiter belongs to the delimiter
  EXPECT_EQ(parts[1].content_type.charset, "utf-8");
  EXPECT_EQ(parts[1].disposition, "recording-session");
  EXPECT_EQ(parts[1].body, "<r/>");
}

TEST(Multipart, ReadsBareLineFeedsAndAMissingClosingBoundary) {
  const auto parts = parts_of("--b\nContent-Type: a/b\n\none\n--b\nContent-Type: c/d\n\ntwo\n");
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].body, "one");
  EXPECT_EQ(parts[1].body, "two\n");
}

TEST(Multipart, ADelimiterInPlaceOfTheClosingOneAddsNoPart) {
  EXPECT_EQ(parts_of("--b\r\n\r\none\r\n--b\r\n").size(), 1U);
}

TEST(Multipart, ALongerBoundaryThatBeginsAlikeIsNotOurs) {
  const auto parts = parts_of("--b\r\n\r\n--bb\r\nx--b\r\n--b--");
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].body, "--bb\r\nx--b");
}

TEST(Multipart, ReadsFoldedHeadersAndPartsWithoutAny) {
  const auto parts = parts_of(
      "--b\r\nContent-Type: application/sdp;\r\n\tcharset=utf-8\r\n\r\nx\r\n"
      "--b\r\n\r\nno headers\r\n--b\r\nv=0\r\nno blank line\r\n--b--");
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].content_type.charset, "utf-8");
  EXPECT_EQ(parts[1].body, "no headers");
  EXPECT_EQ(parts[2].body, "v=0\r\nno blank line");
}

TEST(Multipart, OpensAMultipartInsideAMultipart) {
  const auto parts = parts_of(
      "--b\r\nContent-Type: "
      "multipart/alternative;boundary=in\r\n\r\n--in\r\n\r\none\r\n--in\r\n\r\n"
      "two\r\n--in--\r\n--b\r\n\r\nthree\r\n--b--");
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[1].body, "two");
  EXPECT_EQ(parts[2].body, "three");
}

TEST(Multipart, KeepsAnInnerMultipartThatCannotBeSplit) {
  const auto parts =
      parts_of("--b\r\nContent-Type: multipart/mixed;boundary=in\r\n\r\nnothing\r\n--b--");
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].content_type.type, "multipart/mixed");
}

TEST(Multipart, LeavesNulBytesInBodiesAndTakesThemOutOfHeaders) {
  using std::string_view_literals::operator""sv;
  const auto parts = parts_of("--b\r\nContent-Type: a/\0b\r\nX\0: y\r\n\r\nz\0\r\n--b--"sv);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].content_type.type, "a/b");
  // A line that can't be a header is where the body begins.
  EXPECT_EQ(parts[0].body, "X\0: y\r\n\r\nz\0"sv);
}

TEST(Multipart, SaysWhatIsWrongWithTheBoundary) {
  EXPECT_EQ(multipart_error("--b\r\n", "multipart/mixed"),
            "Content-Type is a multipart without a boundary parameter");
  EXPECT_EQ(multipart_error("--other\r\n"),
            "the boundary that Content-Type names does not occur in the multipart body");
  EXPECT_EQ(multipart_error(""),
            "the boundary that Content-Type names does not occur in the multipart body");
}

TEST(Multipart, ShowsTheBoundaryOfItsFirstDelimiter) {
  EXPECT_EQ(boundary_in("--b-1 \r\nContent-Type: a/b\r\n\r\n--other\r\n"), "b-1");
  EXPECT_EQ(boundary_in("preamble\n--\n--b\n"), "b");
  EXPECT_EQ(boundary_in("--\x01\r\n--" + std::string(201, 'x') + "\r\n--b"), "b");
  EXPECT_EQ(boundary_in("v=0\r\no=- 1 1\r\n"), "");
  EXPECT_EQ(boundary_in(""), "");
}

TEST(Multipart, RefusesWhatPassesALimit) {
  EXPECT_EQ(multipart_error("12345", "a/b", {.bytes = 4}),
            "the body has 5 bytes, at most 4 are read");
  const std::string three = "--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--";
  EXPECT_EQ(multipart_error(three, kMixed, {.parts = 2}), "the body has more than 2 parts");
  EXPECT_EQ(multipart_error(three, kMixed, {.parts = 3}), "no error");
  EXPECT_EQ(multipart_error("--b\na:1\nb:2\nc:3\n\n", kMixed, {.headers = 2}),
            "a part of the body has more than 2 headers");
  EXPECT_EQ(multipart_error("--b\nname: value\n\n", kMixed, {.header_bytes = 8}),
            "the headers of a part of the body have more than 8 bytes");
  EXPECT_EQ(
      multipart_error("--b\nContent-Type: multipart/x;boundary=c\n\n--c\n", kMixed, {.depth = 1}),
      "more than 1 multiparts inside each other");
}

TEST(Multipart, CountsThePartsOfInnerMultipartsToo) {
  const std::string inner = "Content-Type: multipart/x;boundary=c\n\n--c\n\n1\n--c\n\n2\n--c--\n";
  EXPECT_EQ(multipart_error("--b\n" + inner + "--b\n" + inner + "--b--", kMixed, {.parts = 3}),
            "the body has more than 3 parts");
}

TEST(Multipart, ClassifiesPartsWhateverTheirOrder) {
  const auto body = read_body(test::own_data("siprec/broadworks.body"));  // metadata comes first
  const auto parts = parts_of(body.bytes, body.content_type);
  const auto found = classify(parts);
  EXPECT_TRUE(found.sdp.starts_with("v=0\r\n")) << found.sdp;
  EXPECT_TRUE(found.metadata.starts_with("<?xml")) << found.metadata;
  EXPECT_TRUE(found.unknown_types.empty());
}

TEST(Multipart, NamesThePartsThatAreNeither) {
  const auto recording = test::own_recording("cube.body");
  EXPECT_EQ(recording.unknown_types, std::vector<std::string>{"application/gtd"});
  EXPECT_FALSE(recording.sdp.empty());
  EXPECT_FALSE(recording.metadata.empty());
}

TEST(Multipart, RecognisesSdpWithoutAContentType) {
  const auto parts = parts_of("--b\r\n\r\nv=0\r\n--b--");
  EXPECT_EQ(classify(parts).sdp, "v=0");
}

TEST(Multipart, RecognisesSdpThatCallsItselfPlainText) {
  EXPECT_EQ(classify(parts_of("v=0\r\n", "text/plain")).sdp, "v=0\r\n");
}

TEST(Multipart, ReadsTransferEncodings) {
  const auto found = classify(
      parts_of("--b\r\nContent-Type: application/sdp\r\nContent-Transfer-Encoding: base64\r\n\r\n"
               "dj0wDQpz\r\nPS0NCg==\r\n"
               "--b\r\nContent-Type: application/rs-metadata+xml\r\n"
               "Content-Transfer-Encoding: Quoted-Printable\r\n\r\n"
               "<recording a=3D\"J=C3=B6rg\"=\r\n/>\r\n--b--"));
  EXPECT_EQ(found.sdp, "v=0\r\ns=-\r\n");
  EXPECT_EQ(found.metadata, "<recording a=\"J\xC3\xB6rg\"/>");
  EXPECT_TRUE(found.encoded.empty());
}

TEST(Multipart, NamesWhatIsNotInItsTransferEncoding) {
  for (const std::string encoding : {"base64", "quoted-printable", "x-uuencode"}) {
    const auto found = classify(
        parts_of("--b\r\nContent-Type: application/sdp\r\nContent-Transfer-Encoding: " + encoding +
                 "\r\n\r\nv=0 =GZ\r\n--b--"));
    EXPECT_EQ(found.encoded, std::vector{"application/sdp in " + encoding});
    EXPECT_EQ(found.sdp, "v=0 =GZ") << "as it is";
  }
}

TEST(Multipart, NamesASecondPartOfAKindAndReadsTheFirst) {
  const std::string sdp = "--b\r\nContent-Type: application/sdp\r\n\r\n";
  const auto found = classify(parts_of(sdp + "v=0\r\n" + sdp + "v=1\r\n--b--"));
  EXPECT_EQ(found.sdp, "v=0");
  EXPECT_EQ(found.unknown_types, std::vector<std::string>{"application/sdp (a second one)"});
}

TEST(Multipart, SurvivesEveryTruncationAndChangedByteOfARealBody) {
  for (const auto* name : {"siprec/ietf.body", "siprec/broadworks.body", "siprec/sems.body"}) {
    const auto body = read_body(test::own_data(name));
    std::size_t read = 0;
    for (std::size_t size = 0; size <= body.bytes.size(); ++size) {
      const std::string cut = body.bytes.substr(0, size);
      const auto parts = split_body(body.content_type, cut);
      if (!parts) continue;
      ++read;
      for (const auto& part : *parts) EXPECT_LE(part.body.size(), size);
    }
    EXPECT_GT(read, body.bytes.size() / 2) << name;
  }
}

}  // namespace
}  // namespace srs::siprec
