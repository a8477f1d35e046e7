#include "sip/outgoing_call.hpp"

#include <unordered_map>
#include <utility>

namespace srs::sip {
namespace {

class ClientCaller final : public Caller, public CallKeeper {
 public:
  ClientCaller(boost::asio::any_io_executor executor, const CallerOptions& options, log::Logger log)
      : options_(options), log_(std::move(log)), root_(std::move(executor), log_) {}
  ~ClientCaller() override {
    for (const auto& [id, call] : std::exchange(calls_, {})) call->abandon();
  }

  Result<void> start() {
    AgentSettings settings;
    // Answers to many calls wait on one connection at once, and all of them are read together.
    settings.max_message_size = 16 << 20;
    settings.t1 = options_.t1;
    settings.udp_receive_buffer = 4 << 20;
    auto agent = Agent::create(root_, settings);
    if (!agent) return agent.error();
    agent_ = std::move(*agent);
    const auto endpoint = parse_endpoint(options_.listen);
    return endpoint ? agent_->listen(*endpoint) : Result<void>(endpoint.error());
  }

  std::shared_ptr<OutgoingCall> invite(const CallOptions& options, CallHandler& handler) override {
    auto call = std::make_shared<ClientCall>(*this, options, handler);
    if (call->start())
      calls_[call->call_id()] = call;
    else
      call->fail_later(400, "'" + options.target + "' can't be called");
    return call;
  }

  std::string local_address() const override { return agent_->listeners().front().address; }
  std::size_t calls() const override { return calls_.size(); }
  std::size_t transactions() const override { return agent_->transactions(); }

 private:
  Agent& agent() override { return *agent_; }
  const std::string& user_agent() const override { return options_.user_agent; }
  const log::Logger& log() const override { return log_; }
  void forget(const std::string& call_id) override { calls_.erase(call_id); }

  CallerOptions options_;
  log::Logger log_;
  Root root_;
  std::unique_ptr<Agent> agent_;
  std::unordered_map<std::string, std::shared_ptr<ClientCall>> calls_;
};

}  // namespace

Result<std::unique_ptr<Caller>> Caller::open(boost::asio::any_io_executor executor,
                                             const CallerOptions& options, log::Logger log) {
  auto caller = std::make_unique<ClientCaller>(std::move(executor), options, std::move(log));
  if (auto started = caller->start(); !started) return started.error();
  return std::unique_ptr<Caller>(std::move(caller));
}

}  // namespace srs::sip
