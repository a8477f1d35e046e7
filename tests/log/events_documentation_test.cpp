// docs/logging.md names no event that nobody logs.
#include <gtest/gtest.h>
#include <support/files.hpp>

#include <filesystem>
#include <regex>
#include <sstream>
#include <string>

namespace srs::log {
namespace {

const std::filesystem::path kSource = SRS_SOURCE_DIR;

std::string sources() {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource / "src"))
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp")
      all += srs::test::read_file(entry.path());
  return all;
}

TEST(EventsDocumentation, NamesOnlyWhatIsLogged) {
  const auto all = sources();
  std::istringstream page(srs::test::read_file(kSource / "docs" / "logging.md"));
  const std::regex row(R"(\| (`[a-z_`, ]+) \| (trace|debug|info|warning|error)[a-z, ]* \|.*)");
  const std::regex name("`([a-z_]+)`");
  std::smatch match;
  std::size_t events = 0;
  for (std::string line; std::getline(page, line);) {
    if (!std::regex_match(line, match, row)) continue;
    const std::string names = match[1];
    for (std::sregex_iterator it(names.begin(), names.end(), name), end; it != end; ++it) {
      const std::string event = (*it)[1];
      ++events;
      // Made of a state's name: recording_complete, recording_failed.
      if (event == "recording_complete" || event == "recording_failed") continue;
      EXPECT_NE(all.find('"' + event + '"'), std::string::npos) << event << " is logged nowhere";
    }
  }
  EXPECT_GT(events, 40U);
}

}  // namespace
}  // namespace srs::log
