// sofia's loop inside the io_context, and what we rely on in sofia.
#include "sip/root.hpp"

#include "sip/agent.hpp"
#include "support/raw_sip_call.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace srs::test {
namespace {

// An agent that answers every request 200, until `done`.
void answer_one(sip::Root::Wake wake, bool watches) {
  boost::asio::io_context asio;
  sip::Root root(asio.get_executor(), {}, wake);
  EXPECT_EQ(root.watches_descriptor(), watches);
  auto agent = sip::Agent::create(root, {});
  ASSERT_TRUE(agent);
  ASSERT_TRUE((*agent)->listen(*sip::parse_endpoint("udp:127.0.0.1:0")));
  nta_leg_tcreate((*agent)->get(),
                  [](nta_leg_magic_t*, nta_leg_t*, nta_incoming_t*, const sip_t*) { return 200; },
                  nullptr, NTATAG_NO_DIALOG(1), TAG_END());
  const auto port = (*agent)->listeners().front().endpoint.port;
  int status = 0;
  std::thread asker([&] {
    RawSipPeer peer(RawSipPeer::Transport::Udp, port);
    peer.send(RawSipCall(peer).request("OPTIONS", 1));
    const auto answer = peer.find([](const auto&) { return true; });
    status = answer ? answer->status() : 0;
    asio.stop();
  });
  asio.run();
  asker.join();
  EXPECT_EQ(status, 200);
}

TEST(Root, IsWokenByTheDescriptorThatSofiaWaitsOn) {
  answer_one(sip::Root::Wake::ByDescriptor, true);
}

TEST(Root, WorksByPollingWhereProcHidesThatDescriptor) {
  answer_one(sip::Root::Wake::ByPolling, false);
}

TEST(Root, StandsBesideOthersOnOneThread) {
  boost::asio::io_context asio;
  sip::Root first(asio.get_executor(), {});
  sip::Root second(asio.get_executor(), {});
  EXPECT_TRUE(first.watches_descriptor());
  EXPECT_TRUE(second.watches_descriptor());
  EXPECT_NE(first.get(), second.get());
}

}  // namespace
}  // namespace srs::test
