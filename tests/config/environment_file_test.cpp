#include <srs/config/config.hpp>

#include <gmock/gmock.h>
#include <support/files.hpp>
#include <support/temp_dir.hpp>

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
  const auto variables = with_file(base, directory / "env");
  ASSERT_TRUE(variables);
  EXPECT_EQ((*variables)("LOG_LEVEL"), "debug");
  EXPECT_EQ((*variables)("LOG_FORMAT"), "json");
  EXPECT_EQ((*variables)("A"), "last");
  EXPECT_EQ((*variables)("B"), "x=y");
  EXPECT_EQ((*variables)("C"), "");
  EXPECT_EQ((*variables)("D"), std::nullopt);
}

TEST(EnvironmentFile, SaysWhatIsWrongWithIt) {
  const TempDir directory;
  const auto missing = with_file(base, directory / "env");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().text, testing::HasSubstr("can't be read"));
  write_file(directory / "env", "A=1\nexport\n");
  const auto wrong = with_file(base, directory / "env");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().text, testing::HasSubstr("env:2"));
}

}  // namespace
}  // namespace srs::config
