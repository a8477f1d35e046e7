// docs/logging.md names every event that the server logs, and no other.
#include <gtest/gtest.h>
#include <support/files.hpp>

#include <filesystem>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace srs::log {
namespace {

const std::filesystem::path kSource = SRS_SOURCE_DIR;

std::string sources() {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource / "src")) {
    // The test caller is another program.
    if (entry.path().string().find("siprec_call") != std::string::npos) continue;
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp")
      all += srs::test::read_file(entry.path());
  }
  return all;
}

// The first column of the table of events.
std::set<std::string> documented() {
  std::istringstream page(srs::test::read_file(kSource / "docs" / "logging.md"));
  const std::regex row(R"(\| (`[a-z_`, ]+) \| (trace|debug|info|warning|error)[a-z, ]* \|.*)");
  const std::regex name("`([a-z_]+)`");
  std::set<std::string> events;
  std::smatch match;
  for (std::string line; std::getline(page, line);) {
    if (!std::regex_match(line, match, row)) continue;
    const std::string names = match[1];
    for (std::sregex_iterator it(names.begin(), names.end(), name), end; it != end; ++it)
      events.insert((*it)[1]);
  }
  return events;
}

// What the sources log: `.info("event"`, `.info(hold ? "event" : "event"`, `.write(a ? level :
// level, b ? "event" : "event"`, and the events of log::Folded, which stand behind a level.
std::set<std::string> logged() {
  const auto all = sources();
  const std::regex call(
      R"re((registry)?\s*(?:\.|->)(?:trace|debug|info|warning|error|asked_for)\(\s*)re"
      R"re((?:\w+ \? )?"([a-z_]+)"(?: : "([a-z_]+)")?)re");
  const std::regex chosen(R"re(Level::\w+,\s*\w+ \? "([a-z_]+)" : "([a-z_]+)")re");
  const std::regex folded(R"re(Level::\w+,\s*"([a-z_]+)")re");
  std::set<std::string> events;
  for (std::sregex_iterator it(all.begin(), all.end(), call), end; it != end; ++it) {
    if ((*it)[1].matched) continue;  // registry.error("component", "reason"), a counter
    for (const auto group : {2, 3})
      if ((*it)[group].matched) events.insert((*it)[group]);
  }
  for (std::sregex_iterator it(all.begin(), all.end(), chosen), end; it != end; ++it)
    for (const auto group : {1, 2}) events.insert((*it)[group]);
  for (std::sregex_iterator it(all.begin(), all.end(), folded), end; it != end; ++it)
    events.insert((*it)[1]);
  return events;
}

TEST(EventsDocumentation, NamesWhatIsLoggedAndNothingElse) {
  const auto events = logged();
  EXPECT_GT(events.size(), 70U) << "the search has gone blind";
  EXPECT_EQ(documented(), events);
}

}  // namespace
}  // namespace srs::log
