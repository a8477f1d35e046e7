#include "stt/descendants.hpp"

#include "stt/files.hpp"

#include <srs/util/text.hpp>

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <random>

namespace srs::stt {
namespace {

constexpr std::uint64_t kMaxEnvironment = 4 << 20;

// The descriptor comes first: should the number become another process's meanwhile, the signal
// reaches nobody.
bool kill_if_marked(pid_t pid, const std::string& mark) {
  const auto process = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) return false;
  const auto environment = read_text("/proc/" + std::to_string(pid) + "/environ", kMaxEnvironment);
  const bool marked = environment && environment->find(mark) != std::string::npos;
  const bool killed = marked && ::syscall(SYS_pidfd_send_signal, process, SIGKILL, nullptr, 0) == 0;
  ::close(process);
  return killed;
}

std::size_t kill_once(const std::string& mark) {
  std::size_t killed = 0;
  std::error_code error;
  auto at = std::filesystem::directory_iterator("/proc", error);
  for (const auto end = std::filesystem::directory_iterator(); !error && at != end;
       at.increment(error)) {
    const auto pid = to_number<pid_t>(at->path().filename().string());
    if (pid && *pid > 0 && *pid != ::getpid() && kill_if_marked(*pid, mark)) ++killed;
  }
  return killed;
}

}  // namespace

std::string new_mark() {
  std::random_device random;
  std::string value;
  for (int i = 0; i < 4; ++i) value += std::to_string(random()) + "-";
  return "SIPREC_SERVER_PROGRAM=" + value;
}

std::size_t kill_marked(const std::string& mark) {
  constexpr int kRounds = 10;  // of processes that begin others meanwhile
  std::size_t all = 0;
  for (int i = 0; i < kRounds; ++i) {
    const auto killed = kill_once(mark);
    if (killed == 0) break;
    all += killed;
  }
  return all;
}

}  // namespace srs::stt
