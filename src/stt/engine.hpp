// A provider while the pool runs: what it may do now.
#pragma once

#include "stt/breaker.hpp"
#include "stt/budget.hpp"
#include "stt/job_file.hpp"
#include "stt/providers/provider.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace srs::stt {

struct Engine {
  Engine(std::unique_ptr<Provider> given, const Options& options, const Limit& limit)
      : provider(std::move(given)), breaker(options.breaker), budget(limit) {}

  std::string name() const { return std::string(provider->name()); }
  bool is_full() const {
    return budget.limit().concurrency > 0 && in_flight >= budget.limit().concurrency;
  }

  std::unique_ptr<Provider> provider;
  Breaker breaker;
  Budget budget;
  std::size_t in_flight = 0;
  Breaker::Time held_until{};           // it said 429
  std::optional<Failure> last_failure;  // why it is left alone; none since its last success
};

// A request to a provider, from its beginning. However it ends, by an exception too, it is no
// longer counted as under way, and where nothing was learned of the provider another may try.
class Attempt {
 public:
  Attempt(Engine& engine, Breaker::Time now) : engine_(engine) {
    engine_.breaker.begin(now);
    ++engine_.in_flight;
  }
  ~Attempt() {
    answered();
    if (!judged_) engine_.breaker.abandoned();
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  void answered() {
    if (std::exchange(counted_, false)) --engine_.in_flight;
  }
  // The breaker knows what came of it, or is told next.
  void judged() { judged_ = true; }

 private:
  Engine& engine_;
  bool counted_ = true;
  bool judged_ = false;
};

struct Now {
  std::chrono::steady_clock::time_point steady;
  WallTime wall;
  static Now get() { return {std::chrono::steady_clock::now(), wall_now()}; }
};

// Who transcribes a job's next piece, and when.
struct Choice {
  enum class Kind {
    Ask,   // `engine`, now
    Wait,  // for `time`, or until a request ends
    None,  // every provider has refused
  };
  Kind kind = Kind::None;
  std::size_t engine = 0;
  std::chrono::milliseconds time{0};
  Budget::Bound bound = Budget::Bound::None;  // what it waits for, where that is a bound
  // Ask: who stands before, but for its `bound`; None: its breaker is open.
  std::optional<std::size_t> passed_over;
};

// How long every provider that has not refused the job pauses after a failure of it. Before that it
// can't be asked, whatever happens to the providers.
std::chrono::milliseconds earliest_pause(const std::vector<Engine>& engines, const JobState& state,
                                         const Now& now);

// In the configured order; who failed `attempts` times stands behind those that did not. While the
// first in that order only pauses after a failure, is busy, or takes the next request within a few
// seconds by its rate, the job waits for it. A provider whose breaker is open, that asked to be
// left alone, or whose budget is used up is passed over.
Choice choose(const std::vector<Engine>& engines, const JobState& state, std::size_t attempts,
              std::chrono::milliseconds audio, const Now& now);

}  // namespace srs::stt
