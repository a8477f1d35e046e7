// Final results that end within a number, perhaps.
#pragma once

#include "stt/redact.hpp"

#include <srs/stt/broadcast.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace srs::stt {

// Numbers are said in groups, and providers make a result of each: one that ends in digits is held
// back until the next ones tell what they are, so that the rules see all of it. Of one channel; at
// most kMost results are held: where they go on and a number was found among them, all their digits
// are hidden until a result ends without one. `redactor` outlives it.
class HeldBack {
 public:
  static constexpr std::size_t kMost = 40;

  explicit HeldBack(const Redactor& redactor) : redactor_(redactor) {}

  struct Told {
    std::vector<LiveEvent> events;  // final and redacted, without the recording's id
    std::size_t untimed = 0;        // places without usable times
  };
  // What can be told now: nothing, or all up to `result`.
  Told add(Segment result);
  // All that is held.
  Told release();
  bool empty() const { return results_.empty(); }

 private:
  void hide(Transcript& transcript) const;

  const Redactor& redactor_;
  std::vector<Segment> results_;
  std::string hiding_;  // the rule for which digits are hidden; empty: they are not
};

}  // namespace srs::stt
