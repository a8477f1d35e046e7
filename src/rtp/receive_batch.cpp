#include "receive_batch.hpp"

#include <cstring>
#include <ctime>

namespace srs::rtp {
namespace {

WallTime kernel_time(msghdr& header) {
  for (auto* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(part), sizeof time);
    return WallTime{std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec)};
  }
  return wall_now();
}

// IPv4-mapped IPv6 (RFC 4291 §2.5.5.2) becomes IPv4, as Endpoint promises.
void unmap(Endpoint& endpoint) {
  const auto in6 = reinterpret_cast<const sockaddr_in6&>(endpoint.storage);
  if (!IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) return;
  endpoint.storage = {};
  auto& in = reinterpret_cast<sockaddr_in&>(endpoint.storage);
  in.sin_family = AF_INET;
  in.sin_port = in6.sin6_port;
  std::memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], 4);
}

}  // namespace

// Sources are received right into the datagrams, so that no address is copied.
ReceiveBatch::ReceiveBatch() : buffers_(std::make_unique<std::array<Buffer, capacity>>()) {
  for (std::size_t i = 0; i < capacity; ++i) {
    vectors_[i] = {(*buffers_)[i].bytes.data(), kLongestDatagram};
    auto& header = messages_[i].msg_hdr;
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_name = &datagrams_[i].source.storage;
    header.msg_control = controls_[i].bytes.data();
    arm(i);
  }
}

// The kernel shortens what it is given; a message that was used has to be told its room again.
void ReceiveBatch::arm(std::size_t index) {
  auto& header = messages_[index].msg_hdr;
  header.msg_namelen = sizeof(sockaddr_storage);
  header.msg_controllen = sizeof(Control);
  header.msg_flags = 0;
}

ReceiveBatch::Result ReceiveBatch::read(int socket, bool rtcp_port) {
  const int received = ::recvmmsg(socket, messages_.data(), capacity, MSG_DONTWAIT, nullptr);
  if (received <= 0) return {};
  const auto count = static_cast<std::size_t>(received);
  return {{datagrams_.data(), collect(count, rtcp_port)}, count == capacity};
}

std::size_t ReceiveBatch::collect(std::size_t received, bool rtcp_port) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < received; ++i) {
    auto& message = messages_[i];
    auto& datagram = datagrams_[i];
    const bool whole = (message.msg_hdr.msg_flags & MSG_TRUNC) == 0;
    datagram.bytes = {(*buffers_)[i].bytes.data(), message.msg_len};
    datagram.arrival = kernel_time(message.msg_hdr);
    datagram.rtcp_port = rtcp_port;
    if (datagram.source.is_v6()) unmap(datagram.source);
    arm(i);
    if (!whole) {
      ++truncated_;
      continue;
    }
    if (kept != i) datagrams_[kept] = datagram;
    ++kept;
  }
  return kept;
}

}  // namespace srs::rtp
