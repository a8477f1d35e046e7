// Services that nobody but their owner knows.
#include "stt/fixture.hpp"
#include "stt/providers/mapping.hpp"
#include "stt/signature.hpp"

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;

class WebhookTest : public PoolTest {
 protected:
  WebhookTest() { options.providers = {"webhook"}; }
  nlohmann::json ask(const std::string& answer) {
    HttpPeer peer([&](PeerConnection& connection) {
      while (auto request = connection.read_request()) {
        asked.add(std::move(*request));
        connection.answer(asked.count() == 1 ? 503 : 200, answer);
      }
    });
    options.webhook.url = peer.url("/speech?v=2");
    start();
    const auto job = spoken("rec-1");
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(1));
    return transcript(job);
  }
  Asked asked;
};

TEST_F(WebhookTest, GetsTheAudioAndWhatItIs) {
  options.webhook.authorization = "Basic dXNlcjpwYXNz";
  options.webhook.signing_secret = "secret";
  options.language = "fr";
  ask(R"({"segments":[{"start":0.1,"end":0.5,"text":"bonjour"}]})");
  ASSERT_EQ(asked.count(), 2U);
  const auto first = asked.at(0), second = asked.at(1);
  EXPECT_EQ(second.target, "/speech?v=2");
  EXPECT_EQ(second.body, wav({tone(1)}));
  EXPECT_EQ(second.headers.at("authorization"), "Basic dXNlcjpwYXNz");
  EXPECT_EQ(second.headers.at("x-siprec-recording"), "rec-1");
  EXPECT_EQ(second.headers.at("x-siprec-channels"), "0");
  EXPECT_EQ(second.headers.at("x-siprec-language"), "fr");
  EXPECT_EQ(first.headers.at("idempotency-key"), second.headers.at("idempotency-key"));
  HttpHeaders expected;
  sign(expected, "secret", second.body, std::stoll(second.headers.at("x-siprec-timestamp")));
  EXPECT_EQ(second.headers.at("x-siprec-signature"), expected[1].second);
}

TEST_F(WebhookTest, AnswersWhereTheOperatorSaid) {
  options.webhook.answer.segments = "/result/0/parts";
  options.webhook.answer.text = "/said";
  options.webhook.answer.start = "/from";
  options.webhook.answer.end = "/to";
  options.webhook.answer.time_unit = "ms";
  options.webhook.answer.words = "/tokens";
  options.webhook.answer.word_text = "/t";
  const auto json = ask(
      R"({"result":[{"parts":[{"said":"good day","from":100,"to":900,"tokens":[{"t":"good","from":100,"to":400},{"t":"day","from":500,"to":900}]}]}]})");
  EXPECT_EQ(json["segments"][0]["text"], "good day");
  EXPECT_EQ(json["segments"][0]["start_ms"], 100);
  EXPECT_EQ(json["segments"][0]["words"][1]["start_ms"], 500);
}

TEST(Mapping, TakesTextAloneOrWordsAlone) {
  const AnswerMapping mapping;
  EXPECT_EQ(parse_mapped(R"({"text":"all"})", mapping)->segments[0].text, "all");
  const auto words = parse_mapped(
      R"({"words":[{"word":"a","start":1,"end":2},{"word":"b","start":9,"end":10}]})", mapping);
  EXPECT_EQ(words->segments.size(), 2U);
}

TEST(Mapping, StandsPointersThatLeadNowhere) {
  AnswerMapping mapping;
  for (const auto* pointer : {"/a/b/99", "no slash", "/~9", "/-", "/segments/01"}) {
    mapping.segments = pointer;
    EXPECT_EQ(parse_mapped(R"({"segments":[1]})", mapping).error().reason, Reason::BadAnswer)
        << pointer;
  }
}

TEST(Signatures, AreHmacSha256OfTimeAndBody) {
  HttpHeaders headers;
  sign(headers, "key", "The quick brown fox jumps over the lazy dog", 1700000000);
  EXPECT_EQ(headers[0].second, "1700000000");
  // printf "1700000000.The quick..." | openssl dgst -sha256 -hmac key
  EXPECT_EQ(headers[1].second,
            "sha256=2f658d6aef4f246e91cd741bbcded7479e9605f9d41c9e248122a117e0e1765b");
}

TEST(WordLines, AreWhatPocketSphinxWrites) {
  const auto answer = parse_word_lines(
      "good morning this is\n<s> 0.000 0.110 0.999\ngood 0.120 0.390 0.812\nmorning(2) 0.400 0.870 "
      "0.501\n"
      "<sil> 0.880 2.500 0.9\n[SPEECH] 2.5 2.6 1.0\n++NOISE++ 2.6 2.7 1\nthis 2.710 2.900 1.0\nbad "
      "nan 1 1\nx 5 4 1\n");
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->segments.size(), 2U);
  EXPECT_EQ(answer->segments[0].text, "good morning");
  EXPECT_EQ(answer->segments[1].start, 2710ms);
  EXPECT_EQ(answer->segments[1].text, "this bad x") << "no word is lost for its times";
  EXPECT_TRUE(answer->warnings.empty());
  EXPECT_EQ(answer->segments[0].words[0].confidence, 0.812);
}

TEST(WordLines, ThatAreNoneAreTold) {
  const auto answer = parse_word_lines("<s> 0 1 1\nloading the model\n");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->segments.empty());
  EXPECT_EQ(answer->warnings.size(), 1U);
  EXPECT_TRUE(parse_word_lines("<s> 0.000 0.110 0.999\n\n")->warnings.empty()) << "silence";
}

}  // namespace
}  // namespace srs::stt::test
