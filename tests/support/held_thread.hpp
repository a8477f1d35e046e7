// A thread of another process that stands still at a system call, as if the kernel took that long:
// the slow disk or the slow network that no test could order.
#pragma once

#include "support/shared_data.hpp"

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>

namespace srs::test {

// The thread of that name; 0 where there is none. That of the process itself is its first.
pid_t thread_named(pid_t process, const std::string& name);

// Stops the thread where it is, and watches it from then on, by ptrace: the process must be a child
// of ours, and only the test's own thread may use this.
class HeldThread {
 public:
  explicit HeldThread(pid_t thread);
  ~HeldThread();  // lets it go
  HeldThread(const HeldThread&) = delete;
  HeldThread& operator=(const HeldThread&) = delete;

  // False where this system lets nobody watch.
  bool watches() const { return watches_; }
  // Lets it go on until it enters one of these calls (SYS_write, ...), and leaves it there. False
  // where that does not come about.
  bool stop_at(const std::set<long>& calls);
  void let_go();

 private:
  const pid_t thread_;
  bool watches_ = false;
};

}  // namespace srs::test

#define SRS_REQUIRE_WATCHING(held)                                          \
  if (!(held).watches()) {                                                  \
    if (::srs::test::in_ci()) GTEST_FAIL() << "no ptrace, and CI needs it"; \
    GTEST_SKIP() << "this system does not let us watch a process (ptrace)"; \
  }                                                                         \
  static_assert(true)
