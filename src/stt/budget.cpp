#include "stt/budget.hpp"

#include <algorithm>
#include <cmath>

namespace srs::stt {
namespace {

using std::chrono::milliseconds;

double minutes(milliseconds time) {
  return static_cast<double>(time.count()) / 60'000;
}

std::chrono::sys_days day_of(Budget::Wall wall) {
  return std::chrono::floor<std::chrono::days>(wall);
}

milliseconds up(double ms) {
  return milliseconds(std::llround(std::ceil(ms)));
}

}  // namespace

double Budget::audio_left(Time now) const {
  const double hours = std::chrono::duration<double, std::ratio<3600>>(now - audio_at_).count();
  const double spent = std::max(0.0, audio_spent_ - hours * limit_.audio_minutes_per_hour);
  return limit_.audio_minutes_per_hour - spent;
}

Budget::Wait Budget::wait(Time now, Wall wall, milliseconds audio) const {
  if (limit_.cost_per_day > 0 && cost_today(wall) >= limit_.cost_per_day) {
    const auto midnight = day_of(wall) + std::chrono::days(1);
    return {Bound::Cost, std::chrono::ceil<milliseconds>(midnight - wall)};
  }
  if (limit_.audio_minutes_per_hour > 0) {
    const double missing =
        std::min(minutes(audio), limit_.audio_minutes_per_hour) - audio_left(now);
    if (missing > 1e-9)
      return {Bound::Audio, up(missing / limit_.audio_minutes_per_hour * 3'600'000)};
  }
  if (limit_.requests_per_second > 0 && next_request_ > now)
    return {Bound::Requests, std::chrono::ceil<milliseconds>(next_request_ - now)};
  return {};
}

void Budget::spend(Time now, milliseconds audio) {
  if (limit_.requests_per_second > 0) next_request_ = std::max(now, next_request_) + spacing();
  if (limit_.audio_minutes_per_hour > 0) {
    audio_spent_ = limit_.audio_minutes_per_hour - audio_left(now) + minutes(audio);
    audio_at_ = now;
  }
}

void Budget::give_back(milliseconds audio) {
  if (limit_.requests_per_second > 0) next_request_ -= spacing();
  if (limit_.audio_minutes_per_hour > 0)
    audio_spent_ = std::max(0.0, audio_spent_ - minutes(audio));
}

Budget::Time::duration Budget::spacing() const {
  return std::chrono::duration_cast<Time::duration>(
      std::chrono::duration<double>(1 / limit_.requests_per_second));
}

void Budget::charge(Wall wall, double cost) {
  cost_ = cost_today(wall) + cost;
  if (!is_today(wall)) day_ = day_of(wall);
}

double Budget::cost_today(Wall wall) const {
  return is_today(wall) ? cost_ : 0;
}

// A clock that was set back gives nothing back; one that had been days ahead begins the day anew.
bool Budget::is_today(Wall wall) const {
  const auto back = day_ - day_of(wall);
  return back >= std::chrono::days(0) && back <= std::chrono::days(1);
}

Budget::Spent Budget::spent(Time now, Wall wall) const {
  return {limit_.audio_minutes_per_hour - audio_left(now), cost_today(wall)};
}

void Budget::resume(const Spent& spent, Wall then, Time now, Wall wall) {
  // A clock that was set back gives nothing back.
  const double hours =
      std::max(0.0, std::chrono::duration<double, std::ratio<3600>>(wall - then).count());
  const double carried = std::max(0.0, spent.audio_minutes - hours * limit_.audio_minutes_per_hour);
  audio_spent_ = this->spent(now, wall).audio_minutes + carried;
  audio_at_ = now;
  if (day_of(then) == day_of(wall)) charge(wall, spent.cost);
}

std::string_view to_string(Budget::Bound bound) {
  switch (bound) {
    case Budget::Bound::Requests:
      return "requests";
    case Budget::Bound::Audio:
      return "audio";
    case Budget::Bound::Cost:
      return "cost";
    case Budget::Bound::RateLimited:
      return "rate_limited";
    case Budget::Bound::None:
      break;
  }
  return "none";
}

const Price* find_price(const std::vector<Price>& prices, std::string_view provider,
                        std::initializer_list<std::string_view> models) {
  const auto of = [&](std::string_view model) -> const Price* {
    const auto at = std::find_if(prices.begin(), prices.end(), [&](const Price& price) {
      return price.provider == provider && price.model == model;
    });
    return at == prices.end() ? nullptr : &*at;
  };
  for (const auto model : models) {
    const auto* price = model.empty() ? nullptr : of(model);
    if (price != nullptr) return price;
  }
  return of("");
}

double cost_of(const Price& price, milliseconds audio) {
  return price.per_minute * minutes(audio);
}

}  // namespace srs::stt
