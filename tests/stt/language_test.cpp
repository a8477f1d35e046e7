#include "stt/language.hpp"

#include <gtest/gtest.h>

namespace srs::stt {
namespace {

TEST(Language, IsTheCallsElseTheConfiguredOne) {
  EXPECT_EQ(language_to_ask_for("de-DE", "en-US"), "de-DE");
  EXPECT_EQ(language_to_ask_for("de", "en-US"), "de");
  EXPECT_EQ(language_to_ask_for("", "en-US"), "en-US");
  EXPECT_EQ(language_to_ask_for("de", ""), "de");
  EXPECT_EQ(language_to_ask_for("", ""), "");
}

TEST(Language, IsTheConfiguredOneWhereThatSaysTheSameMoreExactly) {
  EXPECT_EQ(language_to_ask_for("en", "en-US"), "en-US");
  EXPECT_EQ(language_to_ask_for("EN", "en-US"), "en-US") << "tags have no case";
  EXPECT_EQ(language_to_ask_for("zh-Hant", "zh-Hant-TW"), "zh-Hant-TW");
}

TEST(Language, IsTheCallsWhereItSaysMoreOrSomethingElse) {
  EXPECT_EQ(language_to_ask_for("en-GB", "en"), "en-GB");
  EXPECT_EQ(language_to_ask_for("en-GB", "en-US"), "en-GB");
  EXPECT_EQ(language_to_ask_for("zh-Hant", "zh-CN"), "zh-Hant");
  EXPECT_EQ(language_to_ask_for("fi", "fil-PH"), "fi") << "Finnish is no Filipino";
  EXPECT_EQ(language_to_ask_for("en-US", "en-US"), "en-US");
}

}  // namespace
}  // namespace srs::stt
