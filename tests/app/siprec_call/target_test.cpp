#include "app/siprec_call/target.hpp"

#include <gtest/gtest.h>

namespace srs::call {
namespace {

TEST(Target, ReadsEveryWayToWriteOne) {
  const auto full = parse_target("sip:srs@192.0.2.1:5070;transport=tcp");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->user, "srs");
  EXPECT_EQ(full->host, "192.0.2.1");
  EXPECT_EQ(full->port, 5070);
  EXPECT_TRUE(full->tcp);
  EXPECT_EQ(full->uri(), "sip:srs@192.0.2.1:5070;transport=tcp");
  const auto bare = parse_target("localhost");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->uri(), "sip:localhost:5060");
  EXPECT_EQ(parse_target("sip:[2001:db8::1]:99")->uri(), "sip:[2001:db8::1]:99");
}

TEST(Target, RefusesWhatCannotBeCalled) {
  for (const auto* text : {"", "sip:", "sip:host:0", "sip:host:70000", "sip:host:x", "sip:[::1",
                           "sips:host", "sip:host;transport=tls"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

TEST(Target, TheHostBecomesAnAddress) {
  const auto resolved = resolve(*parse_target("sip:localhost:5060"));
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->host, "127.0.0.1");
  EXPECT_FALSE(resolve(*parse_target("sip:no-such-host.invalid")));
}

TEST(Target, OurAddressIsTheOneThatRoutesThere) {
  const auto local = local_address_for(*parse_target("sip:127.0.0.1:5060"));
  ASSERT_TRUE(local);
  EXPECT_EQ(*local, "127.0.0.1");
}

}  // namespace
}  // namespace srs::call
