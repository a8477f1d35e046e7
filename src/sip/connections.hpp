// The connections of TCP and TLS: bounded in number, and closed in good manners.
#pragma once

#include "sip/agent.hpp"
#include "sip/root.hpp"
#include "sip/sofia.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace srs::sip {

// Root and agent outlive it.
class Connections {
 public:
  Connections(Root& root, Agent& agent, std::size_t limit)
      : root_(root), agent_(agent), limit_(limit) {}

  // Sends FIN behind the last response, and leaves the peer some time to read it: closing at once,
  // with bytes unread, would be a reset, which can overtake it. Nothing is read any more meanwhile.
  void hang_up(Transport connection);
  // Those whose peer had its time. To be called every few seconds.
  void close_hung_up();

  // Connections cost descriptors, which recordings need: above about the limit, those go that
  // `carries_call` denies. Returns how many.
  std::size_t cut(const std::function<bool(const tport_t*)>& carries_call);

 private:
  struct HungUp {
    Transport connection;
    std::chrono::steady_clock::time_point since;
  };

  bool too_many() const;

  Root& root_;
  Agent& agent_;
  std::size_t limit_;
  std::vector<HungUp> hung_up_;
  std::shared_ptr<int> life_ = std::make_shared<int>();  // held weakly by what is posted
};

}  // namespace srs::sip
