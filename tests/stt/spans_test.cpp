// What traces tell of requests and deliveries.
#include "tracing/spans.hpp"

#include "stt/scripted_provider.hpp"

namespace srs::stt::test {
namespace {

TEST_F(PoolTest, FollowsEachRequestInASpanOfTheCallsTrace) {
  tracing::test::KeptSpans kept;
  tracer = tracing::Tracer({}, kept);
  Provider provider({{503, "busy"}, {}});
  options.openai.url = provider.url();
  start();
  auto job = spoken("rec-1");
  job.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  job.tracestate = "congo=t61";
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(kept.all.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& span = kept.all[i];
    EXPECT_EQ(span.name, "stt.transcribe");
    EXPECT_EQ(span.context.trace_id_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(span.context.trace_state, "congo=t61");
    EXPECT_EQ(tracing::test::text_of(span.attributes, "stt.provider"), "openai");
    EXPECT_EQ(tracing::test::text_of(span.attributes, "recording.id"), "rec-1");
    EXPECT_EQ(provider.asked.at(i).headers.at("traceparent"), tracing::traceparent(span.context))
        << "the provider's spans lie below it";
  }
  EXPECT_EQ(kept.all[0].status, tracing::Status::Error);
  EXPECT_EQ(kept.all[1].status, tracing::Status::Unset);
  stop();
  tracer = {};
}

TEST_F(PoolTest, SaysInTheSpanWhoWasPassedOver) {
  tracing::test::KeptSpans kept;
  tracer = tracing::Tracer({}, kept);
  Provider busy({{429, "slow down", "Retry-After: 60\r\n"}});
  Provider next({{200, R"({"segments":[{"start":0.1,"end":0.9,"text":"hello"}]})"}});
  options.providers = {"openai", "webhook"};
  options.openai.url = busy.url();
  options.webhook.url = next.url();
  start();
  auto job = spoken("rec-1");
  job.traceparent = kTraceparent;
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(kept.all.size(), 2U);
  EXPECT_EQ(tracing::test::text_of(kept.all[0].attributes, "stt.passed_over"), "");
  EXPECT_EQ(tracing::test::text_of(kept.all[1].attributes, "stt.provider"), "webhook");
  EXPECT_EQ(tracing::test::text_of(kept.all[1].attributes, "stt.passed_over"), "openai");
  stop();
  tracer = {};
}

TEST_F(PoolTest, FollowsEachDeliveryInASpanOfTheCallsTrace) {
  tracing::test::KeptSpans kept;
  tracer = tracing::Tracer({}, kept);
  Provider provider(kWorking);
  Provider receiver({{503, "busy"}, {}});
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  start();
  auto job = spoken("rec-1");
  job.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  job.tracestate = "congo=t61";
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !finished.empty() && pool->size() == 0; }));
  ASSERT_EQ(kept.all.size(), 3U);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& span = kept.all[i + 1];
    EXPECT_EQ(span.name, "stt.deliver");
    EXPECT_EQ(span.context.trace_id_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(span.context.trace_state, "congo=t61");
    EXPECT_EQ(tracing::test::text_of(span.attributes, "recording.id"), "rec-1");
    EXPECT_EQ(span.status, i == 0 ? tracing::Status::Error : tracing::Status::Unset);
    EXPECT_EQ(receiver.asked.at(i).headers.at("traceparent"), tracing::traceparent(span.context));
  }
  stop();
  tracer = {};
}

TEST_F(PoolTest, MakesNoSpanBelowOneThatIsNotSampledAndSaysSo) {
  tracing::test::KeptSpans kept;
  tracer = tracing::Tracer({}, kept);
  Provider provider(kWorking);
  Provider receiver(kWorking);
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  start();
  auto job = spoken("rec-1");
  job.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !finished.empty() && pool->size() == 0; }));
  const auto asked = provider.asked.at(0).headers.at("traceparent");
  EXPECT_TRUE(asked.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-")) << asked;
  EXPECT_TRUE(asked.ends_with("-00")) << asked;
  const auto told = receiver.asked.at(0).headers.at("traceparent");
  EXPECT_TRUE(told.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-")) << told;
  EXPECT_TRUE(told.ends_with("-00")) << told;
  stop();
  EXPECT_TRUE(kept.all.empty());
  tracer = {};
}

}  // namespace
}  // namespace srs::stt::test
