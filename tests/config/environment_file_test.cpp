#include "config/given.hpp"

namespace srs::config {
namespace {

using srs::test::TempDir;
using srs::test::write_file;

std::optional<std::string> base(std::string_view name) {
  if (name == "LOG_LEVEL") return "info";
  if (name == "LOG_FORMAT") return "json";
  return std::nullopt;
}

TEST(EnvironmentFile, ComesBeforeTheEnvironment) {
  const TempDir directory;
  write_file(
      directory / "env",
      "# a comment\n; another\n\n LOG_LEVEL = debug \nA=\"two words\"\nB='x=y'\nC=\nA=last\n");
  const auto [variables, faults, places] = with_file(base, directory / "env");
  EXPECT_THAT(faults, testing::IsEmpty());
  EXPECT_EQ(variables("LOG_LEVEL"), "debug");
  EXPECT_EQ(variables("LOG_FORMAT"), "json");
  EXPECT_EQ(variables("A"), "last");
  EXPECT_EQ(variables("B"), "x=y");
  EXPECT_EQ(variables("C"), "");
  EXPECT_EQ(variables("D"), std::nullopt);
  const auto path = (directory / "env").string();
  EXPECT_EQ(places.at("LOG_LEVEL"), path + ":4");
  EXPECT_EQ(places.at("A"), path + ":8");
}

TEST(EnvironmentFile, IsNamedWithTheLineThatIsWrong) {
  const TempDir directory;
  write_file(directory / "env", "# ours\nSIP_PORT=many\nLOG_LEVEL=loud\n");
  const auto variables = with_file(base, directory / "env");
  const auto path = (directory / "env").string();
  EXPECT_THAT(load(std::nullopt, variables.environment, {}, variables.places).faults,
              ElementsAre(FaultIs(path + ":2 SIP_PORT", "sip.listen", "`many`"),
                          FaultIs(path + ":3 LOG_LEVEL", "log.level", "`loud`")));
}

TEST(EnvironmentFile, SaysThatItIsADirectory) {
  const TempDir directory;
  EXPECT_THAT(
      with_file(base, directory.path()).faults,
      ElementsAre(FaultIs("environment SIPREC_ENVIRONMENT_FILE", "", "can't be read: Is a dir")));
}

TEST(EnvironmentFile, SaysThatItIsNotThere) {
  const TempDir directory;
  const auto missing = with_file(base, directory / "env");
  EXPECT_THAT(missing.faults, ElementsAre(FaultIs("environment SIPREC_ENVIRONMENT_FILE", "",
                                                  "can't be read: No such file")));
  EXPECT_EQ(missing.environment("LOG_LEVEL"), "info");
}

TEST(EnvironmentFile, NamesEveryLineThatIsWrongAndTakesTheOthers) {
  const TempDir directory;
  write_file(directory / "env", "A=1\nexport\n=2\nB=3\n");
  const auto wrong = with_file(base, directory / "env");
  const auto path = (directory / "env").string();
  EXPECT_THAT(wrong.faults, ElementsAre(FaultIs(path + ":2", "", "NAME=value"),
                                        FaultIs(path + ":3", "", "NAME=value")));
  EXPECT_EQ(wrong.environment("B"), "3");
}

}  // namespace
}  // namespace srs::config
