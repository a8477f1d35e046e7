#include <srs/util/text.hpp>

#include <gmock/gmock.h>

#include <cstdint>

namespace srs {
namespace {

using testing::ElementsAre;

TEST(Text, IsComparedWithoutRegardToAsciiCaseAlone) {
  EXPECT_TRUE(iequals("Content-Type", "CONTENT-type"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_FALSE(iequals("\xC3\xA9", "\xC3\x89"));  // é and É: no locale takes part
  EXPECT_TRUE(istarts_with("SIP:host", "sip:"));
  EXPECT_FALSE(istarts_with("si", "sip:"));
  EXPECT_EQ(to_lower("AbC-\xC3\x89"), "abc-\xC3\x89");
}

TEST(Text, IsTrimmedAtBothEnds) {
  EXPECT_EQ(trim(" \t\r\na b\n "), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, GivesTrimmedPartsAndKeepsEmptyOnes) {
  EXPECT_THAT(split("a, b ,,c", ','), ElementsAre("a", "b", "", "c"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split(",", ','), ElementsAre("", ""));
}

TEST(Split, LeavesTheRestInTheLastPartAtItsLimit) {
  EXPECT_THAT(split("a=b=c", '=', 2), ElementsAre("a", "b=c"));
  EXPECT_THAT(split("a=b", '=', 1), ElementsAre("a=b"));
}

TEST(ToNumber, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(to_number<int>("-42"), -42);
  EXPECT_EQ(to_number<std::uint16_t>("65535"), 65535);
  for (const char* text :
       {"", " 1", "1 ", "+1", "0x1", "1.0", "-1", "65536", "99999999999999999999"}) {
    EXPECT_EQ(to_number<std::uint16_t>(text), std::nullopt) << text;
  }
}

TEST(ToUtf8, KeepsWhatIsWellFormed) {
  for (const char* text :
       {"", "plain", "Zo\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(to_utf8(text), text);
  }
}

TEST(ToUtf8, ReplacesWhatIsNot) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(to_utf8("a\xFFz"), "a" + bad + "z");
  EXPECT_EQ(to_utf8("\xC0\x80"), bad + bad);                 // overlong NUL
  EXPECT_EQ(to_utf8("\xED\xA0\x80"), bad + bad + bad);       // a surrogate
  EXPECT_EQ(to_utf8("\xF4\x90\x80\x80").substr(0, 3), bad);  // past U+10FFFF
  EXPECT_EQ(to_utf8("\xE2\x82"), bad + bad);                 // cut short
}

TEST(ToUtf8, IsIdempotentForAnyBytes) {
  std::string bytes;
  std::uint32_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 1664525 + 1013904223;
    bytes += static_cast<char>(state >> 24);
  }
  const auto once = to_utf8(bytes);
  EXPECT_EQ(to_utf8(once), once);
}

}  // namespace
}  // namespace srs
