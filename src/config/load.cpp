// Defaults, then the file, then the environment, then the command line.
#include "config/checks.hpp"
#include "config/short_names.hpp"
#include "config/sources.hpp"
#include "config/suggest.hpp"
#include "config/values.hpp"

#include <srs/config/config.hpp>

#include <algorithm>
#include <utility>

namespace srs::config {
namespace {

// Container platforms set `SIP_PORT=tcp://10.0.0.1:5060` for a service that is named `sip`.
std::string platform_hint(const std::string& value) {
  if (!value.starts_with("tcp://") && !value.starts_with("udp://")) return {};
  return "; it looks like a Kubernetes service link: set enableServiceLinks: false, or rename the "
         "service";
}

// What is wrong with a secret: the rule that it breaks, without what was given.
std::string hidden(const Texts& given, std::string wrong) {
  const auto shows = [&](const std::string& text) {
    return !text.empty() && wrong.find(text) != std::string::npos;
  };
  for (const auto& text : given) {
    if (const auto quoted = in_quotes(text) + " "; wrong.starts_with(quoted))
      wrong.erase(0, quoted.size());
  }
  const bool told =
      wrong.find('`') != std::string::npos || std::any_of(given.begin(), given.end(), shows);
  return told ? "has a value that can't be used" : wrong;
}

class Loader {
 public:
  Loader(const Environment& environment, const Places& places)
      : environment_(environment), places_(places) {}

  void file(const std::filesystem::path& file) {
    auto source = read_file(file);
    for (auto& fault : source.faults) result_.faults.push_back(std::move(fault));
    for (const auto& given : source.given) apply(given, "");
  }

  // The short names first: a key's own name says more, and wins.
  void environment() {
    for (const auto& name : short_names()) short_name(name);
    for (const auto& key : table()) {
      const std::string name = environment_name(key.name);
      if (const auto value = variable(name)) {
        apply({&key, texts_of(key, *value), where(name)}, platform_hint(*value));
      }
    }
  }

  void overrides(const Overrides& overrides) {
    std::map<std::string, Given> given;
    for (const auto& [name, value] : overrides) {
      const Key* key = find(name);
      if (key == nullptr) {
        fault("--" + name, name, "unknown key" + did_you_mean(name, known_names()));
        continue;
      }
      const auto [at, fresh] = given.emplace(name, Given{key, {}, "--" + name});
      if (!fresh && !key->list) fault(at->second.where, name, "is given twice");
      if (!key->list) at->second.texts.clear();
      for (auto& text : texts_of(*key, value)) at->second.texts.push_back(std::move(text));
    }
    for (const auto& [name, one] : given) apply(one, "");
  }

  Loaded finish() {
    check(result_, result_.origins);
    return std::move(result_);
  }

 private:
  // A variable that is set to nothing counts as not set: that is how compose files unset one.
  std::optional<std::string> variable(const std::string& name) const {
    auto value = environment_ ? environment_(name) : std::nullopt;
    return value && !value->empty() ? value : std::nullopt;
  }

  std::string where(const std::string& variable) const {
    const auto place = places_.find(variable);
    return (place == places_.end() ? "environment" : place->second) + " " + variable;
  }

  void short_name(const ShortName& name) {
    const auto value = variable(name.name);
    if (!value) return;
    const std::string full = environment_name(name.key);
    if (variable(full)) {
      result_.warnings.push_back(
          {where(name.name), name.key, "is ignored, since " + full + " is set too"});
      return;
    }
    const auto text = name.text(result_.settings, *value);
    if (!text) return refuse(where(name.name), name.key, text.error().text + platform_hint(*value));
    const Key& key = *find(name.key);
    apply({&key, texts_of(key, *text), where(name.name)}, platform_hint(*value));
  }

  void apply(const Given& given, const std::string& hint) {
    const Key& key = *given.key;
    result_.origins[key.name] = given.where;
    for (auto& wrong : key.set(result_.settings, given.texts)) {
      refuse(given.where, key.name,
             key.secret ? hidden(given.texts, std::move(wrong)) : std::move(wrong) + hint);
    }
  }

  void refuse(std::string where, const std::string& key, std::string text) {
    fault(std::move(where), key, std::move(text));
    result_.origins.wrong.insert(key);
  }

  void fault(std::string where, std::string key, std::string text) {
    result_.faults.push_back({std::move(where), std::move(key), std::move(text)});
  }

  const Environment& environment_;
  const Places& places_;
  Loaded result_;
};

}  // namespace

Loaded load(const std::optional<std::filesystem::path>& file, const Environment& environment,
            const Overrides& overrides, const Places& places) {
  Loader loader(environment, places);
  if (file) loader.file(*file);
  loader.environment();
  loader.overrides(overrides);
  return loader.finish();
}

}  // namespace srs::config
