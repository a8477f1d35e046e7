// Keys waiting to be pressed, as RFC 4733 telephone events. Pure: one step a frame.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace srs::rtp {

// The event code of a key (RFC 4733 §3.2); nothing where it is none.
std::optional<std::uint8_t> event_code(char key);

class KeyPresses {
 public:
  struct Event {
    std::uint8_t code = 0;
    bool first = false;          // carries the marker (RFC 4733 §2.5.1.2)
    bool end = false;            // to be sent three times (§2.5.1.4)
    std::uint16_t duration = 0;  // timestamp units since the event began
  };

  // Durations in timestamp units. Characters that are no keys are left out.
  void press(std::string_view keys, std::uint32_t duration, std::uint32_t gap);

  // What is to be sent in the frame of `frame` timestamp units that begins now; nothing: audio.
  std::optional<Event> step(std::uint32_t frame);

 private:
  struct Key {
    std::uint8_t code;
    std::uint32_t duration;
    std::uint32_t gap;
  };
  std::deque<Key> keys_;
  std::uint32_t elapsed_ = 0;  // of the front key
};

}  // namespace srs::rtp
