#include "support/held_thread.hpp"

#include "support/files.hpp"
#include "support/wait.hpp"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <optional>

namespace srs::test {
namespace {

constexpr int kSystemCall = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD

// Nothing where it did not stop in time.
std::optional<int> next_stop(pid_t thread) {
  int status = 0;
  const bool stopped =
      wait_until([&] { return ::waitpid(thread, &status, __WALL | WNOHANG) == thread; }, kSoon,
                 std::chrono::milliseconds(1));
  if (!stopped || !WIFSTOPPED(status)) return std::nullopt;
  return status;
}

bool is_entering(pid_t thread, const std::set<long>& calls) {
  __ptrace_syscall_info info{};
  const auto size = reinterpret_cast<void*>(sizeof info);
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, size, &info) <= 0) return false;
  return info.op == PTRACE_SYSCALL_INFO_ENTRY && calls.contains(static_cast<long>(info.entry.nr));
}

}  // namespace

pid_t thread_named(pid_t process, const std::string& name) {
  const auto tasks = std::filesystem::path("/proc") / std::to_string(process) / "task";
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(tasks, gone))
    if (read_file(task.path() / "comm") == name + "\n") return std::stoi(task.path().filename());
  return 0;
}

HeldThread::HeldThread(pid_t thread) : thread_(thread) {
  const auto options = reinterpret_cast<void*>(PTRACE_O_TRACESYSGOOD);
  watches_ = thread > 0 && ::ptrace(PTRACE_SEIZE, thread, nullptr, options) == 0;
  if (!watches_) return;
  ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr);
  watches_ = next_stop(thread_).has_value();
}

HeldThread::~HeldThread() {
  let_go();
}

bool HeldThread::stop_at(const std::set<long>& calls) {
  int signal = 0;
  while (watches_ && ::ptrace(PTRACE_SYSCALL, thread_, nullptr, signal) == 0) {
    const auto status = next_stop(thread_);
    if (!status) return false;
    const int why = WSTOPSIG(*status);
    if (why == kSystemCall && is_entering(thread_, calls)) return true;
    // What came for the thread itself goes on to it; stops of ours have an event in the upper half.
    signal = why == kSystemCall || *status >> 16 != 0 ? 0 : why;
  }
  return false;
}

void HeldThread::let_go() {
  if (!watches_) return;
  watches_ = false;
  ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr);
}

}  // namespace srs::test
