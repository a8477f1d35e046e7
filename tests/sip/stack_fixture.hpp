// A stack on its own thread, an application that notes what it is told, and peers to talk to it.
#pragma once

#include "support/raw_sip_peer.hpp"

#include <srs/sip/stack.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
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
                 std::shared_ptr<sip::Transaction> invite) override {
    invites.push_back(invite->request());
    if (take_events) dialog->set_handler(this);
    dialogs.push_back(std::move(dialog));
    decide(std::move(invite));
  }
  std::string_view unavailable() const override { return unavailable_because; }
  void on_offer(std::shared_ptr<sip::Transaction> transaction) override {
    offers.push_back(transaction->request());
    decide(std::move(transaction));
  }
  void on_ack(const sip::Request& ack) override { acks.push_back(ack); }
  void on_end(sip::DialogEnd why, const sip::Request* request) override {
    ends.push_back({why, request != nullptr ? std::optional(*request) : std::nullopt});
  }

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
  void decide(std::shared_ptr<sip::Transaction> transaction) {
    if (drop) return;
    if (throws) throw std::runtime_error("a fault of ours");
    if (hold)
      held.push_back(std::move(transaction));
    else
      transaction->respond(response);
  }
};

class StackTest : public ::testing::Test {
 protected:
  StackTest() : work_(asio_.get_executor()), thread_([this] { asio_.run(); }) {
    options.listen = {"udp:127.0.0.1:0", "tcp:127.0.0.1:0"};
    options.t1 = std::chrono::milliseconds(20);  // SIP's timers, 25 times as fast
    options.user_agent = "srs-under-test";
  }
  ~StackTest() override {
    call([this] {
      application.held.clear();
      application.dialogs.clear();
      stack.reset();
    });
    work_.reset();
    thread_.join();
  }

  // Runs `f` on the stack's thread and returns what it returns.
  template <class F>
  std::invoke_result_t<F> call(F f) {
    std::packaged_task<std::invoke_result_t<F>()> task(std::move(f));
    auto result = task.get_future();
    boost::asio::post(asio_, [&task] { task(); });
    return result.get();
  }
  // Waits until `f`, run on the stack's thread, is true.
  template <class F>
  bool eventually(F f) {
    const auto deadline = std::chrono::steady_clock::now() + RawSipPeer::patience;
    while (!call(f)) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  void start() {
    call([this] {
      auto opened = sip::Stack::open(asio_.get_executor(), options, application, registry, log);
      ASSERT_TRUE(opened) << opened.error().text;
      stack = std::move(*opened);
    });
  }
  std::uint16_t port(const std::string& transport) {
    for (const auto& listener : call([this] { return stack->listeners(); })) {
      if (listener.starts_with(transport + ":")) {
        return static_cast<std::uint16_t>(std::stoi(listener.substr(listener.rfind(':') + 1)));
      }
    }
    throw std::runtime_error("no listener for " + transport);
  }
  RawSipPeer udp() { return {RawSipPeer::Transport::Udp, port("udp")}; }
  RawSipPeer tcp() { return {RawSipPeer::Transport::Tcp, port("tcp")}; }

  // The value of one sample of /metrics, 0 where it is not there.
  double metric(const std::string& name) {
    const auto text = call([this] { return registry.text(); });
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
  }

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
