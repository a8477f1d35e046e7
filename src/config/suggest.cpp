#include "config/suggest.hpp"

#include "config/table.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <set>

namespace srs::config {
namespace {

// Longer names are nobody's typing error.
constexpr std::size_t kLongestName = 100;

std::string_view last_component(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Optimal string alignment over rows of a table, of which three are kept.
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > kLongestName) return {};
  const std::string lower = to_lower(name);
  const std::size_t near = std::max<std::size_t>(2, lower.size() / 4);
  std::string best;
  std::size_t best_distance = near + 1;
  std::string elsewhere;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(lower, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
    if (last_component(candidate) == last_component(lower)) {
      elsewhere += (elsewhere.empty() ? "" : " or ") + candidate;
    }
  }
  if (!elsewhere.empty()) best = elsewhere;
  return best.empty() ? "" : " (did you mean " + best + "?)";
}

std::vector<std::string> known_names() {
  std::set<std::string> names;
  for (const auto& key : table()) {
    names.insert(key.name);
    for (auto dot = key.name.find('.'); dot != std::string::npos;
         dot = key.name.find('.', dot + 1)) {
      names.insert(key.name.substr(0, dot));
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace srs::config
