#include "app/siprec_call/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace srs::call {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

Outcome good_call() {
  Outcome outcome;
  outcome.call_id = "abc";
  outcome.status = 200;
  outcome.latency = milliseconds(4);
  outcome.bye_latency = milliseconds(2);
  outcome.end = sip::CallEnd::Bye;
  outcome.legs = {
      {"1", "127.0.0.1:4000", {.local_port = 9, .ssrc = 7, .packets = 50, .bytes = 8000}},
      {"2", "127.0.0.1:4002", {.packets = 50, .bytes = 8000}}};
  judge_outcome(outcome, true);
  return outcome;
}

Summary of(std::vector<Outcome> outcomes) {
  Summary summary;
  summary.wanted = summary.placed = outcomes.size();
  for (auto& outcome : outcomes) summary.add(std::move(outcome));
  return summary;
}

TEST(Latencies, PercentilesAreValuesThatOccurred) {
  Latencies latencies;
  EXPECT_EQ(latencies.percentile(50), milliseconds(0));
  for (int i = 100; i > 0; --i) latencies.add(milliseconds(i));
  EXPECT_EQ(latencies.percentile(50), milliseconds(50));
  EXPECT_EQ(latencies.percentile(99), milliseconds(99));
  EXPECT_EQ(latencies.percentile(100), milliseconds(100));
}

TEST(Outcome, IsASuccessOnlyWithAnswerMediaAndOurBye) {
  EXPECT_TRUE(good_call().success());
  auto refused = good_call();
  refused.status = 503;
  refused.warning = "399 x \"out of ports\"";
  judge_outcome(refused, true);
  EXPECT_THAT(refused.faults.at(0), HasSubstr("out of ports"));
  for (const auto end : {sip::CallEnd::PeerBye, sip::CallEnd::ByeTimeout, sip::CallEnd::Lost}) {
    auto outcome = good_call();
    outcome.end = end;
    judge_outcome(outcome, true);
    EXPECT_FALSE(outcome.success());
  }
}

TEST(Outcome, WithoutAPacketIsNoSuccessUnlessNoneWereWanted) {
  auto silent = good_call();
  for (auto& leg : silent.legs) leg.sent.packets = 0;
  auto unwanted = silent;
  judge_outcome(silent, true);
  EXPECT_FALSE(silent.success());
  judge_outcome(unwanted, false);
  EXPECT_TRUE(unwanted.success());
}

TEST(Summary, AddsUpWhatTheCallsSent) {
  const auto summary = of({good_call(), good_call()});
  EXPECT_TRUE(summary.success());
  EXPECT_EQ(summary.packets, 200U);
  EXPECT_EQ(summary.streams, 4U);
  EXPECT_EQ(summary.answers.at(200), 2U);
  EXPECT_THAT(summary.verdict(), HasSubstr("2 of 2"));
}

TEST(Summary, OneBadCallIsAFailureThatIsExplained) {
  auto bad = good_call();
  bad.status = 486;
  bad.phrase = "Busy Here";
  judge_outcome(bad, true);
  const auto summary = of({good_call(), bad});
  EXPECT_FALSE(summary.success());
  EXPECT_THAT(summary.verdict(), HasSubstr("1 of 2 calls: INVITE was answered 486 Busy Here"));
  EXPECT_THAT(to_text(summary), HasSubstr("200: 1, 486: 1"));
}

TEST(Summary, CallsThatWereNeverPlacedAreAFailureUnlessTheUserStoppedThem) {
  auto summary = of({good_call()});
  summary.wanted = 5;
  EXPECT_FALSE(summary.success());
  summary.interrupted = true;
  EXPECT_TRUE(summary.success());
  EXPECT_FALSE(Summary{}.success());
}

TEST(Summary, AsJsonHasEveryFigure) {
  const auto json = nlohmann::json::parse(to_json(of({good_call()})));
  EXPECT_EQ(json["schema"], "siprec-call/1");
  EXPECT_EQ(json["success"], true);
  EXPECT_EQ(json["answers"]["200"], 1);
  EXPECT_EQ(json["invite_latency"]["p99_ms"], 4.0);
  EXPECT_EQ(json["media"]["packets"], 100);
  EXPECT_EQ(json["list"][0]["call_id"], "abc");
  EXPECT_EQ(json["list"][0]["streams"][0]["ssrc"], 7);
}

TEST(Summary, JsonHoldsWhateverThePeerWrote) {
  auto bad = good_call();
  bad.faults = {"Warning: \xff\xfe\""};
  EXPECT_TRUE(nlohmann::json::accept(to_json(of({bad}))));
}

TEST(Tally, DoesNotGrowWithoutBound) {
  Tally tally;
  for (int i = 0; i < 1000; ++i) tally.add("text " + std::to_string(i));
  EXPECT_LE(tally.counts().size(), 101U);
  EXPECT_EQ(tally.counts().at("others"), 900U);
}

}  // namespace
}  // namespace srs::call
