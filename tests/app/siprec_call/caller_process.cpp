#include "app/siprec_call/caller_process.hpp"

#include "support/files.hpp"
#include "support/wait.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace srs::test {

CallerProcess::CallerProcess(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), SRS_SIPREC_CALL);
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const auto out = (directory_ / "out").string();
  const auto err = (directory_ / "err").string();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(::open("/dev/null", O_RDONLY), 0);
  ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

CallerProcess::~CallerProcess() {
  if (ended()) return;
  signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

bool CallerProcess::ended() {
  if (exit_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

int CallerProcess::wait() {
  wait_until([this] { return ended(); }, 2 * kSoon);
  return exit_.value_or(-1);
}

void CallerProcess::signal(int number) const {
  ::kill(pid_, number);
}

std::string CallerProcess::out() const {
  return read_file(directory_ / "out");
}

std::string CallerProcess::err() const {
  return read_file(directory_ / "err");
}

nlohmann::json CallerProcess::json() const {
  return nlohmann::json::parse(out(), nullptr, false);
}

}  // namespace srs::test
