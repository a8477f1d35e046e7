// What settings must be together.
#pragma once

#include <srs/config/config.hpp>

#include <map>
#include <set>
#include <string>

namespace srs::config {

// Who set each key last, and the keys whose value was refused.
struct Origins {
  std::map<std::string, std::string> where;
  std::set<std::string> wrong;

  std::string& operator[](const std::string& key) { return where[key]; }
  // `default` for what nobody set.
  std::string of(const std::string& key) const {
    const auto at = where.find(key);
    return at == where.end() ? "default" : at->second;
  }
};

// Adds the faults and warnings that only several keys together can have. Keys that are faulty
// already are left alone, so that one mistake is named once.
void check(Loaded& loaded, const Origins& origins);

}  // namespace srs::config
