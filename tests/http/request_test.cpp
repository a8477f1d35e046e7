#include "http/request.hpp"

#include <gtest/gtest.h>

namespace srs::http {
namespace {

TEST(Target, IsDecodedAfterItWasTakenApart) {
  const auto target = parse_target("/a%2Fb%20c?x=1%262&y&=z&&w=a+b%2B#fragment");
  ASSERT_TRUE(target) << target.error().text;
  EXPECT_EQ(target->path, "/a/b c");
  const std::vector<std::pair<std::string, std::string>> query = {
      {"x", "1&2"}, {"y", ""}, {"", "z"}, {"w", "a b+"}};
  EXPECT_EQ(target->query, query);
}

TEST(Target, KeepsAPlusInThePath) {
  EXPECT_EQ(parse_target("/a+b")->path, "/a+b");
}

TEST(Target, IsTheOriginFormWithinAnAbsoluteOne) {
  EXPECT_EQ(parse_target("http://host:80/p?q=1")->path, "/p");
  EXPECT_EQ(parse_target("http://host")->path, "/");
  EXPECT_EQ(parse_target("http://host?q=1")->query.size(), 1U);
}

TEST(Target, RefusesEscapesThatAreNone) {
  for (const char* target : {"/%", "/%4", "/%4g", "/%00", "/%0a", "/?%7f", "/?a=%x"}) {
    EXPECT_FALSE(parse_target(target)) << target;
  }
}

TEST(Target, TakesSixtyFourParametersAndNoMore) {
  std::string query = "/?a";
  for (int i = 1; i < 64; ++i) query += "&a";
  ASSERT_TRUE(parse_target(query));
  EXPECT_EQ(parse_target(query)->query.size(), 64U);
  EXPECT_FALSE(parse_target(query + "&a"));
}

TEST(Request, FindsHeadersWhateverTheirCaseAndParametersOnlyExactly) {
  Request request;
  request.headers = {{"Content-Type", "a"}, {"content-type", "b"}};
  request.query = {{"Name", "x"}};
  EXPECT_EQ(request.header("CONTENT-TYPE"), "a");
  EXPECT_EQ(request.header("none"), "");
  EXPECT_EQ(request.parameter("Name"), "x");
  EXPECT_EQ(request.parameter("name"), "");
}

TEST(ErrorResponse, IsValidJsonWhateverItsText) {
  const auto response = error_response(400, "quote \" and \xFF");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, "{\"error\":\"quote \\\" and \xEF\xBF\xBD\"}\n");
}

}  // namespace
}  // namespace srs::http
