#include "stt/live/call.hpp"

#include "stt/language.hpp"

#include <srs/util/offload.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace srs::stt {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kKeepAlive{5};

}  // namespace

LiveCall::LiveCall(std::shared_ptr<Live::State> state, LiveChannel channel, Live::Heard heard)
    : state_(std::move(state)),
      channel_(std::move(channel)),
      heard_(std::move(heard)),
      timeline_(channel_.sample_rate),
      wake_(state_->tasks.executor()),
      held_back_(state_->redactor),
      release_(state_->tasks.executor()) {
  channel_.language = language_to_ask_for(channel_.language, state_->options.language);
  end_.use.provider = state_->options.live.provider;
  end_.use.model = live_model(state_->options);
  if (state_->price) end_.use.currency = state_->price->currency;
  state_->calls.insert(this);
}

LiveCall::~LiveCall() {
  state_->calls.erase(this);
}

void LiveCall::feed(Millis at, std::span<const std::int16_t> samples) {
  if (finishing_ || cut_ || samples.empty()) return;
  begun_ = Clock::now() - at - length_of(samples.size());
  waiting_.push_back({at, {samples.begin(), samples.end()}});
  samples_waiting_ += samples.size();
  const auto rate = channel_.sample_rate;
  const auto most =
      static_cast<std::uint64_t>(state_->options.live.max_waiting.count()) * rate / 1000;
  while (samples_waiting_ > most && waiting_.size() > 1) {
    const auto lost = waiting_.front().samples.size();
    samples_waiting_ -= lost;
    state_->figures.dropped_seconds += static_cast<double>(lost) / rate;
    waiting_.pop_front();
  }
  wake_.cancel();
}

Millis LiveCall::length_of(std::size_t samples) const {
  return Millis(static_cast<std::int64_t>(samples) * 1000 / channel_.sample_rate);
}

void LiveCall::finish(std::function<void(const LiveEnd&)> done) {
  finishing_ = true;
  done_ = std::move(done);
  wake_.cancel();
}

void LiveCall::cut() {
  cut_ = true;
  done_ = nullptr;
  span_ = {};
  if (socket_) socket_->cut();
  wake_.cancel();
}

asio::awaitable<void> LiveCall::run() {
  const auto self = shared_from_this();
  const auto& options = state_->options.live;
  auto next_pause = options.first_pause;
  std::exception_ptr escaped;
  while (wanted()) {
    if (waiting_.empty()) {
      co_await wait(std::chrono::hours(1));
      continue;
    }
    bool well = false;
    try {
      well = co_await talk();
    } catch (...) {  // a fault of ours: who waits for the last words is told those that came
      escaped = std::current_exception();
      if (socket_) socket_->cut();
      break;
    }
    if (well) {
      next_pause = options.first_pause;
      continue;
    }
    if (finishing_) break;  // nobody waits longer than for one try
    const auto time = std::max<Clock::duration>(next_pause, std::exchange(asked_, {}));
    co_await pause(time);
    next_pause = std::min(next_pause * 2, options.longest_pause);
  }
  if (!cut_) tell_final(held_back_.release());
  warn();
  if (!cut_ && done_) done_(end_);
  if (escaped) std::rethrow_exception(escaped);
}

void LiveCall::warn() {
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0)
      end_.warnings.push_back("channel " + std::to_string(channel_.channel) + ": " +
                              std::to_string(count) + what);
  };
  add(no_json_, " messages of the live provider were no JSON");
  add(beyond_, " results of the live provider were more than anybody can say, and were left out");
  add(mended_,
      " results of the live provider had times or confidences that can't be, and were mended");
  add(untimed_,
      " places of live text were redacted whose words have no usable times: all of their results "
      "count as the place");
}

asio::awaitable<void> LiveCall::wait(Clock::duration time) {
  wake_.expires_after(time);
  boost::system::error_code ignored;
  co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> LiveCall::pause(Clock::duration time) {
  const auto until = Clock::now() + time;
  while (!cut_ && !finishing_ && Clock::now() < until) co_await wait(until - Clock::now());
}

asio::awaitable<bool> LiveCall::talk() {
  const auto parent = tracing::parse_traceparent(channel_.traceparent, channel_.tracestate);
  span_ = state_->tracer.start("stt.transcribe", parent.value_or(tracing::SpanContext{}),
                               tracing::Kind::Client);
  span_.set("stt.provider", end_.use.provider);
  span_.set("stt.live", true);
  span_.set("recording.id", channel_.recording_id);
  const bool connected = co_await connect();
  if (!connected) co_return false;
  timeline_ = Timeline(channel_.sample_rate);
  reading_ = true;
  broken_.reset();
  answered_ = false;
  last_heard_ = false;
  closed_.clear();
  state_->tasks.spawn("stt.live.read", read(shared_from_this(), socket_));
  const bool well = co_await send();
  if (well) co_await hear_out();
  socket_->cut();
  while (reading_) co_await wait(std::chrono::seconds(1));
  socket_.reset();
  if (cut_) co_return false;
  if (broken_) {
    failed(*broken_);
  } else if (!well) {
    failed({Reason::Reset, closed_.empty() ? std::string(kClosedByProvider) : closed_});
  } else if (!answered_) {
    failed({Reason::Timeout, "the provider took the audio and answered nothing"});
  }
  settle();
  co_return well;
}

asio::awaitable<bool> LiveCall::connect() {
  // Named: g++ 12 destroys what a lambda made within a co_await has captured twice.
  const auto read_key = [state = state_] { return state->protocol->headers(); };
  auto headers = co_await offload(state_->workers, std::cref(read_key));
  if (cut_) co_return false;
  if (!headers) {
    failed({Reason::Busy, "our own queues are full"});
    co_return false;
  }
  if (!*headers) {
    failed(headers->error());
    co_return false;
  }
  if (auto parent = tracing::traceparent(span_.context()); !parent.empty())
    (*headers)->emplace_back("traceparent", std::move(parent));
  WebSocket::Options wanted;
  wanted.connect_timeout = state_->options.live.connect_timeout;
  wanted.complaints = state_->protocol->complaints();
  wanted.ca_file = state_->protocol->authorities();
  auto url = state_->protocol->url(channel_.sample_rate, channel_.language);
  auto socket = co_await WebSocket::connect(std::move(url), std::move(**headers), wanted);
  if (cut_) co_return false;
  if (!socket) {
    failed(socket.error());
    co_return false;
  }
  socket_ = std::move(*socket);
  ++end_.use.requests;
  co_return true;
}

void LiveCall::failed(const Failure& failure) {
  auto log =
      state_->log.with("call_id", channel_.call_id).with("recording_id", channel_.recording_id);
  if (const auto trace = span_.context().trace_id_hex(); !trace.empty())
    log = log.with("trace.id", trace);
  span_.fail(failure.text);
  span_ = {};
  end_.reason = to_string(failure.reason);
  end_.text = failure.text;
  asked_ = failure.retry_after.value_or(Millis(0));
  state_->metrics.failed(state_->label, failure.reason);
  log.warning("live_transcription_failed", {{"channel", channel_.channel},
                                            {"provider", end_.use.provider},
                                            {"reason", to_string(failure.reason)},
                                            {"error", failure.text}});
}

asio::awaitable<bool> LiveCall::send() {
  const auto greeting = state_->protocol->greeting(channel_.sample_rate);
  if (!greeting.empty()) {
    const auto greeted = co_await socket_->write(greeting, false);
    if (!greeted) co_return false;
  }
  while (!cut_ && reading_) {
    bool sent = false;
    if (waiting_.empty() && finishing_) {
      auto farewell = state_->protocol->farewell();
      const auto said = co_await socket_->write(std::move(farewell), false);
      co_return said.has_value();
    }
    if (waiting_.empty())
      sent = co_await stay_silent();
    else
      sent = co_await send_next();
    if (!sent) co_return false;
  }
  co_return false;
}

asio::awaitable<bool> LiveCall::stay_silent() {
  const auto begun = Clock::now();
  co_await wait(kKeepAlive);
  const auto keep_alive = state_->protocol->keep_alive();
  const bool quiet = waiting_.empty() && !finishing_ && !cut_ && Clock::now() - begun >= kKeepAlive;
  if (!quiet || keep_alive.empty()) co_return true;
  const auto sent = co_await socket_->write(keep_alive, false);
  co_return sent.has_value();
}

// All that waits goes as one message: a stream that was held up catches up at once.
asio::awaitable<bool> LiveCall::send_next() {
  std::string bytes;
  std::size_t samples = 0;
  while (!waiting_.empty()) {
    const auto& chunk = waiting_.front();
    timeline_.sent(chunk.at, chunk.samples.size());
    samples += chunk.samples.size();
    bytes.append(reinterpret_cast<const char*>(chunk.samples.data()), chunk.samples.size() * 2);
    waiting_.pop_front();
  }
  samples_waiting_ = 0;
  state_->metrics.asked(state_->label, bytes.size(),
                        static_cast<double>(samples) / channel_.sample_rate);
  const auto sent = co_await socket_->write(std::move(bytes), true);
  co_return sent.has_value();
}

// Waits for what the provider still has to say.
asio::awaitable<void> LiveCall::hear_out() {
  const auto until = Clock::now() + state_->options.live.last_words;
  while (reading_ && !cut_ && Clock::now() < until) co_await wait(until - Clock::now());
}

asio::awaitable<void> LiveCall::read(std::shared_ptr<LiveCall> self,
                                     std::shared_ptr<WebSocket> socket) {
  for (;;) {
    const auto message = co_await socket->read();
    if (!message && message.error().reason != Reason::Reset) self->broken_ = message.error();
    if (!message && message.error().text.starts_with(kClosedByProvider))
      self->closed_ = message.error().text;
    if (!message || self->cut_) break;
    self->hear(*message);
    if (self->finishing_ && self->waiting_.empty() && self->last_heard_) break;
  }
  self->reading_ = false;
  self->wake_.cancel();
}

// A connection is over: what it cost.
void LiveCall::settle() {
  const auto audio = timeline_.length();
  end_.use.audio += audio;
  span_.set("stt.audio_ms", audio.count());
  span_ = {};
  if (!state_->price) return;
  const auto cost = cost_of(*state_->price, audio);
  end_.use.cost += cost;
  if (cost > 0) state_->metrics.charged(state_->label, end_.use.currency, cost);
}

}  // namespace srs::stt
