// What OpenSSL holds for connections, which sofia does not give back.
#include "tls_fixture.hpp"
#include "tls_peer.hpp"

#include <atomic>
#include <deque>

namespace srs::test {
namespace {

using testing::HasSubstr;

// SSL objects of this process that live.
std::atomic<int>& live_tls_objects() {
  static std::atomic<int> count{0};
  static const int index = SSL_get_ex_new_index(
      0, nullptr, [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { ++live_tls_objects(); },
      nullptr, [](void*, void*, CRYPTO_EX_DATA*, int, long, void*) { --live_tls_objects(); });
  static_cast<void>(index);
  return count;
}

class TlsObjects : public Tls {
 protected:
  TlsObjects() : before(live_tls_objects()) {}
  int more() const { return live_tls_objects() - before; }
  std::string request(int number) {
    return "OPTIONS sip:srs@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bK" +
           std::to_string(number) +
           "\r\nMax-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:srs@127.0.0.1>\r\n"
           "Call-ID: objects\r\nCSeq: " +
           std::to_string(number) + " OPTIONS\r\nContent-Length: 0\r\n\r\n";
  }
  const int before;
};

TEST_F(TlsObjects, GoWithTheirConnectionsHoweverThoseEnd) {
  start();
  for (int i = 0; i < 200; ++i) {
    TlsPeer peer(port("tls"));
    if (i % 5 == 0) continue;                                       // a look whether it is open
    if (i % 5 == 1) peer.send_raw("GET / HTTP/1.0\r\n\r\n");        // no handshake
    if (i % 5 == 2) peer.send_raw(std::string("\x16\x03\x01", 3));  // one that hangs up
    if (i % 5 < 3) continue;
    ASSERT_TRUE(peer.shake_hands({}, i % 2 == 0 ? TLS1_2_VERSION : 0));
    peer.send(request(i));
    EXPECT_THAT(peer.answer(), HasSubstr("SIP/2.0 200 OK"));
    if (i % 5 == 3) peer.say_goodbye();
    if (i % 3 == 0) peer.reset();
  }
  EXPECT_TRUE(eventually([this] { return more() == 0; })) << more() << " are left";
}

TEST_F(TlsObjects, GoWithConnectionsThatAreRefusedForTheirCertificate) {
  options.tls_verify_client = true;
  start();
  for (int i = 0; i < 100; ++i) {
    TlsPeer peer(port("tls"));
    const bool shown = i % 2 == 0;
    const bool made = peer.shake_hands(shown ? directory : std::filesystem::path());
    if (made) peer.send(request(i));
    const auto answer = made ? peer.answer() : std::string();
    EXPECT_EQ(answer.find("200 OK") != std::string::npos, shown) << answer;
  }
  EXPECT_TRUE(eventually([this] { return more() == 0; })) << more() << " are left";
}

// A scanner that hangs must not hold what SRCs need.
TEST_F(TlsObjects, GoWithHandshakesThatHangAndThoseAreToldAndCounted) {
  options.t1 = std::chrono::milliseconds(60);  // they are seen within 64 times as long
  start();
  TlsPeer good(port("tls"));
  ASSERT_TRUE(good.shake_hands());
  TlsPeer silent(port("tls"));
  TlsPeer half(port("tls"));
  half.send_raw(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(eventually([this] { return more() == 4; })) << more();
  EXPECT_TRUE(eventually([this] { return more() == 2; })) << more() << " are left";
  good.send(request(1));
  EXPECT_THAT(good.answer(), HasSubstr("200 OK"));
  EXPECT_EQ(metric("sip_tls_handshakes_failed_total"), 2);
  EXPECT_THAT(lines(), testing::Contains(testing::AllOf(
                           HasSubstr("warning sip_tls_handshake_failed source=127.0.0.1:"),
                           HasSubstr("took too long"))));
}

TEST_F(TlsObjects, StayWithConnectionsThatAreOpenAndGoWithTheStack) {
  start();
  std::deque<TlsPeer> peers;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(peers.emplace_back(port("tls")).shake_hands());
    TlsPeer(port("tls")).send_raw("no handshake");
  }
  EXPECT_TRUE(eventually([this] { return more() == 40; })) << more();
  for (int i = 0; i < 20; ++i) {
    peers[static_cast<std::size_t>(i)].send(request(i));
    EXPECT_THAT(peers[static_cast<std::size_t>(i)].answer(), HasSubstr("200 OK"));
  }
  call([this] { stack.reset(); });
  peers.clear();
  EXPECT_EQ(more(), 0);
}

}  // namespace
}  // namespace srs::test
