#include "support.hpp"
#include "support/privileges.hpp"
#include "support/socket.hpp"

#include <srs/rtp/port_pool.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

namespace srs::rtp {
namespace {

using std::chrono::seconds;
using test::at;
using test::options_at;
using Clock = PortPool::Clock;

bool shows(const metrics::Registry& registry, const std::string& line) {
  return registry.text().find("\n" + line + "\n") != std::string::npos;
}

// As an error names them.
std::string range(unsigned first, unsigned last) {
  return std::to_string(at(first)) + "-" + std::to_string(at(last));
}

int doubled_buffer(int socket) {
  int bytes = 0;
  socklen_t length = sizeof bytes;
  ::getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, &length);
  return bytes;
}

class APool : public testing::Test {
 protected:
  std::unique_ptr<PortPool> open(const Options& options) {
    return PortPool::open(options, registry).value();
  }
  metrics::Registry registry;
};

TEST_F(APool, GivesEvenPortsInItsRangeWithTheOddOneBesideThem) {
  const auto pool = open(options_at(1, 10));
  EXPECT_EQ(pool->capacity(), 4u) << "an odd one at either end makes no pair";
  std::set<std::uint16_t> ports;
  std::vector<std::unique_ptr<PortPair>> leased;
  for (int i = 0; i < 4; ++i) {
    leased.push_back(pool->lease(Clock::now()).value());
    ports.insert(leased.back()->port());
    EXPECT_NE(leased.back()->rtp_socket(), leased.back()->rtcp_socket());
  }
  EXPECT_EQ(ports, (std::set<std::uint16_t>{at(2), at(4), at(6), at(8)}));
  EXPECT_EQ(pool->allocated(), 4u);
  EXPECT_EQ(pool->available(Clock::now()), 0u);
}

TEST_F(APool, RefusesWhereAllPairsAreTaken) {
  const auto pool = open(options_at(0, 1));
  const auto only = pool->lease(Clock::now()).value();
  const auto refused = pool->lease(Clock::now());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find(range(0, 1)), std::string::npos) << refused.error().text;
  EXPECT_TRUE(shows(registry, "rtp_port_exhaustion_total 1"));
  EXPECT_TRUE(shows(registry, "rtp_ports_allocated 1"));
  EXPECT_TRUE(shows(registry, "rtp_ports_capacity 1"));
}

TEST_F(APool, SaysThatThereIsNoRoomForSeveralBeforeTheFirstIsLeased) {
  const auto pool = open(options_at(2, 9));
  const auto refused = pool->check_room(5, Clock::now());
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find(range(2, 9)), std::string::npos) << refused.error().text;
  EXPECT_TRUE(shows(registry, "rtp_port_exhaustion_total 1"));
  EXPECT_EQ(pool->resting(Clock::now()), 0u);
  EXPECT_TRUE(pool->check_room(4, Clock::now()));
  EXPECT_TRUE(pool->check_room(0, Clock::now()));
}

TEST_F(APool, LeavesAPairAloneWhileItsQuarantineLasts) {
  const auto pool = open(options_at(0, 3));
  const auto resting = pool->lease(Clock::now()).value()->port();
  const auto freed = Clock::now();
  EXPECT_EQ(pool->allocated(), 0u);
  EXPECT_EQ(pool->resting(freed), 1u);
  EXPECT_EQ(pool->available(freed), 1u);
  EXPECT_TRUE(shows(registry, "rtp_ports_quarantined 1"));
  EXPECT_NE(pool->lease(freed + seconds(4)).value()->port(), resting);
  EXPECT_EQ(pool->resting(freed + seconds(6)), 0u);
  EXPECT_TRUE(shows(registry, "rtp_quarantines_cut_total 0"));
}

TEST_F(APool, CutsTheLongestQuarantineRatherThanRefuseACall) {
  auto options = options_at(0, 3);
  options.quarantine = std::chrono::hours(1);
  const auto pool = open(options);
  const auto now = Clock::now();
  auto first = pool->lease(now).value();
  auto second = pool->lease(now).value();
  const auto longest = second->port();
  second.reset();
  first.reset();
  EXPECT_EQ(pool->available(Clock::now()), 0u);
  EXPECT_TRUE(pool->check_room(2, Clock::now()));
  EXPECT_EQ(pool->resting(Clock::now()), 2u) << "asking gives nothing away";
  EXPECT_FALSE(pool->check_room(3, Clock::now()));
  first = pool->lease(Clock::now()).value();
  EXPECT_EQ(first->port(), longest);
  second = pool->lease(Clock::now()).value();
  EXPECT_FALSE(pool->lease(Clock::now()));
  EXPECT_TRUE(shows(registry, "rtp_quarantines_cut_total 2"));
  EXPECT_TRUE(shows(registry, "rtp_port_exhaustion_total 2"));
}

TEST_F(APool, TakesThePairThatRestedLongest) {
  const auto pool = open(options_at(0, 7));
  auto first = pool->lease(Clock::now()).value();
  auto second = pool->lease(Clock::now()).value();
  const auto second_port = second->port();
  second.reset();
  first.reset();
  const auto third = pool->lease(Clock::now() + seconds(10)).value();
  EXPECT_EQ(third->port(), second_port);
}

// Whose media comes to a port is told most plainly where no two of a call ever had the same.
TEST_F(APool, GivesACallAPairThatItHadNotWhereThereIsOne) {
  const auto pool = open(options_at(0, 3));
  const auto had = pool->lease(Clock::now()).value()->port();
  const auto later = Clock::now() + seconds(6);
  const std::array avoided = {had};
  auto other = pool->lease(later, avoided).value();
  EXPECT_NE(other->port(), had);
  EXPECT_EQ(pool->lease(later, avoided).value()->port(), had) << "better than no recording";
}

TEST_F(APool, KeepsFreedSocketsBoundSoThatTheNextCallCostsNoBind) {
  const auto pool = open(options_at(0, 1));
  auto pair = pool->lease(Clock::now()).value();
  const auto socket = pair->rtp_socket();
  pair.reset();
  pair = pool->lease(Clock::now() + seconds(6)).value();
  EXPECT_EQ(pair->rtp_socket(), socket);
}

TEST_F(APool, ClosesFreedSocketsBeyondItsLimitAndBindsThemAnew) {
  auto options = options_at(0, 3);
  options.idle_pairs = 0;
  const auto pool = open(options);
  auto pair = pool->lease(Clock::now()).value();
  const auto port = pair->port();
  pair.reset();
  {
    // Now the port is free for another process, which is what idle_pairs = 0 means.
    const int other = ::socket(AF_INET, SOCK_DGRAM, 0);
    const auto at = *Endpoint::from("127.0.0.1", port);
    EXPECT_EQ(::bind(other, reinterpret_cast<const sockaddr*>(&at.storage), sizeof(sockaddr_in)),
              0);
    ::close(other);
  }
  const auto later = Clock::now() + seconds(6);
  const auto one = pool->lease(later);
  const auto two = pool->lease(later);
  EXPECT_TRUE(one && two);
}

TEST_F(APool, ThrowsAwayAndCountsWhatCameBetweenTwoCalls) {
  const auto pool = open(options_at(0, 1));
  const test::Peer stranger;
  auto pair = pool->lease(Clock::now()).value();
  stranger.send(pair->port(), test::rtp({}));  // the old call's last packet, never read
  const auto port = pair->port();
  pair.reset();
  for (int i = 0; i < 50; ++i) stranger.send(port, test::rtp({}));
  stranger.send(static_cast<std::uint16_t>(port + 1), test::rtp({}));

  pair = pool->lease(Clock::now() + seconds(6)).value();
  char byte;
  EXPECT_LT(::recv(pair->rtp_socket(), &byte, 1, MSG_DONTWAIT), 0)
      << "the new call sees none of it";
  EXPECT_LT(::recv(pair->rtcp_socket(), &byte, 1, MSG_DONTWAIT), 0);
  EXPECT_TRUE(shows(registry, "rtp_stale_packets_total 52")) << registry.text();
}

// Somebody who sends to a port that nobody leases again shows all the same.
TEST_F(APool, CountsWhatComesToAFreedPairWhileItComes) {
  const auto pool = open(options_at(4, 5));
  const test::Peer stranger;
  const auto port = pool->lease(Clock::now()).value()->port();
  for (const int total : {50, 100}) {
    for (int i = 0; i < 50; ++i) stranger.send(port, test::rtp({}));
    EXPECT_TRUE(shows(registry, "rtp_stale_packets_total " + std::to_string(total)))
        << registry.text();
  }
  const auto pair = pool->lease(Clock::now() + seconds(6)).value();
  EXPECT_TRUE(shows(registry, "rtp_stale_packets_total 100")) << "nothing is counted twice";
}

TEST_F(APool, GivesALeasedPairItsWholeReceiveBufferAgain) {
  auto options = options_at(0, 1);
  options.receive_buffer = 65536;
  const auto pool = open(options);
  for (const auto now : {Clock::now(), Clock::now() + seconds(60)}) {
    const auto pair = pool->lease(now).value();
    for (const auto socket : {pair->rtp_socket(), pair->rtcp_socket()}) {
      EXPECT_EQ(doubled_buffer(socket), 2 * 65536) << "the kernel doubles it";
    }
  }
}

TEST_F(APool, AsksBeyondTheKernelsLimitWhereItHasThePrivilege) {
  auto options = options_at(0, 1);
  options.receive_buffer = 64 << 20;
  const auto granted_to = [&options](int option) {
    const int scratch = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int wanted = options.receive_buffer;
    const bool granted = ::setsockopt(scratch, SOL_SOCKET, option, &wanted, sizeof wanted) == 0;
    const int bytes = doubled_buffer(scratch);
    ::close(scratch);
    return granted ? bytes : 0;
  };
  const auto given = [&] {
    const auto pool = open(options);
    return doubled_buffer(pool->lease(Clock::now()).value()->rtp_socket());
  };
  const int limited = granted_to(SO_RCVBUF);
  const int forced = granted_to(SO_RCVBUFFORCE);
  EXPECT_EQ(given(), std::max(limited, forced));
  std::thread([&] {
    srs::test::drop_right(CAP_NET_ADMIN);
    EXPECT_EQ(given(), limited);
  }).join();
}

// Holds one port as another process would.
class Holder {
 public:
  explicit Holder(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    const auto at = *Endpoint::from("127.0.0.1", port);
    bound_ = ::bind(fd_, reinterpret_cast<const sockaddr*>(&at.storage), sizeof(sockaddr_in)) == 0;
  }
  ~Holder() { ::close(fd_); }
  bool bound() const { return bound_; }

 private:
  int fd_;
  bool bound_ = false;
};

TEST_F(APool, SkipsPortsThatOthersHold) {
  const Holder rtp(at(0)), rtcp(at(3));
  ASSERT_TRUE(rtp.bound() && rtcp.bound());
  const auto pool = open(options_at(0, 5));
  const auto pair = pool->lease(Clock::now()).value();
  EXPECT_EQ(pair->port(), at(4));
  EXPECT_FALSE(pool->lease(Clock::now()));
  EXPECT_EQ(pool->held(), 2u);
  EXPECT_EQ(pool->available(Clock::now()), 0u);
}

// An INVITE whose second leg finds no port must not cost the next caller the first.
TEST_F(APool, FindsPortsThatOthersHoldBeforeTheFirstOfSeveralIsLeased) {
  const Holder holder(at(2));
  ASSERT_TRUE(holder.bound());
  const auto pool = open(options_at(0, 5));
  EXPECT_FALSE(pool->check_room(3, Clock::now()));
  EXPECT_EQ(pool->held(), 1u);
  EXPECT_EQ(pool->resting(Clock::now()), 0u);
  EXPECT_TRUE(pool->check_room(2, Clock::now()));
  const auto first = pool->lease(Clock::now()), second = pool->lease(Clock::now());
  ASSERT_TRUE(first && second);
  EXPECT_NE(first.value()->port(), second.value()->port());
  EXPECT_FALSE(pool->check_room(1, Clock::now()));
}

TEST_F(APool, TriesPortsThatOthersHeldAgainLater) {
  auto holder = std::make_unique<Holder>(at(0));
  ASSERT_TRUE(holder->bound());
  const auto pool = open(options_at(0, 3));
  const auto first = pool->lease(Clock::now()).value();
  EXPECT_FALSE(pool->lease(Clock::now()));
  holder.reset();
  const auto second = pool->lease(Clock::now() + seconds(2));
  ASSERT_TRUE(second);
  EXPECT_EQ(second.value()->port(), at(0));
  EXPECT_EQ(pool->held(), 0u);
}

TEST_F(APool, IsNotOpenedWhereNothingCanBeBound) {
  const Holder holder(at(0));
  const auto pool = PortPool::open(options_at(0, 1), registry);
  ASSERT_FALSE(pool);
  EXPECT_NE(pool.error().text.find("held by other processes"), std::string::npos)
      << pool.error().text;
}

TEST_F(APool, IsNotOpenedOnARangeWithoutAPair) {
  const std::uint16_t zero = 0;
  for (const auto& [first, last] : {std::pair{at(1), at(2)}, std::pair{at(3), at(3)},
                                    std::pair{at(10), at(0)}, std::pair{zero, at(1)}}) {
    auto options = options_at(0, 1);
    options.port_min = first;
    options.port_max = last;
    EXPECT_FALSE(PortPool::open(options, registry)) << first << "-" << last;
  }
}

TEST_F(APool, MayReachTheLastPort) {
  auto options = options_at(0, 1);
  options.port_min = 65534;
  options.port_max = 65535;
  const auto pool = open(options);
  EXPECT_EQ(pool->lease(Clock::now()).value()->port(), 65534);
}

TEST_F(APool, IsNotOpenedWithAWrongAddressOrNetwork) {
  auto options = options_at(0, 9);
  options.bind_address = "media.example";
  EXPECT_NE(PortPool::open(options, registry).error().text.find("media.example"),
            std::string::npos);
  options.bind_address = "192.0.2.1";  // not ours
  EXPECT_FALSE(PortPool::open(options, registry));
  options.bind_address = "127.0.0.1";
  options.allowed_sources = {"192.0.2.0/24", "sbc"};
  EXPECT_NE(PortPool::open(options, registry).error().text.find("`sbc`"), std::string::npos);
}

TEST_F(APool, TakesBothFamiliesOnTheUnspecifiedIpv6Address) {
  if (!srs::test::has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  auto options = options_at(0, 1);
  options.bind_address = "::";
  const auto pool = PortPool::open(options, registry);
  ASSERT_TRUE(pool) << pool.error().text;
  const auto pair = pool.value()->lease(Clock::now()).value();
  const test::Peer peer;
  peer.send(pair->port(), test::rtp({}));
  char byte;
  EXPECT_EQ(::recv(pair->rtp_socket(), &byte, 1, 0), 1);
}

}  // namespace
}  // namespace srs::rtp
