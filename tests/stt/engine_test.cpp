// Who is asked next, by what each provider may do now.
#include "stt/engine.hpp"

#include <gtest/gtest.h>

#include <new>

namespace srs::stt {
namespace {

using namespace std::chrono_literals;
using Kind = Choice::Kind;

// Somebody cheap, behind whom somebody dear stands.
class EngineTest : public testing::Test {
 protected:
  void limit(Limit limit) {
    options_.providers = {"openai", "webhook"};
    auto providers = make_providers(options_);
    engines.clear();
    engines.emplace_back(std::move(providers[0]), options_, std::move(limit));
    engines.emplace_back(std::move(providers[1]), options_, Limit{"webhook"});
  }
  Choice next() const { return choose(engines, {}, 4, 1min, now); }

  std::vector<Engine> engines;
  Now now = Now::get();

 private:
  Options options_;
};

TEST_F(EngineTest, WaitsForARateThatLetsTheNextRequestThroughSoon) {
  limit({.provider = "openai", .requests_per_second = 2});
  ASSERT_EQ(next().kind, Kind::Ask);
  engines[0].budget.spend(now.steady, 1min);
  const auto choice = next();
  EXPECT_EQ(choice.kind, Kind::Wait) << "half a second is not worth the dearer one's price";
  EXPECT_EQ(choice.engine, 0U);
  EXPECT_EQ(choice.time, 500ms);
  EXPECT_EQ(choice.bound, Budget::Bound::Requests);
}

TEST_F(EngineTest, PassesOnWhatARateHoldsBackForLong) {
  limit({.provider = "openai", .requests_per_second = 0.1});
  engines[0].budget.spend(now.steady, 1min);
  const auto choice = next();
  EXPECT_EQ(choice.kind, Kind::Ask);
  EXPECT_EQ(choice.engine, 1U);
  EXPECT_EQ(choice.bound, Budget::Bound::Requests);
}

TEST_F(EngineTest, CountsARequestNoLongerOnceItEndedByAnException) {
  limit({.provider = "openai", .concurrency = 1});
  try {
    const Attempt attempt(engines[0], now.steady);
    EXPECT_TRUE(engines[0].is_full());
    throw std::bad_alloc();
  } catch (const std::bad_alloc&) {
  }
  EXPECT_EQ(engines[0].in_flight, 0U);
  EXPECT_EQ(next().engine, 0U);
}

TEST_F(EngineTest, LetsAnotherTryWhereTheTryOfAnOpenBreakerEndedByAnException) {
  limit({.provider = "openai"});
  auto& breaker = engines[0].breaker;
  breaker.failed(now.steady, true);
  now.steady += std::chrono::hours(1);
  {
    const Attempt attempt(engines[0], now.steady);
    EXPECT_GT(breaker.ready_at(now.steady), now.steady);
  }
  EXPECT_EQ(breaker.ready_at(now.steady), now.steady);
  {
    Attempt attempt(engines[0], now.steady);
    breaker.failed(now.steady);
    attempt.judged();
  }
  EXPECT_GT(breaker.ready_at(now.steady), now.steady) << "it was told what came of it";
}

TEST_F(EngineTest, WaitsForAProviderThatIsBusy) {
  limit({.provider = "openai", .concurrency = 1});
  engines[0].in_flight = 1;
  EXPECT_EQ(next().kind, Kind::Wait);
  EXPECT_EQ(next().engine, 0U);
}

TEST_F(EngineTest, PassesOnWhatIsTooMuchAudioOrMoney) {
  limit({.provider = "openai", .audio_minutes_per_hour = 60});
  engines[0].budget.spend(now.steady, 60min);
  EXPECT_EQ(next().engine, 1U);
  limit({.provider = "openai", .cost_per_day = 1});
  engines[0].budget.charge(now.wall, 2);
  EXPECT_EQ(next().engine, 1U);
}

}  // namespace
}  // namespace srs::stt
