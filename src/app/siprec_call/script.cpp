#include "app/siprec_call/script.hpp"

#include <algorithm>

namespace srs::call {

std::vector<Step> write_script(const Options& options) {
  std::vector<Step> script;
  for (const auto& hold : options.holds) {
    script.push_back({hold.at, Step::Act::Hold, {}});
    script.push_back({hold.at + hold.length, Step::Act::Resume, {}});
  }
  for (const auto& press : options.presses) {
    script.push_back({press.at, Step::Act::Press, press.digits});
  }
  std::stable_sort(script.begin(), script.end(),
                   [](const Step& a, const Step& b) { return a.at < b.at; });
  return script;
}

}  // namespace srs::call
