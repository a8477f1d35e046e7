// All calls of one run.
#pragma once

#include "app/siprec_call/call.hpp"
#include "app/siprec_call/summary.hpp"

#include <srs/sip/caller.hpp>
#include <srs/util/tasks.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <set>

namespace srs::call {

// Places the calls at their rate, never more at once than wanted, and sums up how they went. Runs
// on the io_context's thread; everything it was given outlives it.
class Campaign {
 public:
  Campaign(Tasks& tasks, const Plan& plan, sip::Caller& caller, MediaFactory& media,
           Summary& summary);

  // Until the last call has ended.
  boost::asio::awaitable<void> run();

  // No new calls; those that run hang up.
  void interrupt();

  // After interrupt(): waits for nobody's answer any more.
  void give_up();

  std::size_t active() const { return active_.size(); }

 private:
  void place();
  boost::asio::awaitable<void> follow(std::unique_ptr<Media> media);
  boost::asio::awaitable<void> wait_for_turn(std::chrono::steady_clock::time_point due);
  boost::asio::awaitable<void> wait_for_all();
  boost::asio::awaitable<void> pause(std::chrono::steady_clock::time_point until);

  Tasks& tasks_;
  const Plan& plan_;
  sip::Caller& caller_;
  MediaFactory& media_;
  Summary& summary_;
  boost::asio::steady_timer wake_;
  std::set<Call*> active_;
  std::size_t running_ = 0;
  bool interrupted_ = false;
};

}  // namespace srs::call
