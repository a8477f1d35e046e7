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
