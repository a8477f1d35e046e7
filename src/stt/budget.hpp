// The bounds that an operator set for one provider.
#pragma once

#include <srs/stt/options.hpp>

#include <chrono>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace srs::stt {

// Requests per second are spread evenly; audio per hour is a budget that refills as time goes by;
// cost is counted per UTC day.
class Budget {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Wall = std::chrono::system_clock::time_point;
  // The last one is the provider's own: it said 429.
  enum class Bound { None, Requests, Audio, Cost, RateLimited };

  explicit Budget(Limit limit) : limit_(std::move(limit)) {}

  struct Wait {
    Bound bound = Bound::None;
    std::chrono::milliseconds time{0};  // zero: now
  };
  // How long until a request with that much audio may be made. Audio longer than a whole hour's
  // budget may be sent where the budget is full. A day's cost may be passed by the last request.
  Wait wait(Time now, Wall wall, std::chrono::milliseconds audio) const;

  // A request is made.
  void spend(Time now, std::chrono::milliseconds audio);
  // It was not made after all.
  void give_back(std::chrono::milliseconds audio);
  // It was charged. What comes late, of a day that is over, counts for the day that has begun.
  void charge(Wall wall, double cost);

  double cost_today(Wall wall) const;

  // What a restart must not forget.
  struct Spent {
    double audio_minutes = 0;  // of the hour's budget, as far as it has not refilled yet
    double cost = 0;           // of the day
  };
  Spent spent(Time now, Wall wall) const;
  // It was `spent` at `then`, by an earlier process; what refilled since is given back.
  void resume(const Spent& spent, Wall then, Time now, Wall wall);

  const Limit& limit() const { return limit_; }

 private:
  double audio_left(Time now) const;  // minutes
  Time::duration spacing() const;     // between two requests

  Limit limit_;
  Time next_request_{};
  Time audio_at_{};
  double audio_spent_ = 0;  // minutes, at audio_at_
  bool is_today(Wall wall) const;

  std::chrono::sys_days day_{};
  double cost_ = 0;
};

std::string_view to_string(Budget::Bound bound);

// The price of the first of `models` that has one of its own, else the provider's; nothing where
// there is none.
const Price* find_price(const std::vector<Price>& prices, std::string_view provider,
                        std::initializer_list<std::string_view> models);
double cost_of(const Price& price, std::chrono::milliseconds audio);

}  // namespace srs::stt
