#include "http/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace srs::http {
namespace {

std::atomic<std::uint64_t> failures{0};

Response named(const char* name) {
  return Response{200, "text/plain", name, {}};
}

Request request(const char* method, const char* path) {
  Request result;
  result.method = method;
  result.path = path;
  return result;
}

TEST(Router, ChoosesByExactPathAndMethod) {
  Router router({}, failures);
  router.add("GET", "/a", [](const Request&) { return named("get"); });
  router.add("POST", "/a", [](const Request&) { return named("post"); });
  EXPECT_EQ(router.answer(request("GET", "/a")).body, "get");
  EXPECT_EQ(router.answer(request("POST", "/a")).body, "post");
  EXPECT_EQ(router.answer(request("GET", "/a/")).status, 404);
  EXPECT_EQ(router.answer(request("get", "/a")).status, 405);
}

TEST(Router, CapturesOneSegmentAndNoMore) {
  Router router({}, failures);
  router.add("GET", "/recordings/{}/transcript", [](Request) -> boost::asio::awaitable<Response> {
    co_return named("never run here");
  });
  auto found = request("GET", "/recordings/a-1/transcript");
  EXPECT_NE(router.waiting(found), nullptr);
  EXPECT_EQ(found.captured, "a-1");
  EXPECT_EQ(router.endpoint(found.path), "/recordings/{}/transcript");
  for (const char* path : {"/recordings//transcript", "/recordings/a/b/transcript",
                           "/recordings/transcript", "/recordings/a/transcript/"}) {
    auto other = request("GET", path);
    EXPECT_EQ(router.waiting(other), nullptr) << path;
    EXPECT_EQ(router.answer(other).status, 404) << path;
  }
  auto put = request("PUT", "/recordings/a/transcript");
  EXPECT_EQ(router.waiting(put), nullptr);
  EXPECT_EQ(router.answer(put).status, 405);
}

TEST(Router, ListsAllMethodsOfARouteInAllow) {
  Router router({}, failures);
  router.add("POST", "/a", [](const Request&) { return named("post"); });
  router.add("GET", "/a", [](const Request&) { return named("get"); });
  const auto response = router.answer(request("PUT", "/a"));
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].second, "GET, HEAD, POST");
}

TEST(Router, CountsHandlersThatThrow) {
  Router router({}, failures);
  router.add("GET", "/a", [](const Request&) -> Response { throw std::runtime_error("broken"); });
  const auto before = failures.load();
  EXPECT_EQ(router.answer(request("GET", "/a")).status, 500);
  EXPECT_EQ(failures.load(), before + 1);
}

TEST(Router, NamesUnknownPathsOther) {
  Router router({}, failures);
  router.add("GET", "/a", [](const Request&) { return named("get"); });
  EXPECT_EQ(router.endpoint("/a"), "/a");
  EXPECT_EQ(router.endpoint("/b"), "other");
}

}  // namespace
}  // namespace srs::http
