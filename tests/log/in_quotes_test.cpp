// What of Unicode a line of the text log shows, judged by Python's tables of Unicode.
#include "log/in_quotes.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <support/tools.hpp>

#include <random>
#include <sstream>
#include <string_view>

namespace srs::log {
namespace {

TEST(InQuotes, LeavesNamesAndSignsReadable) {
  for (const auto* text : {"Jürgen Müller", "RFC 7866 § 7", "日本語", "Ελένη", "Жанна", "שרה",
                           "مريم", "प्रिया", "😀", "e\u0301"})
    EXPECT_EQ(in_quotes(text), '"' + std::string(text) + '"');
}

TEST(InQuotes, EscapesAsJsonDoes) {
  EXPECT_EQ(in_quotes("\"\\\b\f\n\r\t\x01\x1b\x7f"), R"("\"\\\b\f\n\r\t\u0001\u001b\u007f")");
  EXPECT_EQ(in_quotes("\u0085\u009b\u2028\u202e\u2066\u200b\ufeff\ue000"),
            R"("\u0085\u009b\u2028\u202e\u2066\u200b\ufeff\ue000")");
  EXPECT_EQ(in_quotes("\U000e0041\U0010ffff"), R"("\udb40\udc41\udbff\udfff")");
  EXPECT_EQ(in_quotes("\xE9 \xC0\xAF \xED\xA0\x80"), R"("\ufffd \ufffd\ufffd \ufffd\ufffd\ufffd")");
}

// Each assigned character on its own: visible ones as they are, all others in ASCII.
TEST(InQuotes, ShowsWhatUnicodeSaysIsVisible) {
  SRS_REQUIRE_TOOL("python3", "python3");
  const auto characters = srs::test::run_tool(
      "python3 -c 'import json, unicodedata\n"
      "for c in map(chr, range(0x80, 0xE0200)):\n"
      "  category = unicodedata.category(c)\n"
      "  if category not in (\"Cs\", \"Cn\"): print(json.dumps(c), category)'");
  ASSERT_EQ(characters.exit_code, 0);
  std::istringstream in(characters.output);
  std::string wrong;
  std::size_t shown = 0;
  for (std::string json, category; in >> json >> category;) {
    const auto text = nlohmann::json::parse(json).get<std::string>();
    const auto line = in_quotes(text);
    const bool raw = line == '"' + text + '"';
    const bool visible = std::string_view("LMNPS").find(category[0]) != std::string_view::npos;
    if ((raw && !visible) || (!raw && line != json)) wrong += json + " " + line + "\n";
    shown += raw ? 1 : 0;
  }
  EXPECT_EQ(wrong, "");
  // Fillers, variation selectors and the like are letters and marks for Unicode, too.
  EXPECT_GT(shown, 130'000U);
}

TEST(InQuotes, IsOneStringOfJsonWhateverBytesCome) {
  std::mt19937 random(11);
  const std::string pieces[] = {"\xC3", "\xA9", "\xE2\x80", "\xA8", "\xF0\x9F", "\"",
                                "\\",   "\n",   "\xED",     "\xA0", "\xF4\x90", "u0022",
                                "=",    " ",    "\x7f",     "\xC2", "\x85"};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n)
      text += random() % 3 ? pieces[random() % std::size(pieces)]
                           : std::string(1, static_cast<char>(random()));
    const auto line = in_quotes(text);
    ASSERT_TRUE(nlohmann::json::accept(line)) << line;
    ASSERT_EQ(line.find_first_of("\n\r\x1b\x7f"), std::string::npos) << line;
    for (const auto* hidden : {"\xC2\x85", "\xC2\x9B", "\xE2\x80\xA8", "\xE2\x80\xAE"})
      ASSERT_EQ(line.find(hidden), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace srs::log
