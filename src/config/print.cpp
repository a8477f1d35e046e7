// The effective settings as YAML, and what there is to know about every key.
#include "config/short_names.hpp"
#include "config/table.hpp"

#include <srs/config/config.hpp>
#include <srs/util/text.hpp>

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace srs::config {
namespace {

// Writes keys in the order of the table, opening and closing the sections between them.
class Printer {
 public:
  Printer() { out_ << YAML::BeginMap; }

  void add(const Key& key, const Settings& settings) {
    const auto parts = split(key.name, '.');
    enter({parts.begin(), parts.end() - 1});
    out_ << YAML::Key << std::string(parts.back()) << YAML::Value;
    const auto texts = shown(key, settings);
    if (key.list) {
      out_ << YAML::Flow << texts;
    } else {
      out_ << texts.front();
    }
  }

  std::string finish() {
    enter({});
    out_ << YAML::EndMap;
    return std::string(out_.c_str()) + "\n";
  }

 private:
  void enter(const std::vector<std::string_view>& section) {
    const auto common = static_cast<std::size_t>(
        std::mismatch(section_.begin(), section_.end(), section.begin(), section.end()).first -
        section_.begin());
    for (; section_.size() > common; section_.pop_back()) out_ << YAML::EndMap;
    for (std::size_t i = common; i < section.size(); ++i) {
      section_.push_back(section[i]);
      out_ << YAML::Key << std::string(section[i]) << YAML::Value << YAML::BeginMap;
    }
  }

  YAML::Emitter out_;
  std::vector<std::string_view> section_;
};

std::string joined(const Texts& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace

std::string print(const Settings& settings) {
  Printer printer;
  for (const auto& key : table()) printer.add(key, settings);
  return printer.finish();
}

std::vector<KeyInfo> keys() {
  const Settings defaults;
  std::vector<KeyInfo> all;
  for (const auto& key : table()) {
    KeyInfo info{key.name,
                 {environment_name(key.name)},
                 joined(shown(key, defaults)),
                 key.comment,
                 key.hint};
    for (const auto& name : short_names()) {
      if (name.key == key.name) info.environment.push_back(name.name);
    }
    all.push_back(std::move(info));
  }
  return all;
}

}  // namespace srs::config
