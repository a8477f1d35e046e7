#include "source_table.hpp"

#include <algorithm>

namespace srs::rtp {

std::optional<std::size_t> SourceTable::find(std::uint32_t ssrc) const {
  for (std::size_t i = sources_.size(); i-- > 0;)
    if (stats_.sources[i].ssrc == ssrc) return i;
  return std::nullopt;
}

std::size_t SourceTable::add(std::uint32_t ssrc) {
  if (sources_.size() == capacity) retire();
  stats_.sources.emplace_back().ssrc = ssrc;
  sources_.emplace_back();
  return sources_.size() - 1;
}

void SourceTable::retire() {
  auto& all = stats_.sources;
  const auto least = std::min_element(
      all.begin(), all.end(), [](const auto& a, const auto& b) { return a.packets < b.packets; });
  auto& sum = stats_.others;
  if (sum.packets == 0) sum.first_arrival = least->first_arrival;
  sum.last_arrival = std::max(sum.last_arrival, least->last_arrival);
  sum.packets += least->packets;
  sum.bytes += least->bytes;
  sum.duplicates += least->duplicates;
  sum.reordered += least->reordered;
  sum.late += least->late;
  sum.expected += least->expected;
  sources_.erase(sources_.begin() + (least - all.begin()));
  all.erase(least);
}

std::vector<ReportBlock> SourceTable::report(WallTime now) {
  std::vector<ReportBlock> blocks;
  for (std::size_t i = 0; i < sources_.size(); ++i)
    if (sources_[i].owes_report(stats(i))) blocks.push_back(sources_[i].report(stats(i), now));
  return blocks;
}

}  // namespace srs::rtp
