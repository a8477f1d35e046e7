// Every provider over HTTP against a server whose answers come in pieces, too late, or not now; at
// every step of its conversation.
#include "stt/cloud_answers.hpp"
#include "stt/fixture.hpp"

#include <regex>
#include <thread>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;

struct Spoken {
  const char* name;
  std::string paid;  // the request that is charged: what its target, or Amazon's, ends with
  std::function<void(Options&)> choose;
};

void PrintTo(const Spoken& spoken, std::ostream* out) {
  *out << spoken.name;
}

std::function<void(Options&)> provider(const char* name) {
  return [name](Options& options) { options.providers = {name}; };
}

std::function<void(Options&)> google(const char* version, const char* bucket) {
  return [version, bucket](Options& options) {
    options.providers = {"google"};
    options.google.version = version;
    options.google.bucket = bucket;
  };
}

class RoughTest : public PoolTest, public testing::WithParamInterface<Spoken> {
 protected:
  // Answers one request, of which nothing has been said yet.
  using Way = std::function<void(PeerConnection&, const std::string& answer)>;

  RoughTest() {
    use_clouds(options, peer_, directory / "account.json");
    GetParam().choose(options);
    options.language = "en-US";
    options.retry.attempts = 100;
    options.breaker.failures = 1000;
  }
  void SetUp() override {
    if (options.providers.front() == "google")
      write_account(options.google.credentials, peer_.url("/token"));
  }

  // The steps of a conversation where nothing goes wrong.
  std::vector<std::string> steps() {
    transcribe(SIZE_MAX, {});
    return asked_;
  }
  // Transcribes a recording; the request of that number is answered in a way of its own, or all.
  void transcribe(std::size_t spoiled, Way way, bool all = false) {
    const auto ended = finished.size() + 1;
    begin(spoiled, std::move(way), all);
    const auto job = recording("rec-" + std::to_string(ended), {tone(2)});
    start();
    pool->submit(job);
    ASSERT_TRUE(run_until_ended(ended));
    ASSERT_EQ(finished.size(), ended) << unfinished.back().text;
    const auto words = transcript(job)["segments"][0]["words"];
    ASSERT_EQ(words.size(), 2U) << transcript(job);
    EXPECT_EQ(words[1]["text"], "there");
    EXPECT_EQ(words[1]["end_ms"], 900);
  }
  double failures(const std::string& reason) const {
    return metric("stt_transcription_errors_total{provider=\"" + options.providers.front() +
                  "\",reason=\"" + reason + "\"}");
  }
  // Requests that are charged and were answered.
  std::size_t paid() {
    const std::lock_guard lock(mutex_);
    return paid_;
  }
  // Where what is left over is removed, nobody waits for an answer.
  static bool is_tidying(const std::string& step) {
    return step.starts_with("DELETE ") || step.ends_with("DeleteTranscriptionJob");
  }

 private:
  void begin(std::size_t spoiled, Way way, bool all) {
    const std::lock_guard lock(mutex_);
    asked_.clear();
    paid_ = 0;
    spoiled_ = spoiled;
    way_ = std::move(way);
    all_ = all;
  }

  void serve(PeerConnection& connection) {
    while (const auto request = connection.read_request()) {
      const auto answer = cloud_answer(*request, "http");
      if (const auto way = way_for(*request))
        way(connection, answer);
      else if (!connection.answer(200, answer))
        return;
    }
  }

  // Empty: as always.
  Way way_for(const PeerRequest& request) {
    const auto amazons = request.headers.find("x-amz-target");
    const auto target = request.target.substr(0, request.target.find('?'));
    // Each recording's names are its own.
    static const std::regex own("[0-9a-f]{32}");
    const auto step = request.method + " " + std::regex_replace(target, own, "*") +
                      (amazons == request.headers.end() ? "" : " " + amazons->second);
    const std::lock_guard lock(mutex_);
    const bool rough = way_ && (all_ || asked_.size() == spoiled_);
    asked_.push_back(step);
    if ((all_ || !rough) && request.method == "POST" && step.ends_with(GetParam().paid)) ++paid_;
    return rough ? way_ : Way{};
  }

  std::mutex mutex_;
  std::vector<std::string> asked_;
  std::size_t paid_ = 0;
  std::size_t spoiled_ = SIZE_MAX;
  Way way_;
  bool all_ = false;
  HttpPeer peer_{[this](PeerConnection& connection) { serve(connection); }};
};

// Chunks that cut words, numbers and escapes, and are themselves torn.
TEST_P(RoughTest, IsUnderstoodInChunksWithPausesBetweenThem) {
  const auto in_chunks = [](PeerConnection& connection, const std::string& answer) {
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const auto part = answer.size() / 5 + 1;
    for (std::size_t at = 0; at < answer.size(); at += part) {
      const auto chunk = answer.substr(at, part);
      char size[32];
      std::snprintf(size, sizeof size, "%zx;pause=yes\r", chunk.size());
      connection.send(size);
      std::this_thread::sleep_for(5ms);
      connection.send("\n" + chunk.substr(0, chunk.size() / 2));
      std::this_thread::sleep_for(5ms);
      connection.send(chunk.substr(chunk.size() / 2) + "\r\n");
    }
    connection.send("0\r\n\r\n");
  };
  const auto smooth = steps();
  transcribe(0, in_chunks, true);
  EXPECT_EQ(steps(), smooth);
  EXPECT_EQ(paid(), 1U);
}

TEST_P(RoughTest, IsAskedAgainWhereItWasTooMuchAtAnyStep) {
  const auto smooth = steps();
  for (std::size_t step = 0; step < smooth.size(); ++step) {
    SCOPED_TRACE(smooth[step]);
    transcribe(step, [](PeerConnection& connection, const std::string&) {
      connection.answer(429, R"({"error":{"message":"slow down"}})", "Retry-After: 0\r\n");
    });
    EXPECT_EQ(failures("rate_limited"), is_tidying(smooth[step]) ? 0 : 1);
    EXPECT_EQ(paid(), 1U);
  }
}

TEST_P(RoughTest, IsLeftAloneAsLongAsItAsks) {
  std::chrono::steady_clock::time_point refused;
  transcribe(0, [&](PeerConnection& connection, const std::string&) {
    refused = std::chrono::steady_clock::now();
    connection.answer(429, R"({"error":{"message":"slow down"}})", "Retry-After: 1\r\n");
  });
  EXPECT_GE(std::chrono::steady_clock::now() - refused, 990ms);
  EXPECT_EQ(failures("rate_limited"), 1);
}

TEST_P(RoughTest, IsAskedAgainWhereItDidNotAnswerInTimeAtAnyStep) {
  const auto smooth = steps();
  options.timeout = 250ms;
  for (std::size_t step = 0; step < smooth.size(); ++step) {
    SCOPED_TRACE(smooth[step]);
    transcribe(step, [](PeerConnection& connection, const std::string& answer) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size() + 1) +
                      "\r\n\r\n" + answer.substr(0, answer.size() / 2));
      connection.wait_closed();
    });
    // On a busy machine others may be late too.
    EXPECT_GE(failures("timeout"), is_tidying(smooth[step]) ? 0 : 1);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of, RoughTest,
    testing::Values(Spoken{"openai", "/audio/transcriptions", provider("openai")},
                    Spoken{"whisper", "/audio/transcriptions", provider("whisper")},
                    Spoken{"deepgram", "/v1/listen", provider("deepgram")},
                    Spoken{"google_v1", ":recognize", google("v1", "")},
                    Spoken{"google_v2", ":recognize", google("v2", "")},
                    Spoken{"google_v1_bucket", ":longrunningrecognize", google("v1", "calls")},
                    Spoken{"google_v2_bucket", ":batchRecognize", google("v2", "calls")},
                    Spoken{"azure", ":transcribe", provider("azure")},
                    Spoken{"aws", "StartTranscriptionJob", provider("aws")},
                    Spoken{"assemblyai", "/v2/transcript", provider("assemblyai")},
                    Spoken{"speechmatics", "/v2/jobs", provider("speechmatics")},
                    Spoken{"elevenlabs", "/v1/speech-to-text", provider("elevenlabs")},
                    Spoken{"webhook", "/hook", provider("webhook")}),
    [](const auto& spoken) { return std::string(spoken.param.name); });

}  // namespace
}  // namespace srs::stt::test
