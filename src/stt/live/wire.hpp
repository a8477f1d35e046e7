// TCP, with or without TLS, as one type for Beast.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace srs::stt {

// What is to be called at the end of one read or write, of whatever type: so the reads and writes
// of TCP and TLS are compiled once, and not for each of Beast's own steps. Called once.
class WhenDone {
 public:
  using executor_type = boost::asio::any_io_executor;
  using cancellation_slot_type = boost::asio::cancellation_slot;

  template <class Handler>
  WhenDone(Handler handler, const executor_type& otherwise)
      : executor_(boost::asio::get_associated_executor(handler, otherwise)),
        slot_(boost::asio::get_associated_cancellation_slot(handler)),
        call_(std::make_unique<Call<Handler>>(std::move(handler))) {}

  executor_type get_executor() const { return executor_; }
  cancellation_slot_type get_cancellation_slot() const { return slot_; }
  void operator()(boost::system::error_code error, std::size_t bytes) {
    std::exchange(call_, nullptr)->run(error, bytes);
  }

 private:
  struct AnyCall {
    virtual ~AnyCall() = default;
    virtual void run(boost::system::error_code error, std::size_t bytes) = 0;
  };
  template <class Handler>
  struct Call final : AnyCall {
    explicit Call(Handler its_handler) : handler(std::move(its_handler)) {}
    void run(boost::system::error_code error, std::size_t bytes) override {
      std::move(handler)(error, bytes);
    }
    Handler handler;
  };

  executor_type executor_;
  cancellation_slot_type slot_;
  std::unique_ptr<AnyCall> call_;
};

// An AsyncStream whose layer below is the TCP stream.
class Wire {
 public:
  using next_layer_type = boost::beast::tcp_stream;
  using executor_type = next_layer_type::executor_type;
  using TlsStream = boost::asio::ssl::stream<next_layer_type&>;

  explicit Wire(const executor_type& executor) : tcp_(executor) {}

  executor_type get_executor() { return tcp_.get_executor(); }
  next_layer_type& next_layer() { return tcp_; }
  const next_layer_type& next_layer() const { return tcp_; }

  // From here on it is TLS; its handshake is the caller's. `context` must outlive the wire.
  TlsStream& secure(boost::asio::ssl::context& context) { return tls_.emplace(tcp_, context); }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(boost::system::error_code, std::size_t)>(
        [this, buffers](auto&& done) {
          read(first_of<Some<boost::asio::mutable_buffer>>(buffers),
               WhenDone(std::forward<decltype(done)>(done), get_executor()));
        },
        handler);
  }
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(boost::system::error_code, std::size_t)>(
        [this, buffers](auto&& done) {
          write(first_of<Some<boost::asio::const_buffer>>(buffers),
                WhenDone(std::forward<decltype(done)>(done), get_executor()));
        },
        handler);
  }

 private:
  // Those that are left over stay empty. Beast has a frame's head and its payload.
  template <class Buffer>
  using Some = std::array<Buffer, 4>;

  // Whoever reads or writes some goes on with the rest.
  template <class Result, class Buffers>
  static Result first_of(const Buffers& buffers) {
    Result result;
    std::size_t used = 0;
    auto it = boost::asio::buffer_sequence_begin(buffers);
    for (const auto end = boost::asio::buffer_sequence_end(buffers);
         it != end && used < result.size(); ++it) {
      typename Result::value_type buffer(*it);
      if (buffer.size() > 0) result[used++] = buffer;
    }
    return result;
  }

  void read(const Some<boost::asio::mutable_buffer>& buffers, WhenDone done);
  void write(const Some<boost::asio::const_buffer>& buffers, WhenDone done);

  next_layer_type tcp_;
  std::optional<TlsStream> tls_;
};

// The WebSocket's own closing (RFC 6455 §7) has told the end, so TLS says no farewell of its own.
// Beast would wait for the server to close first, and whoever broke the protocol may never do so.
template <class Handler>
void async_teardown(boost::beast::role_type, Wire& wire, Handler&& handler) {
  wire.next_layer().close();
  boost::asio::post(wire.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                     boost::system::error_code()));
}

}  // namespace srs::stt
