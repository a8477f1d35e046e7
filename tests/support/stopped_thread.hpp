// One thread of a process that stands still, as one does that waits for a disk which hangs.
#pragma once

#include "support/files.hpp"

#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <filesystem>
#include <string>

namespace srs::test {

// Stops the thread of that name of a child of ours, and lets it go on at the end. Made and
// destroyed by one thread.
class StoppedThread {
 public:
  StoppedThread(pid_t process, const std::string& name) : thread_(find(process, name)) {
    stopped_ = thread_ > 0 && ::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) == 0 &&
               ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) == 0 &&
               ::waitpid(thread_, nullptr, __WALL) == thread_;
    EXPECT_TRUE(stopped_) << "thread " << name;
  }
  ~StoppedThread() {
    if (stopped_) ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr);
  }
  StoppedThread(const StoppedThread&) = delete;
  StoppedThread& operator=(const StoppedThread&) = delete;

 private:
  static pid_t find(pid_t process, const std::string& name) {
    const auto tasks = "/proc/" + std::to_string(process) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks))
      if (read_file(task.path() / "comm") == name + "\n")
        return std::stoi(task.path().filename().string());
    return 0;
  }

  const pid_t thread_;
  bool stopped_ = false;
};

}  // namespace srs::test
