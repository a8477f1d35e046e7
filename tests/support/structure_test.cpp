// The rules of the source tree that no compiler checks: includes go down the floors (and so do the
// LINKS lines), every test is in the build, the top level holds what it should.
#include "support/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace srs::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SRS_SOURCE_DIR;

const std::map<std::string, int> kFloors = {
    {"util", 0},      {"log", 0},     {"http_client", 0},  // a library of util
    {"metrics", 1},   {"tracing", 1}, {"sdp", 2},         {"siprec", 2}, {"codec", 2},
    {"sip", 3},       {"rtp", 3},     {"storage", 3},     {"stt", 3},    {"http", 3},
    {"recording", 4}, {"config", 5},  {"health", 5},      {"app", 6}};

// Compiled pieces that belong to no floor: Asio itself, and programs, which stand above them all.
const std::set<std::string> kNoFloor = {"asio"};

std::vector<fs::path> files(const fs::path& top, const std::set<std::string>& extensions) {
  std::vector<fs::path> out;
  if (!fs::exists(top)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(top))
    if (entry.is_regular_file() && extensions.contains(entry.path().extension().string()))
      out.push_back(entry.path());
  std::ranges::sort(out);
  return out;
}

// True where `from` may use `to`.
bool goes_down(const std::string& from, const std::string& to) {
  if (from == to || !kFloors.contains(to)) return true;
  if (kFloors.at(from) == 0) return kFloors.at(to) == 0;  // util and log may see each other
  return kFloors.at(to) < kFloors.at(from);
}

// Each offence of one file as `path:line: module includes module`.
void find_climbs(const fs::path& path, const std::string& module, std::vector<std::string>& out) {
  static const std::regex include(R"(^\s*#\s*include\s*["<](?:srs/)?([a-z0-9_]+)/.*)");
  std::istringstream in(read_file(path));
  std::smatch match;
  unsigned number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (std::regex_match(line, match, include) && !goes_down(module, match[1]))
      out.push_back(fs::relative(path, kRoot).string() + ":" + std::to_string(number) + ": " +
                    module + " includes " + match[1].str());
  }
}

TEST(Structure, EveryModuleStandsOnAFloor) {
  for (const char* top : {"include/srs", "src"})
    for (const auto& entry : fs::directory_iterator(kRoot / top))
      if (entry.is_directory()) {
        const auto name = entry.path().filename().string();
        EXPECT_TRUE(kFloors.contains(name) || kNoFloor.contains(name)) << name << " is on no floor";
      }
}

TEST(Structure, IncludesGoDownTheFloorsOnly) {
  std::vector<std::string> climbs;
  std::size_t seen = 0;
  for (const char* top : {"include/srs", "src"})
    for (const auto& path : files(kRoot / top, {".hpp", ".cpp", ".h"})) {
      const auto module = fs::relative(path, kRoot / top).begin()->string();
      if (!kFloors.contains(module)) continue;
      ++seen;
      find_climbs(path, module, climbs);
    }
  EXPECT_GT(seen, 50U) << "the sources were not found";
  EXPECT_TRUE(climbs.empty()) << ::testing::PrintToString(climbs);
}

TEST(Structure, LinksGoDownTheFloorsOnly) {
  static const std::regex word(R"(srs_([a-z0-9_]+))");
  for (const auto& [module, floor] : kFloors) {
    const auto path = kRoot / "src" / module / "CMakeLists.txt";
    if (!fs::exists(path)) continue;
    const auto text = read_file(path);
    for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at)
      EXPECT_TRUE(goes_down(module, (*at)[1])) << path << " links " << (*at)[0];
  }
}

TEST(Structure, ClimbsAreSeen) {
  EXPECT_TRUE(goes_down("recording", "rtp"));
  EXPECT_TRUE(goes_down("util", "log"));
  EXPECT_FALSE(goes_down("rtp", "recording"));
  EXPECT_FALSE(goes_down("sip", "rtp"));
  EXPECT_FALSE(goes_down("metrics", "tracing"));
  EXPECT_FALSE(goes_down("util", "metrics"));
}

TEST(Structure, EveryTestIsInTheBuild) {
  const auto tests = files(kRoot / "tests", {".cpp"});
  for (const auto& path : tests) {
    const auto name = path.filename().string();
    if (!name.ends_with("_test.cpp")) continue;
    const auto list = path.parent_path() / "CMakeLists.txt";
    const auto text = fs::exists(list) ? read_file(list) : std::string{};
    EXPECT_TRUE(std::regex_search(text, std::regex("\\b" + name + "\\b")))
        << fs::relative(path, kRoot) << " is not named in " << fs::relative(list, kRoot);
  }
}

// Pages that lead through the code send nobody to a file that moved.
TEST(Structure, EveryFileThatThePagesOnTheCodeNameIsThere) {
  static const std::regex path("`((?:src|include|tests|docs|deploy|config)/[a-z0-9_./-]+)`");
  std::size_t seen = 0;
  for (const char* page : {"architecture.md", "ownership.md", "CONTRIBUTING.md"}) {
    const auto text = read_file(kRoot / "docs" / page);
    for (std::sregex_iterator at(text.begin(), text.end(), path), end; at != end; ++at) {
      ++seen;
      EXPECT_TRUE(fs::exists(kRoot / (*at)[1].str())) << page << " names " << (*at)[1];
    }
  }
  EXPECT_GT(seen, 30U) << "the pages were not read";
}

TEST(Structure, TheTopLevelHoldsWhatItShould) {
  const std::set<std::string> expected = {"CMakeLists.txt", "CMakePresets.json", "LICENSE",
                                          "README.md", "config", "deploy", "docs", "include", "src",
                                          "tests",
                                          // made by building and by running
                                          "build", "recordings"};
  for (const auto& entry : fs::directory_iterator(kRoot)) {
    const auto name = entry.path().filename().string();
    EXPECT_TRUE(name.starts_with(".") || expected.contains(name)) << name;
  }
}

}  // namespace
}  // namespace srs::test
