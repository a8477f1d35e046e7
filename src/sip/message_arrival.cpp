#include "sip/message_arrival.hpp"

#include "sip/convert.hpp"
#include "sip/sofia.hpp"

#include <dlfcn.h>
#include <sofia-sip/msg_buffer.h>

#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace srs::sip {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

// A message that came in part. Lives in its memory home, and ends with it.
struct Begun {
  su_home_t home[1];
  const msg_t* message;
  TimePoint first_byte;
  std::thread::id thread;
  int looks;  // at it since it took too long
};

// Of all threads that run a stack: one in the server, several in tests.
struct AllBegun {
  std::mutex mutex;
  std::unordered_map<const msg_t*, Begun*> by_message;
};

AllBegun& all_begun() {
  static auto& all = *new AllBegun;  // sofia may end messages after static destructors
  return all;
}

// While this thread parses a message.
thread_local std::optional<TimePoint> parsed_since;

std::optional<TimePoint> known_since(const msg_t* message) {
  auto& all = all_begun();
  const std::lock_guard lock(all.mutex);
  const auto found = all.by_message.find(message);
  if (found == all.by_message.end()) return std::nullopt;
  return found->second->first_byte;
}

// Nothing where no byte of it has come.
std::optional<TimePoint> begun_at(const msg_t* message) {
  if (const auto known = known_since(message)) return known;
  const auto* bytes = static_cast<const char*>(msg_buf_committed_data(message));
  if (bytes == nullptr) return std::nullopt;
  const std::string_view unread(bytes, msg_buf_committed(message));
  if (unread.find_first_not_of(" \t\r\n") == unread.npos) return std::nullopt;
  return std::chrono::steady_clock::now();
}

void release(void* self) {
  const auto* begun = static_cast<const Begun*>(self);
  auto& all = all_begun();
  const std::lock_guard lock(all.mutex);
  const auto found = all.by_message.find(begun->message);
  if (found != all.by_message.end() && found->second == begun) all.by_message.erase(found);
}

void remember(msg_t* message, TimePoint first_byte) {
  if (known_since(message)) return;
  auto* begun = static_cast<Begun*>(su_home_clone(msg_home(message), sizeof(Begun)));
  if (begun == nullptr) return;
  begun->message = message;
  begun->first_byte = first_byte;
  begun->thread = std::this_thread::get_id();
  su_home_destructor(begun->home, &release);
  auto& all = all_begun();
  const std::lock_guard lock(all.mutex);
  all.by_message[message] = begun;
}

void forget(const msg_t* message) {
  auto& all = all_begun();
  const std::lock_guard lock(all.mutex);
  all.by_message.erase(message);
}

}  // namespace

std::chrono::steady_clock::time_point first_byte_of_parsed() {
  return parsed_since.value_or(std::chrono::steady_clock::now());
}

std::vector<std::string> peers_of_unfinished(std::chrono::milliseconds limit) {
  std::vector<std::string> peers;
  const auto due = std::chrono::steady_clock::now() - limit;
  auto& all = all_begun();
  const std::lock_guard lock(all.mutex);
  for (const auto& [message, begun] : all.by_message) {
    if (begun->thread != std::this_thread::get_id() || begun->first_byte > due) continue;
    if (++begun->looks == 2) peers.push_back(source_of(message));
  }
  return peers;
}

}  // namespace srs::sip

// Stands before sofia's own function of this name, which it calls whenever bytes of a message came,
// from a connection or with the message before. Returns 0 where more must come.
extern "C" int msg_extract(msg_t* message) {
  using Original = int (*)(msg_t*);
  static const auto original = reinterpret_cast<Original>(::dlsym(RTLD_NEXT, "msg_extract"));
  if (original == nullptr) return -1;
  const auto begun = srs::sip::begun_at(message);
  srs::sip::parsed_since = begun;
  const int result = original(message);
  srs::sip::parsed_since.reset();
  if (begun && result == 0) {
    srs::sip::remember(message, *begun);
  } else {
    srs::sip::forget(message);
  }
  return result;
}
