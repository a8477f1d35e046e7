#include "settlement.hpp"

#include <srs/rtp/metrics.hpp>
#include <srs/rtp/stream.hpp>

#include <algorithm>
#include <utility>

namespace srs::rtp {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// What `now` has beyond `counted`, which is then as high.
std::uint64_t growth(std::uint64_t now, std::uint64_t& counted) {
  const auto before = std::exchange(counted, std::max(counted, now));
  return counted - before;
}

}  // namespace

bool Settlement::due(std::chrono::steady_clock::time_point now) {
  if (now < next_) return false;
  next_ = now + interval;
  return true;
}

Settlement::Sums Settlement::sums_of(const StreamStats& stats) {
  return {.expected = stats.expected(), .lost = stats.lost()};
}

void Settlement::check(const StreamStats& stats, Totals& totals) {
  const auto now = sums_of(stats);
  add({.expected = seen_.expected, .lost = std::min(seen_.lost, now.lost)}, stats.late(), totals);
  seen_ = now;
}

void Settlement::finish(const StreamStats& stats, Totals& totals) {
  if (stats.packets == 0) return;
  const auto sums = sums_of(stats);
  add(sums, stats.late(), totals);
  totals.stream_loss.observe(share(sums.lost, sums.expected));
  totals.stream_late.observe(share(stats.late(), sums.expected - sums.lost));
  totals.stream_jitter.observe(stats.jitter_ms() / 1000);
}

void Settlement::add(Sums sums, std::uint64_t late, Totals& totals) {
  totals.expected += growth(sums.expected, counted_.expected);
  totals.lost += growth(sums.lost, counted_.lost);
  totals.late += growth(late, late_);
}

}  // namespace srs::rtp
