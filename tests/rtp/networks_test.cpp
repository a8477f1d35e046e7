#include <srs/rtp/networks.hpp>

#include <gtest/gtest.h>

namespace srs::rtp {
namespace {

bool holds(const char* network, const char* host) {
  return Network::parse(network).value().contains(*Endpoint::from(host, 5004));
}

TEST(Network, HoldsTheAddressesOfItsPrefix) {
  EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
  EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  EXPECT_TRUE(holds("10.0.0.0/9", "10.127.255.255"));
  EXPECT_FALSE(holds("10.0.0.0/9", "10.128.0.0"));
  EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(Network, OfPrefixZeroHoldsItsWholeFamilyAndNoOther) {
  EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("::/0", "2001:db8::1"));
  EXPECT_FALSE(holds("::/0", "203.0.113.9"));
}

TEST(Network, MayBeASingleAddress) {
  EXPECT_TRUE(holds("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(holds("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(holds("::1", "::1"));
}

TEST(Network, IsRefusedWithTheEntryNamed) {
  for (const auto* text : {"", "/24", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/",
                           "sbc.example/24", "::/129", "192.0.2.0/24/8"}) {
    const auto network = Network::parse(text);
    ASSERT_FALSE(network) << text;
    EXPECT_NE(network.error().text.find("`" + std::string(text) + "`"), std::string::npos);
  }
  EXPECT_FALSE(parse_networks({"192.0.2.0/24", "nonsense"}));
  EXPECT_EQ(parse_networks({"192.0.2.0/24", "::1"}).value().size(), 2u);
}

}  // namespace
}  // namespace srs::rtp
