#include "sip/connections.hpp"

#include "sip/sockets.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace srs::sip {
namespace {

// What a peer has to read its refusal before its connection is closed under what it still sends.
constexpr std::chrono::seconds hang_up_patience{5};
// Between two looks; further ones are closed when they have idled long enough.
constexpr std::size_t max_given_up = 1000;

// Those of the peers with most connections first: an SRC has a few.
std::vector<tport_t*> without_calls(std::vector<tport_t*> connections,
                                    const std::function<bool(const tport_t*)>& carries_call) {
  std::unordered_map<std::string_view, std::size_t> held;
  const auto peer = [](const tport_t* connection) {
    const char* host = tport_name(connection)->tpn_host;
    return std::string_view(host != nullptr ? host : "");
  };
  for (const auto* connection : connections) ++held[peer(connection)];
  std::erase_if(connections, carries_call);
  std::stable_sort(connections.begin(), connections.end(),
                   [&](const tport_t* one, const tport_t* other) {
                     return held[peer(one)] > held[peer(other)];
                   });
  return connections;
}

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

void Connections::close_ended() {
  const auto due = std::chrono::steady_clock::now() - hang_up_patience;
  std::erase_if(hung_up_, [due](const HungUp& each) {
    if (each.since > due) return false;
    tport_shutdown(each.connection.get(), 2);
    return true;
  });
  if (!given_up_.empty()) shut_down_connections(agent_.listeners(), std::exchange(given_up_, {}));
  root_.pump();
}

std::size_t Connections::cut(const std::function<bool(const tport_t*)>& carries_call) {
  std::size_t cut = 0;
  for (;;) {
    auto connections = agent_.visible_connections();
    if (2 * connections.size() <= limit_) break;
    // A part of what there is too much: others come into view as those go that could be seen.
    const auto wanted = (2 * connections.size() - limit_) / 8 + 1;
    connections = without_calls(std::move(connections), carries_call);
    if (connections.empty()) break;
    connections.resize(std::min(connections.size(), wanted));
    for (auto* connection : connections) tport_shutdown(connection, 2);
    cut += connections.size();
  }
  if (cut > 0) root_.pump();
  return cut;
}

}  // namespace srs::sip
