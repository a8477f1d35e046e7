// Listeners: what they bind, and what they name to peers.
#include "sip/endpoint.hpp"
#include "sip/server.hpp"
#include "stack_fixture.hpp"
#include "support/files.hpp"
#include "support/tools.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace srs::test {
namespace {

using testing::HasSubstr;

TEST(Endpoint, IsReadAsTheConfigurationWritesIt) {
  const auto v4 = sip::parse_endpoint("udp:192.0.2.1:5060");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->transport, "udp");
  EXPECT_EQ(v4->host, "192.0.2.1");
  EXPECT_EQ(v4->port, 5060);
  EXPECT_FALSE(v4->wildcard);
  const auto v6 = sip::parse_endpoint("TLS:[::]:5061");
  ASSERT_TRUE(v6);
  EXPECT_TRUE(v6->ipv6);
  EXPECT_TRUE(v6->wildcard);
  EXPECT_EQ(v6->text(), "tls:[::]:5061");
}

TEST(Endpoint, IsRefusedWithAWordAboutTheForm) {
  for (const char* bad :
       {"", "udp", "udp:", "udp:5060", "udp:127.0.0.1", "sctp:127.0.0.1:5060", "udp:::1:5060",
        "udp:[127.0.0.1]:5060", "udp:127.0.0.1:65536", "udp:127.0.0.1:-1", "udp:name:5060"}) {
    const auto endpoint = sip::parse_endpoint(bad);
    ASSERT_FALSE(endpoint) << bad;
    EXPECT_THAT(endpoint.error().text, HasSubstr("ADDRESS:PORT")) << bad;
  }
}

TEST(Endpoint, KnowsFromWhichAddressAPeerIsReached) {
  EXPECT_EQ(sip::address_towards("127.0.0.9:5060"), "127.0.0.1");
  EXPECT_EQ(sip::address_towards("[::1]:5060"), "::1");
  EXPECT_EQ(sip::address_towards("nonsense"), "");
}

using Listener = StackTest;

TEST_F(Listener, TellsThePortItGot) {
  start();
  const auto listeners = call([this] { return stack->listeners(); });
  ASSERT_EQ(listeners.size(), 2u);
  EXPECT_THAT(listeners[0], testing::MatchesRegex("udp:127.0.0.1:[1-9][0-9]*"));
  EXPECT_THAT(listeners[1], testing::MatchesRegex("tcp:127.0.0.1:[1-9][0-9]*"));
}

TEST_F(Listener, ThatCantBindIsNamedWithEveryOther) {
  start();
  const auto taken = call([this] { return stack->listeners(); });
  call([&] {
    NotingApplication other;
    metrics::Registry its_registry;
    sip::Options its_options;
    its_options.listen = {taken[0], taken[1], "udp:127.0.0.1:0", "carrier:pigeon"};
    const auto opened =
        sip::Stack::open(asio_.get_executor(), its_options, other, its_registry, {});
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().text, HasSubstr(taken[0] + ": Address already in use"));
    EXPECT_THAT(opened.error().text, HasSubstr(taken[1] + ": Address already in use"));
    EXPECT_THAT(opened.error().text, HasSubstr("'carrier:pigeon'"));
  });
}

TEST_F(Listener, OnAllAddressesNamesTheOneThatReachesThePeer) {
  options.listen = {"udp:0.0.0.0:0", "tcp:0.0.0.0:0"};
  start();
  auto peer = udp();
  EXPECT_EQ(RawSipCall(peer).establish().header("Contact"), "<sip:" + peer.server() + ">;+sip.srs");
  auto connection = tcp();
  EXPECT_THAT(RawSipCall(connection).establish().header("Contact"),
              HasSubstr("<sip:" + connection.server()));
  EXPECT_EQ(call([this] { return stack->media_address("127.0.0.7:5060"); }), "127.0.0.1");
}

TEST_F(Listener, OnAllAddressesTakesThoseThatComeLater) {
  options.listen = {"udp:0.0.0.0:0", "tcp:0.0.0.0:0"};
  start();
  call([this] {
    auto& agent = dynamic_cast<sip::Server&>(*stack).agent();
    agent.cover({"127.0.0.33", "127.0.0.33", "::1"});
    agent.cover({"127.0.0.33"});
  });
  for (const auto& [transport, name] :
       {std::pair{RawSipPeer::Transport::Udp, "udp"}, {RawSipPeer::Transport::Tcp, "tcp"}}) {
    RawSipPeer peer(transport, port(name), "127.0.0.33");
    EXPECT_THAT(RawSipCall(peer).establish().header("Contact"), HasSubstr("<sip:" + peer.server()));
  }
  EXPECT_EQ(call([this] { return stack->listeners().size(); }), 2u);
}

TEST_F(Listener, OfBothFamiliesStandSideBySide) {
  options.listen = {"udp:0.0.0.0:0", "tcp:0.0.0.0:0", "udp:[::]:0", "tcp:[::]:0"};
  start();
  EXPECT_EQ(call([this] { return stack->listeners().size(); }), 4u);
  EXPECT_EQ(call([this] { return stack->media_address("127.0.0.7:5060"); }), "127.0.0.1");
  EXPECT_EQ(call([this] { return stack->media_address("[::1]:5060"); }), "::1");
}

TEST_F(Listener, OfBothFamiliesMayShareAPort) {
  // A port that is free for UDP may be another process's for TCP: then the next one is tried.
  for (int tries = 0; tries < 20 && !stack; ++tries) {
    options.listen = {"udp:0.0.0.0:0"};
    start();
    const auto same = std::to_string(port("udp"));
    options.listen = {"udp:0.0.0.0:" + same, "tcp:0.0.0.0:" + same, "udp:[::]:" + same,
                      "tcp:[::]:" + same};
    call([this] {
      stack.reset();
      auto opened = sip::Stack::open(asio_.get_executor(), options, application, registry, log);
      if (opened) stack = std::move(*opened);
    });
  }
  ASSERT_TRUE(call([this] { return stack != nullptr; }));
  RawSipPeer v6(RawSipPeer::Transport::Udp, port("udp"), "::1");
  EXPECT_EQ(RawSipCall(v6).establish().status(), 200);
  auto v4 = udp();
  EXPECT_EQ(RawSipCall(v4).establish().status(), 200);
}

TEST_F(Listener, BehindNatNamesTheExternalAddressEverywhere) {
  options.external_address = "198.51.100.7";
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  const auto answer = call_.establish();
  const auto own = std::to_string(port("udp"));
  EXPECT_EQ(answer.header("Contact"), "<sip:198.51.100.7:" + own + ">;+sip.srs");
  EXPECT_EQ(call([this] { return stack->media_address("127.0.0.1:5060"); }), "198.51.100.7");
  ASSERT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  call([this] { application.dialogs.front()->bye("over"); });
  EXPECT_THAT(peer.wait_for_request("BYE").header("Via"), HasSubstr("198.51.100.7"));
}

TEST_F(Listener, GoesToSleepWhenNothingHappens) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.establish();
  EXPECT_EQ(call_.bye().status(), 200);
  ASSERT_TRUE(eventually([this] { return stack->transactions() == 0; }));
  timespec before{}, after{};
  ASSERT_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
  EXPECT_FALSE(peer.find([](const auto&) { return true; }, std::chrono::milliseconds(500)));
  ASSERT_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
  const auto used =
      (after.tv_sec - before.tv_sec) * 1'000'000'000L + after.tv_nsec - before.tv_nsec;
  EXPECT_LT(used, 25'000'000);  // of 500 ms; a loop that spins would use all of them
}

}  // namespace
}  // namespace srs::test
