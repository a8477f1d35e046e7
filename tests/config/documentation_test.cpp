// config/siprec.yaml and docs/configuration.md say what the table of keys says, no more, no less.
// SRS_UPDATE_DOCS=1 writes the generated parts anew.
#include "config/given.hpp"
#include "config/table.hpp"

#include <srs/util/text.hpp>

#include <cstdlib>

namespace srs::config {
namespace {

const std::filesystem::path kSource = SRS_SOURCE_DIR;
constexpr std::string_view kBegin =
    "<!-- keys: generated, see tests/config/documentation_test.cpp -->\n";
constexpr std::string_view kEnd = "<!-- /keys -->\n";

bool updating() {
  return std::getenv("SRS_UPDATE_DOCS") != nullptr;
}

constexpr std::string_view kHeader =
    "# siprec-server: every setting with its default.\n"
    "#\n"
    "# Each is also an environment variable (SIP_LISTEN) and an option (--sip.listen=...), which\n"
    "# win over this file, in this order. Durations: 40ms, 5s, 2m, 1h. Sizes: 64KiB, 100MB, 1GiB.\n"
    "# More about each: docs/configuration.md.\n";

// As print(), with a line of comment above every key.
std::string expected_yaml() {
  std::string text(kHeader);
  std::vector<std::string> names;
  for (const auto& info : keys()) names.push_back(info.key);
  const auto printed = print(Settings{});
  std::vector<std::string> section;
  for (const auto line : split(std::string_view(printed).substr(0, printed.size() - 1), '\n')) {
    // split() trims: the indentation is taken from the text itself.
    const auto at = static_cast<std::size_t>(line.data() - printed.data());
    const auto line_start = at == 0 ? 0 : printed.rfind('\n', at - 1) + 1;
    const auto indent = at - line_start;
    section.resize(indent / 2);
    section.emplace_back(line.substr(0, line.find(':')));
    std::string path;
    for (const auto& part : section) path += (path.empty() ? "" : ".") + part;
    const Key* key = find(path);
    if (indent == 0) text += "\n";
    if (key != nullptr) text += std::string(indent, ' ') + "# " + key->comment + "\n";
    text += std::string(indent, ' ') + std::string(line) + "\n";
  }
  return text;
}

std::string code(const std::string& text) {
  return text.empty() ? "" : "`" + text + "`";
}

std::string expected_table() {
  std::string text;
  std::string section;
  for (const auto& info : keys()) {
    const auto first = info.key.substr(0, info.key.find('.'));
    if (first != section) {
      section = first;
      text += "\n### " + section + "\n\n| key | default | values | environment | meaning |\n" +
              "|---|---|---|---|---|\n";
    }
    std::string names;
    for (const auto& name : info.environment) names += (names.empty() ? "" : ", ") + code(name);
    text += "| " + code(info.key) + " | " + code(info.default_value) + " | " + info.values + " | " +
            names + " | " + info.comment + " |\n";
  }
  return text + "\n";
}

TEST(ExampleFile, HasEveryKeyWithItsDefaultAndComment) {
  const auto path = kSource / "config" / "siprec.yaml";
  if (updating()) srs::test::write_file(path, expected_yaml());
  EXPECT_EQ(srs::test::read_file(path), expected_yaml());
}

TEST(ExampleFile, LoadsAsTheDefaults) {
  const auto loaded = load(kSource / "config" / "siprec.yaml", test::environment({}), {});
  EXPECT_THAT(loaded.faults, testing::IsEmpty());
  EXPECT_THAT(loaded.warnings, testing::IsEmpty());
  for (const auto& key : table()) {
    EXPECT_EQ(key.get(loaded.settings), key.get(Settings{})) << key.name;
  }
}

TEST(ConfigurationDocument, HasEveryKeyAndNoOther) {
  const auto path = kSource / "docs" / "configuration.md";
  auto text = srs::test::read_file(path);
  const auto begin = text.find(kBegin);
  const auto end = text.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const auto from = begin + kBegin.size();
  if (updating()) {
    text.replace(from, end - from, expected_table());
    srs::test::write_file(path, text);
  }
  EXPECT_EQ(srs::test::read_file(path).substr(from, expected_table().size()), expected_table());
  EXPECT_EQ(srs::test::read_file(path).substr(from + expected_table().size(), kEnd.size()), kEnd);
}

TEST(Comments, AreOneLineWhichFitsTheTable) {
  for (const auto& info : keys()) {
    EXPECT_FALSE(info.comment.empty()) << info.key;
    EXPECT_EQ(info.comment.back(), '.') << info.key;
    EXPECT_EQ(info.comment.find_first_of("\n|"), std::string::npos) << info.key;
    EXPECT_FALSE(info.values.empty()) << info.key;
  }
}

}  // namespace
}  // namespace srs::config
