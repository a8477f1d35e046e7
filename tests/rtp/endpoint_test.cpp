#include "support.hpp"

#include <rtp/address.hpp>

namespace srs::rtp {
namespace {

TEST(Endpoint, IsWrittenWithItsPort) {
  EXPECT_EQ(Endpoint::from("192.0.2.1", 4000)->to_string(), "192.0.2.1:4000");
  EXPECT_EQ(Endpoint::from("2001:db8::1", 4000)->to_string(), "[2001:db8::1]:4000");
}

TEST(Endpoint, IsNotMadeOfNames) {
  for (const auto* host : {"", "localhost", "192.0.2", "192.0.2.1:80", "[::1]", "1.2.3.4.5"})
    EXPECT_FALSE(Endpoint::from(host, 1)) << host;
}

TEST(Endpoint, EqualsWithAddressAndPort) {
  EXPECT_EQ(*Endpoint::from("192.0.2.1", 4000), *Endpoint::from("192.0.2.1", 4000));
  EXPECT_FALSE(*Endpoint::from("192.0.2.1", 4000) == *Endpoint::from("192.0.2.1", 4001));
  EXPECT_FALSE(*Endpoint::from("192.0.2.1", 4000) == *Endpoint::from("192.0.2.2", 4000));
  EXPECT_FALSE(*Endpoint::from("::1", 4000) == *Endpoint::from("192.0.2.1", 4000));
  EXPECT_EQ(*Endpoint::from("::1", 4000), *Endpoint::from("::1", 4000));
}

TEST(Address, GivesItsEndpointBack) {
  for (const auto* host : {"192.0.2.1", "2001:db8::1"}) {
    const auto endpoint = *Endpoint::from(host, 4000);
    EXPECT_EQ(Address(endpoint).endpoint(), endpoint);
    EXPECT_TRUE(Address(endpoint).is(endpoint));
    EXPECT_FALSE(Address(endpoint).is(*Endpoint::from(host, 4001)));
    EXPECT_EQ(Address(endpoint).next_port().port(), 4001);
  }
}

TEST(Address, IsNeverAnsweredToAGroupOrNobody) {
  for (const auto* host : {"0.0.0.0", "224.0.0.1", "239.1.2.3", "255.255.255.255", "0.1.2.3",
                           "::", "ff02::1", "ff0e::1"}) {
    EXPECT_FALSE(Address(*Endpoint::from(host, 4000)).answerable()) << host;
  }
  EXPECT_FALSE(Address(*Endpoint::from("192.0.2.1", 0)).answerable());
  EXPECT_FALSE(Address(*Endpoint::from("192.0.2.1", 65535)).next_port().answerable());
  EXPECT_FALSE(Address().answerable());
  EXPECT_TRUE(Address(*Endpoint::from("192.0.2.1", 4000)).answerable());
  EXPECT_TRUE(Address(*Endpoint::from("::1", 4000)).answerable());
}

}  // namespace
}  // namespace srs::rtp
