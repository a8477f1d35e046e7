#include "config/suggest.hpp"
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

  Result<CommandLine> parse() {
    for (; at_ < arguments_.size(); ++at_) {
      if (auto wrong = argument(arguments_[at_]); !wrong.empty()) return Error{std::move(wrong)};
    }
    return std::move(result_);
  }

 private:
  // What is wrong with it, empty: nothing.
  std::string argument(const std::string& text) {
    if (text == "-h") return take(Action::Help);
    if (text == "-V") return take(Action::Version);
    if (text == "-c") return named("config", std::nullopt);
    if (!text.starts_with("--") || text.size() == 2) {
      return "unexpected argument " + in_quotes(text) + "; see --help";
    }
    const auto equals = text.find('=');
    if (equals == std::string::npos) return named(text.substr(2), std::nullopt);
    return named(text.substr(2, equals - 2), text.substr(equals + 1));
  }

  std::string named(const std::string& name, std::optional<std::string> value) {
    if (const auto wanted = action(name)) {
      return value ? in_quotes("--" + name) + " takes no value" : take(*wanted);
    }
    if (name != "config" && name.find('.') == std::string::npos) return unknown(name);
    if (!value && at_ + 1 < arguments_.size()) value = arguments_[++at_];
    if (!value || (name == "config" && value->empty())) {
      return in_quotes("--" + name) + " needs a value";
    }
    if (name != "config") {
      result_.overrides.emplace_back(name, std::move(*value));  // load() knows the keys
    } else if (result_.file) {
      return in_quotes("--config") + " is given twice";
    } else {
      result_.file = std::move(*value);
    }
    return {};
  }

  // The first one asked for counts, but help and version always answer.
  std::string take(Action wanted) {
    const bool informs = wanted == Action::Help || wanted == Action::Version;
    if (result_.action == Action::Run || informs) result_.action = wanted;
    return {};
  }

  static std::string unknown(const std::string& name) {
    auto candidates = known_names();
    for (const auto& [word, value] : kActions) candidates.emplace_back(word);
    candidates.emplace_back("config");
    return "unknown option " + in_quotes("--" + name) + did_you_mean(name, candidates) +
           "; see --help";
  }

  const std::vector<std::string>& arguments_;
  std::size_t at_ = 0;
  CommandLine result_;
};

}  // namespace

Result<CommandLine> parse_command_line(const std::vector<std::string>& arguments) {
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
