// A real server whose figures are watched while something happens to it.
#pragma once

#include "support/scrape.hpp"
#include "support/src_call.hpp"

#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace srs::test {

// Every series of /metrics as it is written there, `errors_total{component="log",reason="reopen"}`,
// with its value.
using Figures = std::map<std::string, double>;
Figures figures(const ServerProcess& server);

// The server, and which of its series have changed since it was started.
class Stage {
 public:
  explicit Stage(Settings settings) : server(std::move(settings)) {}

  void start();
  // Notes what is different now. A gauge that rises and falls again must be looked at in between.
  void look();
  // A series, or a metric's name for any of its series (a histogram's is its count).
  bool moved(const std::string& what) const;
  // Looks until it has moved.
  bool moves(const std::string& what, std::chrono::milliseconds limit = kSoon);
  // An answered call of two legs.
  SrcCall call();

  ServerProcess server;

 private:
  Figures before_;
  std::set<std::string> changed_;
};

// What happens, and what of /metrics moves by it.
struct Scenario {
  std::string name;
  Settings settings;
  std::function<void(Stage&)> act;
  std::vector<std::string> moves;
};
inline void PrintTo(const Scenario& scenario, std::ostream* out) {
  *out << scenario.name;
}

// Starts a server, lets it happen, and waits until all that should move has moved.
void play(const Scenario& scenario);

}  // namespace srs::test
