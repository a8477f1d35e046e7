// Batches, bounds, retries, and collectors that are gone.
#include "tracing/exporting.hpp"

namespace srs::tracing {
namespace {

using namespace std::chrono_literals;
using srs::test::PeerConnection;
using test::Collector;
using test::ExportTest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Options to(const std::string& otlp) {
  Options options;
  options.otlp.endpoint = otlp;
  options.batch_delay = 10ms;
  return options;
}

TEST_F(ExportTest, IsOffWhereNoCollectorIsNamed) {
  Options options;
  options.enabled = Enabled::Yes;
  start(options);
  EXPECT_FALSE(tracing->tracer().enabled());
  EXPECT_EQ(tasks.running(), 0U);
}

TEST_F(ExportTest, IsOffWhereItIsSwitchedOff) {
  auto options = to("http://127.0.0.1:1");
  options.enabled = Enabled::No;
  start(options);
  EXPECT_FALSE(tracing->tracer().enabled());
}

TEST_F(ExportTest, SendsWhatHasWaitedLongEnough) {
  Collector collector;
  auto options = to(collector.url("/"));
  options.otlp.headers = {"authorization=Bearer%20abc", "X-Scope=1"};
  start(options);
  make_spans(3);
  ASSERT_TRUE(run_until([&] { return exported() == 3; }));
  const auto requests = collector.requests();
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/v1/traces");
  EXPECT_EQ(requests[0].headers.at("content-type"), "application/x-protobuf");
  EXPECT_EQ(requests[0].headers.at("authorization"), "Bearer abc");
  EXPECT_EQ(requests[0].headers.at("x-scope"), "1");
  EXPECT_EQ(figure("tracing_spans_exported_total", {"otlp"}), 3);
}

TEST_F(ExportTest, SendsAFullBatchAtOnce) {
  Collector collector;
  auto options = to("");
  options.otlp.traces_endpoint = collector.url("/mine");
  options.batch_delay = 1h;
  options.batch_size = 10;
  start(options);
  make_spans(9);
  run_until([] { return true; });
  EXPECT_EQ(collector.count(), 0U);
  make_spans(1);
  ASSERT_TRUE(run_until([&] { return exported() == 10; }));
  EXPECT_EQ(collector.requests()[0].target, "/mine");
  make_spans(25);
  ASSERT_TRUE(run_until([&] { return exported() == 30; }));
  EXPECT_EQ(collector.count(), 3U) << "five wait for others";
}

TEST_F(ExportTest, DropsWhatComesToAFullQueue) {
  Collector collector([](PeerConnection& connection, std::size_t) {
    connection.wait_closed();
    return false;
  });
  auto options = to(collector.url(""));
  options.queue_size = options.batch_size = 5;
  start(options);
  make_spans(5);
  ASSERT_TRUE(run_until([&] { return collector.count() == 1; }));
  make_spans(12);  // five wait, seven are too many
  EXPECT_EQ(dropped("queue_full"), 7);
  EXPECT_EQ(exported(), 0);
}

TEST_F(ExportTest, BoundsTheBytesOfTheQueueAndOfABatch) {
  Collector collector;
  auto options = to(collector.url(""));
  options.queue_size = 100'000;
  options.batch_size = 10'000;
  start(options);
  for (int i = 0; i < 400; ++i) {
    Span span = tracing->tracer().start("large");
    for (int k = 0; k < 60; ++k) span.set("key" + std::to_string(k), std::string(1000, 'v'));
  }
  EXPECT_GT(dropped("queue_full"), 50);
  ASSERT_TRUE(run_until([&] { return exported() + dropped("queue_full") == 400; }));
  for (const auto& request : collector.requests()) EXPECT_LT(request.body.size(), 1'000'000U);
}

TEST_F(ExportTest, TriesAgainAsLongAsItIsAskedTo) {
  Collector collector([](PeerConnection& connection, std::size_t number) {
    return number < 3 ? connection.answer(503, "", "Retry-After: 0\r\n")
                      : connection.answer(200, "");
  });
  start(to(collector.url("")));
  make_spans(2);
  ASSERT_TRUE(run_until([&] { return exported() == 2; }));
  const auto requests = collector.requests();
  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_EQ(requests[0].body, requests[2].body);
  EXPECT_EQ(figure("tracing_export_failures_total", {"otlp", "status_503"}), 2);
  EXPECT_THAT(kept->lines, ElementsAre(HasSubstr("tracing_on"), HasSubstr("export_failed"),
                                       HasSubstr("export_recovered")))
      << "one line when it goes, one when it comes back";
}

TEST_F(ExportTest, TellsOfEachReasonOnce) {
  Collector collector([](PeerConnection& connection, std::size_t number) {
    return number < 4 ? connection.answer(number == 2 ? 429 : 503, "", "Retry-After: 0\r\n")
                      : connection.answer(200, "");
  });
  start(to(collector.url("")));
  make_spans(2);
  ASSERT_TRUE(run_until([&] { return exported() == 2; }));
  EXPECT_THAT(kept->lines,
              ElementsAre(HasSubstr("tracing_on"), HasSubstr("reason=status_503"),
                          HasSubstr("reason=status_429"), HasSubstr("export_recovered")));
}

TEST_F(ExportTest, GivesABatchUpAfterFiveAttempts) {
  Collector collector([](PeerConnection& connection, std::size_t) {
    return connection.answer(429, "", "Retry-After: 0\r\n");
  });
  start(to(collector.url("")));
  make_spans(2);
  ASSERT_TRUE(run_until([&] { return dropped("unreachable") == 2; }));
  EXPECT_EQ(collector.count(), 5U);
}

TEST_F(ExportTest, DoesNotRepeatWhatWasRefused) {
  Collector collector(
      [](PeerConnection& connection, std::size_t) { return connection.answer(401, "no"); });
  start(to(collector.url("")));
  make_spans(2);
  ASSERT_TRUE(run_until([&] { return dropped("rejected") == 2; }));
  EXPECT_EQ(collector.count(), 1U);
  EXPECT_EQ(figure("tracing_export_failures_total", {"otlp", "status_401"}), 1);
}

TEST_F(ExportTest, CountsWhatACollectorTookInPart) {
  // ExportTraceServiceResponse{partial_success{rejected_spans: 3, error_message: "x"}}
  const std::string partial("\x0a\x05\x08\x03\x12\x01x", 7);
  Collector collector(
      [&](PeerConnection& connection, std::size_t) { return connection.answer(200, partial); });
  start(to(collector.url("")));
  make_spans(10);
  ASSERT_TRUE(run_until([&] { return exported() > 0; }));
  EXPECT_EQ(exported(), 7);
  EXPECT_EQ(dropped("rejected"), 3);
}

TEST_F(ExportTest, TakesAnyAnswerOfSuccessForOne) {
  for (const std::string body : {"<html>", "{}", "\x0a\xff\xff\xff\xff\xff", "\x0a\x02\x08\x80"}) {
    Collector collector(
        [&](PeerConnection& connection, std::size_t) { return connection.answer(202, body); });
    start(to(collector.url("")));
    make_spans(1);
    EXPECT_TRUE(run_until([&] { return exported() == 1; })) << body;
    tracing.reset();
  }
  start(to(""));
}

TEST_F(ExportTest, LetsOneThatIsGoneCostTheOthersNothing) {
  Collector silent([](PeerConnection& connection, std::size_t) {
    connection.wait_closed();
    return false;
  });
  Collector good;
  auto options = to(silent.url(""));
  options.jaeger.endpoint = good.url("/api/traces");
  start(options);
  for (int i = 1; i <= 3; ++i) {
    make_spans(4);
    ASSERT_TRUE(
        run_until([&] { return figure("tracing_spans_exported_total", {"jaeger"}) == 4 * i; }));
  }
  EXPECT_EQ(good.requests()[0].target, "/api/traces");
  EXPECT_EQ(good.requests()[0].headers.at("content-type"), "application/x-thrift");
  EXPECT_EQ(figure("tracing_spans_exported_total", {"otlp"}), 0);
}

TEST_F(ExportTest, TellsWhichCollectorDidNotGetItsSpans) {
  Collector refusing(
      [](PeerConnection& connection, std::size_t) { return connection.answer(401, "no"); });
  Collector good;
  auto options = to(refusing.url(""));
  options.jaeger.endpoint = good.url("/api/traces");
  start(options);
  make_spans(2);
  ASSERT_TRUE(run_until([&] { return dropped("rejected") == 2; }));
  EXPECT_EQ(figure("tracing_spans_dropped_total", {"otlp", "rejected"}), 2);
  EXPECT_EQ(figure("tracing_spans_dropped_total", {"jaeger"}), 0);
}

TEST_F(ExportTest, FlushesWhatWaitsAndTriesNothingTwiceThen) {
  std::uint16_t nobody = 0;
  {
    nobody = srs::test::HttpPeer([](PeerConnection&) {}).port();
  }
  Collector good;
  auto options = to("http://127.0.0.1:" + std::to_string(nobody));
  options.jaeger.endpoint = good.url("/");
  options.batch_delay = 1h;
  start(options);
  make_spans(3);
  ASSERT_TRUE(flush(10s));
  EXPECT_EQ(exported(), 3);
  EXPECT_EQ(dropped("unreachable"), 3);
  EXPECT_EQ(figure("tracing_export_failures_total", {"otlp", "connect"}), 1);
}

TEST_F(ExportTest, FlushesNoLongerThanItMay) {
  Collector silent([](PeerConnection& connection, std::size_t) {
    connection.wait_closed();
    return false;
  });
  start(to(silent.url("")));
  make_spans(3);
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(flush(50ms));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
  const auto figures = tracing->figures();
  tracing.reset();
  run_until([this] { return tasks.running() == 0; });
  const auto families = figures->Collect();
  double lost = 0;
  for (const auto& metric : families.at(1).metric) lost += metric.counter.value;
  EXPECT_EQ(lost, 3) << "what was under way is counted as lost";
}

TEST_F(ExportTest, MayGoInTheMiddleOfAPause) {
  Collector collector([](PeerConnection& connection, std::size_t) {
    return connection.answer(503, "", "Retry-After: 60\r\n");
  });
  start(to(collector.url("")));
  make_spans(1);
  ASSERT_TRUE(run_until([&] { return collector.count() == 1; }));
  tracing.reset();
  EXPECT_TRUE(run_until([this] { return tasks.running() == 0; }));
}

TEST_F(ExportTest, MayGoBeforeItsSpans) {
  Collector collector;
  start(to(collector.url("")));
  Span late = tracing->tracer().start("late");
  const auto figures = tracing->figures();
  tracing.reset();
  ASSERT_TRUE(run_until([this] { return tasks.running() == 0; }));
  late.end();
  EXPECT_EQ(collector.count(), 0U);
}

TEST(TracingAtTheEnd, LeavesNothingWhereTheIoContextIsNotRunAgain) {
  ::setenv("no_proxy", "127.0.0.1", 1);
  Collector silent([](PeerConnection& connection, std::size_t) {
    connection.wait_closed();
    return false;
  });
  Collector good;
  boost::asio::io_context io;
  Tasks tasks(io.get_executor(), [](auto, auto) {});
  auto options = to(silent.url(""));
  options.jaeger.endpoint = good.url("/");
  Tracing tracing(tasks, options, {}, {});
  tracing.tracer().start("a").end();
  EXPECT_TRUE(srs::test::wait_until([&] {
    io.poll();
    return silent.count() == 1 && good.count() == 1;
  }));
}

}  // namespace
}  // namespace srs::tracing
