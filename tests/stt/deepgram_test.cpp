// Against https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded
#include "stt/providers/deepgram.hpp"

#include "stt/fixture.hpp"

namespace srs::stt::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kTwoChannels =
    R"({"metadata":{"transaction_key":"deprecated","request_id":"2479c8c8-8185-40ac-9ac6-f0874419f793",)"
    R"("sha256":"154e","created":"2024-02-06T19:56:16.180Z","duration":1.0,"channels":2,"models":["30089e05"],)"
    R"("model_info":{"30089e05":{"name":"2-general-nova","version":"2024-01-18.26916","arch":"nova-2"}}},)"
    R"("results":{"channels":[{"alternatives":[{"transcript":"Hello?","confidence":0.99,"words":[]}],"detected_language":"en"},)"
    R"({"alternatives":[{"transcript":"Yes.","confidence":0.98,"words":[]}],"detected_language":"en"}],)"
    R"("utterances":[{"start":0.1,"end":0.4,"confidence":0.99,"channel":0,"transcript":"Hello?","words":[)"
    R"({"word":"hello","start":0.1,"end":0.4,"confidence":0.99,"punctuated_word":"Hello?"}],"id":"a"},)"
    R"({"start":0.5,"end":0.9,"confidence":0.98,"channel":1,"transcript":"Yes.","words":[)"
    R"({"word":"yes","start":0.5,"end":0.9,"confidence":0.98,"punctuated_word":"Yes."}],"id":"b"}]}})";

class DeepgramTest : public PoolTest {
 protected:
  DeepgramTest() {
    options.providers = {"deepgram"};
    options.deepgram.api_key = "dg-secret";
  }
  nlohmann::json ask(const Job& job, const std::string& answer = kTwoChannels) {
    HttpPeer peer([&](PeerConnection& connection) {
      while (auto request = connection.read_request()) {
        asked.add(std::move(*request));
        connection.answer(200, answer);
      }
    });
    options.deepgram.url = peer.url("");
    const auto before = finished.size();
    start();
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(before + 1));
    return transcript(job);
  }
  Asked asked;
};

TEST_F(DeepgramTest, IsAskedAsItsReferenceSays) {
  options.vocabulary = {"SIPREC", "two words"};
  options.profanity_filter = true;
  options.pii = {"pci", "ssn"};
  options.language = "de";
  ask(spoken("rec-1"));
  const auto request = asked.at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target,
            "/v1/listen?model=nova-2&smart_format=true&punctuate=true&utterances=true&language=de"
            "&profanity_filter=true&redact=pci&redact=ssn&keywords=SIPREC&keywords=two%20words");
  EXPECT_EQ(request.headers.at("authorization"), "Token dg-secret");
  EXPECT_EQ(request.headers.at("content-type"), "audio/wav");
  EXPECT_EQ(request.body, wav({tone(1)}));
}

TEST_F(DeepgramTest, IsPricedByTheModelThatAnsweredElseByTheOneThatWasAskedFor) {
  const auto cost = [&](const std::string& name, std::vector<std::string> prices) {
    options.prices = std::move(prices);
    const auto json = ask(spoken(name));
    EXPECT_EQ(json["segments"][0]["model"], "2-general-nova");
    EXPECT_EQ(json["uses"][0]["model"], "2-general-nova");
    return json["uses"][0]["cost"];
  };
  EXPECT_EQ(cost("rec-1", {"deepgram 60 USD", "deepgram/nova-2 120 USD"}), 2);
  EXPECT_EQ(cost("rec-2",
                 {"deepgram 60 USD", "deepgram/nova-2 120 USD", "deepgram/2-general-nova 180 USD"}),
            3);
  EXPECT_EQ(cost("rec-3", {"deepgram 60 USD"}), 1);
}

TEST_F(DeepgramTest, IsToldInItsOwnWordsWhatToMask) {
  options.pii = {"SSN"};  // another provider's word
  options.deepgram.pii = {"ssn", "pci"};
  ask(spoken("rec-1"));
  EXPECT_THAT(asked.at(0).target, HasSubstr("&redact=ssn&redact=pci"));
  EXPECT_THAT(asked.at(0).target, Not(HasSubstr("SSN")));
}

TEST_F(DeepgramTest, DetectsTheLanguageWhereNoneIsKnown) {
  options.deepgram.model = "nova-3";
  options.vocabulary = {"SIPREC"};
  ask(spoken("rec-1"));
  EXPECT_THAT(asked.at(0).target, HasSubstr("&detect_language=true&keyterm=SIPREC"));
}

TEST_F(DeepgramTest, TakesAllChannelsInOneRequest) {
  options.deepgram.multichannel = true;
  const auto transcript = ask(recording("rec-1", {tone(1), tone(1, 700)}));
  EXPECT_EQ(asked.count(), 1U);
  EXPECT_THAT(asked.at(0).target, HasSubstr("&multichannel=true"));
  EXPECT_EQ(asked.at(0).body, wav({tone(1), tone(1, 700)}));
  ASSERT_EQ(transcript["segments"].size(), 2U);
  EXPECT_EQ(transcript["segments"][0]["channel"], 0);
  EXPECT_EQ(transcript["segments"][0]["words"][0]["text"], "Hello?");
  EXPECT_EQ(transcript["segments"][1]["channel"], 1);
  EXPECT_EQ(transcript["segments"][1]["start_ms"], 500);
  EXPECT_EQ(transcript["uses"][0]["model"], "2-general-nova");
  EXPECT_EQ(transcript["uses"][0]["audio_ms"], 2000);
}

TEST(DeepgramAnswers, WithoutUtterancesAreCutAtPauses) {
  const auto answer = deepgram::parse(
      R"({"results":{"channels":[{"alternatives":[{"transcript":"one two","confidence":0.9,"words":[)"
      R"({"word":"one","start":0.5,"end":0.9,"confidence":0.9},{"word":"two","start":4.0,"end":4.5,"confidence":0.8}]}]}]}})");
  ASSERT_TRUE(answer) << answer.error().text;
  ASSERT_EQ(answer->segments.size(), 2U);
  EXPECT_EQ(answer->segments[1].start, Millis(4000));
}

TEST(DeepgramErrors, AreJudgedByTheirStatus) {
  const auto judged = [](int status, const char* body) {
    HttpResponse response;
    response.status = status;
    response.body = body;
    return judge(response, {}, deepgram::complaint).value_or(Failure{});
  };
  const auto auth = judged(
      401, R"({"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"x"})");
  EXPECT_EQ(auth.reason, Reason::Auth);
  EXPECT_EQ(auth.text, "HTTP 401: Invalid credentials.");
  EXPECT_EQ(
      judged(
          402,
          R"({"err_code":"ASR_PAYMENT_REQUIRED","err_msg":"Project does not have enough credits"})")
          .reason,
      Reason::Quota);
  EXPECT_EQ(
      judged(429, R"({"err_code":"TOO_MANY_REQUESTS","err_msg":"Too many requests."})").reason,
      Reason::RateLimited);
  EXPECT_EQ(
      judged(
          400,
          R"({"err_code":"Bad Request","err_msg":"Bad Request: failed to process audio: corrupt or unsupported data"})")
          .reason,
      Reason::Refused);
  EXPECT_EQ(judged(504, "").reason, Reason::Server);
  EXPECT_EQ(judged(302, "").reason, Reason::Refused);
}

}  // namespace
}  // namespace srs::stt::test
