#include "stt/backoff.hpp"

#include <srs/util/text.hpp>

#include <time.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDay = std::chrono::hours(24);

}  // namespace

milliseconds pause_after(std::size_t failures, const RetryOptions& options, double chance,
                         std::optional<milliseconds> asked) {
  const double doubled =
      static_cast<double>(options.first_pause.count()) *
      std::exp2(static_cast<double>(std::clamp<std::size_t>(failures, 1, 40) - 1));
  const double longest = static_cast<double>(options.longest_pause.count());
  const double pause = std::min(doubled, longest) * (0.5 + 0.5 * std::clamp(chance, 0.0, 1.0));
  return std::max(milliseconds(std::llround(pause)),
                  std::clamp(asked.value_or(milliseconds(0)), milliseconds(0), kDay));
}

std::optional<milliseconds> retry_after(std::string_view header,
                                        std::chrono::system_clock::time_point now) {
  const auto text = std::string(trim(header));
  if (const auto seconds = to_number<std::uint32_t>(text))
    return std::min<milliseconds>(std::chrono::seconds(*seconds), kDay);
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const auto date = std::chrono::system_clock::from_time_t(::timegm(&parts));
  return std::clamp(std::chrono::duration_cast<milliseconds>(date - now), milliseconds(0), kDay);
}

}  // namespace srs::stt
