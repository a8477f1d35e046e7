// What nobody sends by mistake.
#include "stack_fixture.hpp"

#include <random>

namespace srs::test {
namespace {

using testing::HasSubstr;

class Attack : public StackTest {
 protected:
  void expect_alive() {
    auto peer = udp();
    peer.send(RawSipCall(peer).request("OPTIONS", 1));
    ASSERT_EQ(peer.wait_for_final("OPTIONS").status(), 200);
  }
  static std::string with_via(std::string text, const std::string& parameters) {
    return text.insert(text.find("\r\n", text.find("Via: ")), parameters);
  }
  // The ACK that sofia would match with that INVITE by its branch.
  static std::string ack_of(std::string invite) {
    invite.replace(0, 6, "ACK");
    invite.replace(invite.find(" INVITE\r\n"), 7, " ACK");
    return invite;
  }
};

// sofia asserts that an acknowledged transaction was answered: two datagrams must not end us.
TEST_F(Attack, OfAnInviteThatCantBeAnsweredAndItsAckIsSurvived) {
  start();
  auto peer = udp();
  const std::vector<std::string> unanswerable = {";maddr=255.255.255.255",
                                                 ";maddr=0.0.0.0",
                                                 ";maddr=no.such.host.invalid",
                                                 ";maddr=::1",
                                                 ";maddr=",
                                                 ";x=" + std::string(62000, 'v')};
  for (const auto& parameters : unanswerable) {
    const auto invite = with_via(RawSipCall(peer).request("INVITE", 2), parameters);
    peer.send(invite);
    peer.send(ack_of(invite));
    expect_alive();
  }
}

TEST_F(Attack, OfARefusedInviteThatCantBeAnsweredIsSurvived) {
  application.response = {488, {}, "no", {}, {}, {}};
  start();
  auto peer = udp();
  const auto invite = with_via(RawSipCall(peer).invite(), ";maddr=255.255.255.255");
  peer.send(invite);
  peer.send(ack_of(invite));
  expect_alive();
  EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; }));
}

TEST_F(Attack, WithinADialogThatCantBeAnsweredIsSurvived) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.establish();
  for (const int cseq : {1, 2, 3}) {  // out of order, the same again, in order
    const auto invite =
        with_via(call_.request("INVITE", cseq, RawSipCall::offer()), ";maddr=255.255.255.255");
    peer.send(invite);
    peer.send(ack_of(invite));
    expect_alive();
  }
}

TEST_F(Attack, ByAMergedInviteThatCantBeAnsweredIsSurvived) {
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  call_.establish();
  call_.to_tag.clear();
  auto invite = with_via(call_.invite(), ";maddr=255.255.255.255");
  invite.replace(invite.find("branch=z9hG4bK"), 14, "branch=z9hG4bKother");
  peer.send(invite);
  peer.send(ack_of(invite));
  expect_alive();
}

TEST_F(Attack, ByCancelOfAnInviteThatCantBeAnsweredIsSurvived) {
  application.hold = true;
  start();
  auto peer = udp();
  RawSipCall call_(peer);
  const auto invite = with_via(call_.invite(), ";maddr=255.255.255.255");
  peer.send(invite);
  auto cancel = invite;
  cancel.replace(0, 6, "CANCEL");
  cancel.replace(cancel.find(" INVITE\r\n"), 7, " CANCEL");
  peer.send(cancel);
  peer.send(ack_of(invite));
  expect_alive();
}

TEST_F(Attack, ByAConnectionThatIsResetBeforeTheAnswerIsSurvived) {
  application.hold = true;
  start();
  for (int i = 0; i < 20; ++i) {
    std::string invite;
    {
      auto peer = tcp();
      invite = RawSipCall(peer).invite();
      peer.send(invite);
      ASSERT_TRUE(eventually([this] { return !application.held.empty(); }));
      peer.reset();
    }
    call([this] {
      application.held.front()->respond(application.response);
      application.held.clear();
    });
    auto other = tcp();
    other.send(ack_of(invite));
    expect_alive();
  }
}

TEST_F(Attack, ByContactsThatLeadNowhereEndsInAnEndedCall) {
  start();
  auto peer = udp();
  for (const std::string target :
       {"sip:no.such.host.invalid", "sip:255.255.255.255", "sip:0.0.0.0:0", "sip:a@[::1]:1",
        "sip:x;transport=carrier-pigeon", "sip:127.0.0.1;transport=tcp", "tel:+1",
        "sips:127.0.0.1:1", "urn:x", "sip:127.0.0.1:99999", "sip:x;maddr=255.255.255.255",
        "sip:%00@%00", "http://example.com/"}) {
    RawSipCall call_(peer);
    auto invite = call_.invite();
    const auto at = invite.find("Contact: <") + 10;
    invite.replace(at, invite.find('>', at) - at, target);
    peer.send(invite);
    const auto answer = peer.wait_for_final("INVITE");
    if (answer.status() != 200) continue;
    call_.to_tag = answer.to_tag();
    const auto before = call([this] { return application.acks.size(); });
    peer.send(call_.request("ACK", call_.cseq));
    ASSERT_TRUE(eventually([&] { return application.acks.size() > before; })) << target;
    call([this] { application.dialogs.back()->bye("over"); });
    EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; })) << target;
  }
  expect_alive();
}

TEST_F(Attack, ByRoutesThatLeadNowhereEndsInAnEndedCall) {
  start();
  auto peer = udp();
  for (const std::string route :
       {"<sip:no.such.host.invalid;lr>", "<sip:255.255.255.255>", "<tel:1>, <sip:0.0.0.0:0;lr>"}) {
    RawSipCall call_(peer);
    call_.extra = "Record-Route: " + route + "\r\n";
    peer.send(call_.invite());
    const auto answer = peer.wait_for_final("INVITE");
    if (answer.status() != 200) continue;
    call_.to_tag = answer.to_tag();
    const auto before = call([this] { return application.acks.size(); });
    peer.send(call_.request("ACK", call_.cseq));
    ASSERT_TRUE(eventually([&] { return application.acks.size() > before; })) << route;
    call([this] { application.dialogs.back()->bye("over"); });
    EXPECT_TRUE(eventually([this] { return stack->dialogs() == 0; })) << route;
  }
  expect_alive();
}

// Deterministic: the same 20,000 messages in every run.
class Mutator {
 public:
  std::string operator()(std::string text) {
    for (int changes = pick(1, 4); changes > 0; --changes) mutate(text);
    return text.substr(0, 60000);
  }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  std::size_t place(const std::string& text) {
    return text.empty() ? 0 : static_cast<std::size_t>(pick(0, static_cast<int>(text.size()) - 1));
  }
  void mutate(std::string& text) {
    static const std::vector<std::string> pieces = {"\r\n",
                                                    "\r\n ",
                                                    "<",
                                                    ">",
                                                    ";",
                                                    ",",
                                                    "\"",
                                                    "\0",
                                                    "%00",
                                                    "\xff\xfe",
                                                    ":",
                                                    "sip:",
                                                    "SIP/2.0",
                                                    "tag=",
                                                    "branch=z9hG4bK",
                                                    "Content-Length: 99999\r\n",
                                                    "Contact: *\r\n",
                                                    "CSeq: 4294967296 INVITE\r\n",
                                                    "Via: SIP/2.0/UDP \r\n",
                                                    "=",
                                                    "[::",
                                                    "Session-Expires: 99999999999;refresher=\r\n",
                                                    "Route: <sip:x;lr>\r\n",
                                                    "Require: ,,,\r\n",
                                                    "Record-Route: <>\r\n"};
    const auto at = place(text);
    switch (pick(0, 5)) {
      case 0:
        text.insert(at,
                    pieces[static_cast<std::size_t>(pick(0, static_cast<int>(pieces.size()) - 1))]);
        break;
      case 1:
        text.erase(at, static_cast<std::size_t>(pick(1, 30)));
        break;
      case 2:
        if (!text.empty()) text[at] = static_cast<char>(pick(0, 255));
        break;
      case 3:
        text.insert(at, text.substr(place(text), static_cast<std::size_t>(pick(1, 200))));
        break;
      case 4:
        text.insert(at, std::string(static_cast<std::size_t>(pick(1, 500)),
                                    static_cast<char>(pick(32, 126))));
        break;
      default:
        text.resize(at);
        break;
    }
  }
  std::mt19937 random_{20261122};
};

TEST_F(Attack, Of20000MutatedMessagesIsSurvived) {
  start();
  auto peer = udp();
  Mutator mutated;
  RawSipCall established(peer);
  established.establish();
  for (int i = 0; i < 20000; ++i) {
    RawSipCall stranger(peer);
    const auto& source = i % 3 == 0 ? established : stranger;
    static const std::array methods = {"INVITE",  "INVITE", "ACK",    "BYE",
                                       "OPTIONS", "UPDATE", "CANCEL", "INFO"};
    peer.send(mutated(source.request(methods[static_cast<std::size_t>(i) % methods.size()],
                                     2 + i / 50, i % 2 ? RawSipCall::offer() : "")));
    if (i % 200 == 199) expect_alive();  // and lets it keep up
  }
  EXPECT_GT(metric("sip_malformed_total{reason=\"request\"}"), 100);
}

}  // namespace
}  // namespace srs::test
