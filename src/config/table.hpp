// The one table of settings. Loading, the environment, the command line, --print-config and the
// tests of config/siprec.yaml and docs/configuration.md all follow from it.
#pragma once

#include "config/kinds.hpp"

#include <srs/config/config.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::config {

struct Key {
  std::string name;     // `sip.listen`: the path of the member in Settings
  std::string comment;  // one line
  std::string hint;     // what may be written
  bool list = false;
  bool secret = false;  // its value is never shown
  // All that is wrong with the texts, empty: they were taken over.
  std::function<Texts(Settings&, const Texts&)> set;
  std::function<Texts(const Settings&)> get;
};

const std::vector<Key>& table();
const Key* find(std::string_view name);

// `sip.listen` -> `SIP_LISTEN`.
std::string environment_name(std::string_view key);

// A key whose value is hidden from every output.
Key secret(Key key);

// What print() and faults may show of a key.
Texts shown(const Key& key, const Settings& settings);

}  // namespace srs::config
