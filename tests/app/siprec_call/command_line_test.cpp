#include "app/siprec_call/command_line.hpp"

#include "app/siprec_call/option_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srs::call {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

Options read(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "sip:127.0.0.1:5060");
  auto line = parse_command_line(arguments);
  EXPECT_TRUE(line.options) << line.output;
  return line.options.value_or(Options{});
}

std::string refusal(std::vector<std::string> arguments) {
  const auto line = parse_command_line(std::move(arguments));
  EXPECT_FALSE(line.options);
  EXPECT_EQ(line.exit_code, kUsageError);
  return line.output;
}

TEST(CommandLine, PlacesOneCallWithTwoTonesUnlessToldOtherwise) {
  const auto options = read({});
  EXPECT_EQ(options.calls, 1U);
  EXPECT_EQ(options.legs, 2U);
  EXPECT_TRUE(options.audio.empty());
  EXPECT_TRUE(options.media);
  EXPECT_FALSE(options.tcp);
  EXPECT_EQ(options.codec, Codec::Pcmu);
  EXPECT_EQ(sender_kind(options), SenderKind::Ortp);
}

TEST(CommandLine, ReadsEveryOptionOfACall) {
  const auto options = read({"--audio",         "a.wav",    "b.wav",
                             "--tcp",           "--codec",  "PCMA",
                             "--duration",      "2.5",      "--metadata",
                             "m.xml",           "--hold",   "3:1.5",
                             "--dtmf",          "12#@0.5",  "--from",
                             "Ann <sip:ann@x>", "--to",     "sip:ben@y",
                             "--header",        "X-Id: 7",  "--final-metadata",
                             "--local",         "127.0.0.2"});
  EXPECT_EQ(options.audio, (std::vector<std::filesystem::path>{"a.wav", "b.wav"}));
  EXPECT_TRUE(options.tcp);
  EXPECT_EQ(options.codec, Codec::Pcma);
  EXPECT_EQ(options.duration, milliseconds(2500));
  EXPECT_EQ(options.metadata, "m.xml");
  ASSERT_EQ(options.holds.size(), 1U);
  EXPECT_EQ(options.holds[0].at, milliseconds(3000));
  EXPECT_EQ(options.holds[0].length, milliseconds(1500));
  ASSERT_EQ(options.presses.size(), 1U);
  EXPECT_EQ(options.presses[0].digits, "12#");
  EXPECT_EQ(options.presses[0].at, milliseconds(500));
  EXPECT_EQ(options.from.name, "Ann");
  EXPECT_EQ(options.from.aor, "sip:ann@x");
  EXPECT_EQ(options.to.aor, "sip:ben@y");
  EXPECT_EQ(options.headers, (std::vector<std::pair<std::string, std::string>>{{"X-Id", "7"}}));
  EXPECT_TRUE(options.final_metadata);
  EXPECT_EQ(options.local, "127.0.0.2");
}

TEST(CommandLine, ManyCallsAreSentByTheBulkSender) {
  const auto options = read({"--calls", "100", "--rate", "50"});
  EXPECT_EQ(concurrent_calls(options), 100U);
  EXPECT_EQ(sender_kind(options), SenderKind::Bulk);
  EXPECT_EQ(sender_kind(read({"--calls", "100", "--concurrent", "4"})), SenderKind::Ortp);
  EXPECT_EQ(sender_kind(read({"--calls", "100", "--hold", "1:1"})), SenderKind::Ortp);
}

TEST(CommandLine, StreamsAreSpreadOverStepsAsShortAsAskedFor) {
  EXPECT_EQ(read({}).step, std::chrono::microseconds(100));
  EXPECT_EQ(read({"--step", "1"}).step, std::chrono::milliseconds(1));
  EXPECT_EQ(read({"--step", "0.05"}).step, std::chrono::microseconds(50));
  EXPECT_THAT(refusal({"sip:x", "--step", "21"}), HasSubstr("--step"));
}

TEST(CommandLine, HelpAndVersionAreAnswersAndNoErrors) {
  const auto help = parse_command_line({"--help"});
  EXPECT_EQ(help.exit_code, kSuccess);
  EXPECT_THAT(help.output, HasSubstr("--audio"));
  const auto version = parse_command_line({"--version"});
  EXPECT_EQ(version.exit_code, kSuccess);
  EXPECT_THAT(version.output, HasSubstr("siprec-call "));
}

TEST(CommandLine, SaysWhichArgumentIsWrong) {
  EXPECT_THAT(refusal({}), HasSubstr("target"));
  EXPECT_THAT(refusal({"sip:x", "--codec", "g729"}), HasSubstr("--codec"));
  EXPECT_THAT(refusal({"sip:x", "--no-such-thing"}), HasSubstr("--no-such-thing"));
  EXPECT_THAT(refusal({"sip:x", "--hold", "3"}), HasSubstr("AT:LEN"));
  EXPECT_THAT(refusal({"sip:x", "--dtmf", "1x@2"}), HasSubstr("DIGITS@T"));
  EXPECT_THAT(refusal({"sip:x", "--duration", "-1"}), HasSubstr("--duration"));
  EXPECT_THAT(refusal({"sip:x", "--calls", "0"}), HasSubstr("--calls"));
}

TEST(CommandLine, RefusesWhatContradictsItself) {
  EXPECT_THAT(refusal({"sip:x", "--hold", "1:3", "--hold", "2:1"}), HasSubstr("overlap"));
  EXPECT_THAT(refusal({"sip:x", "--hold", "1:3", "--sender", "bulk"}), HasSubstr("bulk"));
  EXPECT_THAT(refusal({"sip:x", "--dtmf", "1@1", "--no-media"}), HasSubstr("--no-media"));
}

TEST(OptionValues, ReadANameBesideTheAddressOfRecord) {
  EXPECT_EQ(parse_person("\"Ann Lee\" <tel:+4930>")->name, "Ann Lee");
  EXPECT_EQ(parse_person("\"Ann Lee\" <tel:+4930>")->aor, "tel:+4930");
  EXPECT_FALSE(parse_person("Ann <sip:ann@x"));
  EXPECT_FALSE(parse_person(""));
}

TEST(OptionValues, RefuseAHeaderThatWouldBeTwo) {
  EXPECT_FALSE(parse_header("X-A: 1\r\nX-B: 2"));
  for (const char* own : {"Call-ID: x", "cseq: 1 INVITE", "l: 5"}) EXPECT_FALSE(parse_header(own));
  EXPECT_FALSE(parse_header("no colon"));
}

}  // namespace
}  // namespace srs::call
