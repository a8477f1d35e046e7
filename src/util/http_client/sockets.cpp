#include "util/http_client/sockets.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace srs {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using boost::system::error_code;

bool Sockets::watch(curl_socket_t socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    forget(socket);
    return true;
  }
  auto& watched = sockets_[socket];
  if (!watched) {
    watched = std::make_shared<Watched>(executor_, socket);
    error_code error;
    const int own = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (own >= 0) watched->descriptor.assign(own, error);
    if (own < 0 || error) {
      if (own >= 0) ::close(own);
      sockets_.erase(socket);
      return false;
    }
  }
  watched->wanted = what;
  wait(watched);
  return true;
}

void Sockets::forget(curl_socket_t socket) {
  const auto at = sockets_.find(socket);
  if (at == sockets_.end()) return;
  at->second->gone = true;
  error_code ignored;
  at->second->descriptor.close(ignored);  // ends the waits; libcurl closes what it opened
  sockets_.erase(at);
}

void Sockets::clear() {
  *self_ = nullptr;
  while (!sockets_.empty()) forget(sockets_.begin()->first);
}

void Sockets::wait(const Shared& watched) {
  const auto begin = [&](bool& waiting, stream_descriptor::wait_type what, int events) {
    if (waiting) return;
    waiting = true;
    watched->descriptor.async_wait(what,
                                   [watched, events, &waiting, self = self_](error_code error) {
                                     waiting = false;  // a member of *watched
                                     if (*self != nullptr)
                                       (*self)->on_ready(watched, events, error);
                                   });
  };
  if (watched->wanted & CURL_POLL_IN) {
    begin(watched->reading, stream_descriptor::wait_read, CURL_CSELECT_IN);
  }
  if (watched->wanted & CURL_POLL_OUT) {
    begin(watched->writing, stream_descriptor::wait_write, CURL_CSELECT_OUT);
  }
}

void Sockets::on_ready(const Shared& watched, int events, const error_code& error) {
  static_assert(CURL_POLL_IN == CURL_CSELECT_IN && CURL_POLL_OUT == CURL_CSELECT_OUT);
  if (watched->gone) return;
  // A wait that libcurl lost interest in meanwhile is no news.
  if (error || (watched->wanted & events) != 0) {
    const auto self = self_;
    ready_(watched->socket, error ? CURL_CSELECT_ERR : events);
    if (*self == nullptr) return;
  }
  if (!watched->gone && !error) wait(watched);
}

}  // namespace srs
