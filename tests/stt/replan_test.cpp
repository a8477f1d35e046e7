// Recordings that wait while their providers are replaced by others, who take less at once.
#include "stt/cloud_answers.hpp"
#include "stt/scripted_provider.hpp"

#include <support/audio.hpp>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class ReplanTest : public PoolTest {
 protected:
  // Until the providers of the first configuration have refused it.
  void park(const Job& job) {
    start();
    pool->submit(job);
    ASSERT_TRUE(run_until_ended(1));
    ASSERT_EQ(unfinished.at(0).state, Unfinished::State::Parked);
    ASSERT_TRUE(run_until([&] { return pool->size() == 0; }));
  }
  void begin_again() {
    start();
    pool->recover(directory.path());
    ASSERT_TRUE(run_until_ended(2));
    ASSERT_EQ(finished.size(), 1U);
  }
  void use_google(const HttpPeer& peer) {
    use_clouds(options, peer, directory / "account.json");
    write_account(directory / "account.json", peer.url("/token"));
    options.providers = {"google"};
    options.language = "en-US";  // which its v1 does not detect
  }

  Asked asked_google;
  HttpPeer google{[this](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      if (request->target.ends_with(":recognize")) asked_google.add(*request);
      if (!connection.answer(200, cloud_answer(*request, "http"))) return;
    }
  }};
};

TEST_F(ReplanTest, GivesEachChannelItsOwnWordsThoughTheFirstProviderTookThemTogether) {
  Provider refusing({{401, "no such key"}});
  Provider working(kWorking);
  options.providers = {"deepgram"};
  options.deepgram.url = refusing.url();
  options.deepgram.api_key = "dg-key";
  options.deepgram.multichannel = true;
  const auto job = recording("rec-1", {tone(1), tone(1, 700)});
  park(job);
  options.providers = {"openai"};
  options.openai.url = working.url();
  begin_again();
  EXPECT_EQ(working.count(), 2U);
  const auto segments = transcript(job)["segments"];
  ASSERT_EQ(segments.size(), 2U);
  EXPECT_EQ(segments[0]["channel"], 0);
  EXPECT_EQ(segments[1]["channel"], 1);
  EXPECT_EQ(field(form_of(working.asked.at(1)), "file"), wav({tone(1, 700)}));
}

TEST_F(ReplanTest, CutsAgainWhatIsLongerThanTheNextProviderTakes) {
  Provider refusing({{401, "no such key"}});
  options.openai.url = refusing.url();
  park(recording("rec-1", {tone(130)}));
  use_google(google);
  begin_again();
  EXPECT_GE(asked_google.count(), 3U);
}

TEST_F(ReplanTest, KeepsWhatWasAnswered) {
  Provider half({{}, {401, "no such key"}});
  options.openai.url = half.url();
  options.piece.length = 100s;
  const auto job = recording("rec-1", {tone(220)});
  park(job);
  use_google(google);
  begin_again();
  const auto json = transcript(job);
  EXPECT_EQ(json["segments"][0]["provider"], "openai");
  EXPECT_EQ(json["segments"][1]["provider"], "google");
  EXPECT_EQ(json["uses"][0]["requests"], 1);
  Millis asked{0};
  for (const auto& use : json["uses"]) asked += Millis(use["audio_ms"].get<int>());
  EXPECT_LT(asked, 220s + 1s * json["segments"].size());
}

TEST_F(ReplanTest, KeepsThePlanWhereTheNextProviderTakesItsPieces) {
  Provider refusing({{401, "no such key"}});
  Provider working(kWorking);
  options.openai.url = refusing.url();
  options.piece = {.length = 2s, .overlap = 0ms};
  const auto job = recording("rec-1", {tone(5)});
  park(job);
  const auto plan = srs::test::read_file(job.directory / kPartsFile);
  options.openai.url = working.url();
  options.piece.length = 10s;
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until([&] { return working.count() > 0; }));
  const auto now = srs::test::read_file(job.directory / kPartsFile);
  EXPECT_EQ(now.substr(0, plan.size()), plan);
  EXPECT_EQ(now.find("\"plan\"", plan.size()), std::string::npos);
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_GE(working.count(), 3U);
}

}  // namespace
}  // namespace srs::stt::test
