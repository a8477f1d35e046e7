#include <srs/health/health.hpp>
#include <srs/util/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

namespace srs::health {
namespace {

using Json = nlohmann::ordered_json;

// A probe that fails tells nothing good: it counts as unhealthy, and the others are still asked.
Check ask(const Health::Probe& probe) {
  try {
    return probe();
  } catch (const std::exception& error) {
    return {Status::Unhealthy, std::string("the check failed: ") + error.what(), {}, {}};
  }
}

// Whole numbers without a fraction; what JSON can't write becomes null.
Json to_json(double figure) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (!std::isfinite(figure)) return nullptr;
  if (std::trunc(figure) == figure && std::abs(figure) <= kExact) {
    return static_cast<std::int64_t>(figure);
  }
  return figure;
}

Json to_json(const Check& check) {
  Json json;
  json["status"] = to_string(check.status);
  json["message"] = to_utf8(check.message);
  for (const auto& [name, figure] : check.figures) json[name] = to_json(figure);
  return json;
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::Healthy:
      return "healthy";
    case Status::Degraded:
      return "degraded";
    case Status::Unhealthy:
      break;
  }
  return "unhealthy";
}

Health::Health(std::string version)
    : version_(std::move(version)), started_(std::chrono::steady_clock::now()) {}

void Health::add(std::string name, Probe probe) {
  checks_.emplace_back(std::move(name), std::move(probe));
}

std::pair<int, Json> Health::report(bool detailed) const {
  Status worst = Status::Healthy;
  Json checks = Json::object();
  for (const auto& [name, probe] : checks_) {
    const Check check = ask(probe);
    worst = std::max(worst, check.status);
    checks[name] = to_json(check);
  }
  const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - started_;
  Json json;
  json["status"] = to_string(worst);
  json["version"] = version_;
  json["uptime_seconds"] = std::floor(uptime.count() * 1000) / 1000;
  if (detailed) json["checks"] = std::move(checks);
  return {worst == Status::Unhealthy ? 503 : 200, std::move(json)};
}

std::pair<int, Json> Health::ready() const {
  Json reasons = Json::array();
  for (const auto& [name, probe] : checks_) {
    const Check check = ask(probe);
    if (!check.blocks_new_calls.empty()) reasons.push_back(to_utf8(check.blocks_new_calls));
  }
  Json json;
  json["ready"] = reasons.empty();
  if (reasons.empty()) return {200, std::move(json)};
  json["reasons"] = std::move(reasons);
  return {503, std::move(json)};
}

std::vector<std::pair<std::string, bool>> Health::readiness() const {
  std::vector<std::pair<std::string, bool>> result;
  for (const auto& [name, probe] : checks_) {
    result.emplace_back(name, ask(probe).blocks_new_calls.empty());
  }
  return result;
}

}  // namespace srs::health
