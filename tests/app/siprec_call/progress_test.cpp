#include "app/siprec_call/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srs::call {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

TEST(Progress, GoesByTheClockWhereTheLengthIsKnown) {
  const auto line = progress_line({.wanted = 1,
                                   .ended = 0,
                                   .active = 1,
                                   .failed = 0,
                                   .elapsed = seconds(3),
                                   .expected = seconds(6)});
  EXPECT_THAT(line, HasSubstr("50 %"));
  EXPECT_THAT(line, HasSubstr("[###############---------------]"));
}

TEST(Progress, GoesByEndedCallsOtherwise) {
  const auto line = progress_line(
      {.wanted = 8, .ended = 6, .active = 2, .failed = 1, .elapsed = seconds(3), .expected = {}});
  EXPECT_THAT(line, HasSubstr("75 %"));
  EXPECT_THAT(line, HasSubstr("6/8 calls, 2 active, 1 failed, 3 s"));
}

TEST(Progress, IsFullOnlyWhenTheLastCallHasEnded) {
  EXPECT_THAT(progress_line({.wanted = 2,
                             .ended = 1,
                             .active = 1,
                             .failed = 0,
                             .elapsed = seconds(9),
                             .expected = seconds(6)}),
              HasSubstr("99 %"));
}

}  // namespace
}  // namespace srs::call
