// What may not stand in a log.
#include "log/mask.hpp"

#include "log/render.hpp"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace srs::log {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string secret(std::string_view text) {
  return masked(text, {});
}
std::string number(std::string_view text) {
  return masked(text, {.numbers = true});
}

TEST(Secrets, AreMaskedWhereverTheyStand) {
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"sip:alice:pass@example.com", "sip:alice:***@example.com"},
      {"https://user:pass@host/path", "https://user:***@host/path"},
      {"<sips:bob:p;w@h>", "<sips:bob:***@h>"},
      {"Authorization: Digest username=\"a\", response=\"b\"", "Authorization: ***"},
      {"Proxy-Authorization: Basic QWxh", "Proxy-Authorization: ***"},
      {"Cookie: session=1", "Cookie: ***"},
      {"X-Api-Key: 4711", "X-Api-Key: ***"},
      {"X-Session-Key: 4711", "X-Session-Key: ***"},
      {"X-Pwd: 4711", "X-Pwd: ***"},
      {"X-JWT: eyJ4711", "X-JWT: ***"},
      {"X-Signature: 4711", "X-Signature: ***"},
      {"Authentication-Info: nextnonce=\"4711\"", "Authentication-Info: ***"},
      {"X-Auth-Token:4711", "X-Auth-Token: ***"},
      {"curl said: Bearer abc.def refused", "curl said: Bearer *** refused"},
      {"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3|2^20",
       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***|2^20"},
      {"a=ice-pwd:asd88fgpdd777uzjYhagZg", "a=ice-pwd:***"},
      {"k=base64:abc", "k=***"},
      {"Call-Info: <https://crm.example/c?id=7&access_token=4711&x=1>;purpose=info",
       "Call-Info: <https://crm.example/c?id=7&access_token=***&x=1>;purpose=info"},
      {"<a>https://x.example/r?X-Amz-Signature=4711&amp;sig=4712</a>",
       "<a>https://x.example/r?X-Amz-Signature=***&amp;sig=***</a>"},
      {"/events/transcriptions?access_token=4711", "/events/transcriptions?access_token=***"},
  };
  for (const auto& [text, expected] : texts) EXPECT_EQ(secret(text), expected);
}

TEST(Secrets, AreMaskedInAWholeMessageAndNothingElseOfIt) {
  const std::string message =
      "INVITE sip:srs@192.0.2.1:5060 SIP/2.0\r\n"
      "Call-ID: a:b@192.0.2.7\r\n"
      "Authorization: Digest username=\"src\",\r\n response=\"6629fae49393a053\"\r\n"
      "Content-Length: 20\r\n\r\n"
      "v=0\r\na=crypto:1 X inline:KEYKEYKEY\r\n";
  const auto shown = secret(message);
  EXPECT_THAT(shown, Not(HasSubstr("6629fae4")));
  EXPECT_THAT(shown, Not(HasSubstr("KEYKEY")));
  EXPECT_THAT(shown, HasSubstr("INVITE sip:srs@192.0.2.1:5060 SIP/2.0\r\nCall-ID: a:b@192.0.2.7\r\n"
                               "Authorization: ***\r\nContent-Length: 20\r\n"));
}

TEST(Secrets, LeaveOtherTextsAsTheyAre) {
  for (const auto* text : {"", "@", ":@", "sip:", "sip:alice@example.com", "192.0.2.1:5060",
                           "udp:[::1]:5060", "a=b c=d", "two\nlines", "inline:",
                           "Via: SIP/2.0/UDP h", "no RTP packet was received", "bearer"}) {
    EXPECT_EQ(secret(text), text);
    EXPECT_EQ(number(text), text);
  }
}

TEST(Secrets, LeaveWhatIsWrongWithTheirFilesToBeRead) {
  for (const auto* text :
       {"stt.openai.api_key_file: open /run/secrets/key: No such file or directory",
        "http.admin_token_file: /run/secrets/token is empty: it should hold the secret",
        "stt.google.credentials: the private key can't be read",
        "/etc/siprec/tls.key: Permission denied"})
    EXPECT_EQ(secret(text), text);
  EXPECT_EQ(secret("stt.openai.api_key: sk-4711"), "stt.openai.api_key: ***");
  EXPECT_EQ(secret("X-Key-File: 4711"), "X-Key-File: ***");
  EXPECT_EQ(secret("stt.openai.api_key_file: Bearer 4711"), "stt.openai.api_key_file: Bearer ***");
}

TEST(PhoneNumbers, KeepTheirLastThreeDigitsWhereAsked) {
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"sip:+493012345678@example.com;user=phone", "sip:+*********678@example.com;user=phone"},
      {"<sips:5551234@192.0.2.7:5061>", "<sips:****234@192.0.2.7:5061>"},
      {"tel:+1-555-123-4567", "tel:+*-***-***-*567"},
      {"sip:1234;phone-context=+49301@h", "sip:*234;phone-context=+**301@h"},
      {"sip:%2B493012345678@h", "sip:%2B*********678@h"},
      {"sip%3A5551234%40h", "sip%3A****234%40h"},
      {"\"+49 30 12345678\" <sip:a@h>", "\"+** ** *****678\" <sip:a@h>"},
      {"<name>0301234567</name>", "<name>*******567</name>"},
      {"0301234567", "*******567"},
      {"X-ANI: 0301234567", "X-ANI: *******567"},
      {"sip:100@h", "sip:100@h"},
  };
  for (const auto& [text, expected] : texts) {
    EXPECT_EQ(number(text), expected);
    EXPECT_EQ(secret(text), text) << "numbers are masked by option only";
  }
}

TEST(PhoneNumbers, AreToldFromWhatCallsAreTracedBy) {
  for (const auto* text :
       {"192.0.2.123", "127.0.0.1:35175", "udp:127.0.0.1:35175", "[::1]:35175",
        "sip:192.0.2.123:5060", "2026-11-22", "CSeq: 314159 INVITE", "Content-Length: 12345",
        "Session-Expires: 18000", "Call-ID: 1234567890@192.0.2.1", "20261122T110945123-5f3c",
        "o=- 1234567890 1 IN IP4 192.0.2.1", "00001000011234567890"}) {
    EXPECT_EQ(number(text), text);
  }
}

TEST(Masking, HoldsInBothFormatsAndInWhatAViewerShows) {
  const auto time = *from_rfc3339("2026-11-22T11:09:45.123Z");
  for (const auto render : {render_text, render_json}) {
    const auto line = render(time, Level::Info, "sip", "event", {{"to", "sip:5551234@h"}},
                             {{"from", "sip:5559876:geheim@h"}}, {.numbers = true});
    EXPECT_THAT(line, HasSubstr("****234"));
    EXPECT_THAT(line, HasSubstr("****876"));
    EXPECT_THAT(line, Not(HasSubstr("555")));
    EXPECT_THAT(line, Not(HasSubstr("geheim")));
  }
}

// Whatever bytes come: bounded work, no crash.
TEST(Masking, EndsForAnyText) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "sip:1@\"<>:;=%k\r\n 12345Authorization:inline:"[i % 41];
  EXPECT_FALSE(masked(text, {.numbers = true}).empty());
}

}  // namespace
}  // namespace srs::log
