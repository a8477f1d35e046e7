// What /health, /ready and /live say.
#pragma once

#include <srs/util/time.hpp>

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::health {

enum class Status { Healthy, Degraded, Unhealthy };
std::string_view to_string(Status status);

// One thing looked at.
struct Check {
  Status status = Status::Healthy;
  std::string message;
  std::vector<std::pair<std::string, double>> figures;
  // Why no new call can be taken because of it; empty: it can.
  std::string blocks_new_calls;
};

// The checks of the process, run when asked. Runs on the io_context.
class Health {
 public:
  using Probe = std::function<Check()>;

  explicit Health(std::string version);
  void add(std::string name, Probe probe);

  // `status` (the worst of all checks), `version`, `uptime_seconds`; detailed: `checks` too.
  // The HTTP status: 200 for healthy and degraded, 503 for unhealthy.
  std::pair<int, nlohmann::ordered_json> report(bool detailed) const;
  // 200, or 503 with `reasons`.
  std::pair<int, nlohmann::ordered_json> ready() const;
  // Whether each check, by its name, lets the server take new calls; ready() wants all of them.
  std::vector<std::pair<std::string, bool>> readiness() const;

 private:
  std::string version_;
  std::chrono::steady_clock::time_point started_;
  std::vector<std::pair<std::string, Probe>> checks_;
};

}  // namespace srs::health
