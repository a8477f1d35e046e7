// When a message came, and what becomes of one that never ends.
#include "tls_fixture.hpp"
#include "tls_peer.hpp"

#include <memory>
#include <thread>

namespace srs::test {
namespace {

using namespace std::chrono_literals;

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
  void send(std::string_view text) { tls_ ? tls_->send(text) : tcp_->send(text); }
  // The status line of what is read next.
  std::string answer() {
    const auto text =
        tls_ ? tls_->answer() : tcp_->wait_for([](auto&) { return true; }, "an answer").text;
    return text.substr(0, text.find("\r\n"));
  }

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
  std::string answer;
  while ((answer = peer.answer()).empty()) {
  }  // a pong
  EXPECT_EQ(answer, "SIP/2.0 200 OK");
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

INSTANTIATE_TEST_SUITE_P(, Arrival, testing::Values("tcp", "tls"),
                         [](const auto& given) { return std::string(given.param); });

}  // namespace
}  // namespace srs::test
