// What is tried again, and when.
#include "tracing/retry.hpp"

#include <gmock/gmock.h>

#include <set>

namespace srs::tracing {
namespace {

using namespace std::chrono_literals;
using testing::Eq;
using testing::Optional;

const WallTime kNow = *from_rfc3339("2026-11-22T11:00:00Z");

HttpOutcome answer(int status, std::string retry_after = {}) {
  HttpResponse response;
  response.status = status;
  if (!retry_after.empty()) response.headers.emplace_back("Retry-After", std::move(retry_after));
  return response;
}

HttpOutcome failure(HttpFailure::Kind kind) {
  return HttpFailure{kind, "text"};
}

TEST(Retry, IsForWhatMayPass) {
  for (const int status : {429, 502, 503, 504}) {
    EXPECT_EQ(judge(answer(status)), Verdict::TryAgain) << status;
  }
  for (const auto kind : {HttpFailure::Kind::Connect, HttpFailure::Kind::Timeout,
                          HttpFailure::Kind::Reset, HttpFailure::Kind::Resolve}) {
    EXPECT_EQ(judge(failure(kind)), Verdict::TryAgain) << to_string(kind);
  }
}

TEST(Retry, IsNotForWhatWillNot) {
  for (const int status : {301, 400, 401, 403, 404, 413, 500, 501}) {
    EXPECT_EQ(judge(answer(status)), Verdict::Refused) << status;
  }
  EXPECT_EQ(judge(failure(HttpFailure::Kind::Tls)), Verdict::Refused);
  EXPECT_EQ(judge(failure(HttpFailure::Kind::InvalidUrl)), Verdict::Refused);
  EXPECT_EQ(judge(answer(200)), Verdict::Taken);
  EXPECT_EQ(judge(answer(202)), Verdict::Taken);
}

TEST(Retry, WaitsAsLongAsItIsAskedTo) {
  EXPECT_EQ(pause_after(1, answer(429, "7"), kNow, 0), 7s);
  EXPECT_EQ(pause_after(1, answer(503, "Sun, 22 Nov 2026 11:00:30 GMT"), kNow, 0), 30s);
  EXPECT_EQ(pause_after(1, answer(503, "Sun, 22 Nov 2026 10:00:00 GMT"), kNow, 0), 0s);
  EXPECT_EQ(pause_after(1, answer(429, "86400"), kNow, 0), 60s) << "within bounds";
}

TEST(Retry, WaitsLongerEachTimeAndSpreadsOut) {
  const auto gone = failure(HttpFailure::Kind::Connect);
  EXPECT_EQ(pause_after(1, gone, kNow, 1), 1s);
  EXPECT_EQ(pause_after(1, gone, kNow, 0), 500ms);
  EXPECT_EQ(pause_after(3, gone, kNow, 1), 4s);
  EXPECT_EQ(pause_after(100, gone, kNow, 1), 60s);
  EXPECT_EQ(pause_after(1, answer(429, "soon"), kNow, 1), 1s);
}

TEST(RetryAfter, IsANumberOfSecondsOrADate) {
  EXPECT_THAT(parse_retry_after("120", kNow), Optional(Eq(120s)));
  EXPECT_THAT(parse_retry_after("Sun, 22 Nov 2026 11:01:00 GMT", kNow), Optional(Eq(60s)));
  for (const auto* bad : {"", "-1", "1.5", "soon", "99999999999999", "Sun, 22 Nov 2026"}) {
    EXPECT_EQ(parse_retry_after(bad, kNow), std::nullopt) << bad;
  }
}

TEST(Reasons, AreFew) {
  std::set<std::string> reasons;
  for (int status = 0; status < 1000; ++status) reasons.insert(reason_of(answer(status)));
  EXPECT_LT(reasons.size(), 20U);
  for (std::size_t kind = 0; kind < kHttpFailureKinds; ++kind)
    reasons.insert(reason_of(failure(static_cast<HttpFailure::Kind>(kind))));
  EXPECT_THAT(all_reasons(), testing::UnorderedElementsAreArray(reasons));
  EXPECT_EQ(reason_of(answer(429)), "status_429");
  EXPECT_EQ(reason_of(answer(418)), "status_4xx");
  EXPECT_EQ(reason_of(failure(HttpFailure::Kind::Connect)), "connect");
}

}  // namespace
}  // namespace srs::tracing
