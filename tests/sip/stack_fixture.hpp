// A stack on its own thread, an application that notes what it is told, and peers to talk to it.
#pragma once

#include "support/raw_sip_call.hpp"
#include "support/run_on.hpp"

#include <srs/sip/stack.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace srs::test {

// Answers every offer with 200 and an SDP body unless told otherwise.
class NotingApplication : public sip::SessionHandler, public sip::DialogHandler {
 public:
  struct End {
    sip::DialogEnd why;
    std::optional<sip::Request> request;
  };

  void on_invite(std::shared_ptr<sip::Dialog> dialog,
                 std::shared_ptr<sip::Transaction> invite) override;
  std::string_view unavailable() const override;
  void on_offer(std::shared_ptr<sip::Transaction> transaction) override;
  void on_ack(const sip::Request& ack) override;
  void on_end(sip::DialogEnd why, const sip::Request* request) override;

  // Settings
  bool hold = false;  // keep transactions in `held` unanswered
  bool drop = false;  // forget them unanswered
  bool throws = false;
  bool take_events = true;
  sip::Response response{200, {}, {}, "application/sdp", "v=0\r\ns=answer\r\n", {}};
  std::string unavailable_because;

  // What was seen
  std::vector<sip::Request> invites, offers, acks;
  std::vector<End> ends;
  std::vector<std::shared_ptr<sip::Dialog>> dialogs;
  std::vector<std::shared_ptr<sip::Transaction>> held;

 private:
  void decide(std::shared_ptr<sip::Transaction> transaction);
};

class StackTest : public ::testing::Test {
 protected:
  StackTest();
  ~StackTest() override;

  // Runs `f` on the stack's thread and returns what it returns.
  template <class F>
  std::invoke_result_t<F> call(F f) {
    return call_on(asio_, std::move(f));
  }
  // Waits until `f`, run on the stack's thread, is true.
  bool eventually(const std::function<bool()>& f,
                  std::chrono::seconds limit = RawSipPeer::patience);

  void start();
  std::uint16_t port(const std::string& transport);
  RawSipPeer udp() { return {RawSipPeer::Transport::Udp, port("udp")}; }
  RawSipPeer tcp() { return {RawSipPeer::Transport::Tcp, port("tcp")}; }

  // The value of one sample of /metrics, 0 where it is not there.
  double metric(const std::string& name);

  boost::asio::io_context asio_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  sip::Options options;
  NotingApplication application;
  metrics::Registry registry;
  log::Logger log;
  std::unique_ptr<sip::Stack> stack;
  std::thread thread_;
};

}  // namespace srs::test
