#include <gtest/gtest.h>
#include <rtp/source_table.hpp>

#include <algorithm>

namespace srs::rtp {
namespace {

constexpr WallTime start{std::chrono::seconds(1795348965)};

class ATable : public testing::Test {
 protected:
  void packet(std::uint32_t ssrc, std::uint16_t sequence) {
    const auto found = table.find(ssrc);
    const auto index = found ? *found : table.add(ssrc);
    table.source(index).update({{.sequence = sequence, .ssrc = ssrc}, {}}, start, 8000,
                               table.stats(index));
  }
  bool lists(std::uint32_t ssrc) const {
    return std::any_of(stats.sources.begin(), stats.sources.end(),
                       [&](const auto& source) { return source.ssrc == ssrc; });
  }
  StreamStats stats;
  SourceTable table{stats};
};

TEST_F(ATable, KeepsSourcesInTheOrderOfAppearance) {
  for (const std::uint32_t ssrc : {5, 3, 9}) packet(ssrc, 1);
  ASSERT_EQ(stats.sources.size(), 3u);
  EXPECT_EQ(stats.sources[0].ssrc, 5u);
  EXPECT_EQ(stats.sources[2].ssrc, 9u);
  EXPECT_FALSE(table.find(4));
}

TEST_F(ATable, SumsUpWhatItCannotKeep) {
  for (std::uint16_t i = 0; i < 100; ++i) packet(1, i);
  for (std::uint32_t ssrc = 1000; ssrc < 2000; ++ssrc) packet(ssrc, 1);
  EXPECT_EQ(stats.sources.size(), SourceTable::capacity);
  EXPECT_TRUE(lists(1)) << "a flood must not push the real source out";
  EXPECT_TRUE(lists(1999)) << "the last one is kept, it may be the new real source";
  std::uint64_t packets = stats.others.packets;
  for (const auto& source : stats.sources) packets += source.packets;
  EXPECT_EQ(packets, 1100u);
  EXPECT_EQ(stats.lost(), 0u);
}

TEST_F(ATable, ReportsOnThoseThatWereHeardSince) {
  packet(1, 1);
  packet(2, 1);
  EXPECT_EQ(table.report(start).size(), 2u);
  packet(2, 2);
  const auto blocks = table.report(start);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].ssrc, 2u);
}

}  // namespace
}  // namespace srs::rtp
