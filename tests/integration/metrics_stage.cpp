#include "integration/metrics_stage.hpp"

#include <gtest/gtest.h>

namespace srs::test {

Figures figures(const ServerProcess& server) {
  Figures result;
  const auto reply = http_get(url(server, "/metrics"));
  if (reply.status != 200) return result;  // too many connections, for the moment
  std::istringstream in(reply.body);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto space = line.rfind(' ');
    result[line.substr(0, space)] = std::stod(line.substr(space + 1));
  }
  return result;
}

void Stage::start() {
  ASSERT_TRUE(server.start());
  before_ = figures(server);
}

void Stage::look() {
  for (const auto& [series, value] : figures(server)) {
    const auto known = before_.find(series);
    if (known == before_.end() || known->second != value) changed_.insert(series);
  }
}

bool Stage::moved(const std::string& what) const {
  if (changed_.contains(what)) return true;
  for (const auto& name : {what, what + "_count"}) {
    for (auto at = changed_.lower_bound(name); at != changed_.end() && at->starts_with(name); ++at)
      if (at->size() == name.size() || at->at(name.size()) == '{') return true;
  }
  return false;
}

bool Stage::moves(const std::string& what, std::chrono::milliseconds limit) {
  return wait_until(
      [&] {
        look();
        return moved(what);
      },
      limit);
}

SrcCall Stage::call() {
  SrcCall call(server);
  EXPECT_EQ(call.invite(siprec_body(two_legs())).status(), 200);
  return call;
}

void play(const Scenario& scenario) {
  Stage stage(scenario.settings);
  ASSERT_NO_FATAL_FAILURE(stage.start());
  scenario.act(stage);
  for (const auto& what : scenario.moves)
    EXPECT_TRUE(stage.moves(what)) << what << " did not move: " << scenario.name;
}

}  // namespace srs::test
