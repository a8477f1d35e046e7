// Which spans are recorded, and what they hold.
#include "tracing/spans.hpp"

#include <gmock/gmock.h>

#include <optional>
#include <set>
#include <string>

namespace srs::tracing {
namespace {

using namespace std::chrono_literals;
using test::find;
using test::KeptSpans;
using test::text_of;
using testing::SizeIs;

SpanContext remote(bool sampled) {
  return *parse_traceparent(
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0" + std::to_string(sampled ? 1 : 0),
      "vendor=1");
}

class TracerTest : public testing::Test {
 protected:
  KeptSpans kept;
  Tracer tracer{{}, kept};
};

TEST_F(TracerTest, BeginsATraceWhereThereIsNoParent) {
  tracer.start("a").end();
  tracer.start("b", {}, Kind::Server).end();
  ASSERT_THAT(kept.all, SizeIs(2));
  EXPECT_TRUE(kept.all[0].context.valid());
  EXPECT_TRUE(kept.all[0].context.sampled);
  EXPECT_EQ(kept.all[0].parent, SpanId{});
  EXPECT_NE(kept.all[0].context.trace_id, kept.all[1].context.trace_id);
  EXPECT_EQ(kept.all[1].kind, Kind::Server);
}

TEST_F(TracerTest, GoesOnWithTheTraceOfTheParent) {
  {
    Span outer = tracer.start("outer", remote(true));
    Span inner = tracer.start("inner", outer);
    EXPECT_EQ(inner.context().trace_id_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(inner.context().trace_state, "vendor=1");
  }
  ASSERT_THAT(kept.all, SizeIs(2));
  EXPECT_EQ(kept.all[0].name, "inner");
  EXPECT_EQ(kept.all[0].parent, kept.all[1].context.span_id);
  EXPECT_EQ(kept.all[1].parent, remote(true).span_id);
}

TEST_F(TracerTest, RecordsNothingWhereTheParentIsNotSampledButHandsItOn) {
  Span span = tracer.start("a", remote(false));
  span.set("key", "value");
  EXPECT_FALSE(span.recording());
  EXPECT_EQ(span.context().trace_id, remote(false).trace_id);
  EXPECT_NE(span.context().span_id, remote(false).span_id);
  EXPECT_TRUE(traceparent(span.context()).ends_with("-00"));
  span.end();
  EXPECT_THAT(kept.all, SizeIs(0));
}

TEST_F(TracerTest, ThatIsOffHandsTheContextOfTheParentOn) {
  Tracer off;
  EXPECT_FALSE(off.enabled());
  Span span = off.start("a", remote(true));
  span.set("key", std::string("value"));
  span.event("event");
  span.fail("why");
  span.end();
  EXPECT_EQ(traceparent(span.context()), traceparent(remote(true)));
  EXPECT_EQ(traceparent(off.start("b").context()), "");
}

TEST_F(TracerTest, KeepsAttributesEventsAndStatus) {
  Span span = tracer.start("a", {}, {{"first", 1}});
  span.set("text", "one");
  span.set("text", std::string("two"));
  span.set("number", std::uint16_t{7});
  span.set("share", 0.5);
  span.set("yes", true);
  span.event("packet", {{"ssrc", 42}});
  span.fail("no media");
  span.end();
  span.set("late", 1);
  span.end();
  ASSERT_THAT(kept.all, SizeIs(1));
  const auto& data = kept.all[0];
  EXPECT_THAT(data.attributes, SizeIs(5));
  EXPECT_EQ(text_of(data.attributes, "text"), "two");
  EXPECT_EQ(std::get<std::uint64_t>(find(data.attributes, "number")->data()), 7U);
  EXPECT_EQ(std::get<bool>(find(data.attributes, "yes")->data()), true);
  ASSERT_THAT(data.events, SizeIs(1));
  EXPECT_EQ(data.events[0].name, "packet");
  EXPECT_GE(data.events[0].at, data.start);
  EXPECT_EQ(data.status, Status::Error);
  EXPECT_EQ(data.status_text, "no media");
  EXPECT_GE(data.end, data.start);
}

TEST_F(TracerTest, TakesTimesOfWhatHasHappenedAlready) {
  const WallTime then = *from_rfc3339("2026-11-22T11:00:00Z");
  tracer.start("rtp.first_packet", {}, Kind::Internal, then).end(then + 5ms);
  tracer.start("backwards", {}, Kind::Internal, then).end(then - 1s);
  EXPECT_EQ(kept.all[0].start, then);
  EXPECT_EQ(kept.all[0].end, then + 5ms);
  EXPECT_EQ(kept.all[1].end, then) << "a clock that was set back makes no negative span";
}

TEST_F(TracerTest, BoundsWhatASpanHolds) {
  Span span = tracer.start(std::string(10'000, 'n'));
  for (int i = 0; i < 1000; ++i) span.set("key" + std::to_string(i), i);
  for (int i = 0; i < 1000; ++i) span.event("event");
  // Cut between characters, not within one.
  std::string umlauts = "x";
  while (umlauts.size() < 2000) umlauts += "\xc3\xa4";
  span.set("key0", umlauts);
  span.set("key1", std::string("a\xff") + "b");
  span.end();
  const auto& data = kept.all[0];
  EXPECT_EQ(data.name.size(), kMaxTextBytes);
  EXPECT_EQ(data.attributes.size(), kMaxAttributes);
  EXPECT_EQ(data.dropped_attributes, 1000 - kMaxAttributes);
  EXPECT_EQ(data.events.size(), kMaxEvents);
  EXPECT_EQ(data.dropped_events, 1000 - kMaxEvents);
  EXPECT_EQ(text_of(data.attributes, "key0").size(), kMaxTextBytes - 1);
  EXPECT_EQ(text_of(data.attributes, "key1"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_LT(data.size(), 64U << 10);
}

TEST_F(TracerTest, EndsASpanThatIsReplaced) {
  Span span = tracer.start("first");
  span = tracer.start("second");
  ASSERT_THAT(kept.all, SizeIs(1));
  EXPECT_EQ(kept.all[0].name, "first");
  Span moved = std::move(span);
  moved.end();
  EXPECT_THAT(kept.all, SizeIs(2));
}

TEST_F(TracerTest, MakesIdsThatDiffer) {
  std::set<SpanId> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(tracer.start("a").context().span_id);
  EXPECT_EQ(ids.size(), 10'000U);
}

TraceId id(std::uint8_t first_of_last_eight) {
  TraceId made{1};
  made[8] = first_of_last_eight;
  made[15] = 1;
  return made;
}

TEST(Sampling, IsDecidedByTheTracesIdAlone) {
  const Sampling half{Sampler::Ratio, 0.5};
  EXPECT_TRUE(decide(half, id(0x00), {}));
  EXPECT_TRUE(decide(half, id(0x7F), {}));
  EXPECT_FALSE(decide(half, id(0x80), {}));
  EXPECT_FALSE(decide(half, id(0xFF), {}));
  EXPECT_FALSE(decide({Sampler::Ratio, 0}, id(0), {}));
  EXPECT_TRUE(decide({Sampler::Ratio, 1}, id(0xFF), {}));
}

TEST(Sampling, FollowsTheParentWhereItIsToldTo) {
  const TraceId any = id(0xFF);
  EXPECT_TRUE(decide({Sampler::ParentRatio, 0}, any, remote(true)));
  EXPECT_FALSE(decide({Sampler::ParentRatio, 1}, any, remote(false)));
  EXPECT_FALSE(decide({Sampler::ParentAlwaysOn, 0}, any, remote(false)));
  EXPECT_TRUE(decide({Sampler::ParentAlwaysOn, 0}, any, {}));
  EXPECT_TRUE(decide({Sampler::ParentAlwaysOff, 1}, any, remote(true)));
  EXPECT_FALSE(decide({Sampler::ParentAlwaysOff, 1}, any, {}));
  EXPECT_TRUE(decide({Sampler::AlwaysOn, 0}, any, remote(false)));
  EXPECT_FALSE(decide({Sampler::AlwaysOff, 1}, any, remote(true)));
  EXPECT_FALSE(decide({Sampler::Ratio, 0}, any, remote(true)));
}

TEST(Sampling, KeepsItsShare) {
  KeptSpans kept;
  Tracer tracer({Sampler::ParentRatio, 0.1}, kept);
  for (int i = 0; i < 20'000; ++i) tracer.start("a").end();
  EXPECT_GT(kept.all.size(), 1700U);
  EXPECT_LT(kept.all.size(), 2300U);
}

}  // namespace
}  // namespace srs::tracing
