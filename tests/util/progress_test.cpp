#include <srs/util/progress.hpp>

#include <gtest/gtest.h>

namespace srs {
namespace {

using namespace std::chrono_literals;

struct ProgressTest : testing::Test {
  Progress::Clock::time_point at(int second) const { return begin + std::chrono::seconds(second); }
  Progress progress;
  const Progress::Clock::time_point begin = Progress::Clock::now();
};

TEST_F(ProgressTest, DoesNotStallWhereNothingWaits) {
  EXPECT_EQ(progress.stalled(at(9)), 0s);
  progress.begin(at(10));
  progress.end(at(11));
  EXPECT_EQ(progress.stalled(at(99)), 0s);
}

TEST_F(ProgressTest, StallsForAsLongAsTheFirstPieceTakes) {
  progress.begin(at(1));
  progress.begin(at(5));
  EXPECT_EQ(progress.stalled(at(8)), 7s);
}

TEST_F(ProgressTest, GetsOnWithEachPieceThatIsDone) {
  for (int i = 0; i < 3; ++i) progress.begin(at(0));
  progress.end(at(20));
  EXPECT_EQ(progress.stalled(at(21)), 1s) << "many wait, and one after the other is done";
  progress.end(at(22));
  EXPECT_EQ(progress.stalled(at(30)), 8s);
}

TEST_F(ProgressTest, CountsAPieceThatEndsByAnException) {
  try {
    const Working working(progress);
    throw 1;
  } catch (int) {
  }
  EXPECT_EQ(progress.stalled(Progress::Clock::now() + 1s), 0s);
}

}  // namespace
}  // namespace srs
