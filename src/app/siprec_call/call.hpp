// One call from INVITE to BYE.
#pragma once

#include "app/siprec_call/media.hpp"
#include "app/siprec_call/metadata.hpp"
#include "app/siprec_call/offer.hpp"
#include "app/siprec_call/outcome.hpp"
#include "app/siprec_call/script.hpp"

#include <srs/sip/caller.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace srs::call {

// What all calls of one run have in common.
struct Plan {
  Options options;
  std::string target_uri;
  std::string local_address;
  std::vector<std::string> labels;  // one for each leg
  std::string metadata;             // the user's own document; empty: ours
  std::vector<Step> script;         // in order of time
};

// Places one call, plays the script, hangs up. Runs on the io_context's thread; `plan` and
// `caller` outlive it.
class Call : private sip::CallHandler {
 public:
  Call(boost::asio::any_io_executor executor, const Plan& plan, sip::Caller& caller,
       std::unique_ptr<Media> media);
  ~Call() override;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // To its end, whatever that is. Once.
  boost::asio::awaitable<Outcome> run();

  // Ends the call now, by BYE or, where it is not answered, by CANCEL. run() returns soon.
  void hang_up();

  // Waits for no answer any more: run() returns at once.
  void give_up();

 private:
  void on_answer(const sip::Answer& answer) override;
  void on_reanswer(const sip::Answer& answer) override;
  void on_end(sip::CallEnd end, std::chrono::nanoseconds latency) override;

  void invite();
  boost::asio::awaitable<void> wait_for_answer();
  boost::asio::awaitable<void> talk();
  boost::asio::awaitable<void> play(const Step& step);
  void miss(const Step& step);
  boost::asio::awaitable<void> reinvite(bool held);
  boost::asio::awaitable<void> say_bye();
  bool connect();
  // Why the INVITE got no answer.
  std::string unanswered(int status) const;
  void judge();

  using Clock = std::chrono::steady_clock;
  // Waits until `done()` or `deadline`; true where it is done.
  boost::asio::awaitable<bool> until(std::function<bool()> done, Clock::time_point deadline);
  bool over() const { return hang_up_ || outcome_.end.has_value(); }

  const Plan& plan_;
  sip::Caller& caller_;
  std::unique_ptr<Media> media_;
  boost::asio::steady_timer wake_;
  CommunicationSession session_;
  Offer offer_;
  std::shared_ptr<sip::OutgoingCall> dialog_;
  std::optional<sip::Answer> answer_;
  std::optional<sip::Answer> reanswer_;
  ReadAnswer read_;
  std::size_t body_bytes_ = 0;  // of the INVITE
  bool audio_over_ = false;
  bool hang_up_ = false;
  bool given_up_ = false;
  Outcome outcome_;
};

}  // namespace srs::call
