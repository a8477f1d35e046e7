// Where settings come from. Each source says what was given, and finds its own faults.
#pragma once

#include "config/table.hpp"

#include <srs/config/config.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace srs::config {

// One setting as somebody wrote it.
struct Given {
  const Key* key = nullptr;
  Texts texts;
  std::string where;  // `siprec.yaml:12`, `environment SIP_LISTEN`, `--sip.listen`
};

struct Source {
  std::vector<Given> given;
  std::vector<Fault> faults;
};

// A YAML file; sections are the components of the keys.
Source read_file(const std::filesystem::path& file);

// What was written as one text: for a list its parts between commas.
Texts texts_of(const Key& key, const std::string& text);

}  // namespace srs::config
