// A pool whose process is about to end.
#include "stt/exchange.hpp"
#include "stt/scripted_provider.hpp"

#include <atomic>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;

class DrainTest : public PoolTest {
 protected:
  DrainTest() { options.piece = {.length = 2s, .overlap = 0ms}; }

  bool wait_idle() {
    return run_until([&] { return pool->under_way() == 0; });
  }
  void next_process() {
    start();
    pool->recover(directory.path());
  }

  std::atomic<bool> hanging{true};
  Asked asked;
  HttpPeer peer{[this](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      asked.add(*request);
      srs::test::wait_until([&] { return !hanging; });
      if (!connection.answer(200, kHello)) return;
    }
  }};
};

TEST_F(DrainTest, KeepsTheAnswersOfRequestsThatAreUnderWayAndBeginsNoOther) {
  options.openai.url = peer.url("/v1");
  options.concurrency = 1;
  start();
  const auto first = recording("rec-1", {tone(1.5) + silence(0.4) + tone(1.5)});
  pool->submit(first);
  pool->submit(spoken("rec-2"));
  ASSERT_TRUE(run_until([&] { return asked.count() == 1; }));
  pool->drain();
  hanging = false;
  ASSERT_TRUE(wait_idle());
  EXPECT_EQ(asked.count(), 1U);
  next_process();
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_EQ(finished.size(), 2U);
  EXPECT_EQ(asked.count(), 3U) << "two pieces and one";
  EXPECT_EQ(transcript(first)["segments"].size(), 2U);
}

TEST_F(DrainTest, MakesTheTranscriptOfAnAnswerThatWasTheLastOneMissing) {
  options.openai.url = peer.url("/v1");
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return asked.count() == 1; }));
  pool->drain();
  hanging = false;
  ASSERT_TRUE(wait_idle());
  EXPECT_EQ(finished.size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(job.directory / kTranscriptFile));
}

TEST_F(DrainTest, LeavesDeliveriesToTheNextProcess) {
  Provider receiver({{200, ""}});
  options.openai.url = peer.url("/v1");
  options.delivery.url = receiver.url();
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return asked.count() == 1; }));
  pool->drain();
  hanging = false;
  ASSERT_TRUE(run_until([&] { return !finished.empty() && pool->under_way() == 0; }));
  EXPECT_EQ(receiver.count(), 0U);
  next_process();
  EXPECT_TRUE(run_until([&] { return delivered.size() == 1; }));
  EXPECT_EQ(receiver.count(), 1U);
}

TEST_F(DrainTest, WaitsForNoJobThatItsProviderWorksOnByItself) {
  HttpPeer polled([this](PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      asked.add(*request);
      const bool done = request->method == "GET" && !hanging;
      if (!connection.answer(200, done ? R"({"status":"completed","text":"done"})"
                                       : R"({"upload_url":"u","id":"1","status":"queued"})"))
        return;
    }
  });
  options.providers = {"assemblyai"};
  options.assemblyai.url = polled.url("");
  options.assemblyai.api_key = "aai-key";
  options.poll_interval = 1h;
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return asked.count() == 3; })) << "upload, submit, poll";
  pool->drain();
  ASSERT_TRUE(wait_idle());
  hanging = false;
  next_process();
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(asked.count(), 5U);
  EXPECT_EQ(asked.at(3).method, "GET") << "asked for by the name that was kept";
  EXPECT_EQ(asked.at(4).method, "DELETE") << "and done with";
  EXPECT_EQ(transcript(job)["segments"][0]["text"], "done");
}

TEST_F(DrainTest, EndsAPauseBetweenTwoPolls) {
  start();
  const auto cancellation = std::make_shared<Cancellation>();
  Exchange exchange(*http, *workers, options, cancellation);
  std::optional<bool> paused;
  const auto pause = [&]() -> boost::asio::awaitable<void> {
    paused = co_await exchange.pause_before_poll(1h);
  };
  tasks.spawn("pause", pause());
  io.restart();
  io.poll();
  ASSERT_FALSE(paused.has_value());
  cancellation->leave();
  ASSERT_TRUE(run_until([&] { return paused.has_value(); }));
  EXPECT_FALSE(*paused);
}

TEST_F(DrainTest, StillMakesTranscriptsOfLiveText) {
  start();
  pool->drain();
  auto job = spoken("rec-1");
  job.live = LiveText{Millis(1000), {}, {}};
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(finished.size(), 1U);
}

}  // namespace
}  // namespace srs::stt::test
