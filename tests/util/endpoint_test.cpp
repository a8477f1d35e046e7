#include <srs/util/endpoint.hpp>

#include <gtest/gtest.h>

#include <cerrno>

namespace srs {
namespace {

TEST(Endpoint, IsReadAndWrittenForBothFamilies) {
  for (const char* text : {"0.0.0.0:5060", "127.0.0.1:0", "[::]:65535", "[2001:db8::1]:5060"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << endpoint.error().text;
    EXPECT_EQ(to_string(*endpoint), text);
  }
}

TEST(Endpoint, RefusesWhatIsNone) {
  for (const char* text : {"", ":", "5060", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", ":5060",
                           "127.0.0.1:+1", "localhost:5060", "::1:5060", "[::1]5060", "[]:5060",
                           "[127.0.0.1]:5060", "127.0.0.1:50 60", "0x7f.1:5060"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Endpoint, ShowsOnlyTheBeginningOfNonsense) {
  EXPECT_LT(parse_endpoint(std::string(100000, 'x')).error().text.size(), 300U);
}

TEST(Endpoint, SaysWhatAPrivilegedPortTakes) {
  EXPECT_NE(bind_refusal(EACCES, 80).find("Permission denied; "), std::string::npos);
  EXPECT_NE(bind_refusal(EACCES, 1023).find("CAP_NET_BIND_SERVICE"), std::string::npos);
  EXPECT_EQ(bind_refusal(EACCES, 1024), "Permission denied");
  EXPECT_EQ(bind_refusal(EADDRINUSE, 80), "Address already in use");
}

}  // namespace
}  // namespace srs
