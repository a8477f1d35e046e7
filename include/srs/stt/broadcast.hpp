// What is being said, for those who listen along: server-sent events, WebSockets.
#pragma once

#include <srs/metrics/registry.hpp>
#include <srs/stt/transcript.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// One line of transcript.live.jsonl, and one event for listeners.
struct LiveEvent {
  std::string recording_id;
  bool final = false;  // interim text is replaced by the next event of the same channel
  Segment segment;
  std::vector<Redaction> redactions = {};  // what was taken out of a final text
  // A final text that is held back and not told yet, without its numbers: for kHeldFile alone.
  bool held = false;
};
// `{"recording_id":...,"final":true,"channel":0,"start_ms":...,"end_ms":...,"text":...}`, one line,
// with `redactions` where something was taken out: its rule and its place.
std::string to_json_line(const LiveEvent& event);

// Hands lines to any number of listeners, none of whom can hold up another or the sender: each has
// a bounded queue, and one who is too slow loses the oldest lines, which is counted and told by
// `missed`. Lives on the io_context's thread.
class Broadcast {
 public:
  struct Options {
    std::size_t max_listeners = 100;
    std::size_t max_lines = 1000;  // that wait for one listener
  };

  // stt_live_listeners, stt_live_lines_total, stt_live_lines_missed_total.
  Broadcast(boost::asio::any_io_executor executor, Options options, metrics::Registry& registry);
  ~Broadcast();  // as close()
  Broadcast(const Broadcast&) = delete;
  Broadcast& operator=(const Broadcast&) = delete;

  class Listener {
   public:
    // The next line; an empty one where none came within `patience`; nothing once the broadcast is
    // closed and all was read. For one caller at a time.
    virtual boost::asio::awaitable<std::optional<std::string>> next(Millis patience) = 0;
    // Wakes next() with nothing, for a listener who leaves.
    virtual void leave() = 0;
    virtual std::uint64_t missed() const = 0;  // lines lost so far
    // Of the line that next() gave last: it counts all lines of the broadcast.
    virtual std::uint64_t number() const = 0;
    virtual ~Listener() = default;
  };

  // `recording_id` empty: all recordings. Null where too many listen already. It leaves when the
  // last reference goes.
  std::shared_ptr<Listener> listen(std::string recording_id);

  void publish(std::string_view recording_id, std::string line);
  // No more text comes of it: tells `{"recording_id":...,"ended":true}`.
  void end(std::string_view recording_id);
  void close();

  std::size_t listeners() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::shared_ptr<prometheus::Collectable> figures_;
};

}  // namespace srs::stt
