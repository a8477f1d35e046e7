// When a message came, and what becomes of one that never ends.
#include "tls_fixture.hpp"
#include "tls_peer.hpp"

#include <csignal>
#include <memory>
#include <stdexcept>
#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

constexpr auto two_looks = 60s;  // the server looks every 5 s, and twice

// A connection of either transport that is a stream.
class Stream {
 public:
  Stream(const std::string& transport, std::uint16_t port) {
    if (transport == "tls") {
      tls_ = std::make_unique<TlsPeer>(port);
      if (!tls_->shake_hands()) throw std::runtime_error("no handshake");
    } else {
      tcp_ = std::make_unique<RawSipPeer>(RawSipPeer::Transport::Tcp, port);
    }
  }
  // For what the server does not read any more as well.
  void send(std::string_view text) {
    if (tls_) return tls_->send(text);
    static_cast<void>(tcp_->try_send(text));
  }
  // The status line of what is read next.
  std::string answer() {
    const auto text =
        tls_ ? tls_->answer() : tcp_->wait_for([](auto&) { return true; }, "an answer").text;
    return text.substr(0, text.find("\r\n"));
  }
  bool closed() { return tls_ ? tls_->closed() : tcp_->closed_within(10s); }

 private:
  std::unique_ptr<TlsPeer> tls_;
  std::unique_ptr<RawSipPeer> tcp_;
};

class Arrival : public Tls, public testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    Tls::SetUp();
    options.listen.emplace_back("tcp:127.0.0.1:0");
  }
  Stream connect() { return {GetParam(), port(GetParam())}; }
  std::string request(const std::string& method) {
    const auto number = std::to_string(++number_);
    return method + " sip:srs@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" +
           (std::string("tls") == GetParam() ? "TLS" : "TCP") + " 127.0.0.1:1;branch=z9hG4bK" +
           number +
           "\r\nMax-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:srs@127.0.0.1>\r\n"
           "Call-ID: " +
           number + "\r\nCSeq: 1 " + method + "\r\nContent-Length: 0\r\n\r\n";
  }
  // Its body is longer than what is sent of it.
  std::string without_end(const std::string& method) {
    auto text = request(method);
    text.replace(text.find("Content-Length: 0"), 17,
                 "Content-Type: application/sdp\r\nContent-Length: 9999");
    return text + "v=0\r\n";
  }
  // Connections that were cut for a message without end.
  double cut() { return metric("errors_total{component=\"sip\",reason=\"slow_sender\"}"); }
  // The sender takes its time, which is what the server has to measure.
  void linger() {
    for (int turn = 0; turn < 10; ++turn) call([] {});  // until the server has read what was sent
    std::this_thread::sleep_for(600ms);
  }
  // Seconds that all requests of that method took.
  double took(const std::string& method) {
    return metric("sip_response_time_seconds_sum{method=\"" + method + "\"}");
  }

 private:
  int number_ = 0;
};

// Begins at the moment of its making.
class Watch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

TEST_P(Arrival, IsThatOfTheFirstByteThoughTheFirstLineComesLater) {
  start();
  auto peer = connect();
  const auto options_request = request("OPTIONS");
  peer.send(options_request.substr(0, 3));
  linger();
  peer.send(options_request.substr(3, 5));
  linger();
  peer.send(options_request.substr(8));
  EXPECT_EQ(peer.answer(), "SIP/2.0 200 OK");
  EXPECT_GE(took("OPTIONS"), 0.9);
}

TEST_P(Arrival, IsThatOfTheFirstByteThoughTheHeadersComeLater) {
  start();
  auto peer = connect();
  const auto bye = request("BYE");
  const auto half = bye.find("\r\n") + 20;
  peer.send(bye.substr(0, half));
  linger();
  peer.send(bye.substr(half));
  EXPECT_THAT(peer.answer(), testing::StartsWith("SIP/2.0 481"));
  EXPECT_GE(took("BYE"), 0.3);
}

// By these SBCs keep connections open (RFC 5626 §3.5.1).
TEST_P(Arrival, IsNotThatOfEmptyLinesBeforeIt) {
  start();
  auto peer = connect();
  for (const auto* ping : {"\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n\r\n", "\r\n"}) {
    peer.send(ping);
    linger();
  }
  const Watch watch;
  peer.send("\r\n\r\n" + request("OPTIONS"));
  EXPECT_EQ(peer.answer(), "SIP/2.0 200 OK");
  EXPECT_LE(took("OPTIONS"), watch.seconds());
}

TEST_P(Arrival, OfARequestIsNotThatOfTheOneBeforeIt) {
  start();
  auto peer = connect();
  const auto first = request("OPTIONS");
  peer.send(first.substr(0, 3));
  linger();
  const Watch watch;
  peer.send(first.substr(3) + request("BYE"));
  EXPECT_EQ(peer.answer(), "SIP/2.0 200 OK");
  EXPECT_THAT(peer.answer(), testing::StartsWith("SIP/2.0 481"));
  EXPECT_LE(took("BYE"), watch.seconds());
  EXPECT_GE(took("OPTIONS"), 0.3);
}

TEST_P(Arrival, OfARequestIsThatOfItsFirstByteBehindTheOneBefore) {
  start();
  auto peer = connect();
  const Watch watch;
  const auto second = request("BYE");
  peer.send(request("OPTIONS") + second.substr(0, 3));
  EXPECT_EQ(peer.answer(), "SIP/2.0 200 OK");
  EXPECT_LE(took("OPTIONS"), watch.seconds());
  linger();
  peer.send(second.substr(3));
  EXPECT_THAT(peer.answer(), testing::StartsWith("SIP/2.0 481"));
  EXPECT_GE(took("BYE"), 0.3);
}

// Who holds connections that way must not keep SRCs out.
TEST_P(Arrival, OfAMessageThatNeverEndsClosesItsConnectionAloneAndIsToldAndCounted) {
  options.message_timeout = 100ms;
  start();
  auto good = connect();
  auto pinging = connect();
  pinging.send("\r\n\r\n\r\n\r\n\r\n\r\n");
  auto line = connect();
  line.send("OPT");
  auto headers = connect();
  headers.send(request("OPTIONS").substr(0, 100));
  auto body = connect();
  body.send(without_end("INVITE"));
  auto behind = connect();
  behind.send(request("OPTIONS") + "OPT");
  EXPECT_EQ(behind.answer(), "SIP/2.0 200 OK");
  EXPECT_TRUE(wait_until([&] { return cut() == 4; }, two_looks)) << cut();
  for (auto* each : {&line, &headers, &body, &behind}) EXPECT_TRUE(each->closed());
  for (auto* each : {&good, &pinging}) {
    each->send(request("OPTIONS"));
    EXPECT_EQ(each->answer(), "SIP/2.0 200 OK");
  }
  EXPECT_EQ(cut(), 4);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"garbage\"}"), 0);
  EXPECT_THAT(lines(), testing::Contains(testing::HasSubstr("warning sip_sender_cut source=127.")));
}

TEST_P(Arrival, OfAByteNowAndThenKeepsNoConnectionOpen) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's writes raise it
  options.message_timeout = 100ms;
  start();
  auto peer = connect();
  const auto text = without_end("INVITE") + std::string(9000, 'x');  // for more than a minute
  std::size_t sent = 0;
  EXPECT_TRUE(wait_until(
      [&] {
        if (sent < text.size()) peer.send(text.substr(sent++, 1));
        return cut() == 1;
      },
      two_looks));
  EXPECT_TRUE(peer.closed());
}

INSTANTIATE_TEST_SUITE_P(, Arrival, testing::Values("tcp", "tls"),
                         [](const auto& given) { return std::string(given.param); });

}  // namespace
}  // namespace srs::test
