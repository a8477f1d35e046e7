#include "sip/connections.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace srs::sip {
namespace {

// What a peer has to read its refusal before its connection is closed under what it still sends.
constexpr std::chrono::seconds hang_up_patience{5};

}  // namespace

void Connections::hang_up(Transport connection) {
  if (!connection || tport_is_udp(connection.get())) return;
  auto shared = std::make_shared<Transport>(std::move(connection));
  // Not from within sofia's callback: a response that it sends on our behalf comes after that.
  boost::asio::post(root_.executor(), [this, shared, life = std::weak_ptr(life_)] {
    if (life.expired()) return;
    tport_shutdown(shared->get(), 1);
    root_.pump();
    hung_up_.push_back({std::move(*shared), std::chrono::steady_clock::now()});
  });
}

void Connections::close_hung_up() {
  const auto due = std::chrono::steady_clock::now() - hang_up_patience;
  std::erase_if(hung_up_, [due](const HungUp& each) {
    if (each.since > due) return false;
    tport_shutdown(each.connection.get(), 2);
    return true;
  });
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
