#include "http/router.hpp"

#include <gtest/gtest.h>

namespace srs::http {
namespace {

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
  Router router({});
  router.add("GET", "/a", [](const Request&) { return named("get"); });
  router.add("POST", "/a", [](const Request&) { return named("post"); });
  EXPECT_EQ(router.answer(request("GET", "/a")).body, "get");
  EXPECT_EQ(router.answer(request("POST", "/a")).body, "post");
  EXPECT_EQ(router.answer(request("GET", "/a/")).status, 404);
  EXPECT_EQ(router.answer(request("get", "/a")).status, 405);
}

TEST(Router, ListsAllMethodsOfARouteInAllow) {
  Router router({});
  router.add("POST", "/a", [](const Request&) { return named("post"); });
  router.add("GET", "/a", [](const Request&) { return named("get"); });
  const auto response = router.answer(request("PUT", "/a"));
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].second, "GET, HEAD, POST");
}

TEST(Router, NamesUnknownPathsOther) {
  Router router({});
  router.add("GET", "/a", [](const Request&) { return named("get"); });
  EXPECT_EQ(router.endpoint("/a"), "/a");
  EXPECT_EQ(router.endpoint("/b"), "other");
}

}  // namespace
}  // namespace srs::http
