#include "recording/files/capture_flusher.hpp"

#include <algorithm>

namespace srs::recording {
namespace {

constexpr std::size_t kSlices = 8;

}  // namespace

// Shared with the timer's handler only through a weak pointer: a handler that comes after the end
// finds nothing.
struct Flusher::State {
  State(boost::asio::any_io_executor executor, std::chrono::milliseconds interval)
      : timer(std::move(executor)), slice(interval / kSlices) {}

  void flush_slice() {
    const std::size_t count = (members.size() + kSlices - 1) / kSlices;
    for (std::size_t i = 0; i < count; ++i, ++next) {
      if (next >= members.size()) next = 0;
      members[next]->flush();
    }
  }

  boost::asio::steady_timer timer;
  const std::chrono::nanoseconds slice;
  std::vector<Flushable*> members;
  std::size_t next = 0;
  bool armed = false;
};

Flusher::Flusher(boost::asio::any_io_executor executor, std::chrono::milliseconds interval)
    : state_(std::make_shared<State>(std::move(executor), interval)) {}

void Flusher::add(Flushable& member) {
  state_->members.push_back(&member);
  if (!state_->armed) arm(state_);
}

void Flusher::remove(Flushable& member) {
  auto& members = state_->members;
  const auto found = std::find(members.begin(), members.end(), &member);
  if (found == members.end()) return;
  *found = members.back();
  members.pop_back();
}

void Flusher::arm(const std::shared_ptr<State>& state) {
  state->armed = true;
  state->timer.expires_after(state->slice);
  state->timer.async_wait([weak = std::weak_ptr(state)](const boost::system::error_code& error) {
    const auto alive = weak.lock();
    if (!alive || error) return;
    alive->flush_slice();
    alive->armed = !alive->members.empty();
    if (alive->armed) arm(alive);
  });
}

}  // namespace srs::recording
