#include "metrics/descriptors.hpp"

#include <srs/metrics/process.hpp>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace srs::metrics {
namespace {

using testing::HasSubstr;

TEST(ProcessFigures, CountOpenFileDescriptors) {
  const auto before = read_process_figures().open_fds;
  std::vector<int> fds;
  for (int i = 0; i < 10; ++i) fds.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(read_process_figures().open_fds, before + 10);
  for (const int fd : fds) ::close(fd);
  EXPECT_EQ(read_process_figures().open_fds, before);
  const auto listed = std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  EXPECT_EQ(before, static_cast<std::uint64_t>(listed - 1));  // one of them lists the others
}

TEST(ProcessFigures, CountDescriptorsAlikeInEveryWay) {
  std::vector<int> fds;
  for (int i = 0; i < 200; ++i) fds.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  for (std::size_t i = 0; i < fds.size(); i += 3) ::close(std::exchange(fds[i], -1));
  const auto listed = std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}) - 1;
  EXPECT_EQ(count_descriptors_by_poll(), static_cast<std::uint64_t>(listed));
  const auto by_stat = count_descriptors_by_stat();
  EXPECT_TRUE(by_stat == static_cast<std::uint64_t>(listed) || by_stat == 0) << by_stat;
  for (const int fd : fds) {
    if (fd >= 0) ::close(fd);
  }
}

TEST(ProcessFigures, CountThreads) {
  const auto before = read_process_figures().threads;
  std::promise<void> end;
  std::thread thread([&] { end.get_future().wait(); });
  EXPECT_EQ(read_process_figures().threads, before + 1);
  end.set_value();
  thread.join();
}

TEST(ProcessFigures, GrowWithMemoryThatIsUsed) {
  const auto before = read_process_figures();
  const std::vector<char> block(32 << 20, 'x');
  const auto after = read_process_figures();
  EXPECT_GE(after.resident_bytes, before.resident_bytes + (16 << 20));
  EXPECT_GE(after.virtual_bytes, after.resident_bytes);
#ifndef SRS_SANITIZED  // sanitizers have heaps of their own
  EXPECT_GE(after.heap_bytes, before.heap_bytes + block.size());
#endif
}

TEST(ProcessFigures, KnowTheStartAndTheCpuTime) {
  const auto figures = read_process_figures();
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_LE(figures.start_time_seconds, now.count() + 1);
  EXPECT_GE(figures.start_time_seconds, now.count() - 3600);
  EXPECT_GT(figures.max_fds, 0U);
  volatile std::uint64_t spent = 0;
  while (read_process_figures().cpu_seconds < figures.cpu_seconds + 0.01) spent = spent + 1;
  EXPECT_GT(read_process_figures().cpu_seconds, figures.cpu_seconds);
}

TEST(ExposeProcess, HasTheNamesThatDashboardsAskFor) {
  Registry registry;
  const auto kept = expose_process(
      registry, [] { return 40; }, "1.2.3");
  const auto text = registry.text();
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                           "process_virtual_memory_bytes", "process_open_fds", "process_max_fds",
                           "process_start_time_seconds", "process_threads"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name + " "));
  }
  for (const char* type : {"resident", "virtual", "heap"}) {
    EXPECT_THAT(text, HasSubstr("memory_usage_bytes{type=\"" + std::string(type) + "\"} "));
  }
  EXPECT_THAT(text, HasSubstr("# TYPE process_cpu_seconds_total counter\n"));
  EXPECT_THAT(text, HasSubstr("# HELP goroutines_total Concurrent tasks: coroutines and threads"));
  EXPECT_THAT(text, HasSubstr("siprec_build_info{version=\"1.2.3\"} 1\n"));
  const auto threads = read_process_figures().threads;
  EXPECT_THAT(text, HasSubstr("goroutines_total " + std::to_string(40 + threads) + "\n"));
}

}  // namespace
}  // namespace srs::metrics
