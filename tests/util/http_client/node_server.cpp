#include "util/http_client/node_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

extern char** environ;

namespace srs::test {
namespace {

// The first line, within 20 seconds.
std::string read_line(int fd) {
  std::string line;
  for (char c = 0;;) {
    pollfd poll{fd, POLLIN, 0};
    if (::poll(&poll, 1, 20'000) <= 0 || ::read(fd, &c, 1) != 1) return line;
    if (c == '\n') return line;
    line += c;
  }
}

}  // namespace

bool node_is_here() {
  return std::system("command -v node >/dev/null") == 0;
}

NodeServer::NodeServer(const std::filesystem::path& script,
                       const std::vector<std::string>& arguments) {
  int in[2];
  int out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  std::vector<std::string> words = {"node", script.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int error = ::posix_spawnp(&pid_, "node", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  const auto line = error == 0 ? read_line(out[0]) : "";
  ::close(out[0]);
  if (line.empty()) throw std::runtime_error(script.string() + " does not start");
  port_ = static_cast<std::uint16_t>(std::stoi(line));
}

NodeServer::~NodeServer() {
  ::close(input_);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace srs::test
