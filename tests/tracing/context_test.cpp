// W3C Trace Context, to the letter.
#include <srs/tracing/context.hpp>

#include <gmock/gmock.h>

#include <string>

namespace srs::tracing {
namespace {

using testing::Optional;

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kSpan = "00f067aa0ba902b7";

// g++ 12 sees overflows in many(257, 'k', "=1").
std::string many(std::size_t count, char c, std::string_view tail) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.push_back(c);
  return text.append(tail);
}

std::string parent(const std::string& flags = "01", const std::string& version = "00") {
  return version + "-" + kTrace + "-" + kSpan + "-" + flags;
}

TEST(Traceparent, IsReadAndWritten) {
  const auto context = parse_traceparent(parent());
  ASSERT_TRUE(context);
  EXPECT_TRUE(context->valid());
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(context->trace_id_hex(), kTrace);
  EXPECT_EQ(context->span_id_hex(), kSpan);
  EXPECT_EQ(traceparent(*context), parent());
}

TEST(Traceparent, HasOneFlagThatIsKnown) {
  EXPECT_FALSE(parse_traceparent(parent("00"))->sampled);
  EXPECT_FALSE(parse_traceparent(parent("02"))->sampled);
  EXPECT_TRUE(parse_traceparent(parent("ff"))->sampled);
  EXPECT_EQ(traceparent(*parse_traceparent(parent("ff"))), parent("01"));
}

TEST(Traceparent, OfALaterVersionMayGoOnBehindADash) {
  EXPECT_TRUE(parse_traceparent(parent("01", "cc")));
  EXPECT_TRUE(parse_traceparent(parent("01", "cc") + "-what-comes"));
  EXPECT_TRUE(parse_traceparent(parent("01", "01") + "-"));
  EXPECT_FALSE(parse_traceparent(parent("01", "cc") + ".what"));
  EXPECT_FALSE(parse_traceparent(parent("01", "00") + "-what"));
  EXPECT_EQ(traceparent(*parse_traceparent(parent("01", "cc") + "-x")), parent());
}

TEST(Traceparent, ThatBreaksARuleIsNone) {
  const std::string good = parent();
  ASSERT_TRUE(parse_traceparent(good));
  for (const auto& bad : {std::string(),
                          std::string("00"),
                          good.substr(0, 54),
                          good + "1",
                          " " + good,
                          good + " ",
                          parent("01", "ff"),
                          parent("01", "0G"),
                          parent("1"),
                          parent("0x"),
                          parent("001"),
                          "00-" + many(32, '0', "-") + kSpan + "-01",
                          "00-" + kTrace + "-" + many(16, '0', "-01"),
                          "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kSpan + "-01",
                          "00-" + kTrace.substr(1) + "-" + kSpan + "-01-",
                          "00." + kTrace + "-" + kSpan + "-01",
                          "00-" + kTrace + "." + kSpan + "-01",
                          "00-" + kTrace + "-" + kSpan + ".01",
                          "00-" + kTrace.substr(0, 31) + "g-" + kSpan + "-01",
                          std::string(55, '\0')}) {
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
  }
}

TEST(Traceparent, OfNoTraceIsEmpty) {
  EXPECT_EQ(traceparent({}), "");
  EXPECT_EQ(SpanContext{}.trace_id_hex(), "");
}

TEST(Tracestate, IsHandedOnAsItCame) {
  const auto context = parse_traceparent(parent(), "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  EXPECT_EQ(context->trace_state, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
}

TEST(Tracestate, MayHaveBlanksAndEmptyMembers) {
  EXPECT_EQ(parse_tracestate(" a=1 ,\t b=2,, ,c=3 x\t"), "a=1,b=2,c=3 x");
  EXPECT_EQ(parse_tracestate(""), "");
  EXPECT_EQ(parse_tracestate(" , "), "");
}

TEST(Tracestate, HasKeysOfTwoKinds) {
  for (const auto* good :
       {"a=1", "a-b_c*d/e9=1", "tenant@vendor=1", "0tenant@vendor=1", "a=!~", "a= x"}) {
    EXPECT_NE(parse_tracestate(good), "") << good;
  }
  EXPECT_NE(parse_tracestate(many(256, 'k', "=1")), "");
  EXPECT_NE(parse_tracestate(many(241, 't', "@" + many(14, 'v', "=1"))), "");
  EXPECT_NE(parse_tracestate("a=" + many(256, 'v', "")), "");
}

TEST(Tracestate, ThatBreaksARuleIsLeftOut) {
  for (const auto* bad :
       {"a", "=1", "a=", "A=1", "0a=1", "a b=1", "a=1=2", "a=\x7f", "a=\x01", "a=\xc3\xa9", "@v=1",
        "t@=1", "t@0v=1", "a@b@c=1", "a=1,a=2", "a=1,b", "a=1;b=2=3"}) {
    EXPECT_EQ(parse_tracestate(bad), "") << bad;
  }
  EXPECT_EQ(parse_tracestate(many(257, 'k', "=1")), "");
  EXPECT_EQ(parse_tracestate(many(242, 't', "@v=1")), "");
  EXPECT_EQ(parse_tracestate("t@" + many(15, 'v', "=1")), "");
  EXPECT_EQ(parse_tracestate("a=" + many(257, 'v', "")), "");
  const auto context = parse_traceparent(parent(), "a=1,a=2");
  ASSERT_TRUE(context) << "the trace goes on without it";
  EXPECT_EQ(context->trace_state, "");
}

TEST(Tracestate, HasAtMostThirtyTwoMembers) {
  std::string list;
  for (int i = 0; i < 32; ++i) list += "k" + std::to_string(i) + "=v,";
  EXPECT_NE(parse_tracestate(list), "");
  EXPECT_EQ(parse_tracestate(list + "one=more"), "");
  EXPECT_EQ(parse_tracestate(std::string(1 << 20, ',')), "");
}

}  // namespace
}  // namespace srs::tracing
