#include "stt/process.hpp"

#include "stt/descendants.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>

namespace srs::stt {
namespace {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

// A descriptor until somebody else takes it.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Started {
  pid_t pid = -1;
  Fd process;  // readable once the program has ended
  Fd output;
  Fd errors;
};

class Actions {
 public:
  Actions() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~Actions() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  int spawn(pid_t& pid, const Program& program, int output, int errors,
            const std::vector<char*>& arguments, const std::vector<char*>& environment) {
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, 1);
    posix_spawn_file_actions_adddup2(&actions_, errors, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    posix_spawn_file_actions_addchdir_np(&actions_, program.directory.c_str());
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return ::posix_spawn(&pid, "/bin/sh", &actions_, &attributes_, arguments.data(),
                         environment.data());
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// Calls come first. A session of its own is a group of its own to the scheduler, where that groups
// by sessions: niceness counts within the group alone, and the group has one too. The kernel takes
// one such change in a tenth of a second from all who are not root.
constexpr const char* kBehindOthers =
    "set -- nice -n 10 \"$@\"; "
    "if test -w /proc/self/autogroup; then for try in 1 2 3 4 5; do "
    "{ echo 10 >/proc/self/autogroup; } 2>/dev/null && break; sleep 0.1; done; fi; ";

// posix_spawn sets no limits, so a shell does before it becomes the program. The program and its
// arguments are its parameters: nothing of them is read as shell.
std::vector<std::string> limited(const Program& program) {
  std::string script = "ulimit -c 0; ";
  if (program.max_cpu.count() > 0)
    script += "ulimit -t " + std::to_string(program.max_cpu.count()) + "; ";
  if (program.max_memory > 0)
    script += "ulimit -v " + std::to_string(program.max_memory / 1024) + "; ";
  if (program.max_file_size > 0)  // in blocks of 512 bytes, by POSIX
    script += "ulimit -f " + std::to_string((program.max_file_size + 511) / 512) + "; ";
  script += kBehindOthers;
  // Killed without a word, we can end nothing ourselves; util-linux's setpriv has the kernel do it.
  script += "! command -v setpriv >/dev/null || set -- setpriv --pdeathsig KILL -- \"$@\"; ";
  script += "exec \"$@\"";
  std::vector<std::string> arguments = {"/bin/sh", "-c", script, "sh"};
  arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
  return arguments;
}

std::vector<std::string> environment(const std::string& mark) {
  std::vector<std::string> out = {"LANG=C.UTF-8", mark};
  for (const auto* name : {"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH"})
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Outcome<std::shared_ptr<Started>> start(const Program& program, const std::string& mark) {
  int output[2], errors[2];
  if (::pipe2(output, O_CLOEXEC) != 0)
    return Failure{Reason::Command, std::string("no pipe: ") + std::strerror(errno)};
  const Fd output_end(output[1]);
  auto started = std::make_shared<Started>();
  started->output = Fd(output[0]);
  if (::pipe2(errors, O_CLOEXEC) != 0)
    return Failure{Reason::Command, std::string("no pipe: ") + std::strerror(errno)};
  const Fd errors_end(errors[1]);
  started->errors = Fd(errors[0]);
  auto arguments = limited(program);
  auto variables = environment(mark);
  const int error = Actions().spawn(started->pid, program, output_end.get(), errors_end.get(),
                                    pointers(arguments), pointers(variables));
  if (error != 0)
    return Failure{Reason::Command,
                   std::string("can't start the program: ") + std::strerror(error)};
  started->process = Fd(static_cast<int>(::syscall(SYS_pidfd_open, started->pid, 0)));
  if (started->process.get() < 0) {
    const auto* why = std::strerror(errno);
    ::kill(-started->pid, SIGKILL);
    ::waitpid(started->pid, nullptr, 0);
    return Failure{Reason::Command, std::string("pidfd_open: ") + why};
  }
  return started;
}

// Reads to the end; beyond `limit` calls `beyond` once and drops the rest (`keep_last`: the first).
asio::awaitable<void> read_all(stream_descriptor& from, std::string& into, std::size_t limit,
                               bool keep_last, const std::function<void()>& beyond) {
  std::vector<char> buffer(64 << 10);
  boost::system::error_code error;
  while (!error) {
    const auto count = co_await from.async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    into.append(buffer.data(), count);
    if (into.size() <= limit) continue;
    if (keep_last) {
      into.erase(0, into.size() - limit);
    } else {
      into.resize(limit);
      beyond();
    }
  }
}

// Waits for the program's end and takes the rest of its group with it.
asio::awaitable<void> wait_for(stream_descriptor& process, pid_t pid, int& status, bool& gone) {
  boost::system::error_code ignored;
  co_await process.async_wait(stream_descriptor::wait_read,
                              asio::redirect_error(asio::use_awaitable, ignored));
  // Not waited for yet, so the group's number is still its own.
  ::kill(-pid, SIGKILL);
  gone = ::waitpid(pid, &status, WNOHANG) == pid;
}

}  // namespace

asio::awaitable<Outcome<Ended>> run_program(Program program, Exchange& exchange) {
  using asio::experimental::awaitable_operators::operator&&;
  const auto mark = new_mark();
  auto made = co_await exchange.work([&] { return start(program, mark); });
  if (!made) co_return made.error();
  auto& started = **made;
  const auto executor = co_await asio::this_coro::executor;
  const auto pid = started.pid;
  stream_descriptor process(executor, started.process.release());
  stream_descriptor output(executor, started.output.release());
  stream_descriptor errors(executor, started.errors.release());

  std::optional<Reason> cut;
  bool gone = false;
  const auto kill = [&](Reason reason) {
    if (!cut) cut = reason;
    if (!gone) ::kill(-pid, SIGKILL);
    // Whoever left the group may still hold the pipes.
    boost::system::error_code ignored;
    output.cancel(ignored);
    errors.cancel(ignored);
  };
  const std::function<void()> beyond = [&] { kill(Reason::TooLarge); };
  asio::steady_timer timer(executor, program.timeout);
  timer.async_wait([&, alive = std::weak_ptr(*made)](boost::system::error_code error) {
    if (!error && alive.lock()) kill(Reason::Timeout);
  });
  exchange.cancellation().on_cancel([&] { kill(Reason::Cancelled); });

  Ended ended;
  int status = 0;
  co_await (read_all(output, ended.output, program.max_output, false, beyond) &&
            read_all(errors, ended.errors, 1024, true, {}) && wait_for(process, pid, status, gone));
  exchange.cancellation().on_cancel({});
  timer.cancel();
  if (!gone) gone = ::waitpid(pid, &status, WNOHANG) == pid;
  // What left the group is not ended by a signal to it. Cancelled, we may have no workers left.
  if (cut && !exchange.cancelled()) {
    const auto sweep = [&mark] { return kill_marked(mark); };
    (void)co_await offload(exchange.workers(), std::cref(sweep));
  }
  if (cut == Reason::Timeout) co_return Failure{Reason::Timeout, "the program took too long"};
  if (cut == Reason::TooLarge)
    co_return Failure{Reason::TooLarge, "the program wrote more than stt.max_answer allows"};
  if (cut) co_return Failure{Reason::Cancelled, "cancelled"};
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
  co_return ended;
}

}  // namespace srs::stt
