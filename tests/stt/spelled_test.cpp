// Numbers and addresses as people say them.
#include "stt/redact.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace srs::stt {
namespace {

std::string spoken_of(const std::string& rule, std::string_view text) {
  return Redactor({rule}).redact(text);
}

TEST(SpelledNumber, MayRepeatADigit) {
  EXPECT_EQ(spoken_of("card",
                      "it is four triple one, double one one one, triple one one triple one "
                      "one, thanks"),
            "it is [card], thanks");
  EXPECT_EQ(spoken_of("card", "4, triple 1, 1111 double 1 double 1 1111."), "[card].");
  EXPECT_EQ(spoken_of("digits", "pin double four triple five six"), "pin [digits]");
  EXPECT_EQ(spoken_of("digits", "a double room and 12 beds"), "a double room and 12 beds");
  EXPECT_EQ(spoken_of("digits", "double"), "double");
}

TEST(SpelledNumber, MayHaveTens) {
  EXPECT_EQ(spoken_of("card",
                      "forty five thirty nine, fourteen eighty-eight, oh three forty three, "
                      "sixty four sixty seven please"),
            "[card] please");
  EXPECT_EQ(spoken_of("digits", "it is twelve twenty thirty four"), "it is [digits]");
  EXPECT_EQ(spoken_of("us_ssn", "zero seventy eight, oh five, eleven twenty, thanks"),
            "[us_ssn], thanks");
  EXPECT_EQ(spoken_of("digits", "at ten to twelve, forty people"),
            "at ten to twelve, forty people");
}

TEST(SpelledNationalInsuranceNumber, MayStandLetterByLetter) {
  for (const auto* text :
       {"A B 1 2 3 4 5 6 C", "a b 12 34 56 c", "AB 123456 C", "A, B, 1-2-3-4-5-6 C",
        "A B one two three four five six C", "AB double one double two 33 C"})
    EXPECT_EQ(spoken_of("uk_nino", std::string("mine is ") + text + ", yes"),
              "mine is [uk_nino], yes")
        << text;
  for (const auto* text : {"QQ 12 34 56 C", "A B 1 2 3 4 5 6 E", "A B 1 2 3 4 5 C", "cab 123456 c",
                           "A O 1 2 3 4 5 6 C", "AB 1234567 C"})
    EXPECT_EQ(spoken_of("uk_nino", text), text);
}

TEST(SpelledAccount, MayStandCharacterByCharacter) {
  for (const auto* text :
       {"D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0", "DE 89 370 400 440 532 013 000",
        "D E eight nine three seven oh four double oh four four oh five three two oh one three "
        "triple oh",
        "G B 2 9 N W B K 6 0 1 6 1 3 3 1 9 2 6 8 1 9", "de89-3704-0044-0532-0130-00"})
    EXPECT_EQ(spoken_of("iban", std::string("to ") + text + ", please"), "to [iban], please")
        << text;
  for (const auto* text : {"D E 8 8 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0",
                           "in 20 years 1 2 3 4 5 6 7 8 9 10 people came", "it is 12 of 34"})
    EXPECT_EQ(spoken_of("iban", text), text);
}

TEST(SpelledEmail, HasItsSignsAsWords) {
  for (const auto* text :
       {"jo at example dot com", "jo dot doe at mail dot example dot co dot uk",
        "jo.doe at example.com", "J O at example dot com", "jo underscore doe At Example Dot com",
        "jo@example dot com", "jo dash doe at my mail dot example dot com"})
    EXPECT_EQ(spoken_of("email", std::string("write ") + (text[0] == 'J' ? "to: " : "to ") + text +
                                     ", please"),
              std::string("write ") + (text[0] == 'J' ? "to: " : "to ") + "[email], please")
        << text;
  for (const auto* text : {"look at the dot", "meet at noon", "at example dot com", "dot at dot",
                           "jo at five dot five"})
    EXPECT_EQ(spoken_of("email", text), text);
}

TEST(InterimText, ShowsNoSpelledTensOrRepetitions) {
  Segment segment;
  segment.text = "it is forty-five double";
  hide_numbers(segment);
  EXPECT_EQ(segment.text, "it is [...]");
  segment.text = "that is twelve";
  EXPECT_TRUE(ends_in_number(segment));
}

TEST(SpelledText, IsReadInBoundedTime) {
  std::string at, letters, doubles, tens;
  for (int i = 0; i < 15'000; ++i) {
    at += "at dot ";
    letters += "d e 8 9 ";
    doubles += "double ";
    tens += "forty ";
  }
  for (const auto* rule : {"email", "iban", "uk_nino", "card", "digits", "us_ssn"})
    for (const auto& text : {at, letters, doubles, tens}) {
      const auto begun = std::chrono::steady_clock::now();
      EXPECT_GE(spoken_of(rule, text + "end").size(), 5U) << rule;
      EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10)) << rule;
    }
  EXPECT_THAT(spoken_of("card", at + ", 4539 1488 0343 6467"), testing::EndsWith(", [card]"));
  EXPECT_THAT(spoken_of("email", doubles + "jo at example dot com"), testing::EndsWith(" [email]"));
}

}  // namespace
}  // namespace srs::stt
