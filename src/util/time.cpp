#include <srs/util/text.hpp>
#include <srs/util/time.hpp>

#include <cstddef>

namespace srs {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using std::chrono::year_month_day;

// Takes `digits` digits from the front of `text`; nothing where they are not digits.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  const auto value = to_number<unsigned>(text.substr(0, digits));
  if (text.size() < digits || !value) return std::nullopt;
  text.remove_prefix(digits);
  return static_cast<int>(*value);
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

nanoseconds take_fraction(std::string_view& text) {
  long long value = 0;
  long long unit = 1'000'000'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (unit > 1) {
      unit /= 10;
      value += (text.front() - '0') * unit;
    }
    text.remove_prefix(1);
  }
  return nanoseconds(value);
}

// What stands after the seconds; nothing where it is no zone.
std::optional<minutes> take_zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return minutes(0);
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, "+-")) return std::nullopt;
  const auto hour = take_number(text, 2);
  const bool minutes_follow = take(text, ":") || !text.empty();
  const auto minute = minutes_follow ? take_number(text, 2) : std::optional<int>(0);
  if (!hour || !minute || *hour > 23 || *minute > 59 || !text.empty()) return std::nullopt;
  return sign * (hours(*hour) + minutes(*minute));
}

// With leading zeros. Every call and every log line writes times, and printf is slow at it.
void put(std::string& text, int value, std::size_t digits) {
  text.append(digits, '0');
  for (std::size_t at = text.size(); value > 0 && digits > 0; --digits, value /= 10)
    text[--at] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string to_rfc3339(WallTime time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const std::chrono::hh_mm_ss<milliseconds> clock(floor<milliseconds>(time - day));
  std::string text;
  text.reserve(24);
  put(text, static_cast<int>(date.year()), 4);
  put(text += '-', static_cast<int>(static_cast<unsigned>(date.month())), 2);
  put(text += '-', static_cast<int>(static_cast<unsigned>(date.day())), 2);
  put(text += 'T', static_cast<int>(clock.hours().count()), 2);
  put(text += ':', static_cast<int>(clock.minutes().count()), 2);
  put(text += ':', static_cast<int>(clock.seconds().count()), 2);
  put(text += '.', static_cast<int>(clock.subseconds().count()), 3);
  return text += 'Z';
}

std::optional<WallTime> from_rfc3339(std::string_view text) {
  text = trim(text);
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second) return std::nullopt;
  const nanoseconds fraction = take(text, ".,") ? take_fraction(text) : nanoseconds(0);
  const auto zone = take_zone(text);

  const year_month_day date{std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  // A leap second (60) is a legal time of day.
  if (!zone || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  // The kernel's clock counts 64-bit nanoseconds: years outside are no times of a call.
  if (*year < 1970 || *year > 2200) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + hours(*hour) + minutes(*minute) +
         seconds(*second) + fraction - *zone;
}

}  // namespace srs
