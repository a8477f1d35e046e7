#include "reporter.hpp"

#include "socket.hpp"

#include <srs/rtp/metrics.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace srs::rtp {
namespace {

// RFC 7022 §4.2: a short-term CNAME is random and says nothing about the host.
std::string random_cname(std::random_device& random) {
  constexpr char digits[] = "0123456789abcdef";
  std::string name;
  for (int word = 0; word < 3; ++word)
    for (std::uint32_t rest = random(), i = 0; i < 8; ++i, rest >>= 4) name += digits[rest & 15];
  return name;
}

// As a socket of family `v6` takes it: an IPv6 socket wants IPv4 mapped.
std::pair<sockaddr_storage, socklen_t> to_sockaddr(const Endpoint& to, bool v6) {
  if (!v6) return {to.storage, sizeof(sockaddr_in)};
  if (to.is_v6()) return {to.storage, sizeof(sockaddr_in6)};
  sockaddr_storage storage{};
  auto& in6 = reinterpret_cast<sockaddr_in6&>(storage);
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(to.port());
  in6.sin6_addr.s6_addr[10] = in6.sin6_addr.s6_addr[11] = 0xFF;
  const auto& in = reinterpret_cast<const sockaddr_in&>(to.storage);
  std::memcpy(&in6.sin6_addr.s6_addr[12], &in.sin_addr, 4);
  return {storage, sizeof(sockaddr_in6)};
}

}  // namespace

Reporter::Reporter(const Options& options, const PortPair& pair)
    : interval_(options.rtcp_interval),
      rtp_socket_(pair.rtp_socket()),
      rtcp_socket_(pair.rtcp_socket()),
      v6_(is_v6(pair.rtcp_socket())) {
  // PortPool::open() refused networks that can't be read.
  if (auto networks = parse_networks(options.allowed_sources)) allowed_ = std::move(*networks);
  static thread_local std::random_device random;  // its making costs more than its numbers
  cname_ = random_cname(random);
  random_.seed(random());
  choose_ssrc();
}

void Reporter::choose_ssrc() {
  ssrc_ = static_cast<std::uint32_t>(random_()) ^ (ssrc_ << 1);
}

void Reporter::set_profile(const StreamProfile& profile) {
  hint_ = profile.rtcp_destination ? Address(*profile.rtcp_destination) : Address();
  mux_ = profile.rtcp_mux;
}

void Reporter::on_media(const Endpoint& source) {
  media_ = Address(source);
}

void Reporter::on_rtcp(const Datagram& datagram) {
  rtcp_on_media_port_ = !datagram.rtcp_port;
  if (!rtcp_.is(datagram.source)) rtcp_ = Address(datagram.source);
}

Reporter::Route Reporter::route() const {
  if (rtcp_) return {rtcp_, rtcp_on_media_port_ ? rtp_socket_ : rtcp_socket_};
  if (mux_ && media_) return {media_, rtp_socket_};
  if (hint_.answerable()) return {hint_, mux_ ? rtp_socket_ : rtcp_socket_};
  if (media_) return {media_.next_port(), rtcp_socket_};
  return {};
}

bool Reporter::allowed(const Address& address) const {
  if (!address.answerable()) return false;
  const auto endpoint = address.endpoint();
  if (endpoint.is_v6() && !v6_) return false;
  return allowed_.empty() ||
         std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const auto& network) { return network.contains(endpoint); });
}

// Half to one and a half intervals apart, so that streams don't fall into step; half of that for
// the first (RFC 3550 §6.2, §6.3.1).
bool Reporter::due(Clock::time_point now) {
  if (interval_.count() <= 0) return false;
  if (next_ && now < *next_) return false;
  const bool first = !next_;
  const auto wait = interval_ * std::uniform_real_distribution<>(0.5, 1.5)(random_);
  next_ = now + std::chrono::duration_cast<Clock::duration>(first ? wait / 2 : wait);
  return !first;
}

bool Reporter::send(std::span<const ReportBlock> blocks, bool bye, Totals& totals) {
  const auto [to, socket] = route();
  if (!allowed(to)) return false;
  const auto packet = write_report(ssrc_, blocks, cname_, bye);
  const auto [address, length] = to_sockaddr(to.endpoint(), v6_);
  const auto sent = ::sendto(socket, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), length);
  if (sent < 0) return false;
  ++totals.packets_sent;
  totals.bytes_sent += packet.size();
  return true;
}

}  // namespace srs::rtp
