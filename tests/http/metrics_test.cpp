#include "http/metrics.hpp"

#include "http/fixture.hpp"

#include <gmock/gmock.h>

namespace srs::http::test {
namespace {

using srs::test::http_get;
using srs::test::http_request;
using srs::test::wait_until;
using testing::HasSubstr;
using testing::Not;

TEST_F(RunningServer, CountsRequestsByRouteMethodAndCode) {
  start();
  http_get(url("/hello?x=1"));
  http_get(url("/hello"));
  http_request("HEAD", url("/hello"));
  http_request("PUT", url("/hello"));
  const auto text = [this] { return metrics_text(); };
  EXPECT_TRUE(wait_until([&] {
    return text().find(R"(http_requests_total{code="405",endpoint="/hello",method="PUT"} 1)") !=
           std::string::npos;
  }));
  EXPECT_THAT(text(),
              HasSubstr(R"(http_requests_total{code="200",endpoint="/hello",method="GET"} 2)"));
  EXPECT_THAT(text(),
              HasSubstr(R"(http_requests_total{code="200",endpoint="/hello",method="HEAD"} 1)"));
  EXPECT_THAT(text(), HasSubstr(R"(http_request_duration_seconds_count{endpoint="/hello"} 4)"));
}

TEST_F(RunningServer, NeverLabelsWithWhatAClientInvented) {
  start();
  for (int i = 0; i < 5; ++i) http_get(url("/invented" + std::to_string(i)));
  exchange("INVENT" + std::string("ED /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
  exchange("no request\r\n\r\n");
  EXPECT_TRUE(wait_until([&] {
    return metrics_text().find(R"({code="400",endpoint="other",method="other"} 1)") !=
           std::string::npos;
  }));
  const auto text = metrics_text();
  EXPECT_THAT(text,
              HasSubstr(R"(http_requests_total{code="404",endpoint="other",method="GET"} 5)"));
  EXPECT_THAT(text, HasSubstr(R"({code="405",endpoint="/hello",method="other"} 1)"));
  EXPECT_THAT(text, Not(HasSubstr("invented")));
  EXPECT_THAT(text, Not(HasSubstr("INVENTED")));
}

TEST_F(RunningServer, ShowsEveryRouteBeforeItsFirstRequest) {
  start();
  EXPECT_THAT(metrics_text(),
              HasSubstr(R"(http_requests_total{code="200",endpoint="/echo",method="POST"} 0)"));
}

TEST_F(RunningServer, CountsItsOpenConnections) {
  start();
  auto connection = connect();
  connection.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  connection.reply();
  EXPECT_THAT(metrics_text(), HasSubstr("http_connections 1"));
}

}  // namespace
}  // namespace srs::http::test
