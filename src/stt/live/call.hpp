// One channel of one call, over as many connections as it takes.
#pragma once

#include "stt/live/held_back.hpp"
#include "stt/live/state.hpp"
#include "stt/live/timeline.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace srs::stt {

// Kept alive by its own coroutines, run() first of all. On the io_context's thread.
class LiveCall : public std::enable_shared_from_this<LiveCall> {
 public:
  LiveCall(std::shared_ptr<Live::State> state, LiveChannel channel, Live::Heard heard);
  ~LiveCall();

  boost::asio::awaitable<void> run();

  void feed(Millis at, std::span<const std::int16_t> samples);
  void finish(std::function<void(const LiveEnd&)> done);
  // At once: nothing more is sent, heard or told.
  void cut();

 private:
  struct Chunk {
    Millis at;
    std::vector<std::int16_t> samples;
  };
  using Clock = std::chrono::steady_clock;

  bool wanted() const { return !cut_ && !(finishing_ && waiting_.empty()); }
  boost::asio::awaitable<void> wait(Clock::duration time);
  boost::asio::awaitable<void> pause(Clock::duration time);
  // One connection, until it ends; false where it did not come about or broke at once.
  boost::asio::awaitable<bool> talk();
  boost::asio::awaitable<bool> connect();
  // True once all was sent and the farewell said.
  boost::asio::awaitable<bool> send();
  boost::asio::awaitable<bool> send_next();
  boost::asio::awaitable<bool> stay_silent();
  boost::asio::awaitable<void> hear_out();
  static boost::asio::awaitable<void> read(std::shared_ptr<LiveCall> self,
                                           std::shared_ptr<WebSocket> socket);
  void failed(const Failure& failure);
  void hear(std::string_view message);
  void tell(Utterance utterance);
  bool is_too_much(const Utterance& utterance) const;
  // Makes it safe to believe, as answers after calls are; false where nothing is left.
  bool repair(Segment& segment);
  void tell_interim(Segment segment);
  void keep_held(Segment segment);
  // As interim text is shown: without what the rules find, and without numbers.
  std::vector<Segment> without_numbers(Segment segment) const;
  void tell_final(HeldBack::Told told);
  void warn();
  void place(Segment& segment) const;
  void settle();
  Millis length_of(std::size_t samples) const;

  std::shared_ptr<Live::State> state_;
  LiveChannel channel_;
  Live::Heard heard_;
  Timeline timeline_;
  std::deque<Chunk> waiting_;
  std::uint64_t samples_waiting_ = 0;
  std::shared_ptr<WebSocket> socket_;
  boost::asio::steady_timer wake_;
  HeldBack held_back_;
  boost::asio::steady_timer release_;  // of what is held back
  std::function<void(const LiveEnd&)> done_;
  Clock::duration asked_{0};  // by the provider that refused: how long it is left alone
  tracing::Span span_;        // of the connection; here, so that cut() can end it
  LiveEnd end_;
  std::string closed_;  // why the provider says that it did
  Millis said_until_{0};
  // When the recording's timeline began, as the arrival of the latest sound has it.
  Clock::time_point begun_;
  std::size_t no_json_ = 0;        // messages
  std::size_t mended_ = 0;         // results
  std::size_t beyond_ = 0;         // results that were more than anybody can say
  std::uint64_t said_ = 0;         // bytes of final results, roughly
  std::size_t untimed_ = 0;        // places that were redacted, without usable times
  std::optional<Failure> broken_;  // why the connection is not read any more, where it matters
  bool answered_ = false;          // anything, on this connection
  bool last_heard_ = false;        // nothing more is to be expected
  bool reading_ = false;
  bool finishing_ = false;
  bool cut_ = false;
};

}  // namespace srs::stt
