// The connections of TCP and TLS: bounded in number, and closed in good manners.
#pragma once

#include "sip/agent.hpp"
#include "sip/root.hpp"
#include "sip/sofia.hpp"

#include <srs/log/folded.hpp>
#include <srs/metrics/registry.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace srs::sip {

// Root and agent outlive it.
class Connections {
 public:
  Connections(Root& root, Agent& agent, std::size_t limit, metrics::Registry& registry,
              const log::Logger& log)
      : root_(root),
        agent_(agent),
        limit_(limit),
        slow_readers_(registry.error("sip", "slow_reader")),
        slow_senders_(registry.error("sip", "slow_sender")),
        reader_lines_(log, log::Level::Warning, "sip_reader_cut"),
        sender_lines_(log, log::Level::Warning, "sip_sender_cut") {}

  // Sends FIN behind the last response, and leaves the peer some time to read it: closing at once,
  // with bytes unread, would be a reset, which can overtake it. Nothing is read any more meanwhile.
  // `peer`: its address, `192.0.2.1:5060`.
  void hang_up(Transport connection, std::string peer);
  bool hangs_up(const std::string& peer) const;
  // Closes a connection that sofia reads no more, and of which nothing but the peer is known.
  void give_up(std::string peer);
  // Closes one whose peer sends and does not read: what waits for it is kept by sofia, without end.
  void cut_off(Transport connection, const std::string& peer);
  // Gives up those of peers whose message does not end. Until the next call they are slow senders.
  void cut_slow_senders(const std::vector<std::string>& peers);
  bool is_slow_sender(const std::string& peer) const { return cut_senders_.contains(peer); }
  // Those whose peer had its time, and those given up. To be called every few seconds.
  void close_ended();

  // Connections cost descriptors, which recordings need: above the limit the excess goes, first of
  // hosts that hold most, but for peers that are `needed` for a call. Returns how many.
  std::size_t cut(const std::function<std::unordered_set<std::string>()>& needed);

 private:
  struct HungUp {
    std::string peer;
    Transport connection;
    std::chrono::steady_clock::time_point since;
    bool told = false;  // by FIN
  };

  void tell_hung_up();
  std::unordered_set<const tport_t*> cut_off_;  // and not closed yet
  bool may_be_too_many();

  Root& root_;
  Agent& agent_;
  std::size_t limit_;
  std::atomic<std::uint64_t>& slow_readers_;
  std::atomic<std::uint64_t>& slow_senders_;
  log::Folded reader_lines_;
  log::Folded sender_lines_;
  std::size_t rounds_ = 0;  // of cut()
  std::vector<HungUp> hung_up_;
  std::unordered_set<std::string> given_up_;
  std::unordered_set<std::string> cut_senders_;
  std::shared_ptr<int> life_ = std::make_shared<int>();  // held weakly by what is posted
};

}  // namespace srs::sip
