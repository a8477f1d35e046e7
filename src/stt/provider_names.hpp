// Names of providers, for faults.
#pragma once

#include <srs/stt/options.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace srs::stt {

inline bool is_provider(std::string_view name) {
  const auto& names = provider_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

// `openai, whisper, ...`
inline std::string names_of_providers() {
  std::string all;
  for (const auto& name : provider_names()) all += (all.empty() ? "" : ", ") + name;
  return all;
}

}  // namespace srs::stt
