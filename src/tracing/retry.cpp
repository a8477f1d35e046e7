#include "tracing/retry.hpp"

#include <srs/util/text.hpp>

#include <time.h>

#include <algorithm>
#include <initializer_list>

namespace srs::tracing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFirstPause{1000};
constexpr seconds kLongestPause{60};
constexpr int kStatusClasses = 5;
constexpr std::initializer_list<int> kNamedStatuses = {400, 401, 403, 404, 413, 429, 502, 503, 504};

bool is_one_of(int status, std::initializer_list<int> statuses) {
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

std::string status_text(int status) {
  return "status_" + std::to_string(status);
}

std::string class_text(int first_digit) {
  return status_text(first_digit) + "xx";
}

}  // namespace

Verdict judge(const HttpOutcome& outcome) {
  using Kind = HttpFailure::Kind;
  if (outcome) {
    if (outcome->status >= 200 && outcome->status < 300) return Verdict::Taken;
    return is_one_of(outcome->status, {429, 502, 503, 504}) ? Verdict::TryAgain : Verdict::Refused;
  }
  const auto kind = outcome.error().kind;
  const bool ours = kind == Kind::InvalidUrl || kind == Kind::InvalidRequest || kind == Kind::Tls;
  return ours ? Verdict::Refused : Verdict::TryAgain;
}

std::string reason_of(const HttpOutcome& outcome) {
  if (!outcome) return std::string(to_string(outcome.error().kind));
  if (is_one_of(outcome->status, kNamedStatuses)) return status_text(outcome->status);
  return class_text(std::clamp(outcome->status / 100, 1, kStatusClasses));
}

std::vector<std::string> all_reasons() {
  std::vector<std::string> reasons;
  for (std::size_t kind = 0; kind < kHttpFailureKinds; ++kind)
    reasons.emplace_back(to_string(static_cast<HttpFailure::Kind>(kind)));
  for (const int status : kNamedStatuses) reasons.push_back(status_text(status));
  for (int first = 1; first <= kStatusClasses; ++first) reasons.push_back(class_text(first));
  return reasons;
}

std::string text_of(const HttpOutcome& outcome) {
  return outcome ? "status " + std::to_string(outcome->status) : outcome.error().text;
}

milliseconds pause_after(unsigned attempt, const HttpOutcome& outcome, WallTime now, double share) {
  if (outcome) {
    if (const auto asked = parse_retry_after(outcome->header("Retry-After"), now)) {
      return std::clamp(*asked, seconds(0), kLongestPause);
    }
  }
  const auto longest = kFirstPause * (1U << std::min(attempt - 1, 6U));
  // Between half of it and all of it.
  const auto jittered = std::chrono::duration<double, std::milli>(longest) * (0.5 + share / 2);
  return std::min<milliseconds>(std::chrono::duration_cast<milliseconds>(jittered), kLongestPause);
}

std::optional<seconds> parse_retry_after(std::string_view text, WallTime now) {
  if (const auto number = to_number<std::uint32_t>(text)) return seconds(*number);
  std::tm parts{};
  const std::string copy(text);
  const char* end = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const auto at = std::chrono::system_clock::from_time_t(::timegm(&parts));
  return std::chrono::ceil<seconds>(at - now);
}

}  // namespace srs::tracing
