// Did you mean ...?
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace srs::config {

// Single-character edits, and swaps of neighbours, that make `b` of `a`.
std::size_t edit_distance(std::string_view a, std::string_view b);

// ` (did you mean sip.listen?)`, or nothing where no candidate is near. Near is: few edits away,
// or the same last component in another section.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

// All keys and sections of the table.
std::vector<std::string> known_names();

}  // namespace srs::config
