#include "config/values.hpp"

#include <srs/config/config.hpp>
#include <srs/util/text.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <utility>

namespace srs::config {
namespace {

std::string without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                      value.back() == value.front();
  return std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

}  // namespace

FileEnvironment with_file(Environment base, const std::filesystem::path& file) {
  std::vector<Fault> faults;
  Places places;
  std::map<std::string, std::string, std::less<>> values;
  unsigned number = 0;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto place = file.string() + ":" + std::to_string(++number);
    const auto text = trim(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') continue;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      faults.push_back({place, "", "is no NAME=value"});
      continue;
    }
    const std::string name(trim(text.substr(0, equals)));
    values.insert_or_assign(name, without_quotes(trim(text.substr(equals + 1))));
    places.insert_or_assign(name, place);
  }
  // A directory opens well and can't be read.
  if (!in.is_open() || in.bad())
    faults.push_back({"environment SIPREC_ENVIRONMENT_FILE", "",
                      in_quotes(file.string()) + " can't be read: " + std::strerror(errno)});
  auto environment = [base = std::move(base), values = std::move(values)](
                         std::string_view name) -> std::optional<std::string> {
    if (const auto found = values.find(name); found != values.end()) return found->second;
    return base ? base(name) : std::nullopt;
  };
  return {std::move(environment), std::move(faults), std::move(places)};
}

}  // namespace srs::config
