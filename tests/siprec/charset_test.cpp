#include "siprec/charset.hpp"

#include <srs/siprec/metadata.hpp>

#include <gtest/gtest.h>

namespace srs::siprec {
namespace {

using std::string_view_literals::operator""sv;

std::string decoded(std::string_view bytes, std::string_view charset = {}) {
  std::vector<std::string> warnings;
  return decode_document(bytes, charset, warnings);
}

std::string utf16(std::string_view ascii, bool big) {
  std::string result;
  for (const char c : ascii) {
    if (big) result += '\0';
    result += c;
    if (!big) result += '\0';
  }
  return result;
}

TEST(Charset, TheMimeCharsetWinsOverTheDeclaration) {
  EXPECT_EQ(decoded("<?xml version='1.0' encoding='UTF-8'?><a>Zo\xE9</a>", "iso-8859-1"),
            std::string(38, ' ') + "<a>Zoé</a>");
}

TEST(Charset, ReadsTheDeclarationWhereMimeSaysNothing) {
  EXPECT_EQ(decoded("<?xml version='1.0' encoding=\"ISO-8859-1\"?>\xFC"),
            std::string(43, ' ') + "ü");
}

TEST(Charset, ReadsUtf16OfBothOrdersWithAndWithoutMark) {
  EXPECT_EQ(decoded("\xFF\xFE" + utf16("<a/>", false)), "<a/>");
  EXPECT_EQ(decoded("\xFE\xFF" + utf16("<a/>", true)), "<a/>");
  EXPECT_EQ(decoded(utf16("<a/>", false), "utf-16"), "<a/>");
  EXPECT_EQ(decoded(utf16("<a/>", true), "utf-16"), "<a/>");
}

TEST(Charset, JoinsSurrogatesAndReplacesHalvesOfThem) {
  EXPECT_EQ(decoded("\xFE\xFF\x00<\xD8\x3D\xDE\x00"sv), "<😀");
  EXPECT_EQ(decoded("\xFE\xFF\x00<\xD8\x3D\x00x"sv), "<\xEF\xBF\xBDx");
  EXPECT_EQ(decoded("\xFE\xFF\x00<\xDE\x00"sv), "<\xEF\xBF\xBD");
}

TEST(Charset, ReadsTheEuroSignOfWindowsAndOfLatin9) {
  EXPECT_EQ(decoded("\x80\x93", "windows-1252"), "€“");
  EXPECT_EQ(decoded("\xA4", "iso-8859-15"), "€");
}

TEST(Charset, SaysThatBytesWereReplacedOrAnEncodingIsUnknown) {
  std::vector<std::string> warnings;
  EXPECT_EQ(decode_document("\xEF\xBB\xBF<a>\xFF</a>", "utf-8", warnings), "<a>\xEF\xBF\xBD</a>");
  EXPECT_EQ(decode_document("<a/>", "klingon", warnings), "<a/>");
  EXPECT_EQ(decode_document("<a/>", "utf-16", warnings), "<a/>");
  EXPECT_EQ(warnings, (std::vector<std::string>{
                          "bytes that are not UTF-8 were replaced",
                          "the encoding klingon is unknown, read as UTF-8",
                          "the encoding utf-16 is claimed and not used, read as UTF-8"}));
}

TEST(Charset, AWholeDocumentInUtf16IsReadAsAnyOther) {
  const auto xml = utf16(
      "<?xml version='1.0' encoding='UTF-16'?><recording><participant participant_id='p'>"
      "<nameID aor='sip:a@b'/></participant></recording>",
      false);
  const auto metadata = parse_metadata("\xFF\xFE" + xml);
  ASSERT_TRUE(metadata);
  EXPECT_TRUE(metadata->well_formed);
  ASSERT_EQ(metadata->participants.size(), 1U);
  EXPECT_EQ(metadata->participants[0].aor, "sip:a@b");
}

TEST(Charset, ANameInLatin1ArrivesInUtf8) {
  const auto metadata = parse_metadata(
      "<recording><participant participant_id='p'><nameID aor='sip:a@b'><name>Zo\xE9</name>"
      "</nameID></participant></recording>",
      "ISO-8859-1");
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->participants.at(0).names.at(0).text, "Zoé");
}

}  // namespace
}  // namespace srs::siprec
