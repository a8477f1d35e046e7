// Who may change the server over HTTP.
#include <srs/http/server.hpp>

#include <gmock/gmock.h>
#include <support/files.hpp>
#include <support/temp_dir.hpp>

namespace srs::http {
namespace {

using srs::test::TempDir;
using srs::test::write_file;
using testing::HasSubstr;

Request with(std::string authorization) {
  Request request;
  request.headers.emplace_back("Authorization", std::move(authorization));
  return request;
}

TEST(Admin, IsLetInWithTheToken) {
  EXPECT_FALSE(unauthorized(with("Bearer secret"), "secret"));
  EXPECT_FALSE(unauthorized(with("bearer   secret "), "secret"));  // RFC 9110 §11.1: any case
}

TEST(Admin, IsKeptOutWithoutIt) {
  for (const auto* header : {"", "secret", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets",
                             "Bearer SECRET", "Basic secret", "Bearer secretsecret"}) {
    const auto refused = unauthorized(with(header), "secret");
    ASSERT_TRUE(refused) << header;
    EXPECT_EQ(refused->status, 401);
    ASSERT_EQ(refused->headers.size(), 1U);
    EXPECT_EQ(refused->headers[0].first, "WWW-Authenticate");
  }
  EXPECT_EQ(unauthorized(Request{}, "secret")->status, 401);
}

TEST(Admin, IsKeptOutWhereNoTokenIsConfiguredAndToldHowToConfigureOne) {
  for (const auto* header : {"", "Bearer ", "Bearer x"}) {
    const auto refused = unauthorized(with(header), "");
    ASSERT_TRUE(refused) << header;
    EXPECT_EQ(refused->status, 403);
    EXPECT_THAT(refused->body, HasSubstr("http.admin_token"));
  }
}

TEST(AdminToken, IsTheFirstLineOfItsFile) {
  const TempDir directory;
  Options options;
  options.admin_token = "from-the-settings";
  EXPECT_EQ(*admin_token(options), "from-the-settings");
  options.admin_token_file = (directory / "token").string();
  EXPECT_FALSE(admin_token(options));
  for (const auto* text : {"", "\n", "two words\n", "\x01\n"}) {
    write_file(directory / "token", text);
    const auto token = admin_token(options);
    ASSERT_FALSE(token) << text;
    EXPECT_THAT(token.error().text, HasSubstr("token"));
  }
  write_file(directory / "token", "from-the-file\r\nmore\n");
  EXPECT_EQ(*admin_token(options), "from-the-file");
}

}  // namespace
}  // namespace srs::http
