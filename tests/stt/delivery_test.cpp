// Transcripts on their way to the configured webhook.
#include "stt/scripted_provider.hpp"
#include "stt/signature.hpp"

#include <atomic>
#include <set>
#include <thread>

namespace srs::stt::test {
namespace {

using testing::HasSubstr;

TEST_F(PoolTest, DeliversTranscriptsSignedAndOnce) {
  Provider provider(kWorking);
  Provider receiver({{503, ""}, {204, ""}});
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  options.delivery.secret = "shared secret";
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !finished.empty() && pool->size() == 0; }));
  ASSERT_EQ(receiver.count(), 2U);
  const auto first = receiver.asked.at(0), second = receiver.asked.at(1);
  EXPECT_EQ(first.headers.at("idempotency-key"), second.headers.at("idempotency-key"));
  EXPECT_EQ(second.body, srs::test::read_file(job.directory / kTranscriptFile));
  EXPECT_EQ(second.headers.at("x-siprec-recording"), "rec-1");
  expect_traced(receiver.asked);
  // openssl judges the signature.
  srs::test::write_file(directory / "signed",
                        second.headers.at("x-siprec-timestamp") + "." + second.body);
  const auto command = "openssl dgst -sha256 -hmac 'shared secret' -r '" +
                       (directory / "signed").string() + "' > '" + (directory / "digest").string() +
                       "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(second.headers.at("x-siprec-signature"),
            "sha256=" + srs::test::read_file(directory / "digest").substr(0, 64));
  EXPECT_EQ(metric("stt_deliveries_total{result=\"delivered\"}"), 1);
  EXPECT_EQ(provider.count(), 1U);
  ASSERT_EQ(delivered.size(), 1U);
  EXPECT_EQ(delivered[0].recording_id, "rec-1");
}

TEST_F(PoolTest, GivesEachDeliveryAKeyOfItsOwn) {
  Provider provider(kWorking);
  Provider receiver({{204, ""}});
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  start();
  for (int i = 0; i < 3; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  ASSERT_TRUE(run_until([&] { return receiver.count() == 3 && pool->size() == 0; }));
  std::set<std::string> keys;
  for (std::size_t i = 0; i < 3; ++i)
    keys.insert(receiver.asked.at(i).headers.at("idempotency-key"));
  EXPECT_EQ(keys.size(), 3U);
}

TEST_F(PoolTest, ParksADeliveryThatIsRefused) {
  Provider provider(kWorking);
  Provider receiver({{410, "gone"}});
  options.openai.url = provider.url();
  options.delivery.url = receiver.url();
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return !unfinished.empty(); }));
  EXPECT_EQ(finished.size(), 1U) << "the transcript is there all the same";
  EXPECT_EQ(unfinished[0].provider, "delivery");
  EXPECT_THAT(unfinished[0].text, HasSubstr("410"));
  EXPECT_EQ(receiver.count(), 1U);
  EXPECT_TRUE(std::filesystem::exists(job.directory / kJobFile));
  EXPECT_EQ(metric("stt_deliveries_total{result=\"failed\"}"), 1);
  EXPECT_TRUE(delivered.empty());
}

// A day's outage of the provider must not leave its receiver a single try.
TEST_F(PoolTest, HasTheWholeDeadlineForADeliveryHoweverLateItsTranscriptCame) {
  options.deadline = std::chrono::seconds(3);
  HttpPeer late([&](PeerConnection& connection) {
    while (connection.read_request()) {
      std::this_thread::sleep_for(options.deadline + std::chrono::milliseconds(100));
      if (!connection.answer(200, kHello)) return;
    }
  });
  Provider receiver({{503, ""}, {503, ""}, {204, ""}});
  options.openai.url = late.url("/v1");
  options.delivery.url = receiver.url();
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return !delivered.empty() || !unfinished.empty(); }));
  EXPECT_EQ(delivered.size(), 1U);
  EXPECT_EQ(receiver.count(), 3U);
}

// What the receiver is told of a transcript that will not come.
class NoticeTest : public PoolTest {
 protected:
  NoticeTest() {
    options.delivery.url = receiver.url();
    options.delivery.secret = "shared secret";
  }
  nlohmann::json told(std::size_t index) const {
    return nlohmann::json::parse(receiver.asked.at(index).body);
  }
  std::string header(std::size_t index, const std::string& name) const {
    const auto request = receiver.asked.at(index);
    const auto at = request.headers.find(name);
    return at == request.headers.end() ? "" : at->second;
  }
  Provider receiver{{{503, ""}, {204, ""}}};
};

TEST_F(NoticeTest, SaysThatATranscriptIsParkedUntilThatIsTaken) {
  Provider locked({{401, "no such key"}});
  options.openai.url = locked.url();
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return receiver.count() == 2; }));
  EXPECT_EQ(header(1, "x-siprec-event"), "transcript.unfinished");
  EXPECT_EQ(header(1, "x-siprec-recording"), "rec-1");
  EXPECT_EQ(told(1)["recording_id"], "rec-1");
  EXPECT_EQ(told(1)["state"], "parked");
  EXPECT_EQ(told(1)["provider"], "openai");
  EXPECT_EQ(told(1)["reason"], "auth");
  EXPECT_EQ(receiver.asked.at(0).body, receiver.asked.at(1).body);
  EXPECT_EQ(header(0, "idempotency-key"), header(1, "idempotency-key"));
  HttpHeaders expected;
  sign(expected, "shared secret", receiver.asked.at(1).body,
       std::stoll(header(1, "x-siprec-timestamp")));
  EXPECT_EQ(header(1, "x-siprec-signature"), expected[1].second);
  expect_traced(receiver.asked);
  ASSERT_TRUE(run_until([&] { return tasks.running() == 0; }));
  pool->submit(spoken("rec-2"));
  ASSERT_TRUE(run_until([&] { return receiver.count() == 3; }));
  EXPECT_NE(header(2, "idempotency-key"), header(1, "idempotency-key"));
}

TEST_F(NoticeTest, SaysThatATranscriptHasFailed) {
  Provider failing({{503, ""}});
  options.openai.url = failing.url();
  options.deadline = std::chrono::seconds(1);
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return receiver.count() >= 1; }));
  EXPECT_EQ(told(0)["state"], "failed");
  EXPECT_EQ(told(0)["reason"], "server");
}

TEST_F(NoticeTest, SaysThatATranscriptIsCancelled) {
  HttpPeer hanging([](PeerConnection& connection) {
    (void)connection.read_request();
    connection.wait_closed();
  });
  options.openai.url = hanging.url("/v1");
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return pool->running() == 1; }));
  EXPECT_TRUE(cancel(job));
  ASSERT_TRUE(run_until([&] { return receiver.count() == 2; }));
  EXPECT_EQ(told(1)["state"], "cancelled");
  EXPECT_EQ(told(1)["reason"], "cancelled");
}

TEST_F(NoticeTest, IsNotRepeatedToAReceiverThatRefusesIt) {
  Provider locked({{401, "no such key"}});
  Provider refusing({{400, ""}});
  options.openai.url = locked.url();
  options.delivery.url = refusing.url();
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return refusing.count() == 1 && tasks.running() == 0; }));
  EXPECT_EQ(refusing.count(), 1U);
}

TEST_F(PoolTest, TranscribesOnWhileNobodyTakesItsDeliveries) {
  Provider provider(kWorking);
  HttpPeer hanging([](PeerConnection& connection) {
    (void)connection.read_request();
    connection.wait_closed();
  });
  options.openai.url = provider.url();
  options.delivery.url = hanging.url("/");
  options.concurrency = 2;
  start();
  for (int i = 0; i < 6; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  EXPECT_TRUE(run_until_ended(6)) << finished.size();
  EXPECT_EQ(pool->running(), 0U) << "nothing is being transcribed any more";
  EXPECT_LE(hanging.most_at_once(), options.concurrency);
}

TEST_F(PoolTest, KeepsTheQueueFreeOfDeliveriesThatNobodyTakes) {
  Provider provider(kWorking);
  std::atomic<bool> closed{true};
  HttpPeer receiver([&](PeerConnection& connection) {
    while (connection.read_request())
      if (!connection.answer(closed ? 503 : 200, "")) return;
  });
  options.openai.url = provider.url();
  options.delivery.url = receiver.url("/");
  options.queue = 2;
  start();
  pool->recover(directory.path());
  for (int i = 0; i < 8; ++i) pool->submit(spoken("rec-" + std::to_string(i)));
  const auto all_transcribed = [&] {
    std::set<std::string> ids;
    for (const auto& event : finished) ids.insert(event.recording_id);
    return ids.size() == 8;
  };
  ASSERT_TRUE(run_until(all_transcribed)) << finished.size();
  EXPECT_LE(pool->size(), 2 * options.queue) << "further ones wait on disk";
  closed = false;
  EXPECT_TRUE(run_until([&] { return metric("stt_deliveries_total{result=\"delivered\"}") == 8; }))
      << metric("stt_deliveries_total{result=\"delivered\"}");
  EXPECT_EQ(provider.count(), 8U);
}

TEST_F(PoolTest, DeliversAfterARestartWithoutTranscribingAgain) {
  Provider provider(kWorking);
  options.openai.url = provider.url();
  {
    Provider refusing({{503, ""}});
    options.delivery.url = refusing.url();
    start();
    pool->submit(spoken("rec-1"));
    ASSERT_TRUE(run_until([&] { return refusing.count() >= 2; }));
    stop();
  }
  Provider receiver({{200, "thanks"}});
  options.delivery.url = receiver.url();
  start();
  pool->recover(directory.path());
  ASSERT_TRUE(run_until([&] { return receiver.count() == 1 && pool->size() == 0; }));
  EXPECT_EQ(provider.count(), 1U);
  ASSERT_EQ(finished.size(), 2U) << "nobody may have heard of it before the crash";
  EXPECT_EQ(finished[1].words, finished[0].words);
}

}  // namespace
}  // namespace srs::stt::test
