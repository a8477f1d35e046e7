// Whether what one server alone can hold can be had, without keeping it.
#include <srs/config/config.hpp>
#include <srs/storage/lock.hpp>
#include <srs/util/endpoint.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

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
  return error ? bind_refusal(error.value(), endpoint.port) : std::string();
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

// Why no pair of ports for media can be had; one that can is enough.
std::string no_ports(const rtp::Options& options) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(options.bind_address, error);
  if (error) return {};  // another check's fault
  std::string why;
  for (unsigned port = (options.port_min + 1U) & ~1U; port + 1 <= options.port_max; port += 2) {
    why = refusal<udp>({address, static_cast<std::uint16_t>(port)}, false);
    if (why.empty()) why = refusal<udp>({address, static_cast<std::uint16_t>(port + 1)}, false);
    if (why.empty()) return {};
  }
  return why.empty() ? why : "no RTP port pair is free: " + why;
}

// Who else records there; empty: nobody. Makes no directory.
std::string held(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::exists(directory, error)) return {};
  const auto lock = storage::lock_directory(directory);
  return lock ? std::string() : lock.error().text;
}

}  // namespace

std::vector<Fault> check_taken(const Settings& settings) {
  std::vector<Fault> faults;
  const auto expect = [&](const char* key, std::string wrong) {
    if (!wrong.empty()) faults.push_back({"system", key, std::move(wrong)});
  };
  for (const auto& listener : settings.sip.listen) expect("sip.listen", unavailable(listener));
  expect("http.listen", unavailable(settings.http.listen));
  expect("rtp.port_min", no_ports(settings.rtp));
  expect("recording.directory", held(settings.recording.directory));
  return faults;
}

void add_new(std::vector<Fault>& faults, std::vector<Fault> more) {
  const auto known = faults.size();
  for (auto& fault : more) {
    const auto told = [&](const Fault& earlier) { return earlier.key == fault.key; };
    if (std::none_of(faults.begin(), faults.begin() + static_cast<std::ptrdiff_t>(known), told))
      faults.push_back(std::move(fault));
  }
}

}  // namespace srs::config
