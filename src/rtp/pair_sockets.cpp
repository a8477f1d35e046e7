#include "pair_sockets.hpp"

#include <utility>

namespace srs::rtp {
namespace {

std::uint32_t all_drops(const PairSockets& sockets) {
  return kernel_drops(sockets.rtp.get()) + kernel_drops(sockets.rtcp.get());
}

}  // namespace

int PairSockets::bind(const std::string& address, std::uint16_t port) {
  auto even = bind_udp(address, port);
  if (even.error != 0) return even.error;
  auto odd = bind_udp(address, static_cast<std::uint16_t>(port + 1));
  if (odd.error != 0) return odd.error;
  *this = PairSockets{std::move(even.socket), std::move(odd.socket), 0};
  return 0;
}

void PairSockets::set_receive_buffers(int bytes) {
  for (const auto* socket : {&rtp, &rtcp}) set_receive_buffer(socket->get(), bytes);
}

void PairSockets::force_receive_buffers(int bytes) {
  for (const auto* socket : {&rtp, &rtcp}) force_receive_buffer(socket->get(), bytes);
}

void PairSockets::rest() {
  drops = all_drops(*this);
  set_receive_buffers(0);
}

std::uint64_t PairSockets::discard_waiting(std::uint64_t limit) {
  const auto before = std::exchange(drops, all_drops(*this));
  std::uint64_t discarded = static_cast<std::uint32_t>(drops - before);
  for (const auto* socket : {&rtp, &rtcp}) discarded += rtp::discard_waiting(socket->get(), limit);
  return discarded;
}

}  // namespace srs::rtp
