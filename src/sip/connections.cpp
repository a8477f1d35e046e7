#include "sip/connections.hpp"

#include "sip/sockets.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace srs::sip {
namespace {

// What a peer has to read its refusal before its connection is closed under what it still sends.
constexpr std::chrono::seconds hang_up_patience{5};
// Between two looks; further ones are closed when they have idled long enough.
constexpr std::size_t max_given_up = 1000;

}  // namespace

void Connections::hang_up(Transport connection, std::string peer) {
  if (!connection || tport_is_udp(connection.get())) return;
  hung_up_.push_back({std::move(peer), std::move(connection), std::chrono::steady_clock::now()});
  // Not from within sofia's callback: a response that it sends on our behalf comes after that.
  boost::asio::post(root_.executor(), [this, life = std::weak_ptr(life_)] {
    if (!life.expired()) tell_hung_up();
  });
}

void Connections::tell_hung_up() {
  for (auto& each : hung_up_) {
    if (!std::exchange(each.told, true)) tport_shutdown(each.connection.get(), 1);
  }
  root_.pump();
}

bool Connections::hangs_up(const std::string& peer) const {
  return std::any_of(hung_up_.begin(), hung_up_.end(),
                     [&peer](const HungUp& each) { return each.peer == peer; });
}

void Connections::give_up(std::string peer) {
  if (given_up_.size() < max_given_up) given_up_.insert(std::move(peer));
}

void Connections::cut_off(Transport connection, const std::string& peer) {
  if (!connection || tport_is_udp(connection.get())) return;
  if (!cut_off_.insert(connection.get()).second) return;
  ++slow_readers_;
  reader_lines_.add(log::Folded::Clock::now(), 1, [&peer] {
    return log::Fields{{"source", peer}};
  });
  // sofia reads on as long as there is something, and lets nobody else have a turn: what the kernel
  // has already is the last of it.
  for (const auto& each : connections_of(agent_.listeners()))
    if (each.peer == peer) shut_down(each);
  // As in hang_up().
  boost::asio::post(root_.executor(),
                    [this, life = std::weak_ptr(life_), connection = std::move(connection)] {
                      if (life.expired()) return;
                      cut_off_.erase(connection.get());
                      tport_shutdown(connection.get(), 2);
                      root_.pump();
                    });
}

void Connections::cut_slow_senders(const std::vector<std::string>& peers) {
  cut_senders_ = {peers.begin(), peers.end()};
  for (const auto& peer : peers) {
    ++slow_senders_;
    sender_lines_.add(log::Folded::Clock::now(), 1, [&peer] {
      return log::Fields{{"source", peer}};
    });
    given_up_.insert(peer);  // however many: these do not idle
  }
}

void Connections::close_ended() {
  const auto due = std::chrono::steady_clock::now() - hang_up_patience;
  std::erase_if(hung_up_, [due](const HungUp& each) {
    if (each.since > due) return false;
    tport_shutdown(each.connection.get(), 2);
    return true;
  });
  if (const auto given_up = std::exchange(given_up_, {}); !given_up.empty()) {
    for (const auto& each : connections_of(agent_.listeners()))
      if (given_up.contains(each.peer)) shut_down(each);
  }
  root_.pump();
}

// To count them takes a look at each descriptor. sofia shows a part of them: how large a part hangs
// on how they came and went, so from time to time they are counted whatever it shows.
bool Connections::may_be_too_many() {
  constexpr std::size_t rounds_between = 12;
  constexpr std::size_t least_part = 8;
  return rounds_++ % rounds_between == 0 ||
         least_part * agent_.visible_connections().size() > limit_;
}

std::size_t Connections::cut(const std::function<std::unordered_set<std::string>()>& needed) {
  if (!may_be_too_many()) return 0;
  auto open = connections_of(agent_.listeners());
  if (open.size() <= limit_) return 0;
  const auto excess = open.size() - limit_;
  std::unordered_map<std::string, std::size_t> held;
  for (const auto& each : open) ++held[each.host];
  const auto peers = needed();
  std::erase_if(open, [&](const Connected& each) { return peers.contains(each.peer); });
  // An SRC has a few.
  std::stable_sort(open.begin(), open.end(), [&](const Connected& one, const Connected& other) {
    return held[one.host] > held[other.host];
  });
  open.resize(std::min(open.size(), excess));
  for (const auto& each : open) shut_down(each);
  root_.pump();
  return open.size();
}

}  // namespace srs::sip
