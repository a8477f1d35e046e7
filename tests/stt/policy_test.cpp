// When a provider is asked: pauses, breakers, budgets, the order of fallbacks.
#include "stt/backoff.hpp"
#include "stt/breaker.hpp"
#include "stt/budget.hpp"
#include "stt/spending.hpp"

#include <gtest/gtest.h>

namespace srs::stt {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

RetryOptions retries() {
  return {.attempts = 4, .first_pause = 1s, .longest_pause = 60s};
}

TEST(Backoff, DoublesUpToTheLongestPause) {
  EXPECT_EQ(pause_after(1, retries(), 1, {}), 1s);
  EXPECT_EQ(pause_after(2, retries(), 1, {}), 2s);
  EXPECT_EQ(pause_after(5, retries(), 1, {}), 16s);
  EXPECT_EQ(pause_after(7, retries(), 1, {}), 60s);
  EXPECT_EQ(pause_after(1'000'000, retries(), 1, {}), 60s);
}

TEST(Backoff, SpreadsWhatFailedTogetherOverHalfOfThePause) {
  EXPECT_EQ(pause_after(2, retries(), 0, {}), 1s);
  EXPECT_EQ(pause_after(2, retries(), 0.5, {}), 1500ms);
}

TEST(Backoff, WaitsAtLeastAsLongAsTheProviderAsksAndAtMostADay) {
  EXPECT_EQ(pause_after(1, retries(), 1, milliseconds(90s)), 90s);
  EXPECT_EQ(pause_after(5, retries(), 1, milliseconds(1s)), 16s);
  EXPECT_EQ(pause_after(1, retries(), 1, milliseconds(1000h)), 24h);
}

TEST(RetryAfter, IsSecondsOrADate) {
  const auto now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h;
  EXPECT_EQ(retry_after("120", now), milliseconds(120s));
  EXPECT_EQ(retry_after("Sun, 22 Nov 2026 12:00:30 GMT", now), milliseconds(30s));
  EXPECT_EQ(retry_after("Sun, 22 Nov 2026 11:00:00 GMT", now), milliseconds(0));
  EXPECT_EQ(retry_after("4294967295", now), milliseconds(24h));
}

TEST(RetryAfter, IsNothingWhereItIsNeither) {
  for (const auto* text : {"", "soon", "-5", "1.5", "99999999999999999999", "Sun, 22 Nov"})
    EXPECT_EQ(retry_after(text, {}), std::nullopt) << text;
}

class BreakerTest : public testing::Test {
 protected:
  Breaker breaker{{.failures = 3, .pause = 10s, .longest_pause = 30s}};
  Breaker::Time now{1000s};
  void fail(int times) {
    for (int i = 0; i < times; ++i) {
      breaker.begin(now);
      breaker.failed(now);
    }
  }
};

TEST_F(BreakerTest, OpensAfterThatManyFailuresInARow) {
  fail(2);
  EXPECT_EQ(breaker.ready_at(now), now);
  breaker.succeeded();
  fail(2);
  EXPECT_EQ(breaker.state(now), Breaker::State::Closed);
  fail(1);
  EXPECT_EQ(breaker.state(now), Breaker::State::Open);
  EXPECT_EQ(breaker.ready_at(now), now + 10s);
}

TEST_F(BreakerTest, LetsOneRequestTryAndClosesWhenItSucceeds) {
  fail(3);
  now += 10s;
  EXPECT_EQ(breaker.state(now), Breaker::State::HalfOpen);
  EXPECT_EQ(breaker.ready_at(now), now);
  breaker.begin(now);
  EXPECT_GT(breaker.ready_at(now), now) << "only one may try";
  breaker.succeeded();
  EXPECT_EQ(breaker.state(now), Breaker::State::Closed);
}

TEST_F(BreakerTest, WaitsTwiceAsLongAfterEachFailedTry) {
  fail(3);
  now += 10s;
  fail(1);
  EXPECT_EQ(breaker.ready_at(now), now + 20s);
  now += 20s;
  fail(1);
  EXPECT_EQ(breaker.ready_at(now), now + 30s);
}

TEST_F(BreakerTest, LetsAnotherTryWhereTheTryToldNothing) {
  fail(3);
  now += 10s;
  breaker.begin(now);
  breaker.abandoned();
  EXPECT_EQ(breaker.ready_at(now), now);
}

TEST_F(BreakerTest, OpensAtOnceForAKeyThatIsNotAccepted) {
  breaker.begin(now);
  breaker.failed(now, true);
  EXPECT_EQ(breaker.state(now), Breaker::State::Open);
}

TEST_F(BreakerTest, IgnoresStragglersThatFailWhileItIsOpen) {
  fail(3);
  breaker.failed(now);
  breaker.failed(now);
  EXPECT_EQ(breaker.ready_at(now), now + 10s);
}

TEST(Budget, SpreadsRequestsEvenly) {
  Budget budget({.provider = "openai", .requests_per_second = 4});
  const Budget::Time now{1000s};
  EXPECT_EQ(budget.wait(now, {}, 1min).time, 0ms);
  budget.spend(now, 1min);
  EXPECT_EQ(budget.wait(now, {}, 1min).time, 250ms);
  EXPECT_EQ(budget.wait(now, {}, 1min).bound, Budget::Bound::Requests);
  EXPECT_EQ(budget.wait(now + 250ms, {}, 1min).time, 0ms);
}

TEST(Budget, RefillsAudioByTheHour) {
  Budget budget({.provider = "openai", .audio_minutes_per_hour = 60});
  Budget::Time now{1000s};
  budget.spend(now, 50min);
  EXPECT_EQ(budget.wait(now, {}, 10min).time, 0ms);
  EXPECT_EQ(budget.wait(now, {}, 20min).time, 10min);
  EXPECT_EQ(budget.wait(now, {}, 20min).bound, Budget::Bound::Audio);
  EXPECT_EQ(budget.wait(now + 10min, {}, 20min).time, 0ms);
}

TEST(Budget, TakesBackWhatWasNotAskedForAfterAll) {
  Budget budget({.provider = "openai", .requests_per_second = 4, .audio_minutes_per_hour = 60});
  const Budget::Time now{1000s};
  budget.spend(now, 60min);
  EXPECT_GT(budget.wait(now, {}, 1min).time, 0ms);
  budget.give_back(60min);
  EXPECT_EQ(budget.wait(now, {}, 60min).time, 0ms);
}

TEST(Budget, LetsAudioThroughThatIsLongerThanAnHoursBudget) {
  Budget budget({.provider = "openai", .audio_minutes_per_hour = 30});
  Budget::Time now{1000s};
  EXPECT_EQ(budget.wait(now, {}, 90min).time, 0ms);
  budget.spend(now, 90min);
  EXPECT_EQ(budget.wait(now, {}, 1min).time, 122min);
}

TEST(Budget, WaitsForTheNextDayOnceTheDaysCostIsReached) {
  Budget budget({.provider = "openai", .cost_per_day = 2});
  const Budget::Wall day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  budget.charge(day + 10h, 1.5);
  EXPECT_EQ(budget.wait({}, day + 11h, 1min).time, 0ms);
  budget.charge(day + 11h, 0.6);
  EXPECT_EQ(budget.wait({}, day + 22h, 1min).time, 2h);
  EXPECT_EQ(budget.wait({}, day + 22h, 1min).bound, Budget::Bound::Cost);
  EXPECT_EQ(budget.wait({}, day + 24h, 1min).time, 0ms);
}

TEST(Budget, KeepsTheDaysCostWhereAnAnswerOfYesterdayComesLast) {
  Budget budget({.provider = "openai", .cost_per_day = 2});
  const Budget::Wall day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  budget.charge(day + 24h + 1min, 1.5);
  budget.charge(day + 24h - 1min, 0.7);
  EXPECT_EQ(budget.cost_today(day + 24h + 2min), 2.2);
  EXPECT_EQ(budget.wait({}, day + 24h + 2min, 1min).bound, Budget::Bound::Cost);
  EXPECT_EQ(budget.cost_today(day + 23h), 2.2) << "a clock that was set back gives nothing back";
  EXPECT_EQ(budget.cost_today(day + 48h), 0);
  budget.charge(day + 240h, 5);  // the clock was wrong for a moment
  EXPECT_EQ(budget.cost_today(day + 48h), 0);
  budget.charge(day + 48h, 0.5);
  EXPECT_EQ(budget.cost_today(day + 49h), 0.5);
}

class ResumedBudget : public testing::Test {
 protected:
  const Budget::Wall day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  const Budget::Time before{1'000'000s};  // each process has a clock of its own
  const Budget::Time after{10s};
  const Limit limit{.provider = "openai", .audio_minutes_per_hour = 60, .cost_per_day = 2};

  // One that spent 50 minutes and 1.5 at ten o'clock, and was resumed at `wall`.
  Budget resumed(Budget::Wall wall) const {
    Budget old(limit);
    old.spend(before, 50min);
    old.charge(day + 10h, 1.5);
    Budget budget(limit);
    budget.resume(old.spent(before, day + 10h), day + 10h, after, wall);
    return budget;
  }
};

TEST_F(ResumedBudget, GoesOnWhereTheLastOneStopped) {
  auto budget = resumed(day + 10h);
  EXPECT_EQ(budget.wait(after, day + 10h, 10min).time, 0ms);
  EXPECT_EQ(budget.wait(after, day + 10h, 20min).time, 10min);
  EXPECT_EQ(budget.cost_today(day + 10h), 1.5);
  budget.charge(day + 10h, 0.5);
  EXPECT_EQ(budget.wait(after, day + 10h, 1min).bound, Budget::Bound::Cost);
}

TEST_F(ResumedBudget, HasRefilledMeanwhile) {
  EXPECT_EQ(resumed(day + 10h + 20min).wait(after, day + 10h, 40min).time, 10min);
  EXPECT_EQ(resumed(day + 13h).wait(after, day + 13h, 60min).time, 0ms);
  EXPECT_EQ(resumed(day + 13h).cost_today(day + 13h), 1.5);
  EXPECT_EQ(resumed(day + 24h).cost_today(day + 24h), 0);
}

TEST_F(ResumedBudget, IsNotMadeLargerByAClockThatWasSetBack) {
  EXPECT_EQ(resumed(day + 9h).wait(after, day + 9h, 20min).time, 10min);
}

TEST(SpendingFile, IsReadAsItWasWritten) {
  Spending spending{from_rfc3339("2026-11-22T10:00:00Z").value(), {}};
  spending.providers = {{"deepgram", {0, 12.5}}, {"openai", {30.25, 0}}};
  const auto read = spending_from(to_json(spending));
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->at, spending.at);
  ASSERT_EQ(read->providers.size(), 2U);
  EXPECT_EQ(read->providers.at("deepgram").cost, 12.5);
  EXPECT_EQ(read->providers.at("openai").audio_minutes, 30.25);
}

TEST(SpendingFile, ThatIsNoneIsAnError) {
  const std::string begin = R"({"schema":"siprec-transcription-spending/1","at":)";
  const std::string at = begin + R"("2026-11-22T10:00:00Z","providers":)";
  for (const auto& text :
       {std::string(), std::string("{"), std::string("[]"), at + "7}",
        begin + R"("yesterday","providers":{}})", at + R"({"openai":7}})",
        at + R"({"openai":{"cost":1}}})", at + R"({"openai":{"cost":-1,"audio_minutes":0}}})",
        at + R"({"openai":{"cost":1e300,"audio_minutes":0}}})"})
    EXPECT_FALSE(spending_from(text)) << text;
}

TEST(Limits, AreReadAsTheyAreWritten) {
  const auto limit = parse_limit("openai requests=5/s concurrency=4 audio=600min/h cost=20.5/day");
  ASSERT_TRUE(limit) << limit.error().text;
  EXPECT_EQ(limit->provider, "openai");
  EXPECT_EQ(limit->requests_per_second, 5);
  EXPECT_EQ(limit->concurrency, 4U);
  EXPECT_EQ(limit->audio_minutes_per_hour, 600);
  EXPECT_EQ(limit->cost_per_day, 20.5);
}

TEST(Limits, RefuseWhatIsNone) {
  for (const auto* text :
       {"", "openai", "nobody requests=1/s", "openai requests=1", "openai requests=-1/s",
        "openai requests=nan/s", "openai speed=1/s", "openai concurrency=0"})
    EXPECT_FALSE(parse_limit(text)) << text;
}

TEST(Prices, PreferTheModelsOwn) {
  std::vector<Price> prices;
  for (const auto* text :
       {"openai 0.01 USD", "openai/whisper-1 0.006 USD", "deepgram 0.0043 EUR"}) {
    auto price = parse_price(text);
    ASSERT_TRUE(price) << price.error().text;
    prices.push_back(*price);
  }
  EXPECT_EQ(find_price(prices, "openai", {"whisper-1"})->per_minute, 0.006);
  EXPECT_EQ(find_price(prices, "openai", {"other"})->per_minute, 0.01);
  EXPECT_EQ(find_price(prices, "openai", {"whisper-1-2026", "whisper-1"})->per_minute, 0.006)
      << "of the model that answered, else of the one that was asked for";
  EXPECT_EQ(find_price(prices, "openai", {"", "whisper-1"})->per_minute, 0.006);
  EXPECT_EQ(find_price(prices, "deepgram", {"nova-2"})->currency, "EUR");
  EXPECT_EQ(find_price(prices, "azure", {""}), nullptr);
  EXPECT_DOUBLE_EQ(cost_of(prices[1], 90s), 0.009);
}

TEST(Prices, RefuseWhatIsNone) {
  for (const auto* text : {"", "openai", "openai free", "openai 1", "openai -1 USD", "openai 1 usd",
                           "nobody 1 USD", "openai inf USD"})
    EXPECT_FALSE(parse_price(text)) << text;
}

}  // namespace
}  // namespace srs::stt
