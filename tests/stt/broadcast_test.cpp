#include <srs/stt/broadcast.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace srs::stt {
namespace {

using testing::ElementsAre;

class BroadcastTest : public testing::Test {
 protected:
  void read(std::shared_ptr<Broadcast::Listener> listener, std::vector<std::string>& into,
            bool* ended = nullptr) {
    const auto reading = [](auto from, auto& lines, bool* end) -> boost::asio::awaitable<void> {
      while (auto line = co_await from->next(std::chrono::seconds(60)))
        lines.push_back(std::move(*line));
      if (end != nullptr) *end = true;
    };
    boost::asio::co_spawn(io, reading(std::move(listener), into, ended), boost::asio::detached);
  }
  boost::asio::io_context io;
  metrics::Registry registry;
  Broadcast broadcast{io.get_executor(), {.max_listeners = 2, .max_lines = 3}, registry};
};

TEST_F(BroadcastTest, ReachesThoseWhoListenToTheRecordingOrToAll) {
  std::vector<std::string> one, all;
  read(broadcast.listen("rec-1"), one);
  read(broadcast.listen(""), all);
  io.poll();
  broadcast.publish("rec-1", "a");
  broadcast.publish("rec-2", "b");
  io.poll();
  EXPECT_THAT(one, ElementsAre("a"));
  EXPECT_THAT(all, ElementsAre("a", "b"));
  broadcast.close();
  io.poll();
}

TEST_F(BroadcastTest, LetsASlowListenerLoseTheOldestLinesAndNobodyElse) {
  const auto slow = broadcast.listen("");
  std::vector<std::string> fast, late;
  read(broadcast.listen(""), fast);
  for (const auto* line : {"1", "2", "3", "4", "5"}) {
    broadcast.publish("rec-1", line);
    io.poll();
  }
  EXPECT_EQ(fast.size(), 5U);
  EXPECT_EQ(slow->missed(), 2U);
  EXPECT_THAT(registry.text(), testing::HasSubstr("stt_live_lines_missed_total 2"));
  read(slow, late);
  io.poll();
  EXPECT_THAT(late, ElementsAre("3", "4", "5"));
  broadcast.close();
  io.poll();
}

TEST_F(BroadcastTest, NumbersLinesOfAllRecordings) {
  const auto listener = broadcast.listen("rec-2");
  std::vector<std::uint64_t> numbers;
  const auto reading = [&]() -> boost::asio::awaitable<void> {
    while (co_await listener->next(std::chrono::seconds(60))) numbers.push_back(listener->number());
  };
  for (const auto* recording : {"rec-1", "rec-2", "rec-1"}) broadcast.publish(recording, "line");
  broadcast.end("rec-2");
  boost::asio::co_spawn(io, reading(), boost::asio::detached);
  io.poll();
  EXPECT_THAT(numbers, ElementsAre(2, 4));
  EXPECT_THAT(registry.text(), testing::HasSubstr("stt_live_lines_total 3")) << "those of text";
  broadcast.close();
  io.poll();
}

TEST_F(BroadcastTest, TakesNoMoreListenersThanConfigured) {
  auto a = broadcast.listen(""), b = broadcast.listen("");
  EXPECT_EQ(broadcast.listen(""), nullptr);
  a.reset();
  EXPECT_NE(broadcast.listen(""), nullptr);
}

TEST_F(BroadcastTest, EndsForAllWhenItIsClosedAndForOneWhoLeaves) {
  std::vector<std::string> lines;
  bool left = false, ended = false;
  const auto leaving = broadcast.listen("");
  read(leaving, lines, &left);
  read(broadcast.listen(""), lines, &ended);
  io.poll();
  leaving->leave();
  io.poll();
  EXPECT_TRUE(left);
  EXPECT_FALSE(ended);
  broadcast.close();
  io.restart();
  io.poll();
  EXPECT_TRUE(ended);
}

TEST(LiveEvents, AreOneLineOfJson) {
  LiveEvent event{"rec-1", true, {}};
  event.segment.text = "two\nlines \xFF";
  event.segment.words = {{"two", Millis(1), Millis(2), std::nullopt}};
  const auto line = to_json_line(event);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["final"], true);
  EXPECT_EQ(json["words"][0]["end_ms"], 2);
}

}  // namespace
}  // namespace srs::stt
