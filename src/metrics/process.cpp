#include "metrics/descriptors.hpp"

#include <srs/metrics/process.hpp>
#include <srs/util/text.hpp>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace srs::metrics {
namespace {

std::string read_proc(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint64_t number_at(const std::vector<std::string_view>& fields, std::size_t index) {
  return index < fields.size() ? to_number<std::uint64_t>(fields[index]).value_or(0) : 0;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double clock_seconds(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// proc(5): fields from the third on come after the name in parentheses, which may hold anything.
void read_stat(ProcessFigures& figures) {
  const auto text = read_proc("/proc/self/stat");
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return;
  const auto fields = split(std::string_view(text).substr(name_end + 2), ' ');
  figures.threads = number_at(fields, 20 - 3);
  const double ticks = static_cast<double>(number_at(fields, 22 - 3));  // since boot
  const double since_boot = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  const double boot = clock_seconds(CLOCK_REALTIME) - clock_seconds(CLOCK_BOOTTIME);
  // Ticks are hundredths; finer digits would change from scrape to scrape.
  figures.start_time_seconds = std::round((boot + since_boot) * 100) / 100;
}

prometheus::MetricFamily one(std::string name, std::string help, prometheus::MetricType type,
                             double value) {
  return family(std::move(name), std::move(help), type, {{{}, value}});
}

void fill_process(std::vector<prometheus::MetricFamily>& out, const ProcessFigures& figures) {
  using enum prometheus::MetricType;
  const auto level = [](std::uint64_t value) { return static_cast<double>(value); };
  out.push_back(one("process_cpu_seconds_total", "User and system CPU time spent, in seconds.",
                    Counter, figures.cpu_seconds));
  out.push_back(one("process_resident_memory_bytes", "Resident memory size, in bytes.", Gauge,
                    level(figures.resident_bytes)));
  out.push_back(one("process_virtual_memory_bytes", "Virtual memory size, in bytes.", Gauge,
                    level(figures.virtual_bytes)));
  out.push_back(one("process_open_fds", "Open file descriptors.", Gauge, level(figures.open_fds)));
  out.push_back(one("process_max_fds", "File descriptors that may be open at most.", Gauge,
                    level(figures.max_fds)));
  out.push_back(one("process_start_time_seconds", "Start of the process, in seconds since 1970.",
                    Gauge, figures.start_time_seconds));
  out.push_back(one("process_threads", "Threads of the process.", Gauge, level(figures.threads)));
  out.push_back(family("memory_usage_bytes",
                       "Memory of the process: resident, virtual, and heap as in use by malloc.",
                       Gauge,
                       {{{{"type", "resident"}}, level(figures.resident_bytes)},
                        {{{"type", "virtual"}}, level(figures.virtual_bytes)},
                        {{{"type", "heap"}}, level(figures.heap_bytes)}}));
}

}  // namespace

// proc(5): pages of total size, resident, ...
MemoryFigures read_memory() {
  const auto text = read_proc("/proc/self/statm");
  const auto fields = split(text, ' ');
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const auto heap = ::mallinfo2();
  return {number_at(fields, 1) * page, number_at(fields, 0) * page, heap.uordblks + heap.hblkhd};
}

DescriptorFigures read_descriptors() {
  DescriptorFigures figures{count_descriptors(), 0};
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.max_fds = limit.rlim_cur;
  return figures;
}

ProcessFigures read_process_figures() {
  ProcessFigures figures{read_memory(), read_descriptors()};
  read_stat(figures);
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    figures.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  }
  return figures;
}

std::shared_ptr<prometheus::Collectable> expose_process(Registry& registry,
                                                        std::function<std::size_t()> coroutines,
                                                        std::string version) {
  return computed(registry, [coroutines = std::move(coroutines), version = std::move(version)](
                                std::vector<prometheus::MetricFamily>& out) {
    const auto figures = read_process_figures();
    fill_process(out, figures);
    out.push_back(one("goroutines_total",
                      "Concurrent tasks: coroutines and threads (dashboards ask for this name).",
                      prometheus::MetricType::Gauge,
                      static_cast<double>(coroutines() + figures.threads)));
    out.push_back(family("siprec_build_info", "1, labelled with the version that runs.",
                         prometheus::MetricType::Gauge, {{{{"version", version}}, 1}}));
  });
}

}  // namespace srs::metrics
