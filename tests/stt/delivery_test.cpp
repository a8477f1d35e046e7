// Transcripts on their way to the configured webhook.
#include "stt/scripted_provider.hpp"

#include <atomic>
#include <set>

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
