// Calls over TCP, and connections that misbehave.
#include "sip/server.hpp"
#include "stack_fixture.hpp"
#include "support/wait.hpp"

namespace srs::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Tcp = StackTest;

TEST_F(Tcp, CarriesManyCallsOneAfterTheOtherOnOneConnection) {
  start();
  auto peer = tcp();
  for (int i = 0; i < 5; ++i) {
    RawSipCall call_(peer);
    const auto answer = call_.establish();
    EXPECT_EQ(answer.header("Contact"), "<sip:" + peer.server() + ";transport=tcp>;+sip.srs");
    EXPECT_EQ(call_.bye().status(), 200);
  }
  EXPECT_FALSE(peer.closed_within(100ms));
  EXPECT_EQ(call([this] { return application.ends.size(); }), 5u);
}

TEST_F(Tcp, StaysOpenForTheByeOfManyCallsAtOnce) {
  start();
  auto peer = tcp();
  std::deque<RawSipCall> calls;
  for (int i = 0; i < 50; ++i) calls.emplace_back(peer).establish();
  EXPECT_EQ(call([this] { return stack->dialogs(); }), 50u);
  for (auto& each : calls) EXPECT_EQ(each.bye().status(), 200);
  EXPECT_EQ(call([this] { return stack->dialogs(); }), 0u);
}

TEST_F(Tcp, SendsOurByeBackThroughTheSameConnection) {
  start();
  auto peer = tcp();
  RawSipCall call_(peer);
  call_.establish();
  ASSERT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  call([this] { application.dialogs.front()->bye("over"); });
  const auto bye = peer.wait_for_request("BYE");
  peer.send(RawSipCall::response(bye, "200 OK"));
  EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; }));
}

TEST_F(Tcp, EndsACallWhoseConnectionIsGoneAndWhoseContactIsDead) {
  start();
  {
    auto peer = tcp();
    RawSipCall(peer).establish();
    ASSERT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  }
  call([this] { application.dialogs.front()->bye("over"); });
  EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; }));
}

TEST_F(Tcp, KeepsACallWhoseConnectionBroke) {
  start();
  auto first = tcp();
  RawSipCall call_(first);
  call_.establish();
  auto second = tcp();
  const auto bye = call_.request("BYE", ++call_.cseq);
  first.close();
  second.send(bye);
  EXPECT_EQ(second.wait_for_final("BYE").status(), 200);
}

TEST_F(Tcp, TakesMessagesHoweverTheyAreCut) {
  start();
  auto peer = tcp();
  RawSipCall call_(peer);
  const auto text = call_.invite();
  for (const char c : text) peer.send(std::string_view(&c, 1));
  call_.to_tag = peer.wait_for_status(200).to_tag();
  peer.send(call_.request("ACK", call_.cseq) + call_.request("OPTIONS", call_.cseq + 1) +
            call_.request("BYE", call_.cseq + 2));
  EXPECT_EQ(peer.wait_for_final("OPTIONS").status(), 200);
  EXPECT_EQ(peer.wait_for_final("BYE").status(), 200);
}

// An SBC that starts anew opens all of its connections in one moment.
TEST_F(Tcp, LetsTwoHundredConnectionsWaitWhileItIsBusy) {
  start();
  const auto at = port("tcp");
  std::promise<void> go;
  boost::asio::post(asio_, [wait = go.get_future().share()] { wait.wait(); });
  std::deque<RawSipPeer> peers;
  for (int i = 0; i < 200; ++i) peers.emplace_back(RawSipPeer::Transport::Tcp, at);
  go.set_value();
  for (auto& peer : peers) {
    peer.send(RawSipCall(peer).request("OPTIONS", 1));
    ASSERT_EQ(peer.wait_for_final("OPTIONS").status(), 200);
  }
}

TEST_F(Tcp, ServesOthersWhileOneSendsByteAfterByte) {
  start();
  auto slow = tcp();
  slow.send("INVITE sip:srs@x SIP/2.0\r\nVia: SIP/2.0/TCP ");
  std::deque<RawSipPeer> half_open;
  for (int i = 0; i < 100; ++i) half_open.push_back(tcp());
  auto good = tcp();
  RawSipCall call_(good);
  EXPECT_EQ(call_.establish().status(), 200);
  slow.send("1");
  EXPECT_EQ(call_.bye().status(), 200);
}

TEST_F(Tcp, CutsConnectionsWithoutCallsAboveTheLimit) {
  options.max_connections = 5;
  start();
  std::deque<RawSipPeer> idle;
  for (int i = 0; i < 21; ++i) idle.push_back(tcp());
  auto used = tcp();  // answered, so all before it were accepted
  RawSipCall call_(used);
  call_.establish();
  call([this] { dynamic_cast<sip::Server&>(*stack).cut_connections(); });
  EXPECT_EQ(metric("sip_connections_cut_total"), 17) << "as many as are too many";
  EXPECT_TRUE(srs::test::wait_until([&] {
    return std::count_if(idle.begin(), idle.end(),
                         [](RawSipPeer& peer) { return peer.closed_within(1ms); }) == 17;
  }));
  EXPECT_EQ(call_.bye().status(), 200);
}

TEST_F(Tcp, CutsThoseOfAPeerWithManyConnectionsBeforeThoseOfOthers) {
  options.max_connections = 20;
  start();
  std::deque<RawSipPeer> others;
  for (int i = 2; i < 6; ++i)
    others.emplace_back(RawSipPeer::Transport::Tcp, port("tcp"), "127.0.0.1",
                        "127.0.0." + std::to_string(i));
  std::deque<RawSipPeer> many;
  for (int i = 0; i < 60; ++i) many.push_back(tcp());
  many.back().send(RawSipCall(many.back()).request("OPTIONS", 1));
  ASSERT_EQ(many.back().wait_for_final("OPTIONS").status(), 200) << "all were accepted";
  call([this] { dynamic_cast<sip::Server&>(*stack).cut_connections(); });
  EXPECT_EQ(metric("sip_connections_cut_total"), 44);
  for (auto& peer : others) {
    peer.send(RawSipCall(peer).request("OPTIONS", 1));
    EXPECT_EQ(peer.wait_for_final("OPTIONS").status(), 200);
  }
}

// Its answers would wait for it in our memory, thousands of them a second.
TEST_F(Tcp, CutsAPeerThatSendsAndReadsNothing) {
  start();
  auto peer = tcp();
  std::string many;
  RawSipCall call_(peer);
  for (int i = 1; i <= 200; ++i) many += call_.request("OPTIONS", i);
  int sent = 0;
  while (sent < 2000 && peer.try_send(many)) ++sent;
  EXPECT_LT(sent, 2000) << "400,000 requests";
  EXPECT_TRUE(srs::test::wait_until(
      [&] { return metric("errors_total{component=\"sip\",reason=\"slow_reader\"}") == 1; }));
  auto good = tcp();
  EXPECT_EQ(RawSipCall(good).establish().status(), 200);
}

// Sends until the server cuts it off; without a bound this would go on for ever.
int chunks_taken(RawSipPeer& peer) {
  const std::string chunk(65536, 'x');
  int sent = 0;
  while (sent < 1000 && peer.try_send(chunk)) ++sent;
  return sent;
}

TEST_F(Tcp, NeverReadsMoreOfAMessageThanAllowed) {
  options.max_message_size = 10000;
  start();
  auto bad = tcp();
  bad.send("INVITE sip:srs@x SIP/2.0\r\nX-Endless: ");
  EXPECT_LT(chunks_taken(bad), 1000);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"too_large\"}"), 1);
}

TEST_F(Tcp, NeverReadsMoreOfALaterMessageThanAllowed) {
  options.max_message_size = 10000;
  start();
  auto bad = tcp();
  bad.send(RawSipCall(bad).request("OPTIONS", 1) + "INVITE sip:srs@x SIP/2.0\r\nX-Endless: ");
  EXPECT_EQ(bad.wait_for_final("OPTIONS").status(), 200);
  EXPECT_LT(chunks_taken(bad), 1000);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"too_large\"}"), 1);
}

TEST_F(Tcp, AnswersAllThatCameWhileItWasBusy) {
  options.max_message_size = 4096;
  start();
  auto peer = tcp();
  RawSipCall call_(peer);
  constexpr int count = 3000;
  std::string all;
  for (int i = 1; i <= count; ++i) all += call_.request("OPTIONS", i);
  std::promise<void> go;
  boost::asio::post(asio_, [wait = go.get_future().share()] { wait.wait(); });
  const auto waiting = peer.send_what_fits(all);
  EXPECT_GT(waiting, 65536u);
  go.set_value();
  peer.send(std::string_view(all).substr(waiting));
  for (int i = 1; i <= count; ++i) ASSERT_EQ(peer.wait_for_final("OPTIONS", i).status(), 200) << i;
}

}  // namespace
}  // namespace srs::test
