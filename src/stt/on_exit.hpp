// What has to happen however a scope is left.
#pragma once

#include <utility>

namespace srs::stt {

// Calls `action` once: at the end of the scope, by an exception too, or before by now().
template <class Action>
class OnExit {
 public:
  explicit OnExit(Action action) : action_(std::move(action)) {}
  ~OnExit() { now(); }
  OnExit(const OnExit&) = delete;
  OnExit& operator=(const OnExit&) = delete;

  void now() {
    if (std::exchange(pending_, false)) action_();
  }
  void dismiss() { pending_ = false; }

 private:
  Action action_;
  bool pending_ = true;
};

}  // namespace srs::stt
