#include "stt/live/websocket.hpp"

#include "stt/live/connection.hpp"

#include <srs/util/text.hpp>

#include <boost/asio/ip/tcp.hpp>

namespace srs::stt {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

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

asio::awaitable<Outcome<void>> secure(Connection& connection, const WebSocketUrl& url,
                                      const WebSocket::Options& options) {
  auto& context = connection.make_context();
  error_code error;
  if (options.ca_file.empty())
    context.set_default_verify_paths(error);
  else
    context.load_verify_file(options.ca_file.string(), error);
  if (error) co_return failed(Reason::Tls, "authorities", error);
  context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, error);
  auto& tls = connection.secure();
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
  if (done) done = co_await made->shake_hands(*parts, headers, options);
  if (!done) co_return done.error();
  co_return std::shared_ptr<WebSocket>(made);
}

}  // namespace srs::stt
