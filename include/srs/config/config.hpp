// Settings: defaults, then the YAML file, then the environment, then the command line.
#pragma once

#include <srs/http/server.hpp>
#include <srs/log/root.hpp>
#include <srs/recording/options.hpp>
#include <srs/rtp/options.hpp>
#include <srs/sip/stack.hpp>
#include <srs/stt/options.hpp>
#include <srs/tracing/options.hpp>
#include <srs/util/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace srs::config {

// Of the process itself.
struct ServerOptions {
  std::chrono::seconds drain_timeout{60};  // SIGTERM: how long running calls may go on
};

struct Settings {
  ServerOptions server;
  sip::Options sip;
  rtp::Options rtp;
  recording::Options recording;
  http::Options http;
  stt::Options stt;
  log::Options log;
  tracing::Options tracing;
};

// One thing wrong: where (`config/siprec.yaml:12`, `environment SIP_LISTEN`,
// `/etc/default/siprec-server:3 SIP_LISTEN`, `--sip.listen`), which key, what and what to write
// instead.
struct Fault {
  std::string where;
  std::string key;
  std::string text;
};

// Who set each key last, and the keys whose value was refused.
struct Origins {
  std::map<std::string, std::string> where;
  std::set<std::string> wrong;

  std::string& operator[](const std::string& key) { return where[key]; }
  // `default` for what nobody set.
  std::string of(const std::string& key) const {
    const auto at = where.find(key);
    return at == where.end() ? "default" : at->second;
  }
};

struct Loaded {
  Settings settings;
  std::vector<Fault> faults;    // all of them; settings are usable only where there are none
  std::vector<Fault> warnings;  // readable, but surely not meant
  Origins origins;
};

// Reads the environment by name; nothing where it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

// `base`, and before it what a file of `NAME=value` lines says, as systemd's EnvironmentFile= reads
// them: comments begin with # or ;, values may stand in quotes. Unlike the environment of a process
// a file can be read again. Lines that can't be read are faults, and the others count all the same.
// `places` says where each variable of the file stands: `/etc/default/siprec-server:3`.
using Places = std::map<std::string, std::string, std::less<>>;
struct FileEnvironment {
  Environment environment;
  std::vector<Fault> faults;
  Places places;
};
FileEnvironment with_file(Environment base, const std::filesystem::path& file);

// `--key=value` or `--key value` pairs of the command line, keys as in the file: `sip.listen`.
using Overrides = std::vector<std::pair<std::string, std::string>>;

Loaded load(const std::optional<std::filesystem::path>& file, const Environment& environment,
            const Overrides& overrides, const Places& places = {});

// What only the system can say: directories writable, file-descriptor limit against the port range,
// an address for media that is ours.
std::vector<Fault> check_system(const Settings& settings);
// What another process holds: addresses of sip.listen and http.listen (or that are not ours), every
// port for media, the recordings. Takes each for a moment: not for a machine where this server runs
// already.
std::vector<Fault> check_taken(const Settings& settings);
// Adds those of `more` whose key no fault names yet: two checks that see the same fault tell it
// once.
void add_new(std::vector<Fault>& faults, std::vector<Fault> more);
// The system's faults told by who set the key (`siprec.yaml:12`, `default`), without those of keys
// whose value was refused: their settings are not what was meant.
std::vector<Fault> located(std::vector<Fault> faults, const Origins& origins);

// File descriptors that the settings may need at once.
std::uint64_t needed_descriptors(const Settings& settings);
// Raises the soft limit of file descriptors to twice what is needed, so that a full port range is
// no alarm, as far as the hard limit lets it. Never lowers it.
void raise_descriptor_limit(const Settings& settings);

// The effective settings as YAML that load() reads back; secrets are masked.
std::string print(const Settings& settings);

// Every key with its environment names, default, unit and one line of comment.
struct KeyInfo {
  std::string key;
  std::vector<std::string> environment;
  std::string default_value;  // of a list: joined by `, `
  std::string comment;
  std::string values;  // what may be written, and what a plain number counts
};
std::vector<KeyInfo> keys();

}  // namespace srs::config
