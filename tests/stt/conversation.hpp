// What is said to every provider over HTTP, step by step, with answers of a test's own at any step.
#pragma once

#include "stt/cloud_answers.hpp"
#include "stt/fixture.hpp"

#include <functional>
#include <regex>
#include <string>
#include <vector>

namespace srs::stt::test {

struct Spoken {
  const char* name;
  std::string paid;  // the request that is charged: what its target, or Amazon's, ends with
  std::function<void(Options&)> choose;
};

inline void PrintTo(const Spoken& spoken, std::ostream* out) {
  *out << spoken.name;
}

inline std::function<void(Options&)> provider(const char* name) {
  return [name](Options& options) { options.providers = {name}; };
}

inline std::function<void(Options&)> google(const char* version, const char* bucket) {
  return [version, bucket](Options& options) {
    options.providers = {"google"};
    options.google.version = version;
    options.google.bucket = bucket;
  };
}

class ConversationTest : public PoolTest, public testing::WithParamInterface<Spoken> {
 protected:
  // Answers one request, of which nothing has been said yet.
  using Way = std::function<void(PeerConnection&, const std::string& answer)>;

  ConversationTest() {
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
    const auto job = submit(spoiled, std::move(way), all);
    ASSERT_TRUE(unfinished.empty()) << unfinished.back().text;
    const auto words = transcript(job)["segments"][0]["words"];
    ASSERT_EQ(words.size(), 2U) << transcript(job);
    EXPECT_EQ(words[1]["text"], "there");
    EXPECT_EQ(words[1]["end_ms"], 900);
  }
  // The same, and whatever comes of it.
  Job submit(std::size_t spoiled, Way way, bool all = false) {
    const auto ended = finished.size() + unfinished.size() + 1;
    begin(spoiled, std::move(way), all);
    auto job = recording("rec-" + std::to_string(ended), {tone(2)});
    start();
    pool->submit(job);
    EXPECT_TRUE(run_until_ended(ended));
    return job;
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

inline auto all_that_are_spoken_to() {
  return testing::Values(Spoken{"openai", "/audio/transcriptions", provider("openai")},
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
                         Spoken{"webhook", "/hook", provider("webhook")});
}
inline std::string name_of(const testing::TestParamInfo<Spoken>& spoken) {
  return spoken.param.name;
}

}  // namespace srs::stt::test
