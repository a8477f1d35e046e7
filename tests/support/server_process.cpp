#include "support/server_process.hpp"

#include "support/files.hpp"
#include "support/wait.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace srs::test {
namespace {

std::string output_name(unsigned start) {
  return "server-" + std::to_string(start) + ".log";
}

// The last `limit` bytes, from a line's begin.
std::string_view tail(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  text.remove_prefix(text.size() - limit);
  return text.substr(text.find('\n') + 1);
}

std::uint16_t port_after(std::string_view text, std::string_view prefix) {
  const auto at = text.find(prefix);
  if (at == std::string_view::npos) return 0;
  const auto rest = text.substr(at, text.find(',', at) - at);
  return static_cast<std::uint16_t>(std::stoul(std::string(rest.substr(rest.rfind(':') + 1))));
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// Ours without the settings that a developer may have exported, and `more`.
std::vector<std::string> merged(const Settings& more) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const bool ours = text.starts_with("SIP_") || text.starts_with("RTP_") ||
                      text.starts_with("HTTP_") || text.starts_with("RECORDING_") ||
                      text.starts_with("LOG_") || text.starts_with("EXTERNAL_IP") ||
                      text.starts_with("NOTIFY_SOCKET") || text.starts_with("OTEL_") ||
                      text.starts_with("TRACING_") || text.starts_with("STT_");
    if (!ours && !more.contains(std::string(text.substr(0, text.find('=')))))
      out.emplace_back(text);
  }
  for (const auto& [name, value] : more) out.push_back(name + "=" + value);
  return out;
}

}  // namespace

ServerProcess::ServerProcess(Settings settings) {
  environment_ = {{"SIP_LISTEN", "udp:127.0.0.1:0,tcp:127.0.0.1:0"},
                  {"HTTP_LISTEN", "127.0.0.1:0"},
                  {"RTP_BIND_ADDRESS", "127.0.0.1"},
                  {"RTP_PORT_MIN", std::to_string(ports_.first())},
                  {"RTP_PORT_MAX", std::to_string(ports_.last())},
                  {"RECORDING_DIRECTORY", recordings().string()},
                  // The test machine's disk may be nearly full; that is a test of its own.
                  {"RECORDING_MIN_FREE_SPACE", "0"},
                  {"LOG_LEVEL", "debug"},
                  {"LOG_FORMAT", "json"}};
  for (auto& [name, value] : settings) environment_[name] = value;
}

ServerProcess::~ServerProcess() {
  if (running()) {
    signal(SIGKILL);
    wait_exit(kSoon);
  }
  if (starts_ > 0 && ::testing::Test::HasFailure())
    std::cerr << "---- the server's log, its end:\n" << tail(output(), 12000) << "----\n";
}

void ServerProcess::exec(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = {SRS_SERVER};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto env = merged(environment_);
  const auto log = (directory_ / output_name(starts_)).string();
  const auto home = directory_.path().string();
  const auto argv_pointers = pointers(argv);
  const auto env_pointers = pointers(env);
  const auto parent = ::getpid();
  const auto child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child > 0) {
    const_cast<ServerProcess*>(this)->pid_ = child;
    return;
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(126);
  const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  const int null = ::open("/dev/null", O_RDONLY);
  if (fd < 0 || null < 0 || ::chdir(home.c_str()) != 0) ::_exit(126);
  ::dup2(null, 0);
  ::dup2(fd, 1);
  ::dup2(fd, 2);
  ::execve(argv_pointers[0], argv_pointers.data(), env_pointers.data());
  ::_exit(127);
}

void ServerProcess::launch(std::vector<std::string> arguments) {
  if (running()) throw std::logic_error("the server is running already");
  ++starts_;
  exit_.reset();
  exec(arguments);
}

bool ServerProcess::start() {
  launch();
  const bool ready = wait_until([this] { return !log("server_ready").empty() || !running(); });
  if (!ready || !running() || !read_ports()) {
    ADD_FAILURE() << "the server did not become ready";
    return false;
  }
  return true;
}

bool ServerProcess::read_ports() {
  const auto lines = log("server_ready");
  if (lines.empty()) return false;
  const auto sip = lines.front().value("siprec.sip", "");
  const auto http = lines.front().value("siprec.http", "");
  udp_ = port_after(sip, "udp:");
  tcp_ = port_after(sip, "tcp:");
  tls_ = port_after(sip, "tls:");
  http_ = port_after("http:" + http, "http:");
  return http_ != 0;
}

bool ServerProcess::running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return false;
}

void ServerProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

std::optional<int> ServerProcess::wait_exit(std::chrono::milliseconds limit) {
  if (!wait_until([this] { return !running(); }, limit)) return std::nullopt;
  return exit_;
}

std::string ServerProcess::output() const {
  const auto path = directory_ / output_name(starts_);
  return std::filesystem::exists(path) ? read_file(path) : std::string{};
}

std::vector<nlohmann::json> ServerProcess::log(std::string_view event) const {
  std::vector<nlohmann::json> out;
  std::istringstream in(output());
  for (std::string line; std::getline(in, line);) {
    auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object() && json.value("event.action", "") == event) out.push_back(std::move(json));
  }
  return out;
}

bool ServerProcess::wait_for_log(std::string_view event, std::chrono::milliseconds limit) const {
  return wait_until([&] { return !log(event).empty(); }, limit);
}

}  // namespace srs::test
