#include "app/siprec_call/campaign.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace srs::call {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

Campaign::Campaign(Tasks& tasks, const Plan& plan, sip::Caller& caller, MediaFactory& media,
                   Summary& summary)
    : tasks_(tasks),
      plan_(plan),
      caller_(caller),
      media_(media),
      summary_(summary),
      wake_(tasks.executor()) {
  summary_.wanted = plan.options.calls;
}

asio::awaitable<void> Campaign::run() {
  const auto begin = Clock::now();
  const double gap = plan_.options.rate > 0 ? 1 / plan_.options.rate : 0;  // seconds
  for (std::size_t i = 0; i < plan_.options.calls; ++i) {
    // From the start and not from the last call: a late one does not slow down the others.
    const auto due = begin + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(gap * static_cast<double>(i)));
    co_await wait_for_turn(due);
    if (interrupted_) break;
    if (gap > 0) summary_.placing.add(Clock::now() - due);
    place();
  }
  co_await wait_for_all();
  summary_.interrupted = interrupted_;
  summary_.elapsed = Clock::now() - begin;
}

void Campaign::interrupt() {
  interrupted_ = true;
  for (auto* call : active_) call->hang_up();
  wake_.cancel();
}

void Campaign::give_up() {
  for (auto* call : active_) call->give_up();
}

void Campaign::place() {
  ++summary_.placed;
  auto media = media_.make();
  if (!media) {
    Outcome outcome;
    outcome.faults.push_back(media.error().text);
    return summary_.add(std::move(outcome));
  }
  ++running_;
  tasks_.spawn("call", follow(std::move(*media)));
}

asio::awaitable<void> Campaign::follow(std::unique_ptr<Media> media) {
  Call call(tasks_.executor(), plan_, caller_, std::move(media));
  active_.insert(&call);
  summary_.add(co_await call.run());
  active_.erase(&call);
  --running_;
  wake_.cancel();
}

asio::awaitable<void> Campaign::wait_for_turn(Clock::time_point due) {
  const auto most = concurrent_calls(plan_.options);
  while (!interrupted_ && Clock::now() < due) co_await pause(due);
  while (!interrupted_ && running_ >= most) co_await pause(Clock::time_point::max());
}

asio::awaitable<void> Campaign::wait_for_all() {
  while (running_ > 0) co_await pause(Clock::time_point::max());
}

asio::awaitable<void> Campaign::pause(Clock::time_point until) {
  wake_.expires_at(until);
  boost::system::error_code ignored;
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace srs::call
