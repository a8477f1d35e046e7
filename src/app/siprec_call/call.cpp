#include "app/siprec_call/call.hpp"

#include "app/siprec_call/ids.hpp"

#include <srs/util/time.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace srs::call {

namespace asio = boost::asio;

namespace {

// What a UDP datagram holds over IPv4 (RFC 768), less what an INVITE has before its body.
constexpr std::size_t kLargestBody = 65507 - 1024;

}  // namespace

Call::Call(asio::any_io_executor executor, const Plan& plan, sip::Caller& caller,
           std::unique_ptr<Media> media)
    : plan_(plan), caller_(caller), media_(std::move(media)), wake_(std::move(executor)) {}

Call::~Call() {
  if (dialog_) dialog_->forget();
}

asio::awaitable<Outcome> Call::run() {
  invite();
  co_await wait_for_answer();
  if (outcome_.answered()) {
    if (connect()) co_await talk();
    media_->stop();
    co_await say_bye();
  }
  judge();
  co_return std::move(outcome_);
}

void Call::hang_up() {
  hang_up_ = true;
  wake_.cancel();
}

void Call::give_up() {
  hang_up_ = given_up_ = true;
  wake_.cancel();
}

void Call::invite() {
  session_ = make_session(plan_.options.from, plan_.options.to, plan_.labels, wall_now());
  offer_.address = plan_.local_address;
  offer_.session_id = random_number() >> 1;  // o= holds what fits into 63 bits everywhere
  offer_.codec = plan_.options.codec;
  const auto ports = media_->ports();
  for (std::size_t i = 0; i < plan_.labels.size(); ++i) {
    offer_.streams.push_back({ports[i], plan_.labels[i]});
    outcome_.legs.push_back({plan_.labels[i], {}, {}});
  }
  auto body = recording_body(write_sdp(offer_),
                             plan_.metadata.empty() ? write_metadata(session_) : plan_.metadata);
  sip::CallOptions options;
  options.target = plan_.target_uri;
  options.content_type = std::move(body.content_type);
  options.body = std::move(body.text);
  body_bytes_ = options.body.size();
  // RFC 7866 §9.1, Figure 12
  options.headers.emplace_back("Accept", "application/sdp, application/rs-metadata");
  options.headers.insert(options.headers.end(), plan_.options.headers.begin(),
                         plan_.options.headers.end());
  dialog_ = caller_.invite(options, *this);
  outcome_.call_id = dialog_->call_id();
}

asio::awaitable<void> Call::wait_for_answer() {
  const auto answered = [this] { return answer_.has_value(); };
  const auto or_hang_up = [this] { return answer_.has_value() || hang_up_; };
  co_await until(or_hang_up, Clock::now() + plan_.options.timeout);
  if (answer_) co_return;
  dialog_->cancel();
  if (co_await until(answered, Clock::now() + plan_.options.timeout)) co_return;
  outcome_.faults.emplace_back("no final answer to INVITE, nor to the CANCEL after it");
}

bool Call::connect() {
  auto read = read_answer(*answer_, plan_.labels, plan_.options.codec, false);
  if (!read) {
    outcome_.faults.push_back(read.error().text);
    return false;
  }
  read_ = std::move(*read);
  outcome_.notes = std::move(read_.notes);
  for (std::size_t i = 0; i < outcome_.legs.size(); ++i) {
    if (const auto& where = read_.destinations[i]) {
      outcome_.legs[i].destination = where->rtp.to_string();
    }
  }
  return true;
}

asio::awaitable<void> Call::talk() {
  const auto begin = Clock::now();
  media_->start(read_.destinations, [this] {
    audio_over_ = true;
    wake_.cancel();
  });
  // With a duration the call ends by the clock, otherwise with its audio and its script.
  const auto end =
      plan_.options.duration ? begin + *plan_.options.duration : Clock::time_point::max();
  for (const auto& step : plan_.script) {
    if (begin + step.at >= end) {
      miss(step);
      continue;
    }
    co_await until([this] { return over(); }, begin + step.at);
    if (over()) co_return;
    co_await play(step);
  }
  const bool by_clock = plan_.options.duration.has_value();
  co_await until([this, by_clock] { return over() || (!by_clock && audio_over_); }, end);
}

// A call that ends held was held all the same.
void Call::miss(const Step& step) {
  if (step.act == Step::Act::Hold)
    outcome_.faults.emplace_back("the hold did not take place: the call was over before");
  if (step.act == Step::Act::Press)
    outcome_.faults.push_back("keys " + step.digits +
                              " were not pressed: the call was over before");
}

asio::awaitable<void> Call::play(const Step& step) {
  switch (step.act) {
    case Step::Act::Hold:
      media_->pause();
      co_await reinvite(true);
      break;
    case Step::Act::Resume:
      co_await reinvite(false);
      media_->resume();
      break;
    case Step::Act::Press:
      if (audio_over_) {
        outcome_.faults.push_back("keys " + step.digits + " were not pressed: the audio was over");
      } else {
        media_->press(step.digits);
      }
      break;
  }
}

asio::awaitable<void> Call::reinvite(bool held) {
  offer_.held = held;
  ++offer_.version;
  reanswer_.reset();
  dialog_->reinvite("application/sdp", write_sdp(offer_));
  co_await until([this] { return reanswer_.has_value() || over(); },
                 Clock::now() + plan_.options.timeout);
  const std::string what = held ? "hold" : "resume";
  if (!reanswer_) {
    if (!over()) outcome_.faults.push_back("the re-INVITE to " + what + " got no answer");
    co_return;
  }
  outcome_.reanswers.push_back(reanswer_->status);
  if (reanswer_->status / 100 != 2) {
    outcome_.faults.push_back("the re-INVITE to " + what + " was answered " +
                              std::to_string(reanswer_->status) + " " + reanswer_->phrase);
    co_return;
  }
  const auto read = read_answer(*reanswer_, plan_.labels, plan_.options.codec, held);
  if (!read)
    outcome_.faults.push_back("answer to the " + what + ": " + read.error().text);
  else
    outcome_.notes.insert(outcome_.notes.end(), read->notes.begin(), read->notes.end());
}

asio::awaitable<void> Call::say_bye() {
  if (!outcome_.end) {
    Body body;
    if (plan_.options.final_metadata && plan_.metadata.empty()) {
      body = recording_body({}, write_metadata(session_, wall_now()));
    }
    dialog_->bye(std::move(body.content_type), std::move(body.text));
  }
  // The stack gives up after 64 T1 by itself; this is for a stack that doesn't.
  co_await until([this] { return outcome_.end.has_value(); },
                 Clock::now() + 2 * plan_.options.timeout);
}

asio::awaitable<bool> Call::until(std::function<bool()> done, Clock::time_point deadline) {
  while (!done()) {
    if (given_up_ || Clock::now() >= deadline) co_return false;
    wake_.expires_at(deadline);
    boost::system::error_code ignored;
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return true;
}

void Call::on_answer(const sip::Answer& answer) {
  answer_ = answer;
  wake_.cancel();
  if (!answer.received) {
    outcome_.faults.push_back(unanswered(answer.status));
    return;
  }
  outcome_.status = answer.status;
  outcome_.phrase = answer.phrase;
  outcome_.warning = answer.warning;
  outcome_.latency = answer.latency;
}

std::string Call::unanswered(int status) const {
  const bool udp = plan_.target_uri.find("transport=tcp") == std::string::npos;
  if (udp && status != 408 && body_bytes_ > kLargestBody) {
    return "the INVITE was not sent: with a body of " + std::to_string(body_bytes_) +
           " bytes it is longer than a UDP datagram can be; use --tcp";
  }
  return "nobody answers at " + plan_.target_uri +
         (status == 408 ? " in time" : ": it can't be reached");
}

void Call::on_reanswer(const sip::Answer& answer) {
  reanswer_ = answer;
  wake_.cancel();
}

void Call::on_end(sip::CallEnd end, std::chrono::nanoseconds latency) {
  outcome_.end = end;
  if (end == sip::CallEnd::Bye) outcome_.bye_latency = latency;
  wake_.cancel();
}

void Call::judge() {
  const auto sent = media_->sent();
  for (std::size_t i = 0; i < outcome_.legs.size(); ++i) outcome_.legs[i].sent = sent[i];
  judge_outcome(outcome_, plan_.options.media);
}

}  // namespace srs::call
