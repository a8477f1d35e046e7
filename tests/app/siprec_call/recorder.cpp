#include "app/siprec_call/recorder.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace srs::test {
namespace {

constexpr std::chrono::milliseconds kNow{0};

std::pair<int, std::uint16_t> listen_on_loopback() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(kLoopback);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (fd < 0 || ::bind(fd, generic, size) != 0 || ::listen(fd, 16) != 0 ||
      ::getsockname(fd, generic, &size) != 0) {
    throw std::runtime_error("no listening socket");
  }
  return {fd, ntohs(address.sin_port)};
}

// The offer: the body itself or the part of a multipart that is SDP.
std::string_view offer_of(std::string_view body) {
  const auto at = body.find("v=0");
  if (at == std::string_view::npos) return {};
  const auto end = body.find("\r\n--", at);
  return body.substr(at, end == std::string_view::npos ? end : end + 2 - at);
}

std::string phrase(int status) {
  return status == 200 ? "OK" : "Refused";
}

}  // namespace

Recorder::Recorder(Manners manners) : manners_(std::move(manners)) {
  if (manners_.tcp) {
    std::tie(listener_, port_) = listen_on_loopback();
  } else {
    udp_ = Socket::udp(kLoopback);
    port_ = udp_->port();
  }
  thread_ = std::thread([this] { run(); });
}

Recorder::~Recorder() {
  stop_ = true;
  thread_.join();
  for (const auto& connection : connections_) ::close(connection.fd);
  if (listener_ >= 0) ::close(listener_);
}

std::string Recorder::target() const {
  return "sip:127.0.0.1:" + std::to_string(port_);
}

std::vector<SeenCall> Recorder::calls() const {
  const std::lock_guard lock(mutex_);
  std::vector<SeenCall> calls;
  for (const auto& id : order_) calls.push_back(dialogs_.at(id).seen);
  return calls;
}

std::size_t Recorder::over() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      dialogs_.begin(), dialogs_.end(), [](const auto& entry) { return entry.second.seen.over; }));
}

std::size_t Recorder::most_at_once() const {
  const std::lock_guard lock(mutex_);
  return most_;
}

void Recorder::run() {
  while (!stop_) {
    const std::lock_guard lock(mutex_);
    read_sip();
    read_media();
  }
}

void Recorder::accept_connection() {
  pollfd waiting{listener_, POLLIN, 0};
  if (::poll(&waiting, 1, 0) <= 0) return;
  if (const int fd = ::accept(listener_, nullptr, nullptr); fd >= 0)
    connections_.push_back({fd, {}});
}

void Recorder::read_sip() {
  std::array<char, 65536> buffer{};
  if (udp_) {
    pollfd waiting{udp_->fd(), POLLIN, 0};
    if (::poll(&waiting, 1, 1) <= 0) return;
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto length = ::recvfrom(udp_->fd(), buffer.data(), buffer.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
    if (length > 4) {
      take(SipText(std::string(buffer.data(), static_cast<std::size_t>(length))),
           {-1, ntohs(from.sin_port)});
    }
    return;
  }
  accept_connection();
  for (auto& connection : connections_) {
    pollfd waiting{connection.fd, POLLIN, 0};
    if (::poll(&waiting, 1, 1) <= 0) continue;
    const auto length = ::recv(connection.fd, buffer.data(), buffer.size(), 0);
    if (length > 0) connection.bytes.append(buffer.data(), static_cast<std::size_t>(length));
    while (auto message = take_message(connection.bytes)) take(*message, {connection.fd, 0});
  }
}

void Recorder::read_media() {
  for (auto& [id, dialog] : dialogs_) {
    for (std::size_t i = 0; i < dialog.streams.size(); ++i) {
      auto& seen = dialog.seen.streams[i];
      while (const auto bytes = dialog.streams[i].rtp.receive(kNow)) {
        seen.packets.push_back(read_packet(*bytes));
      }
      while (const auto bytes = dialog.streams[i].rtcp.receive(kNow)) {
        for (std::size_t at = 0; at + 4 <= bytes->size();) {
          const auto byte = [&](std::size_t n) {
            return static_cast<std::uint8_t>((*bytes)[at + n]);
          };
          seen.rtcp_types.push_back(byte(1));
          at += 4 * (static_cast<std::size_t>(byte(2)) << 8 | byte(3)) + 4;
        }
      }
    }
  }
}

void Recorder::take(SipText message, const Peer& peer) {
  if (!message.is_request()) return;
  const std::string id(message.header("Call-ID"));
  auto& dialog = dialogs_[id];
  const bool again = std::any_of(dialog.seen.requests.begin(), dialog.seen.requests.end(),
                                 [&](const auto& request) {
                                   return request.message.method() == message.method() &&
                                          request.message.cseq() == message.cseq();
                                 });
  if (!again) dialog.seen.requests.push_back({std::chrono::steady_clock::now(), message});
  if (dialog.seen.call_id.empty()) {
    dialog.seen.call_id = id;
    order_.push_back(id);
  }
  const auto method = message.method();
  if (method == "INVITE") {
    take_invite(dialog, message, peer);
  } else if (method == "ACK") {
    if (manners_.hang_up && !again) bye(message, peer);
  } else if (method == "BYE") {
    dialog.seen.over = true;
    if (manners_.bye_status != 0) answer(message, manners_.bye_status, {}, {}, peer);
  } else if (method == "CANCEL") {
    dialog.seen.over = true;
    answer(message, 200, {}, {}, peer);
    answer(dialog.seen.of("INVITE").back(), 487, {}, {}, peer);
  }
}

void Recorder::take_invite(Dialog& dialog, const SipText& invite, const Peer& peer) {
  if (manners_.status == 0) return answer(invite, 100, {}, {}, peer);
  const bool first = dialog.seen.of("INVITE").size() == 1;
  int status = first ? manners_.status : manners_.reinvite_status;
  const auto index = static_cast<std::size_t>(
      std::find(order_.begin(), order_.end(), dialog.seen.call_id) - order_.begin());
  if (first && index < manners_.statuses.size()) status = manners_.statuses[index];
  auto headers = "Contact: <" + target() + ">" + manners_.contact_params + "\r\n";
  if (!manners_.header.empty()) headers += manners_.header + "\r\n";
  if (status != 200 || manners_.content_type.empty()) {
    return answer(invite, status, headers, {}, peer);
  }
  const auto body = sdp(invite, dialog);
  headers += "Content-Type: " + manners_.content_type + "\r\n";
  answer(invite, status, headers, body, peer);
  std::size_t active = 0;
  for (const auto& [id, each] : dialogs_) active += each.seen.over || each.streams.empty() ? 0 : 1;
  most_ = std::max(most_, active);
}

std::string Recorder::sdp(const SipText& invite, Dialog& dialog) const {
  const auto offered = read_sdp(offer_of(invite.body()));
  const bool first = dialog.streams.empty();
  std::string sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";
  for (std::size_t i = 0; i < offered.size(); ++i) {
    if (first) {
      dialog.streams.emplace_back();
      dialog.seen.streams.emplace_back();
    }
    const auto& media = offered[i];
    const auto& stream = dialog.streams.at(i);
    const bool refused = i < manners_.refuse.size() && manners_.refuse[i];
    sdp += "m=audio " + std::to_string(refused ? 0 : stream.rtp.port()) + " RTP/AVP";
    for (const auto& format : media.formats) sdp += " " + format;
    sdp += "\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:" + std::to_string(stream.rtcp.port());
    sdp += "\r\na=" + (media.direction == "inactive" ? "inactive" : manners_.direction) + "\r\n";
    if (manners_.echo_labels) sdp += "a=label:" + media.label + "\r\n";
  }
  return sdp;
}

void Recorder::answer(const SipText& request, int status, const std::string& headers,
                      const std::string& body, const Peer& peer) {
  std::string text = "SIP/2.0 " + std::to_string(status) + " " + phrase(status) + "\r\n";
  for (const auto via : request.headers("Via")) text += "Via: " + std::string(via) + "\r\n";
  std::string to(request.header("To"));
  if (to.find("tag=") == std::string::npos && status != 100) to += ";tag=recorder";
  text += "From: " + std::string(request.header("From")) + "\r\nTo: " + to +
          "\r\nCall-ID: " + std::string(request.header("Call-ID")) +
          "\r\nCSeq: " + std::string(request.header("CSeq")) + "\r\n" + headers +
          "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  send(text, peer);
}

void Recorder::bye(const SipText& ack, const Peer& peer) {
  const auto invite = dialogs_.at(std::string(ack.header("Call-ID"))).seen.of("INVITE").front();
  const std::string transport = manners_.tcp ? "TCP" : "UDP";
  send("BYE " + std::string(SipText::uri(invite.header("Contact"))) + " SIP/2.0\r\nVia: SIP/2.0/" +
           transport + " 127.0.0.1:" + std::to_string(port_) + ";branch=z9hG4bKbye\r\nFrom: " +
           std::string(ack.header("To")) + "\r\nTo: " + std::string(ack.header("From")) +
           "\r\nCall-ID: " + std::string(ack.header("Call-ID")) +
           "\r\nCSeq: 1 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
       peer);
}

void Recorder::send(const std::string& bytes, const Peer& peer) const {
  if (peer.fd < 0) return udp_->send_to(peer.port, bytes);
  if (::send(peer.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
    throw std::runtime_error("can't send over TCP");
  }
}

}  // namespace srs::test
