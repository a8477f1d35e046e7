// What only the system can say.
#include "config/values.hpp"

#include <srs/config/config.hpp>
#include <srs/stt/programs.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace srs::config {
namespace {

namespace fs = std::filesystem;

// Beside sockets: log, captures and renders in progress, libraries.
constexpr std::uint64_t kReservedDescriptors = 256;

// With the rights that the process has now. errno says why not.
bool allowed(const fs::path& path, int mode) {
  return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0;
}

// Where the kernel shows itself nobody makes files, whatever the rights say.
bool is_the_kernels(const fs::path& directory) {
  struct statfs found {};
  if (::statfs(directory.c_str(), &found) != 0) return false;
  constexpr std::array<std::uint32_t, 6> kKernels{PROC_SUPER_MAGIC,   SYSFS_MAGIC,
                                                  CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                                                  DEBUGFS_MAGIC,      TRACEFS_MAGIC};
  const auto type = static_cast<std::uint32_t>(found.f_type);
  return std::find(kKernels.begin(), kKernels.end(), type) != kKernels.end();
}

// Why no file can be made in `directory`; directories that are missing are thought to be made.
// Nothing is changed on disk. Empty: it can.
std::string not_writable(fs::path directory) {
  std::error_code error;
  directory = fs::absolute(directory, error).lexically_normal();
  while (!fs::exists(directory, error) && !error && directory.has_relative_path()) {
    directory = directory.parent_path();
  }
  if (error) return in_quotes(directory.string()) + " can't be looked at: " + error.message();
  if (!fs::is_directory(directory, error))
    return in_quotes(directory.string()) + " is no directory";
  if (is_the_kernels(directory))
    return in_quotes(directory.string()) + " is the kernel's own: name a directory on a disk";
  if (allowed(directory, W_OK | X_OK)) return {};
  return in_quotes(directory.string()) + " is not writable: " + std::strerror(errno);
}

std::string not_appendable(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error))
    return not_writable(file.has_parent_path() ? file.parent_path() : ".");
  if (fs::is_directory(file, error))
    return in_quotes(file.string()) + " is a directory: name a file";
  if (allowed(file, W_OK)) return {};
  return in_quotes(file.string()) + " is not writable: " + std::strerror(errno);
}

bool wants_tls(const Settings& settings) {
  for (const auto& listener : settings.sip.listen) {
    if (listener.starts_with("tls:")) return true;
  }
  return false;
}

std::string missing_certificate(const fs::path& directory) {
  if (directory.empty()) return {};  // another check's fault
  for (const char* file : {"agent.pem", "cafile.pem"}) {
    if (!allowed(directory / file, R_OK)) {
      return in_quotes((directory / file).string()) + " can't be read: " + std::strerror(errno);
    }
  }
  return {};
}

std::string unreadable(const fs::path& file) {
  if (file.empty() || allowed(file, R_OK)) return {};
  return in_quotes(file.string()) + " can't be read: " + std::strerror(errno);
}

// Whether media can be received on that address at all; any free port will tell.
std::string not_ours(const std::string& address) {
  using boost::asio::ip::udp;
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  if (error) return {};  // another check's fault
  boost::asio::io_context io;
  udp::socket socket(io);
  const udp::endpoint any_port(parsed, 0);
  socket.open(any_port.protocol(), error);
  if (!error) socket.bind(any_port, error);
  return error ? in_quotes(address) + " is no address of this host: " + error.message() : "";
}

std::string too_few_descriptors(const Settings& settings) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
  const auto needed = needed_descriptors(settings);
  if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= needed) return {};
  return "with the other settings the port range needs " + std::to_string(needed) +
         " file descriptors, and the hard limit is " + std::to_string(limit.rlim_max) +
         ": raise it (LimitNOFILE= of the unit, ulimit -Hn) or narrow the range";
}

}  // namespace

std::uint64_t needed_descriptors(const Settings& settings) {
  const std::uint64_t first = (settings.rtp.port_min + 1U) & ~1U;
  const std::uint64_t end = settings.rtp.port_max + 1U;
  const std::uint64_t media = end > first ? (end - first) / 2 * 2 : 0;  // whole pairs
  return media + settings.http.max_connections + kReservedDescriptors;
}

void raise_descriptor_limit(const Settings& settings) {
  rlimit limit{};
  const rlim_t needed = 2 * needed_descriptors(settings);
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return;
  limit.rlim_cur = std::min(needed, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::vector<Fault> check_system(const Settings& settings) {
  std::vector<Fault> faults;
  const auto expect = [&](const char* key, std::string wrong) {
    if (!wrong.empty()) faults.push_back({"system", key, std::move(wrong)});
  };
  expect("recording.directory", not_writable(settings.recording.directory));
  if (!settings.log.file.empty()) expect("log.file", not_appendable(settings.log.file));
  if (wants_tls(settings))
    expect("sip.tls_directory", missing_certificate(settings.sip.tls_directory));
  expect("http.admin_token_file", unreadable(settings.http.admin_token_file));
  expect("http.transcript_token_file", unreadable(settings.http.transcript_token_file));
  expect("stt.ca_file", unreadable(settings.stt.ca_file));
  expect("stt.vosk.ca_file", unreadable(settings.stt.vosk.ca_file));
  for (auto& fault : stt::secret_faults(settings.stt))
    expect(fault.key.c_str(), std::move(fault.text));
  for (auto& fault : stt::program_faults(settings.stt))
    expect(fault.key.c_str(), std::move(fault.text));
  expect("rtp.bind_address", not_ours(settings.rtp.bind_address));
  expect("rtp.port_max", too_few_descriptors(settings));
  return faults;
}

std::vector<Fault> located(std::vector<Fault> faults, const Origins& origins) {
  std::erase_if(faults, [&](const Fault& fault) { return origins.wrong.contains(fault.key); });
  for (auto& fault : faults) fault.where = origins.of(fault.key);
  return faults;
}

}  // namespace srs::config
