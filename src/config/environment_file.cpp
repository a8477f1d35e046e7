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
  std::ifstream in(file);
  if (!in)
    faults.push_back({"environment SIPREC_ENVIRONMENT_FILE", "",
                      in_quotes(file.string()) + " can't be read: " + std::strerror(errno)});
  std::map<std::string, std::string, std::less<>> values;
  unsigned number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const auto text = trim(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') continue;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      faults.push_back({file.string() + ":" + std::to_string(number), "", "is no NAME=value"});
      continue;
    }
    values.insert_or_assign(std::string(trim(text.substr(0, equals))),
                            without_quotes(trim(text.substr(equals + 1))));
  }
  auto environment = [base = std::move(base), values = std::move(values)](
                         std::string_view name) -> std::optional<std::string> {
    if (const auto found = values.find(name); found != values.end()) return found->second;
    return base ? base(name) : std::nullopt;
  };
  return {std::move(environment), std::move(faults)};
}

}  // namespace srs::config
