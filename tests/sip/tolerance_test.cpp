// What SRCs of the field send, and what the application gets to see of it.
#include "stack_fixture.hpp"
#include "support/shared_data.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace srs::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
}

class Tolerance : public StackTest {
 protected:
  // Sends tests/data/sip/NAME and returns what the application was told.
  sip::Request sent(const std::string& name) {
    if (!stack) start();
    peer.emplace(udp());
    auto text = read(fs::path(SRS_SOURCE_DIR) / "tests/data/sip" / name);
    EXPECT_FALSE(text.empty()) << name;
    replace_all(text, "{{peer}}", peer->local());
    replace_all(text, "{{server}}", peer->server());
    const auto seen = call([this] { return application.invites.size(); });
    peer->send(text);
    answer = peer->wait_for_final();
    EXPECT_EQ(answer.status(), 200) << answer.text;
    EXPECT_EQ(call([this] { return application.invites.size(); }), seen + 1);
    return call([this] { return application.invites.back(); });
  }

  std::optional<RawSipPeer> peer;
  RawSipMessage answer;
};

TEST_F(Tolerance, TakesOpenSipsWhoseToComesFirstAndWhoseFromEqualsIt) {
  const auto request = sent("opensips-invite.sip");
  EXPECT_EQ(request.from.uri, request.to.uri);
  EXPECT_EQ(request.from.tag, "0123456789abcdef-ce21");
  EXPECT_EQ(request.cseq, 2u);
  EXPECT_TRUE(request.src_contact);
  EXPECT_TRUE(request.requires_siprec);
  EXPECT_FALSE(request.supports_siprec);
  EXPECT_EQ(request.content_type, "multipart/mixed;boundary=b-1");
  EXPECT_THAT(request.body, testing::StartsWith("--b-1\r\n"));
  EXPECT_THAT(request.body, testing::EndsWith("--b-1--\r\n"));
  EXPECT_EQ(request.user_agent, "OpenSIPS (3.4.0 (x86_64/linux))");
  EXPECT_EQ(request.transport, "udp");
  EXPECT_EQ(request.source, peer->local());
}

TEST_F(Tolerance, TakesSemsWithoutAngleBracketsOrSipSrc) {
  const auto request = sent("sems-invite.sip");
  EXPECT_EQ(request.from.uri, "sip:sbc@127.0.0.1");
  EXPECT_EQ(request.from.tag, "5A6B7C8D");
  EXPECT_FALSE(request.src_contact);
  EXPECT_TRUE(request.requires_siprec);
  EXPECT_EQ(request.contact.uri, "sip:sbc@" + peer->local() + ";transport=udp");
  EXPECT_EQ(request.content_type, "multipart/mixed; boundary=\"b-1\"");
}

TEST_F(Tolerance, KeepsTheHeadersThatAreNotSipsMachinery) {
  const auto request = sent("cisco-invite.sip");
  const auto value = [&request](const char* name) {
    const auto* found = request.header(name);
    return found != nullptr ? *found : std::string("none");
  };
  EXPECT_EQ(value("p-asserted-identity"), "\"Alice\" <sip:alice@example.com>");
  EXPECT_EQ(value("Session-ID"),
            "ab30317f1a784dc48ff824d0d3715d86;remote=47755a9de7794ba387653f2099600ef2");
  EXPECT_EQ(value("User-to-User"), "00FA08003A0001582F2B5E;encoding=hex");
  EXPECT_EQ(value("Diversion"),
            "<sip:100@example.com>;reason=unconditional, <sip:101@example.com>;reason=no-answer");
  EXPECT_EQ(value("X-Genesys-CallUUID"), "00GKPTOB7G8AJ6MM3S0DU2LAES000001");
  EXPECT_EQ(value("Cisco-Guid"), "0458194176-0000065536-0000000001-0167772170");
  for (const char* machinery :
       {"Via", "From", "Contact", "CSeq", "Allow", "Supported", "Content-Type"}) {
    EXPECT_EQ(value(machinery), "none") << machinery;
  }
  std::vector<std::string> identities;
  for (const auto& [name, text] : request.headers) {
    if (name == "P-Asserted-Identity") identities.push_back(text);
  }
  EXPECT_THAT(identities,
              testing::ElementsAre("\"Alice\" <sip:alice@example.com>", "<tel:+14085550100>"));
}

TEST_F(Tolerance, ReadsDisplayNameDateAndSessionExpires) {
  const auto request = sent("cisco-invite.sip");
  EXPECT_EQ(request.from.display, "CUBE; \"west\"");
  ASSERT_TRUE(request.date);
  EXPECT_EQ(to_rfc3339(*request.date), "2026-11-22T11:09:45.000Z");
  ASSERT_TRUE(request.session_expires);
  EXPECT_EQ(*request.session_expires, "1800");
  EXPECT_EQ(answer.header("Session-Expires"), "1800;refresher=uac");
  EXPECT_EQ(answer.header("Require"), "timer");
}

TEST_F(Tolerance, KnowsTheOldSpellingsOfSipSrc) {
  const auto audiocodes = sent("audiocodes-invite.sip");
  EXPECT_TRUE(audiocodes.src_contact);
  EXPECT_TRUE(audiocodes.supports_siprec);
  EXPECT_FALSE(audiocodes.requires_siprec);
  EXPECT_TRUE(sent("phrsite-invite.sip").src_contact);
}

TEST_F(Tolerance, TakesAContactThatIsBrokenAndStillReachesIt) {
  const auto request = sent("broken-contact-invite.sip");
  EXPECT_TRUE(request.src_contact);
  EXPECT_EQ(request.contact.uri, "sip:bc@" + peer->local());
  peer->send("ACK sip:rec@" + peer->server() + " SIP/2.0\r\nVia: SIP/2.0/UDP " + peer->local() +
             ";branch=z9hG4bKack\r\nFrom: <sip:bc@127.0.0.1>;tag=bc\r\nTo: <sip:rec@" +
             peer->server() + ">;tag=" + answer.to_tag() +
             "\r\nCall-ID: bc-1@127.0.0.1\r\nCSeq: 2 ACK\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(eventually([this] { return application.acks.size() == 1; }));
  call([this] { application.dialogs.front()->bye("over"); });
  EXPECT_EQ(peer->wait_for_request("BYE").start_line, "BYE sip:bc@" + peer->local() + " SIP/2.0");
}

TEST_F(Tolerance, TakesAnInviteWithoutContact) {
  const auto request = sent("no-contact-invite.sip");
  EXPECT_FALSE(request.src_contact);
  EXPECT_EQ(metric("sip_malformed_total{reason=\"contact\"}"), 1);
}

TEST_F(Tolerance, TakesBrokenHeadersThatARecordingCanDoWithout) {
  const auto request = sent("broken-headers-invite.sip");
  EXPECT_FALSE(request.date);
  EXPECT_TRUE(request.src_contact);
  ASSERT_NE(request.header("P-Asserted-Identity"), nullptr);
  EXPECT_EQ(*request.header("P-Asserted-Identity"), "@@@");
  EXPECT_GE(metric("sip_malformed_total{reason=\"header\"}"), 1);
}

// What RFC 3261 §25.1 wants in quotes, in names as telephones have them.
TEST_F(Tolerance, TakesNamesThatLackTheirQuotes) {
  start();
  for (const std::string name : {"Zo\xc3\xa9 & Co", "M\xc3\xbcller, Hans", "Dr. (Hans) M.",
                                 "112: <fire> [1;2]", "A \"B\" \\C"}) {
    for (const std::string header : {"From", "To", "f", "t"}) {
      SCOPED_TRACE(header + ": " + name);
      peer.emplace(udp());
      RawSipCall call_(*peer);
      const auto known = call([this] { return application.ends.size(); });
      const std::string full = header == "f" ? "From" : header == "t" ? "To" : header;
      auto invite = call_.invite();
      replace_all(invite, "\r\n" + full + ": <", "\r\n" + header + ": " + name + " <");
      peer->send(invite);
      answer = peer->wait_for_final();
      ASSERT_EQ(answer.status(), 200) << answer.text;
      EXPECT_THAT(answer.header(header == "f" ? "f" : "From"), HasSubstr(";tag=" + call_.from_tag));
      const auto request = call([this] { return application.invites.back(); });
      EXPECT_EQ((full == "From" ? request.from : request.to).display, name);
      call_.to_tag = answer.to_tag();
      auto bye = call_.request("BYE", ++call_.cseq);
      replace_all(bye, "\r\n" + full + ": <", "\r\n" + header + ": " + name + " <");
      peer->send(bye);
      EXPECT_TRUE(eventually([this, known] { return application.ends.size() == known + 1; }));
    }
  }
}

TEST_F(Tolerance, TakesAnEmergencyCallByItsService) {
  start();
  peer.emplace(udp());
  RawSipCall call_(*peer);
  auto invite = call_.invite();
  replace_all(invite, "INVITE " + call_.uri(), "INVITE urn:service:sos.fire");
  replace_all(invite, "To: <" + call_.uri() + ">", "To: <urn:service:sos>");
  peer->send(invite);
  answer = peer->wait_for_final();
  ASSERT_EQ(answer.status(), 200) << answer.text;
  EXPECT_EQ(call([this] { return application.invites.back(); }).to.uri, "urn:service:sos");
}

TEST_F(Tolerance, TakesANameWhoseQuoteDoesNotEnd) {
  start();
  peer.emplace(udp());
  auto invite = RawSipCall(*peer).invite();
  replace_all(invite, "\r\nFrom: <", "\r\nFrom: \"Fire Brigade <");
  peer->send(invite);
  EXPECT_EQ(peer->wait_for_final().status(), 200);
  EXPECT_EQ(call([this] { return application.invites.back(); }).from.display, "Fire Brigade");
}

TEST_F(Tolerance, MakesUtf8OfWhateverBytesAHeaderHas) {
  start();
  peer.emplace(udp());
  RawSipCall call_(*peer);
  call_.extra = "X-Latin: Zo\xe9\r\n";
  call_.establish();
  EXPECT_EQ(*call([this] { return application.invites.front(); }).header("X-Latin"),
            "Zo\xef\xbf\xbd");
}

TEST_F(Tolerance, KeepsABodyByteForByte) {
  start();
  peer.emplace(udp());
  RawSipCall call_(*peer);
  call_.content_type = "multipart/mixed;boundary=x";
  std::string body = "--x\n\nbare line feeds\r\r\n\0binary\xff--x--\r\nepilogue";
  body.insert(10, 1, '\0');
  call_.establish(body);
  EXPECT_EQ(call([this] { return application.invites.front().body; }), body);
}

TEST_F(Tolerance, BoundsCountAndSizeOfTheHeadersItKeeps) {
  start();
  peer.emplace(udp());
  RawSipCall call_(*peer);
  for (int i = 0; i < 300; ++i) call_.extra += "X-" + std::to_string(i) + ": y\r\n";
  call_.extra = "X-Long: " + std::string(20000, 'z') + "\r\n" + call_.extra;
  call_.establish();
  const auto request = call([this] { return application.invites.front(); });
  EXPECT_LE(request.headers.size(), 64u);
  for (const auto& [name, value] : request.headers) EXPECT_LE(value.size(), 4096u) << name;
}

TEST_F(Tolerance, TakesMessagesOf60KilobytesOverUdpAndTcp) {
  start();
  for (const bool over_tcp : {false, true}) {
    peer.emplace(over_tcp ? tcp() : udp());
    RawSipCall call_(*peer);
    const std::string body(60000, 'm');
    call_.establish(body);
    EXPECT_EQ(call([this] { return application.invites.back().body.size(); }), body.size());
    EXPECT_EQ(call_.bye().status(), 200);
  }
}

TEST_F(Tolerance, TakesALongMessageInSegmentsOfTcp) {
  start();
  peer.emplace(tcp());
  RawSipCall call_(*peer);
  const std::string body(60000, 'm');
  peer->send_in_segments(call_.invite(body));
  const auto answered = peer->wait_for_final();
  ASSERT_EQ(answered.status(), 200) << answered.text;
  EXPECT_EQ(call([this] { return application.invites.back().body.size(); }), body.size());
}

TEST_F(Tolerance, TakesCallsOverIpv6) {
  options.listen = {"udp:[::1]:0", "tcp:[::1]:0"};
  start();
  for (const auto& [transport, name] :
       {std::pair{RawSipPeer::Transport::Udp, "udp"}, {RawSipPeer::Transport::Tcp, "tcp"}}) {
    RawSipPeer v6(transport, port(name), "::1");
    RawSipCall call_(v6);
    const auto taken = call_.establish();
    EXPECT_THAT(taken.header("Contact"), HasSubstr("<sip:" + v6.server()));
    EXPECT_EQ(call([this] { return application.invites.back().source; }), v6.local());
    EXPECT_EQ(call_.bye().status(), 200);
  }
}

// Every INVITE of the captured calls, sent as an SRC would: its own dialog, one after the other.
TEST_F(Tolerance, TakesEveryCapturedInvite) {
  SRS_REQUIRE_SHARED(captures, "captures");
  start();
  int tried = 0;
  for (const auto& entry : fs::recursive_directory_iterator(captures)) {
    const auto name = entry.path().filename().string();
    if (entry.path().extension() != ".sip" || name.find("rx-INVITE") == std::string::npos) continue;
    auto text = read(entry.path());
    const bool over_tcp = text.find("SIP/2.0/TCP") != std::string::npos;
    peer.emplace(over_tcp ? tcp() : udp());
    replace_all(text, "127.0.0.20:5060", peer->local());
    const auto length = text.size() - text.find("\r\n\r\n") - 4;
    const auto field = text.find("Content-Length: ") + 16;
    text.replace(field, text.find("\r\n", field) - field, std::to_string(length));
    const auto tag = text.find(">;tag=", text.find("\r\nTo: ") + 1);
    const bool within = tag < text.find("\r\nFrom: ");
    if (within)
      text.erase(tag + 1, text.find("\r\n", tag) - tag - 1);  // a re-INVITE as a first one
    replace_all(text, "Call-ID: ", "Call-ID: " + std::to_string(++tried) + "-");

    peer->send(text);
    EXPECT_EQ(peer->wait_for_final().status(), 200) << entry.path();
    const auto request = call([this] { return application.invites.back(); });
    EXPECT_EQ(request.content_type, "multipart/mixed;boundary=OSS-unique-boundary-42");
    EXPECT_EQ(request.body.size(), length);
    EXPECT_TRUE(request.src_contact);
    EXPECT_EQ(request.transport, over_tcp ? "tcp" : "udp");
    EXPECT_THAT(request.user_agent, HasSubstr("OpenSIPS"));
  }
  EXPECT_GE(tried, 8);
}

TEST_F(Tolerance, TakesEveryVendorsOffer) {
  SRS_REQUIRE_SHARED(offers, "offers");
  start();
  int tried = 0;
  for (const auto& entry : fs::directory_iterator(offers)) {
    if (entry.path().extension() != ".txt") continue;
    peer.emplace(udp());
    RawSipCall call_(*peer);
    call_.content_type = "multipart/mixed;boundary=any";
    const auto body = read(entry.path());
    call_.establish(body);
    EXPECT_EQ(call([this] { return application.invites.back().body; }), body) << entry.path();
    ++tried;
  }
  EXPECT_GE(tried, 10);
}

}  // namespace
}  // namespace srs::test
