#include "sip/root.hpp"

#include <boost/asio/post.hpp>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace srs::sip {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr milliseconds fallback_interval{5};
constexpr int turns_per_step = 32;

bool lists(const std::filesystem::path& fdinfo, int descriptor) {
  std::ifstream file(fdinfo);
  std::string line;
  const auto wanted = std::to_string(descriptor);
  while (std::getline(file, line)) {
    if (!line.starts_with("tfd:")) continue;
    const auto begin = line.find_first_not_of(' ', 4);
    if (begin != std::string::npos && line.substr(begin, line.find(' ', begin) - begin) == wanted)
      return true;
  }
  return false;
}

// The epoll descriptor that watches `descriptor`, or -1.
int epoll_watching(int descriptor) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo", error)) {
    if (lists(entry.path(), descriptor)) return std::stoi(entry.path().filename());
  }
  return -1;
}

// sofia has no call for its epoll descriptor, so we let it watch a descriptor of ours and look who
// lists it.
int epoll_of(su_root_t* root) {
  const int mark = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (mark < 0) return -1;
  su_wait_t wait = SU_WAIT_INIT;
  int found = -1;
  if (su_wait_create(&wait, mark, SU_WAIT_IN) == 0) {
    const int index = su_root_register(
        root, &wait, [](su_root_magic_t*, su_wait_t*, su_wakeup_arg_t*) { return 0; }, nullptr, 0);
    if (index >= 0) {
      found = epoll_watching(mark);
      su_root_deregister(root, index);
    }
  }
  close(mark);
  return found;
}

}  // namespace

Root::Root(asio::any_io_executor executor, log::Logger log, Wake wake)
    : executor_(executor), log_(std::move(log)), timer_(executor) {
  su_init();
  root_ = su_root_create(nullptr);
  if (root_ == nullptr) throw std::runtime_error("sofia: su_root_create failed");
  su_root_threading(root_, 0);
  const int epoll = wake == Wake::ByDescriptor ? epoll_of(root_) : -1;
  if (epoll >= 0) {
    watch(dup(epoll));
  } else {
    log_.warning("sip_polling", {{"interval_ms", fallback_interval.count()},
                                 {"reason", "/proc/self/fdinfo can't be read"}});
  }
  pump();
}

Root::~Root() {
  life_.reset();
  timer_.cancel();
  descriptor_.reset();
  if (root_ != nullptr) su_root_destroy(root_);
  su_deinit();
}

void Root::watch(int descriptor) {
  if (descriptor < 0) return;
  descriptor_.emplace(executor_, descriptor);
  wait_readable();
}

void Root::wait_readable() {
  descriptor_->async_wait(asio::posix::stream_descriptor::wait_read,
                          [this, life = std::weak_ptr(life_)](boost::system::error_code error) {
                            if (error || life.expired()) return;
                            step();
                            wait_readable();
                          });
}

void Root::pump() {
  if (stepping_ || posted_) return;
  posted_ = true;
  asio::post(executor_, [this, life = std::weak_ptr(life_)] {
    if (life.expired()) return;
    posted_ = false;
    step();
  });
}

void Root::step() {
  if (stepping_) return;
  stepping_ = true;
  const auto next = turn();
  stepping_ = false;
  if (next == milliseconds{0}) return pump();  // more is waiting: let others have a turn first
  sleep(descriptor_ ? next : std::min(next, fallback_interval));
}

// Lets sofia work until it has nothing to do, within bounds. Returns the time to its next timer,
// `max()` where none is set, 0 where work is left.
milliseconds Root::turn() {
  int idle = 0;
  for (int i = 0; i < turns_per_step; ++i) {
    const auto next = su_root_step(root_, 0);
    if (next < 0) return milliseconds::max();
    if (next > 0) return milliseconds(next);
    // 0: events were handled, or a timer is due in less than a millisecond.
    if (++idle < 3) continue;
    pollfd ready{descriptor_ ? descriptor_->native_handle() : -1, POLLIN, 0};
    if (poll(&ready, 1, 0) == 0) return milliseconds(1);
  }
  return milliseconds{0};
}

void Root::sleep(milliseconds duration) {
  if (duration == milliseconds::max()) return;
  const auto wake = std::chrono::steady_clock::now() + duration;
  // A timer that fires too early costs one step; setting it anew each time would cost more.
  if (wakes_at_ && *wakes_at_ <= wake) return;
  wakes_at_ = wake;
  timer_.expires_at(wake);
  timer_.async_wait([this, life = std::weak_ptr(life_)](boost::system::error_code error) {
    if (error || life.expired()) return;
    wakes_at_.reset();
    step();
  });
}

}  // namespace srs::sip
