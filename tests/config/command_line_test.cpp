#include <srs/config/command_line.hpp>

#include <gmock/gmock.h>

namespace srs::config {
namespace {

using Action = CommandLine::Action;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

CommandLine parsed(const std::vector<std::string>& arguments) {
  auto result = parse_command_line(arguments);
  for (const auto& fault : result.faults) ADD_FAILURE() << fault.text;
  return result;
}

std::string fault(const std::vector<std::string>& arguments) {
  const auto faults = parse_command_line(arguments).faults;
  EXPECT_LE(faults.size(), 1U);
  return faults.empty() ? "none" : faults.front().where + ": " + faults.front().text;
}

TEST(CommandLine, RunsWithoutArguments) {
  const auto line = parsed({});
  EXPECT_EQ(line.action, Action::Run);
  EXPECT_FALSE(line.file);
  EXPECT_TRUE(line.overrides.empty());
}

TEST(CommandLine, TakesTheFileInEitherForm) {
  EXPECT_EQ(parsed({"--config", "a.yaml"}).file, "a.yaml");
  EXPECT_EQ(parsed({"--config=a.yaml"}).file, "a.yaml");
  EXPECT_EQ(parsed({"-c", "a.yaml"}).file, "a.yaml");
}

TEST(CommandLine, TakesKeysInEitherFormInTheirOrder) {
  EXPECT_THAT(
      parsed({"--sip.listen=udp:a=b", "--log.file", "", "--log.level", "debug"}).overrides,
      ElementsAre(Pair("sip.listen", "udp:a=b"), Pair("log.file", ""), Pair("log.level", "debug")));
}

TEST(CommandLine, KnowsItsActions) {
  EXPECT_EQ(parsed({"--check-config"}).action, Action::CheckConfig);
  EXPECT_EQ(parsed({"--print-config", "--config=x"}).action, Action::PrintConfig);
  EXPECT_EQ(parsed({"--version"}).action, Action::Version);
  EXPECT_EQ(parsed({"--check-config", "-h"}).action, Action::Help);
  EXPECT_EQ(parsed({"--check-config", "-V"}).action, Action::Version);
}

TEST(CommandLine, NamesTheArgumentThatIsWrong) {
  EXPECT_THAT(fault({"start"}), HasSubstr("`start`"));
  EXPECT_THAT(fault({"--confg=x"}), HasSubstr("`--confg` (did you mean config?)"));
  EXPECT_THAT(fault({"--level=debug"}), HasSubstr("did you mean log.level?"));
  EXPECT_THAT(fault({"--log"}), Not(HasSubstr("did you mean log?"))) << "that is no option either";
  EXPECT_THAT(fault({"--config"}), HasSubstr("`--config` needs a value"));
  EXPECT_THAT(fault({"--config="}), HasSubstr("`--config` needs a value"));
  EXPECT_THAT(fault({"--sip.listen"}), HasSubstr("--sip.listen: needs a value"));
  EXPECT_THAT(fault({"--help=me"}), HasSubstr("`--help` takes no value"));
  EXPECT_THAT(fault({"--config=a", "-c", "b"}), HasSubstr("given twice"));
  EXPECT_THAT(fault({"--"}), HasSubstr("`--`"));
  EXPECT_THAT(fault({""}), HasSubstr("unexpected argument"));
}

// `--http.admin_token --check-config` must not start a server whose token is `--check-config`.
TEST(CommandLine, TakesNoOptionForTheValueOfTheOneBefore) {
  const auto line = parse_command_line({"--http.admin_token", "--check-config"});
  EXPECT_EQ(line.action, Action::CheckConfig);
  ASSERT_EQ(line.faults.size(), 1U);
  EXPECT_EQ(line.faults[0].where + ": " + line.faults[0].text, "--http.admin_token: needs a value");
  EXPECT_THAT(fault({"--config", "--check-config"}), HasSubstr("`--config` needs a value"));
  EXPECT_THAT(fault({"--log.level", "--sip.listen=udp:0.0.0.0:5060"}),
              HasSubstr("--log.level: needs a value"));
}

TEST(CommandLine, TakesAnyValueBehindAnEqualsSign) {
  const auto line = parse_command_line({"--http.admin_token=--odd", "--log.level", "debug"});
  EXPECT_TRUE(line.faults.empty());
  ASSERT_EQ(line.overrides.size(), 2U);
  EXPECT_EQ(line.overrides[0].second, "--odd");
}

TEST(CommandLine, NamesEveryArgumentThatIsWrongAndKeepsTheOthers) {
  const auto line = parse_command_line(
      {"start", "--confg=x", "--log.level=debug", "-c", "a", "-c", "b", "--sip.listen"});
  std::string texts;
  for (const auto& fault : line.faults) texts += fault.text + "\n";
  EXPECT_EQ(line.faults.size(), 4U) << texts;
  EXPECT_EQ(line.file, "a");
  EXPECT_THAT(line.overrides, ElementsAre(Pair("log.level", "debug")));
  EXPECT_EQ(line.faults.back().key, "sip.listen");
}

TEST(HelpText, NamesEveryOptionKeyAndVariable) {
  const auto text = help_text();
  for (const char* option :
       {"--config", "--check-config", "--print-config", "--version", "--help"}) {
    EXPECT_THAT(text, HasSubstr(option));
  }
  for (const auto& key : keys()) {
    EXPECT_THAT(text, HasSubstr("--" + key.key + "="));
    for (const auto& name : key.environment) EXPECT_THAT(text, HasSubstr(" " + name));
  }
}

}  // namespace
}  // namespace srs::config
