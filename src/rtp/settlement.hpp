// What a stream's statistics add to the floor's counters while it runs, and at its end.
#pragma once

#include <chrono>
#include <cstdint>

namespace srs::rtp {

struct StreamStats;
struct Totals;

// A packet that is missing now may yet come. So what the counters get is what was missing at the
// check before and still is: they never take anything back, and their ratio holds at any time.
class Settlement {
 public:
  static constexpr std::chrono::seconds interval{5};

  // True once for each interval.
  bool due(std::chrono::steady_clock::time_point now);
  void check(const StreamStats& stats, Totals& totals);
  // The stream's end: all that is left, and its observation in each histogram.
  void finish(const StreamStats& stats, Totals& totals);

 private:
  struct Sums {
    std::uint64_t expected = 0;
    std::uint64_t lost = 0;
  };
  static Sums sums_of(const StreamStats& stats);
  void add(Sums sums, std::uint64_t late, Totals& totals);

  std::chrono::steady_clock::time_point next_{};
  Sums seen_;     // at the last check
  Sums counted_;  // what the counters have
  std::uint64_t late_ = 0;
};

}  // namespace srs::rtp
