#include "key_presses.hpp"

#include <algorithm>

namespace srs::rtp {

std::optional<std::uint8_t> event_code(char key) {
  constexpr std::string_view keys = "0123456789*#ABCD";
  const auto at = keys.find(key >= 'a' && key <= 'd' ? static_cast<char>(key - 'a' + 'A') : key);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

void KeyPresses::press(std::string_view keys, std::uint32_t duration, std::uint32_t gap) {
  for (const auto key : keys)
    if (const auto code = event_code(key)) keys_.push_back({*code, duration, gap});
}

std::optional<KeyPresses::Event> KeyPresses::step(std::uint32_t frame) {
  if (keys_.empty()) return std::nullopt;
  const auto key = keys_.front();
  const auto before = elapsed_;
  elapsed_ += frame;
  if (before >= key.duration) {
    if (elapsed_ >= key.duration + key.gap) {
      keys_.pop_front();
      elapsed_ = 0;
    }
    return std::nullopt;
  }
  return Event{key.code, before == 0, elapsed_ >= key.duration,
               static_cast<std::uint16_t>(std::min({elapsed_, key.duration, 0xFFFFU}))};
}

}  // namespace srs::rtp
