// libcurl's sockets on the io_context.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <curl/curl.h>

#include <functional>
#include <map>
#include <memory>

namespace srs {

// Waits for what libcurl wants of its sockets and says when it is there. libcurl opens and closes
// the sockets itself. What is watched is a descriptor of our own for each: libcurl 7.88 closes the
// socket of the address that lost or timed out before it says so, and its number may be another
// thread's by then.
class Sockets {
 public:
  // `events`: CURL_CSELECT_IN, _OUT or _ERR.
  using Ready = std::function<void(curl_socket_t socket, int events)>;

  Sockets(boost::asio::any_io_executor executor, Ready ready)
      : executor_(std::move(executor)), ready_(std::move(ready)) {}
  ~Sockets() { clear(); }

  // As CURLMOPT_SOCKETFUNCTION says it: `what` is one of CURL_POLL_*. False: it can't be watched.
  bool watch(curl_socket_t socket, int what);
  void clear();

 private:
  struct Watched {
    Watched(const boost::asio::any_io_executor& executor, curl_socket_t of)
        : descriptor(executor), socket(of) {}
    boost::asio::posix::stream_descriptor descriptor;
    const curl_socket_t socket;  // as libcurl knows it
    int wanted = CURL_POLL_NONE;
    bool reading = false;  // a wait is under way
    bool writing = false;
    bool gone = false;
  };
  using Shared = std::shared_ptr<Watched>;

  void forget(curl_socket_t socket);
  void wait(const Shared& watched);
  void on_ready(const Shared& watched, int events, const boost::system::error_code& error);

  boost::asio::any_io_executor executor_;
  Ready ready_;
  std::map<curl_socket_t, Shared> sockets_;
  // Handlers may outlive us: null once clear() was called.
  std::shared_ptr<Sockets*> self_ = std::make_shared<Sockets*>(this);
};

}  // namespace srs
