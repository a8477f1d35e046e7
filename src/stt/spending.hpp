// What the limits have counted, over restarts.
#pragma once

#include "stt/budget.hpp"

#include <srs/util/result.hpp>
#include <srs/util/time.hpp>

#include <map>
#include <string>
#include <string_view>

namespace srs::stt {

// In the directory of all recordings.
inline constexpr std::string_view kSpendingFile = "transcription.spending.json";

struct Spending {
  WallTime at{};  // when it was so
  std::map<std::string, Budget::Spent> providers;
};

std::string to_json(const Spending& spending);
// An error where it is no such file: half a count is worse than a new one.
Result<Spending> spending_from(std::string_view text);

}  // namespace srs::stt
