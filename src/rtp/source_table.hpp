// The SSRCs of one stream, bounded.
#pragma once

#include "source.hpp"

#include <optional>
#include <vector>

namespace srs::rtp {

// Keeps the figures in `stats.sources` and what they are made of beside them. Where an SSRC more
// comes than can be kept, the one with the fewest packets moves into `stats.others`: a flood of
// invented SSRCs pushes out itself. `stats` outlives it.
class SourceTable {
 public:
  static constexpr std::size_t capacity = 16;

  explicit SourceTable(StreamStats& stats) : stats_(stats) {}

  std::optional<std::size_t> find(std::uint32_t ssrc) const;
  std::size_t add(std::uint32_t ssrc);  // its index; the others' may have changed

  Source& source(std::size_t index) { return sources_[index]; }
  SourceStats& stats(std::size_t index) { return stats_.sources[index]; }
  std::size_t size() const { return sources_.size(); }

  // Blocks for the sources that were heard since the last report.
  std::vector<ReportBlock> report(WallTime now);

 private:
  void retire();

  StreamStats& stats_;
  std::vector<Source> sources_;
};

}  // namespace srs::rtp
