#include "config/suggest.hpp"
#include "config/table.hpp"
#include "config/values.hpp"

#include <srs/config/command_line.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace srs::config {
namespace {

using Action = CommandLine::Action;

constexpr std::pair<std::string_view, Action> kActions[] = {
    {"check-config", Action::CheckConfig},
    {"print-config", Action::PrintConfig},
    {"version", Action::Version},
    {"help", Action::Help},
};

std::optional<Action> action(std::string_view name) {
  for (const auto& [word, value] : kActions) {
    if (word == name) return value;
  }
  return std::nullopt;
}

// Goes through the arguments one by one.
class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  CommandLine parse() {
    for (; at_ < arguments_.size(); ++at_) argument(arguments_[at_]);
    return std::move(result_);
  }

 private:
  void argument(const std::string& text) {
    if (text == "-h") return take(Action::Help);
    if (text == "-V") return take(Action::Version);
    if (text == "-c") return named("config", std::nullopt);
    if (!text.starts_with("--") || text.size() == 2)
      return fault("unexpected argument " + in_quotes(text) + "; see --help");
    const auto equals = text.find('=');
    if (equals == std::string::npos) return named(text.substr(2), std::nullopt);
    named(text.substr(2, equals - 2), text.substr(equals + 1));
  }

  void named(const std::string& name, std::optional<std::string> value) {
    if (const auto wanted = action(name)) {
      return value ? fault(in_quotes("--" + name) + " takes no value") : take(*wanted);
    }
    if (name != "config" && name.find('.') == std::string::npos) return unknown(name);
    if (!value && next_is_value()) value = arguments_[++at_];
    if (name == "config") return file(std::move(value));
    if (!value) return without_value(name);
    result_.overrides.emplace_back(name, std::move(*value));  // load() knows the keys
  }

  // `--http.admin_token --check-config` lacks a value; one that begins with two dashes goes behind
  // =.
  bool next_is_value() const {
    return at_ + 1 < arguments_.size() && !arguments_[at_ + 1].starts_with("--");
  }

  void file(std::optional<std::string> value) {
    if (!value || value->empty()) return fault(in_quotes("--config") + " needs a value");
    if (result_.file) return fault(in_quotes("--config") + " is given twice");
    result_.file = std::move(*value);
  }

  void without_value(const std::string& name) {
    if (find(name) == nullptr) return fault(in_quotes("--" + name) + " needs a value");
    result_.faults.push_back({"--" + name, name, "needs a value"});
  }

  // The first one asked for counts, but help and version always answer.
  void take(Action wanted) {
    const bool informs = wanted == Action::Help || wanted == Action::Version;
    if (result_.action == Action::Run || informs) result_.action = wanted;
  }

  void unknown(const std::string& name) {
    std::vector<std::string> candidates;
    for (const auto& key : table()) candidates.push_back(key.name);
    for (const auto& [word, value] : kActions) candidates.emplace_back(word);
    candidates.emplace_back("config");
    fault("unknown option " + in_quotes("--" + name) + did_you_mean(name, candidates) +
          "; see --help");
  }

  void fault(std::string text) { result_.faults.push_back({"command line", "", std::move(text)}); }

  const std::vector<std::string>& arguments_;
  std::size_t at_ = 0;
  CommandLine result_;
};

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  return Parser(arguments).parse();
}

std::string help_text() {
  std::string text =
      "siprec-server: records the calls that SIPREC clients send (RFC 7866).\n\n"
      "usage: siprec-server [--config FILE] [--KEY=VALUE ...]\n\n"
      "  -c, --config FILE  settings in YAML; or the environment's SIPREC_CONFIG; none: defaults\n"
      "      --check-config say what is wrong with the settings and the system, and end\n"
      "      --print-config print the settings in effect, and end\n"
      "  -V, --version      print the version, and end\n"
      "  -h, --help         print this, and end\n\n"
      "Settings, each also a key of the file (`sip: {listen: ...}`) and an environment variable;\n"
      "the command line wins over the environment, and that over the file:\n\n";
  for (const auto& key : keys()) {
    text += "  --" + key.key + "=" + (key.default_value.empty() ? "\"\"" : key.default_value) +
            "\n" + "      " + key.comment + "\n      " + key.values + ";";
    for (const auto& name : key.environment) text += " " + name;
    text += "\n";
  }
  return text;
}

}  // namespace srs::config
