// Environment names that operators of such servers use, beside the paths of the keys.
#pragma once

#include <srs/config/config.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace srs::config {

struct ShortName {
  std::string name;  // `HTTP_PORT`
  std::string key;   // the key it sets, or of which it changes a part
  // What the key becomes, given the settings so far and the variable's value. The values of a list
  // are joined by commas. An error says what is wrong with the value.
  Result<std::string> (*text)(const Settings& settings, const std::string& value);
};

const std::vector<ShortName>& short_names();

}  // namespace srs::config
