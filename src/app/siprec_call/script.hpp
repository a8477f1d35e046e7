// What happens during a call.
#pragma once

#include "app/siprec_call/options.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace srs::call {

struct Step {
  enum class Act { Hold, Resume, Press };
  std::chrono::milliseconds at{};  // after the answer
  Act act = Act::Hold;
  std::string digits;
};

// The holds and key presses of `options` in order of time.
std::vector<Step> write_script(const Options& options);

}  // namespace srs::call
