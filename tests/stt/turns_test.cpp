// What many jobs that wait cost the thread that packets come on.
#include "stt/job_file.hpp"
#include "stt/scripted_provider.hpp"

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMany = 300;

class TurnsTest : public PoolTest {
 protected:
  TurnsTest() { options.concurrency = 4; }

  // Jobs on disk that the provider has failed before.
  void failed_before(std::size_t jobs, std::vector<int> priorities = {}) {
    priorities.resize(jobs);
    for (std::size_t i = 0; i < jobs; ++i) {
      JobState state;
      state.job = spoken("old-" + std::to_string(1000 + i));
      state.job.priority = priorities[i];
      state.submitted_at = std::chrono::system_clock::now();
      state.providers["openai"] = {1, false, Reason::Server, "503", {}};
      state.last_provider = "openai";
      ASSERT_TRUE(store(state));
    }
  }
  void recover(std::size_t jobs) {
    std::size_t found = 0;
    pool->recover(directory.path(), [&](std::size_t number) { found = number; });
    ASSERT_TRUE(run_until([&] { return found == jobs; }, 50s));
  }
  void one_after_another(std::size_t jobs) {
    for (std::size_t i = 0; i < jobs; ++i) {
      const auto before = pool->looks();
      pool->submit(spoken("new-" + std::to_string(i)));
      ASSERT_TRUE(run_until([&] { return pool->looks() > before; })) << "it stands in line";
    }
  }
};

TEST_F(TurnsTest, JobsThatWaitForAClosedProviderAreNotLookedAtForEachThatComes) {
  Provider provider({{429, "slow down", "Retry-After: 3600\r\n"}});
  options.openai.url = provider.url();
  start();
  failed_before(kMany);
  recover(kMany);
  ASSERT_TRUE(run_until([&] { return provider.count() > 0 && pool->running() == 0; }));
  const auto before = pool->looks();
  EXPECT_LT(before, 20 * kMany) << "nor for each that was found";
  one_after_another(20);
  EXPECT_LT(pool->looks() - before, kMany);
  EXPECT_EQ(pool->size(), kMany + 20);
}

TEST_F(TurnsTest, JobsThatPauseAreNotLookedAtForEachThatEnds) {
  Provider provider({{503, "busy"}});
  options.openai.url = provider.url();
  options.retry.first_pause = 1h;
  options.retry.longest_pause = 1h;
  options.breaker.failures = 10 * kMany;
  start();
  for (std::size_t i = 0; i < kMany; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until([&] { return provider.count() == kMany && pool->running() == 0; }, 50s));
  EXPECT_LT(pool->looks(), 20 * kMany);
}

TEST_F(TurnsTest, AllThatWaitedGoThroughOnceTheProviderIsBack) {
  Provider provider({{503, "down"}, {503, "down"}, {503, "down"}, Reply{}});
  options.openai.url = provider.url();
  options.breaker.failures = 1;
  start();
  failed_before(50);
  recover(50);
  pool->submit(spoken("new"));
  ASSERT_TRUE(run_until_ended(51));
  EXPECT_EQ(finished.size(), 51U);
}

TEST_F(TurnsTest, TheMostUrgentGoesFirstAmongThoseThatFailedBefore) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  options.concurrency = 1;
  failed_before(4, {1, 0, 1, 2});
  start();
  recover(4);
  ASSERT_TRUE(run_until_ended(4));
  std::vector<std::string> order;
  for (const auto& event : finished) order.push_back(event.recording_id.substr(4));
  // The first was found before the others, and began at once.
  EXPECT_THAT(order, testing::ElementsAre("1000", "1003", "1002", "1001"));
}

}  // namespace
}  // namespace srs::stt::test
