#include "stack_fixture.hpp"

#include "support/wait.hpp"

namespace srs::test {

void NotingApplication::on_invite(std::shared_ptr<sip::Dialog> dialog,
                                  std::shared_ptr<sip::Transaction> invite) {
  invites.push_back(invite->request());
  if (take_events) dialog->set_handler(this);
  dialogs.push_back(std::move(dialog));
  decide(std::move(invite));
}

std::string_view NotingApplication::unavailable() const {
  return unavailable_because;
}

void NotingApplication::on_offer(std::shared_ptr<sip::Transaction> transaction) {
  offers.push_back(transaction->request());
  decide(std::move(transaction));
}

void NotingApplication::on_ack(const sip::Request& ack) {
  acks.push_back(ack);
}

void NotingApplication::on_end(sip::DialogEnd why, const sip::Request* request) {
  ends.push_back({why, request != nullptr ? std::optional(*request) : std::nullopt});
}

void NotingApplication::decide(std::shared_ptr<sip::Transaction> transaction) {
  if (drop) return;
  if (throws) throw std::runtime_error("a fault of ours");
  if (hold)
    held.push_back(std::move(transaction));
  else
    transaction->respond(response);
}

StackTest::StackTest() : work_(asio_.get_executor()), thread_([this] { asio_.run(); }) {
  options.listen = {"udp:127.0.0.1:0", "tcp:127.0.0.1:0"};
  options.t1 = std::chrono::milliseconds(20);  // SIP's timers, 25 times as fast
  options.user_agent = "srs-under-test";
}

StackTest::~StackTest() {
  call([this] {
    application.held.clear();
    application.dialogs.clear();
    stack.reset();
  });
  work_.reset();
  thread_.join();
}

bool StackTest::eventually(const std::function<bool()>& f, std::chrono::seconds limit) {
  return wait_until([&] { return call(std::cref(f)); }, limit, std::chrono::milliseconds(1));
}

void StackTest::start() {
  call([this] {
    auto opened = sip::Stack::open(asio_.get_executor(), options, application, registry, log);
    ASSERT_TRUE(opened) << opened.error().text;
    stack = std::move(*opened);
  });
}

std::uint16_t StackTest::port(const std::string& transport) {
  for (const auto& listener : call([this] { return stack->listeners(); })) {
    if (listener.starts_with(transport + ":")) {
      return static_cast<std::uint16_t>(std::stoi(listener.substr(listener.rfind(':') + 1)));
    }
  }
  throw std::runtime_error("no listener for " + transport);
}

double StackTest::metric(const std::string& name) {
  const auto text = call([this] { return registry.text(); });
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? 0 : std::stod(text.substr(at + name.size() + 2));
}

}  // namespace srs::test
