#include "sip/connections.hpp"

#include "sip/sockets.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
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

bool Connections::too_many() const {
  return 2 * agent_.visible_connections().size() > limit_;
}

std::size_t Connections::cut(const std::function<bool(const tport_t*)>& carries_call) {
  std::size_t cut = 0;
  // Others come into view as those go that could be seen.
  for (bool found = true; found && too_many();) {
    found = false;
    for (auto* connection : agent_.visible_connections()) {
      if (carries_call(connection)) continue;
      tport_shutdown(connection, 2);
      ++cut;
      found = true;
    }
  }
  if (cut > 0) root_.pump();
  return cut;
}

}  // namespace srs::sip
