// Whether the addresses to listen on can be had, without listening there.
#include <srs/config/config.hpp>
#include <srs/util/endpoint.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <sys/socket.h>

#include <cerrno>

namespace srs::config {
namespace {

using boost::asio::ip::tcp;
using boost::asio::ip::udp;

// Why the socket can't be bound; empty where it can.
template <class Protocol>
std::string refusal(const Endpoint& endpoint, bool reuse) {
  boost::asio::io_context io;
  typename Protocol::socket socket(io);
  const typename Protocol::endpoint address(endpoint.address, endpoint.port);
  boost::system::error_code error;
  socket.open(address.protocol(), error);
  // A listener may follow connections that still linger in TIME_WAIT.
  if (!error && reuse) socket.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error) socket.bind(address, error);
  if (!error && reuse) {
    if (::listen(socket.native_handle(), 1) != 0) error = {errno, boost::system::system_category()};
  }
  return error ? error.message() : std::string();
}

// `udp:0.0.0.0:5060`, or an address alone for TCP. What can't be read is another check's fault.
std::string unavailable(const std::string& listener) {
  const bool datagrams = listener.starts_with("udp:");
  const bool named = datagrams || listener.starts_with("tcp:") || listener.starts_with("tls:");
  const auto endpoint = parse_endpoint(std::string_view(listener).substr(named ? 4 : 0));
  if (!endpoint) return {};
  const auto why = datagrams ? refusal<udp>(*endpoint, false) : refusal<tcp>(*endpoint, true);
  return why.empty() ? why : listener + ": " + why;
}

}  // namespace

std::vector<Fault> check_listeners(const Settings& settings) {
  std::vector<Fault> faults;
  const auto expect = [&](const char* key, const std::string& listener) {
    if (auto wrong = unavailable(listener); !wrong.empty())
      faults.push_back({"system", key, std::move(wrong)});
  };
  for (const auto& listener : settings.sip.listen) expect("sip.listen", listener);
  expect("http.listen", settings.http.listen);
  return faults;
}

}  // namespace srs::config
