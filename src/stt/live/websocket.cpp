#include "stt/live/websocket.hpp"

#include "stt/live/wire.hpp"

#include <srs/util/text.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
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
using Socket = websocket::stream<Wire, false>;

class Connection : public WebSocket, public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(const asio::any_io_executor& executor) : socket_(executor) {}

  Socket& socket() { return socket_; }
  beast::tcp_stream& tcp() { return socket_.next_layer().next_layer(); }
  std::optional<asio::ssl::context>& context() { return context_; }

  asio::awaitable<Outcome<std::string>> read() override {
    const auto self = shared_from_this();
    beast::flat_buffer buffer;
    error_code error;
    co_await socket_.async_read(buffer, quietly(error));
    if (error) co_return failed(Reason::Reset, "read", error);
    co_return Outcome<std::string>(boost::system::in_place_value,
                                   beast::buffers_to_string(buffer.data()));
  }

  asio::awaitable<Outcome<void>> write(std::string message, bool binary) override {
    const auto self = shared_from_this();
    socket_.binary(binary);
    error_code error;
    co_await socket_.async_write(asio::buffer(message), quietly(error));
    if (error) co_return failed(Reason::Reset, "write", error);
    co_return Outcome<void>();
  }

  void cut() override { tcp().close(); }

 private:
  std::optional<asio::ssl::context> context_;  // of wss alone; outlives the socket
  Socket socket_;
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

asio::awaitable<Outcome<void>> shake_hands(Connection& connection, const WebSocketUrl& url,
                                           const WebSocket::Headers& headers,
                                           const WebSocket::Options& options) {
  auto& stream = connection.socket();
  connection.tcp().expires_never();  // from here on the stream has its own clock
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

asio::awaitable<Outcome<void>> secure(Connection& connection, const WebSocketUrl& url,
                                      const WebSocket::Options& options) {
  auto& context = connection.context().emplace(asio::ssl::context::tls_client);
  error_code error;
  if (options.ca_file.empty())
    context.set_default_verify_paths(error);
  else
    context.load_verify_file(options.ca_file.string(), error);
  if (error) co_return failed(Reason::Tls, "authorities", error);
  context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
  auto& tls = connection.socket().next_layer().secure(context);
  tls.set_verify_mode(asio::ssl::verify_peer, error);
  tls.set_verify_callback(asio::ssl::host_name_verification(url.host), error);
  // What OpenSSL's macro for it does, without its cast of the old style (RFC 6066 §3).
  auto name = url.host;
  SSL_ctrl(tls.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           name.data());
  co_await tls.async_handshake(asio::ssl::stream_base::client, quietly(error));
  if (error) co_return failed(Reason::Tls, "TLS", error);
  co_return Outcome<void>();
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
  const auto executor = co_await asio::this_coro::executor;
  const auto made = std::make_shared<Connection>(executor);
  auto done = co_await open(made->tcp(), *parts, options);
  if (done && parts->secure) done = co_await secure(*made, *parts, options);
  if (done) done = co_await shake_hands(*made, *parts, headers, options);
  if (!done) co_return done.error();
  co_return std::shared_ptr<WebSocket>(made);
}

}  // namespace srs::stt
