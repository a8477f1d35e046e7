// Who may change the server over HTTP.
#include <srs/http/server.hpp>
#include <srs/http/token.hpp>

#include <gmock/gmock.h>
#include <support/files.hpp>
#include <support/temp_dir.hpp>

#include <filesystem>

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

class TokenTest : public testing::Test {
 protected:
  TokenTest() { options_.admin_token_file = (directory_ / "token").string(); }
  void write(const std::string& text) { write_file(directory_ / "token", text); }
  // As Kubernetes does it: another file takes the name.
  void replace(const std::string& text) {
    write_file(directory_ / "new", text);
    std::filesystem::rename(directory_ / "new", directory_ / "token");
  }
  Result<Token> open() const { return Token::admin(options_, log::Logger()); }
  // A second later than the last time.
  std::string later(Token& token) { return token.current(now_ += std::chrono::seconds(1)); }

  const TempDir directory_;
  Options options_;
  Token::Time now_ = std::chrono::steady_clock::now();
};

TEST_F(TokenTest, IsTheFirstLineOfItsFile) {
  options_.admin_token = "from-the-settings";
  EXPECT_FALSE(open());
  for (const auto* text : {"", "\n", "two words\n", "\x01\n"}) {
    write(text);
    const auto token = open();
    ASSERT_FALSE(token) << text;
    EXPECT_THAT(token.error().text, HasSubstr("token"));
  }
  write("from-the-file\r\nmore\n");
  EXPECT_EQ(open()->current(), "from-the-file");
  options_.admin_token_file.clear();
  EXPECT_EQ(open()->current(), "from-the-settings");
}

TEST_F(TokenTest, IsThatOfTheFileThatTookItsPlace) {
  write("old\n");
  auto token = open();
  ASSERT_TRUE(token);
  EXPECT_EQ(later(*token), "old");
  replace("new\n");
  EXPECT_EQ(token->current(now_), "old") << "it is looked at once a second";
  EXPECT_EQ(later(*token), "new");
  replace("one\n");
  EXPECT_EQ(later(*token), "one") << "of the same length";
}

TEST_F(TokenTest, StaysWhereItsFileIsGoneOrHoldsNone) {
  write("good\n");
  auto token = open();
  ASSERT_TRUE(token);
  std::filesystem::remove(directory_ / "token");
  EXPECT_EQ(later(*token), "good");
  for (const auto* text : {"", " \n", "two words\n"}) {
    replace(text);
    EXPECT_EQ(later(*token), "good") << text;
  }
  replace(std::string(10'000, 'x'));
  EXPECT_EQ(later(*token), "good");
  replace("better\n");
  EXPECT_EQ(later(*token), "better");
}

}  // namespace
}  // namespace srs::http
