#include "sip/first_byte.hpp"

#include <dlfcn.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_buffer.h>

#include <cstddef>
#include <string_view>

// Of a stream's message sofia tells nobody before it is whole. Each piece of it passes
// msg_extract(), though, and what sofia keeps of a message may be longer than it knows.
namespace srs::sip {
namespace {

using Clock = std::chrono::steady_clock;

struct TimedMessage {
  sip_t sip;
  Clock::time_point began;  // zero, as sofia makes it, until the first byte is there
};
static_assert(offsetof(TimedMessage, sip) == 0);

bool is_timed(const msg_mclass_t& message_class) {
  return message_class.mc_tag == sip_default_mclass()->mc_tag &&
         message_class.mc_msize == sizeof(TimedMessage);
}

// Empty lines before a message, and the pings of RFC 5626, are none of its bytes.
bool has_begun(const msg_t* message) {
  const auto* bytes = static_cast<const char*>(msg_buf_committed_data(message));
  if (bytes == nullptr) return false;
  const std::string_view text(bytes, msg_buf_committed(message));
  return text.find_first_not_of(" \t\r\n") != text.npos;
}

void note_first_byte(msg_t* message) {
  if (!is_timed(*msg_mclass(message))) return;
  auto& timed = *reinterpret_cast<TimedMessage*>(msg_object(message));
  timed.sip.sip_size = sizeof timed.sip;  // sofia looks for headers as far as this says
  if (timed.began == Clock::time_point() && has_begun(message)) timed.began = Clock::now();
}

}  // namespace

void time_first_bytes(msg_mclass_t& message_class) {
  message_class.mc_msize = sizeof(TimedMessage);
}

Clock::time_point first_byte_read_at(const sip_t& received) {
  const auto began = reinterpret_cast<const TimedMessage&>(received).began;
  return began == Clock::time_point() ? Clock::now() : began;
}

}  // namespace srs::sip

// Stands before sofia's own function of this name, which it calls whenever bytes of a message have
// come. Returns what that does: > 0 complete, 0 more is needed, < 0 erroneous.
extern "C" int msg_extract(msg_t* message) {
  using Original = int (*)(msg_t*);
  static const auto original = reinterpret_cast<Original>(::dlsym(RTLD_NEXT, "msg_extract"));
  srs::sip::note_first_byte(message);
  return original != nullptr ? original(message) : -1;
}
