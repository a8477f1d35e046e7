// What goes on: lines that are sent to a client as they come, as server-sent events or over a
// WebSocket.
#pragma once

#include <srs/http/server.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace srs::http {

// One client's share, on the io_context's thread.
class Feed {
 public:
  virtual ~Feed() = default;
  // The next line, without its end; an empty one where none came within `patience`; nothing once
  // all is over.
  virtual boost::asio::awaitable<std::optional<std::string>> next(
      std::chrono::milliseconds patience) = 0;
  // Of the line that next() gave last, for `id:` of server-sent events; empty: it has none.
  virtual std::string id() const { return {}; }
  // The client has left: ends next().
  virtual void leave() = 0;
};

}  // namespace srs::http
