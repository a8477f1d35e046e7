#include <srs/util/result.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace srs {
namespace {

Result<std::string> greet(bool well) {
  if (!well) return Error{"no ", "greeting"};
  return std::string("hello");
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_EQ(*greet(true), "hello");
  EXPECT_FALSE(greet(false));
  EXPECT_EQ(greet(false).error().text, "no greeting");
}

TEST(Result, OfNothingSucceedsOrFails) {
  const auto work = [](bool well) -> Result<void> {
    if (!well) return Error{"failed"};
    return {};
  };
  EXPECT_TRUE(work(true));
  EXPECT_EQ(work(false).error().text, "failed");
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  EXPECT_EQ(**make(), 5);
}

TEST(Result, ThrowsWhereTheValueOfAnErrorIsTaken) {
  EXPECT_THROW(greet(false).value(), std::logic_error);
}

}  // namespace
}  // namespace srs
