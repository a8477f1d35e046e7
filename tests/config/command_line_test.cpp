#include <srs/config/command_line.hpp>

#include <gmock/gmock.h>

namespace srs::config {
namespace {

using Action = CommandLine::Action;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

CommandLine parsed(const std::vector<std::string>& arguments) {
  const auto result = parse_command_line(arguments);
  EXPECT_TRUE(result) << result.error().text;
  return result ? *result : CommandLine{};
}

std::string fault(const std::vector<std::string>& arguments) {
  const auto result = parse_command_line(arguments);
  return result ? "none" : result.error().text;
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
  EXPECT_THAT(fault({"--config"}), HasSubstr("`--config` needs a value"));
  EXPECT_THAT(fault({"--config="}), HasSubstr("`--config` needs a value"));
  EXPECT_THAT(fault({"--sip.listen"}), HasSubstr("`--sip.listen` needs a value"));
  EXPECT_THAT(fault({"--help=me"}), HasSubstr("`--help` takes no value"));
  EXPECT_THAT(fault({"--config=a", "-c", "b"}), HasSubstr("given twice"));
  EXPECT_THAT(fault({"--"}), HasSubstr("`--`"));
  EXPECT_THAT(fault({""}), HasSubstr("unexpected argument"));
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
