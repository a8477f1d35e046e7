// Providers that hang, lie, reset, flood: nothing blocks and nothing is lost.
#include "stt/audio.hpp"
#include "stt/exchange.hpp"
#include "stt/fixture.hpp"
#include "stt/providers/aws.hpp"
#include "stt/providers/deepgram.hpp"
#include "stt/providers/openai.hpp"
#include "util/http_client/certificate.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <fstream>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class BadInputTest : public PoolTest {
 protected:
  BadInputTest() { options.retry.attempts = 2; }

  // What becomes of one recording where the provider answers 200 with this.
  Unfinished refused(const std::string& body, const std::string& headers = {}) {
    HttpPeer peer([&](PeerConnection& connection) {
      while (connection.read_request()) connection.answer(200, body, headers);
    });
    options.openai.url = peer.url("/v1");
    start();
    const auto before = finished.size();
    pool->submit(spoken("rec-" + std::to_string(++number_)));
    EXPECT_TRUE(run_until_ended(++ended_));
    EXPECT_EQ(finished.size(), before) << body.substr(0, 100);
    return unfinished.empty() ? Unfinished() : unfinished.back();
  }
  nlohmann::json taken(const std::string& body) {
    HttpPeer peer([&](PeerConnection& connection) {
      while (connection.read_request()) connection.answer(200, body);
    });
    options.openai.url = peer.url("/v1");
    start();
    const auto job = spoken("rec-" + std::to_string(++number_));
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(++ended_));
    return transcript(job);
  }

 private:
  int number_ = 0;
  std::size_t ended_ = 0;
};

// As each of them documents its errors.
TEST(ErrorsOfProviders, AreToldInTheirOwnWords) {
  struct Error {
    std::string body, words;
    ReadComplaint read = common_complaint;
  };
  const std::vector<Error> errors = {
      {R"({"error":{"message":"Incorrect API key","type":"invalid_request_error"}})",
       "Incorrect API key", openai::complaint},
      {R"({"err_code":"Bad Request","err_msg":"no such model","request_id":"1"})", "no such model",
       deepgram::complaint},
      {R"({"err_code":"INVALID_AUTH"})", "INVALID_AUTH", deepgram::complaint},
      {R"({"message":"of a gateway"})", "of a gateway", deepgram::complaint},
      {R"({"error":{"code":400,"message":"bad encoding","status":"INVALID_ARGUMENT"}})",
       "bad encoding"},
      {R"({"error":"invalid_grant","error_description":"Invalid JWT"})", "Invalid JWT"},
      {R"({"error":{"code":"InvalidArgument","message":"no audio"}})", "no audio"},
      {R"({"__type":"BadRequestException","Message":"no such bucket"})",
       "BadRequestException: no such bucket", aws::complaint},
      {R"({"error":"Authentication error"})", "Authentication error"},
      {R"({"code":403,"error":"Permission Denied","detail":"quota used up"})",
       "Permission Denied: quota used up"},
      {R"({"detail":{"status":"invalid_api_key","message":"Invalid API key"}})", "Invalid API key"},
      {R"({"detail":[{"loc":["body","model_id"],"msg":"field required","type":"missing"}]})",
       "field required"},
      {R"({"detail":"Not Found"})", "Not Found"},
      {"plain words\nof a proxy", "plain words of a proxy"},
      {"<html>nginx</html>", "a page of markup instead of JSON"},
      {"{}", ""},
      {R"({"error":7,"detail":[],"message":{}})", ""}};
  for (const auto& [body, words, read] : errors) {
    HttpResponse response;
    response.status = 400;
    response.body = body;
    EXPECT_EQ(judge(response, {}, read)->text, "HTTP 400" + (words.empty() ? "" : ": " + words))
        << body;
  }
}

TEST_F(BadInputTest, HtmlHalfJsonAndNothingAreParkedAfterAFewTries) {
  for (const auto* body : {"<html><body>Please log in</body></html>", "{\"text\": \"hal", "",
                           "null", "42", "[1,2", "\"text\""}) {
    const auto event = refused(body);
    EXPECT_EQ(event.state, Unfinished::State::Parked);
    EXPECT_TRUE(event.reason == "not_json" || event.reason == "bad_answer") << body << event.reason;
  }
  EXPECT_THAT(unfinished[0].text, HasSubstr("markup"));
  EXPECT_EQ(metric("stt_transcription_errors_total{provider=\"openai\",reason=\"bad_answer\"}"), 2);
}

// Eight hours of silence with somebody speaking for a second here and there: a file with holes.
std::string write_long_recording(const std::filesystem::path& path, std::chrono::seconds length,
                                 const std::vector<std::chrono::seconds>& spoken) {
  constexpr std::uint64_t kPerSecond = 16'000;  // bytes
  const auto bytes = kPerSecond * static_cast<std::uint64_t>(length.count());
  srs::test::write_file(path, wav_header(8000, 1, static_cast<std::uint32_t>(bytes)));
  std::filesystem::resize_file(path, kWavHeader + bytes);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto second = wav({tone(1)}).substr(kWavHeader);
  for (const auto at : spoken) {
    file.seekp(static_cast<std::streamoff>(kWavHeader +
                                           kPerSecond * static_cast<std::uint64_t>(at.count())));
    file.write(second.data(), static_cast<std::streamsize>(second.size()));
  }
  return file.good() ? "" : "can't write " + path.string();
}

TEST_F(BadInputTest, EightHoursAreAskedForInPiecesWithRightTimes) {
  std::atomic<std::size_t> largest{0}, requests{0};
  HttpPeer peer([&](PeerConnection& connection) {
    while (const auto request = connection.read_request()) {
      ++requests;
      largest = std::max<std::size_t>(largest, request->body.size());
      // Where the tone is, a recogniser hears something.
      const auto body = field(form_of(*request), "file").substr(kWavHeader);
      const auto at = body.find_first_not_of('\0') / 16'000;
      connection.answer(200, R"({"text":"x","segments":[{"text":"here","start":)" +
                                 std::to_string(at) + R"(,"end":)" + std::to_string(at + 1) +
                                 "}]}");
    }
  });
  options.openai.url = peer.url("/v1");
  start();
  const auto job = spoken("rec-1");
  const std::vector<std::chrono::seconds> at = {5s, 4h, 8h - 2s};
  ASSERT_EQ(write_long_recording(job.directory / "audio.wav", 8h, at), "");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U) << unfinished.back().text;
  EXPECT_EQ(requests, 3U) << "silence is not sent";
  EXPECT_LT(largest, 10U << 20) << "ten minutes and a bit";
  const auto json = transcript(job);
  EXPECT_EQ(json["duration_ms"], 28'800'000);
  ASSERT_EQ(json["segments"].size(), at.size());
  for (std::size_t i = 0; i < at.size(); ++i)
    EXPECT_NEAR(json["segments"][i]["start_ms"].get<double>(),
                static_cast<double>(at[i].count()) * 1000, 1000);
}

TEST_F(BadInputTest, BracketsWithoutEndCostNothing) {
  EXPECT_EQ(refused(std::string(8 << 20, '[')).reason, "not_json");
  EXPECT_EQ(refused("[" + std::string(8 << 20, ',')).reason, "not_json");
}

TEST_F(BadInputTest, JsonOfTheWrongShapeIsNoAnswer) {
  for (const auto* body : {"{}", R"({"segments":{}})", R"({"text":7})", R"({"error":"odd"})"})
    EXPECT_EQ(refused(body).reason, "bad_answer") << body;
}

TEST_F(BadInputTest, TwoGigabytesAreCutOffAtTheConfiguredBound) {
  options.max_answer = 1 << 20;
  std::atomic<std::size_t> sent{0};
  HttpPeer peer([&](PeerConnection& connection) {
    if (!connection.read_request()) return;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n");
    const std::string block(64 << 10, ' ');
    while (connection.send(block)) sent += block.size();
  });
  options.openai.url = peer.url("/v1");
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(unfinished[0].reason, "too_large");
  EXPECT_THAT(unfinished[0].text, HasSubstr("stt.max_answer"));
  EXPECT_LT(sent, 64U << 20);
}

TEST_F(BadInputTest, InvalidUtf8IsMendedAndSaidSo) {
  const auto json = taken("{\"text\":\"caf\xE9\"}");
  EXPECT_EQ(json["segments"][0]["text"], "caf\uFFFD");
  EXPECT_THAT(json["warnings"][0].get<std::string>(), HasSubstr("UTF-8"));
  EXPECT_EQ(metric("stt_answers_mended_total{provider=\"openai\"}"), 1);
}

TEST_F(BadInputTest, WrongTimesAreMovedIntoTheRecording) {
  const auto json = taken(
      R"({"text":"x","segments":[{"start":-5,"end":1e300,"text":"a"},{"start":500,"end":400,"text":"b"},)"
      R"({"start":0.2,"end":0.4,"text":"c d","words":[{"word":"c","start":9,"end":1},{"word":"d","start":"x","end":null}]}]})");
  ASSERT_EQ(json["segments"].size(), 3U);
  for (const auto& segment : json["segments"]) {
    EXPECT_GE(segment["start_ms"], 0);
    EXPECT_LE(segment["start_ms"], segment["end_ms"]);
    EXPECT_LE(segment["end_ms"], 1000);
    if (!segment.contains("words")) continue;
    for (const auto& word : segment["words"]) EXPECT_LE(word["end_ms"], 1000);
  }
  EXPECT_THAT(json["warnings"][0].get<std::string>(), HasSubstr("times"));
}

TEST_F(BadInputTest, ChunksOneByteAtATimeAreAnAnswerAsWell) {
  HttpPeer peer([&](PeerConnection& connection) {
    if (!connection.read_request()) return;
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const char c : std::string(R"({"text":"slowly"})"))
      connection.send(std::string("1\r\n") + c + "\r\n");
    connection.send("0\r\n\r\n");
  });
  options.openai.url = peer.url("/v1");
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(transcript(job)["segments"][0]["text"], "slowly");
}

TEST_F(BadInputTest, ACertificateThatNobodyVouchesForIsNotSentAnything) {
  const auto certificate = directory / "server.pem";
  srs::test::write_certificate(certificate, "IP:127.0.0.1");
  Asked asked;
  HttpPeer peer(
      [&](PeerConnection& connection) {
        while (auto request = connection.read_request()) {
          asked.add(*request);
          connection.answer(200, R"({"text":"secure"})");
        }
      },
      HttpPeer::Tls{certificate, {}});
  options.openai.url = peer.url("/v1");
  options.deadline = 5s;
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(unfinished[0].reason, "tls");
  EXPECT_EQ(asked.count(), 0U);
  http_options.ca_file = certificate;
  start();
  const auto job = spoken("rec-2");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_EQ(transcript(job)["segments"][0]["text"], "secure");
}

TEST_F(BadInputTest, AProviderThatIsNotThereIsWaitedFor) {
  options.openai.url = "http://127.0.0.1:1/v1";
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] {
    return metric("stt_transcription_errors_total{provider=\"openai\",reason=\"connect\"}") >= 5;
  }));
  EXPECT_TRUE(unfinished.empty());
  EXPECT_TRUE(std::filesystem::exists(job.directory / kJobFile));
}

// Wakes every few milliseconds and remembers the longest time that it could not.
class LagProbe {
 public:
  explicit LagProbe(boost::asio::io_context& io) : timer_(io) { wait(); }
  ~LagProbe() { *alive_ = false; }
  std::chrono::milliseconds longest{0};

 private:
  void wait() {
    due_ = std::chrono::steady_clock::now() + 5ms;
    timer_.expires_at(due_);
    timer_.async_wait([this, alive = alive_](boost::system::error_code error) {
      if (error || !*alive) return;  // it may have been due already when the probe went
      longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                      std::chrono::steady_clock::now() - due_));
      wait();
    });
  }
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  boost::asio::steady_timer timer_;
  std::chrono::steady_clock::time_point due_;
};

TEST_F(BadInputTest, FiftyRecordingsOutliveThreeBadProvidersAndReachAGoodOne) {
  HttpPeer hanging([](PeerConnection& connection) {
    if (connection.read_request()) connection.wait_closed();
  });
  HttpPeer lying([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(200, "<html>all is well</html>");
  });
  HttpPeer resetting([](PeerConnection& connection) {
    connection.read_request();
    connection.reset();
  });
  HttpPeer good([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(200, R"({"text":"at last"})");
  });
  options.providers = {"deepgram", "openai", "webhook"};
  options.deepgram.url = hanging.url("");
  options.deepgram.api_key = "key";
  options.openai.url = lying.url("/v1");
  options.webhook.url = resetting.url("/");
  options.timeout = 5s;  // whoever waits for it lags more than a busy machine does
  options.concurrency = 20;
  options.breaker = {.failures = 3, .pause = 50ms, .longest_pause = 200ms};
  start();
  std::vector<Job> jobs;
  for (int i = 0; i < 50; ++i) jobs.push_back(spoken("rec-" + std::to_string(i)));
  LagProbe probe(io);
  for (const auto& job : jobs) pool->submit(job);
  ASSERT_TRUE(run_until([&] {
    return metric("stt_transcription_errors_total{provider=\"deepgram\",reason=\"timeout\"}") >=
               3 &&
           metric("stt_transcription_errors_total{provider=\"openai\",reason=\"not_json\"}") >= 1 &&
           metric("stt_transcription_errors_total{provider=\"webhook\",reason=\"reset\"}") >= 1;
  }));
  EXPECT_LT(probe.longest, 4s) << "the io_context was held up";
  EXPECT_EQ(finished.size(), 0U);
  EXPECT_EQ(pool->size() + unfinished.size(), 50U) << "none is lost";

  // Somebody mends it and restarts the server.
  options.webhook.url = good.url("/");
  options.timeout = 1500ms;
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until([&] { return finished.size() == 50; })) << finished.size();
  for (const auto& job : jobs) EXPECT_EQ(transcript(job)["segments"][0]["text"], "at last");
}

}  // namespace
}  // namespace srs::stt::test
