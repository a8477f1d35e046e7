// siprec-server: reads the command line and the settings, builds the App, runs it.
#include <srs/app/app.hpp>
#include <srs/config/command_line.hpp>
#include <srs/config/config.hpp>
#include <srs/log/root.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr int kSystemFault = 1;
constexpr int kConfigFault = 78;  // EX_CONFIG of sysexits.h

std::optional<std::string> environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

// What the process was started with, and before it the file that SIPREC_ENVIRONMENT_FILE names,
// which SIGHUP reads again.
srs::config::FileEnvironment environments() {
  const auto file = environment("SIPREC_ENVIRONMENT_FILE");
  if (!file || file->empty()) return {environment, {}, {}};
  return srs::config::with_file(environment, *file);
}

srs::config::Loaded load(const srs::config::CommandLine& line) {
  const auto variables = environments();
  auto file = line.file;
  if (const auto named = variables.environment("SIPREC_CONFIG"); !file && named && !named->empty())
    file = *named;
  auto loaded = srs::config::load(file, variables.environment, line.overrides, variables.places);
  for (const auto* more : {&variables.faults, &line.faults})
    loaded.faults.insert(loaded.faults.end(), more->begin(), more->end());
  return loaded;
}

void print(const std::vector<srs::config::Fault>& faults, std::string_view kind) {
  for (const auto& fault : faults) {
    std::cerr << "siprec-server: " << kind << ": " << fault.where << ": " << fault.key
              << (fault.key.empty() ? "" : ": ") << fault.text << "\n";
  }
}

// What the system refuses. A server that runs holds its addresses, its ports and its recordings, so
// only a start that has failed already tries them here; one that goes on takes them for good.
std::vector<srs::config::Fault> system_faults(const srs::config::Loaded& loaded, bool taken) {
  auto faults = srs::config::check_system(loaded.settings);
  if (taken) add_new(faults, srs::config::check_taken(loaded.settings));
  return located(std::move(faults), loaded.origins);
}

int serve(const srs::config::Loaded& loaded, const srs::config::CommandLine& line,
          srs::log::Root& log, std::vector<srs::config::Fault> refused) {
  srs::config::raise_descriptor_limit(loaded.settings);
  boost::asio::io_context io(1);
  auto opened = srs::app::App::open(
      io, loaded.settings, log, [line] { return load(line); }, refused);
  if (const auto* faults = std::get_if<std::vector<srs::config::Fault>>(&opened)) {
    print(located(*faults, loaded.origins), "error");
    return kSystemFault;
  }
  auto& app = std::get<std::unique_ptr<srs::app::App>>(opened);
  app->start();
  io.run();
  if (!app->clean()) {
    // Sessions still hold what would be destroyed under them; their captures are on disk.
    log.close();
    std::quick_exit(kSystemFault);
  }
  return EXIT_SUCCESS;
}

int run(const srs::config::Loaded& loaded, const srs::config::CommandLine& line) {
  std::vector<srs::config::Fault> refused;
  auto log = srs::log::Root::open(loaded.settings.log);
  if (!log) {
    refused.push_back({"system", "log.file", log.error().text});
    // Without a log nothing will run; what else is wrong is looked for all the same.
    srs::log::Options nowhere;
    nowhere.level = srs::log::Level::Off;
    log = srs::log::Root::open(nowhere);
  }
  const int code = serve(loaded, line, **log, std::move(refused));
  if (!(*log)->close()) std::quick_exit(code);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  using Action = srs::config::CommandLine::Action;
  const auto line = srs::config::parse_command_line({argv + 1, argv + argc});
  if (line.action == Action::Help) {
    std::cout << srs::config::help_text();
    return EXIT_SUCCESS;
  }
  if (line.action == Action::Version) {
    std::cout << "siprec-server " SRS_VERSION "\n";
    return EXIT_SUCCESS;
  }
  const auto loaded = load(line);
  print(loaded.warnings, "warning");
  print(loaded.faults, "error");
  if (!loaded.faults.empty()) {
    // One look names it all.
    if (line.action != Action::PrintConfig)
      print(system_faults(loaded, line.action == Action::Run), "error");
    return kConfigFault;
  }
  if (line.action == Action::PrintConfig) std::cout << srs::config::print(loaded.settings);
  if (line.action == Action::CheckConfig) {
    const auto faults = system_faults(loaded, false);
    print(faults, "error");
    if (!faults.empty()) return kSystemFault;
    std::cout << "configuration is valid\n";
  }
  return line.action == Action::Run ? run(loaded, line) : EXIT_SUCCESS;
}
