// Loading settings in tests.
#pragma once

#include <srs/config/config.hpp>

#include <gmock/gmock.h>
#include <support/files.hpp>
#include <support/temp_dir.hpp>

#include <map>
#include <string>

namespace srs::config {

// How a fault reads: `where: key: text`.
inline std::ostream& operator<<(std::ostream& out, const Fault& fault) {
  return out << fault.where << ": " << fault.key << ": " << fault.text;
}

namespace test {

inline Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto at = variables.find(std::string(name));
    return at == variables.end() ? std::nullopt : std::optional(at->second);
  };
}

inline Loaded from_environment(std::map<std::string, std::string> variables) {
  return load(std::nullopt, environment(std::move(variables)), {});
}

inline Loaded from_command_line(const Overrides& overrides) {
  return load(std::nullopt, environment({}), overrides);
}

// Loads `yaml` from a file named `siprec.yaml`; places in faults keep no directory.
inline Loaded from_file(const std::string& yaml, const Environment& variables = environment({}),
                        const Overrides& overrides = {}) {
  const srs::test::TempDir directory;
  srs::test::write_file(directory / "siprec.yaml", yaml);
  auto loaded = load(directory / "siprec.yaml", variables, overrides);
  const std::string prefix = directory.path().string() + "/";
  for (auto* list : {&loaded.faults, &loaded.warnings}) {
    for (auto& fault : *list) {
      if (fault.where.starts_with(prefix)) fault.where.erase(0, prefix.size());
    }
  }
  return loaded;
}

// One fault of that place and key, whose text contains `text`.
inline auto FaultIs(std::string where, std::string key, std::string text) {
  using testing::AllOf;
  using testing::Field;
  return AllOf(Field("where", &Fault::where, where), Field("key", &Fault::key, key),
               Field("text", &Fault::text, testing::HasSubstr(text)));
}

}  // namespace test

// Every test of settings says these words.
using test::environment;
using test::FaultIs;
using test::from_command_line;
using test::from_environment;
using test::from_file;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

}  // namespace srs::config
