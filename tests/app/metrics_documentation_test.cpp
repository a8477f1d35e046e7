// docs/metrics.md against a running server, both ways.
#include "support/files.hpp"
#include "support/http_get.hpp"
#include "support/server_process.hpp"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace srs::test {
namespace {

struct Described {
  std::string type;
  std::set<std::string> labels;
};

std::map<std::string, Described> documented() {
  std::map<std::string, Described> result;
  std::istringstream page(read_file(std::filesystem::path(SRS_SOURCE_DIR) / "docs/metrics.md"));
  const std::regex row(R"(\| `([a-z_]+)` \| (counter|gauge|histogram) \| ([^|]*)\|.*)");
  const std::regex label("`([a-z]+)`");
  std::smatch match;
  for (std::string line; std::getline(page, line);) {
    if (!std::regex_match(line, match, row)) continue;
    Described described{match[2], {}};
    const std::string labels = match[3];
    for (std::sregex_iterator it(labels.begin(), labels.end(), label), end; it != end; ++it) {
      described.labels.insert((*it)[1]);
    }
    EXPECT_TRUE(result.emplace(match[1], described).second) << match[1] << " stands there twice";
  }
  return result;
}

// Families with their types, and the labels that their series carry; histograms' own `le` left out.
std::map<std::string, Described> exposed(const std::string& text) {
  std::map<std::string, Described> result;
  std::istringstream lines(text);
  const std::regex type("# TYPE ([a-z_]+) ([a-z]+)");
  const std::regex series(R"(([a-z_]+)\{([^}]*)\}.*)");
  const std::regex label("([a-z]+)=");
  std::smatch match;
  std::string family;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, match, type)) {
      family = match[1];
      result[family].type = match[2];
    } else if (std::regex_match(line, match, series)) {
      const std::string labels = match[2];
      for (std::sregex_iterator it(labels.begin(), labels.end(), label), end; it != end; ++it) {
        if ((*it)[1] != "le") result[family].labels.insert((*it)[1]);
      }
    }
  }
  return result;
}

class MetricsDocumentation : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.start());
    const auto answer =
        http_get("http://127.0.0.1:" + std::to_string(server_.http_port()) + "/metrics");
    ASSERT_EQ(answer.status, 200);
    exposed_ = exposed(answer.body);
  }

  // With everything switched on that has metrics of its own.
  ServerProcess server_{{{"STT_PROVIDERS", "command"},
                         {"STT_COMMAND_PROGRAM", "/bin/true"},
                         {"STT_PRICES", "command 1 EUR"},
                         {"STT_REDACTION_RULES", "card"},
                         {"STT_LIVE_PROVIDER", "vosk"},
                         {"STT_LIMITS", "command requests=1/s audio=60min/h cost=1/day"}}};
  std::map<std::string, Described> exposed_;
  const std::map<std::string, Described> documented_ = documented();
};

TEST_F(MetricsDocumentation, NamesEveryMetricWithItsTypeAndLabels) {
  ASSERT_GT(exposed_.size(), 50u);
  for (const auto& [name, found] : exposed_) {
    const auto row = documented_.find(name);
    ASSERT_NE(row, documented_.end()) << name << " is not in docs/metrics.md";
    EXPECT_EQ(row->second.type, found.type) << name;
    for (const auto& label : found.labels) {
      EXPECT_TRUE(row->second.labels.contains(label)) << name << " has a label " << label;
    }
  }
}

TEST_F(MetricsDocumentation, NamesNothingThatTheServerDoesNotExpose) {
  for (const auto& [name, row] : documented_) {
    EXPECT_TRUE(exposed_.contains(name)) << name << " is in docs/metrics.md only";
  }
}

}  // namespace
}  // namespace srs::test
