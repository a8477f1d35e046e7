#include "stt/live/websocket.hpp"

#include <srs/util/text.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>  // compiled once, here
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <optional>

namespace srs::stt {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

auto quietly(error_code& error) {
  return asio::redirect_error(asio::use_awaitable, error);
}

Failure failed(Reason reason, std::string_view doing, const error_code& error) {
  if (error == beast::error::timeout) reason = Reason::Timeout;
  return {reason, std::string(doing) + ": " + error.message()};
}

Failure declined(unsigned status) {
  const auto reason = [status] {
    if (status == 401 || status == 403) return Reason::Auth;
    if (status == 402) return Reason::Quota;
    if (status == 429) return Reason::RateLimited;
    return status >= 500 ? Reason::Server : Reason::Refused;
  }();
  return {reason, "refused with HTTP " + std::to_string(status)};
}

// Without compression (RFC 7692), which nobody asks for: that is half of the code, and of its
// compilation.
template <class Stream>
using Socket = websocket::stream<Stream, false>;

template <class Stream>
class Connection : public WebSocket, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <class... Arguments>
  explicit Connection(Arguments&&... arguments) : stream_(std::forward<Arguments>(arguments)...) {}

  Socket<Stream>& stream() { return stream_; }

  asio::awaitable<Outcome<std::string>> read() override {
    const auto self = this->shared_from_this();
    beast::flat_buffer buffer;
    error_code error;
    co_await stream_.async_read(buffer, quietly(error));
    if (error) co_return failed(Reason::Reset, "read", error);
    co_return Outcome<std::string>(boost::system::in_place_value,
                                   beast::buffers_to_string(buffer.data()));
  }

  asio::awaitable<Outcome<void>> write(std::string message, bool binary) override {
    const auto self = this->shared_from_this();
    stream_.binary(binary);
    error_code error;
    co_await stream_.async_write(asio::buffer(message), quietly(error));
    if (error) co_return failed(Reason::Reset, "write", error);
    co_return Outcome<void>();
  }

  void cut() override { beast::get_lowest_layer(stream_).close(); }

 private:
  Socket<Stream> stream_;
};

asio::awaitable<Outcome<void>> open(beast::tcp_stream& stream, const WebSocketUrl& url,
                                    const WebSocket::Options& options) {
  error_code error;
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto found = co_await resolver.async_resolve(url.host, url.port, quietly(error));
  if (error) co_return failed(Reason::Connect, "resolve " + url.host, error);
  stream.expires_after(options.connect_timeout);
  co_await stream.async_connect(found, quietly(error));
  if (error) co_return failed(Reason::Connect, "connect to " + url.host, error);
  co_return Outcome<void>();
}

template <class Stream>
asio::awaitable<Outcome<void>> shake_hands(Socket<Stream>& stream, const WebSocketUrl& url,
                                           const WebSocket::Headers& headers,
                                           const WebSocket::Options& options) {
  beast::get_lowest_layer(stream).expires_never();  // from here on the stream has its own clock
  auto timeouts = websocket::stream_base::timeout::suggested(beast::role_type::client);
  timeouts.handshake_timeout = options.connect_timeout;
  timeouts.idle_timeout = options.idle_timeout;
  timeouts.keep_alive_pings = true;
  stream.set_option(timeouts);
  stream.set_option(websocket::stream_base::decorator([headers](websocket::request_type& request) {
    request.set(beast::http::field::user_agent, "siprec-server/" SRS_VERSION);
    for (const auto& [name, value] : headers) request.set(name, value);
  }));
  stream.read_message_max(options.max_message);
  stream.auto_fragment(false);  // not every server puts fragments together
  websocket::response_type response;
  error_code error;
  co_await stream.async_handshake(response, url.host + ":" + url.port, url.target, quietly(error));
  if (error == websocket::error::upgrade_declined) co_return declined(response.result_int());
  if (error) co_return failed(Reason::Reset, "handshake", error);
  co_return Outcome<void>();
}

asio::awaitable<Outcome<std::shared_ptr<WebSocket>>> connect_plainly(WebSocketUrl url,
                                                                     WebSocket::Headers headers,
                                                                     WebSocket::Options options) {
  const auto executor = co_await asio::this_coro::executor;
  auto made = std::make_shared<Connection<beast::tcp_stream>>(executor);
  auto done = co_await open(beast::get_lowest_layer(made->stream()), url, options);
  if (done) done = co_await shake_hands(made->stream(), url, headers, options);
  if (!done) co_return done.error();
  co_return std::shared_ptr<WebSocket>(std::move(made));
}

// Owns the context that the stream was made with.
struct Context {
  asio::ssl::context context{asio::ssl::context::tls_client};
};
class SecureConnection : private Context, public Connection<beast::ssl_stream<beast::tcp_stream>> {
 public:
  explicit SecureConnection(const asio::any_io_executor& executor)
      : Connection(executor, Context::context) {}
  asio::ssl::context& context() { return Context::context; }
};

asio::awaitable<Outcome<std::shared_ptr<WebSocket>>> connect_securely(WebSocketUrl url,
                                                                      WebSocket::Headers headers,
                                                                      WebSocket::Options options) {
  const auto executor = co_await asio::this_coro::executor;
  auto made = std::make_shared<SecureConnection>(executor);
  error_code error;
  if (options.ca_file.empty())
    made->context().set_default_verify_paths(error);
  else
    made->context().load_verify_file(options.ca_file.string(), error);
  if (error) co_return failed(Reason::Tls, "authorities", error);
  auto& tls = made->stream().next_layer();
  made->context().set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
  tls.set_verify_mode(asio::ssl::verify_peer, error);
  tls.set_verify_callback(asio::ssl::host_name_verification(url.host), error);
  // What OpenSSL's macro for it does, without its cast of the old style (RFC 6066 §3).
  auto name = url.host;
  SSL_ctrl(tls.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           name.data());
  auto done = co_await open(beast::get_lowest_layer(made->stream()), url, options);
  if (!done) co_return done.error();
  co_await tls.async_handshake(asio::ssl::stream_base::client, quietly(error));
  if (error) co_return failed(Reason::Tls, "TLS", error);
  done = co_await shake_hands(made->stream(), url, headers, options);
  if (!done) co_return done.error();
  co_return std::shared_ptr<WebSocket>(std::move(made));
}

}  // namespace

Result<WebSocketUrl> parse_websocket_url(std::string_view url) {
  WebSocketUrl parts;
  const Error wrong{"`", url, "` is no URL: write it as ws://host:2700 or wss://host/path"};
  parts.secure = istarts_with(url, "wss://");
  if (!parts.secure && !istarts_with(url, "ws://")) return wrong;
  url.remove_prefix(parts.secure ? 6 : 5);
  const auto slash = url.find_first_of("/?");
  const auto authority = url.substr(0, slash);
  parts.target = slash == std::string_view::npos ? "/" : std::string(url.substr(slash));
  if (parts.target.front() == '?') parts.target.insert(0, "/");
  // An IPv6 address stands in brackets.
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = authority.substr(0, colon);
  if (parts.host.starts_with('[') && parts.host.ends_with(']'))
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  parts.port = colon == std::string_view::npos ? (parts.secure ? "443" : "80")
                                               : std::string(authority.substr(colon + 1));
  if (parts.host.empty() || !to_number<std::uint16_t>(parts.port)) return wrong;
  return parts;
}

asio::awaitable<Outcome<std::shared_ptr<WebSocket>>> WebSocket::connect(std::string url,
                                                                        Headers headers,
                                                                        Options options) {
  auto parts = parse_websocket_url(url);
  if (!parts) co_return Failure{Reason::Refused, parts.error().text};
  Outcome<std::shared_ptr<WebSocket>> made = Failure{};
  if (parts->secure)
    made = co_await connect_securely(std::move(*parts), std::move(headers), std::move(options));
  else
    made = co_await connect_plainly(std::move(*parts), std::move(headers), std::move(options));
  co_return made;
}

}  // namespace srs::stt
