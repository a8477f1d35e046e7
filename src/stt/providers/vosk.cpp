// A Vosk server, after the call: https://github.com/alphacep/vosk-server. The same conversation as
// live, as fast as the server goes.
#include "stt/live/protocol.hpp"
#include "stt/providers/provider.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <utility>

namespace srs::stt {
namespace {

// Each message is answered before the next one is sent: who only sends fills both sides' buffers
// with answers that nobody reads.
constexpr std::size_t kMessage = 16'000;  // bytes, half a second or a whole one

// Cuts the connection where the job is cancelled or the time is up.
class Guard {
 public:
  Guard(const boost::asio::any_io_executor& executor, Exchange& exchange,
        std::shared_ptr<WebSocket> socket)
      : exchange_(exchange), timer_(executor, exchange.options().timeout) {
    exchange_.cancellation().on_cancel([socket] { socket->cut(); });
    timer_.async_wait([socket, overdue = overdue_](const boost::system::error_code& error) {
      if (error) return;
      *overdue = true;
      socket->cut();
    });
  }
  ~Guard() { exchange_.cancellation().on_cancel({}); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // What an error of the connection really was.
  Failure explain(Failure failure) const {
    if (exchange_.cancelled()) return {Reason::Cancelled, "cancelled"};
    if (*overdue_) return {Reason::Timeout, "no answer within stt.timeout"};
    return failure;
  }

 private:
  Exchange& exchange_;
  std::shared_ptr<bool> overdue_ = std::make_shared<bool>(false);
  boost::asio::steady_timer timer_;
};

class Vosk : public Provider {
 public:
  explicit Vosk(const Options& options)
      : options_(options), protocol_(make_vosk_protocol(options)) {}
  std::string_view name() const override { return "vosk"; }

  boost::asio::awaitable<Outcome<Answer>> transcribe(const Request& request,
                                                     Exchange& exchange) override {
    if (exchange.cancelled()) co_return Failure{Reason::Cancelled, "cancelled"};
    WebSocket::Options wanted;
    wanted.ca_file = protocol_->authorities();
    wanted.connect_timeout = std::min(wanted.connect_timeout, options_.timeout);
    auto url = protocol_->url(request.sound.sample_rate, "");
    WebSocket::Headers headers;
    if (!exchange.traceparent.empty()) headers.emplace_back("traceparent", exchange.traceparent);
    auto socket = co_await WebSocket::connect(std::move(url), std::move(headers), wanted);
    if (!socket) co_return socket.error();
    const auto executor = co_await boost::asio::this_coro::executor;
    const Guard guard(executor, exchange, *socket);
    if (exchange.cancelled()) co_return Failure{Reason::Cancelled, "cancelled"};
    auto answer = co_await converse(**socket, request.sound);
    if (!answer) co_return guard.explain(answer.error());
    co_return answer;
  }

 private:
  boost::asio::awaitable<Outcome<Answer>> converse(WebSocket& socket, const Sound& sound) const {
    Answer answer;
    auto greeting = protocol_->greeting(sound.sample_rate);
    auto sent = co_await socket.write(std::move(greeting), false);
    if (!sent) co_return sent.error();
    const auto samples = std::string_view(sound.wav).substr(kWavHeader);
    for (std::size_t at = 0; at < samples.size(); at += kMessage) {
      std::string message(samples.substr(at, kMessage));
      sent = co_await socket.write(std::move(message), true);
      if (!sent) co_return sent.error();
      auto heard = co_await hear(socket, answer);
      if (!heard) co_return heard.error();
    }
    auto farewell = protocol_->farewell();
    sent = co_await socket.write(std::move(farewell), false);
    if (!sent) co_return sent.error();
    auto heard = co_await hear(socket, answer);
    if (!heard) co_return heard.error();
    co_return answer;
  }

  // One message of the server.
  boost::asio::awaitable<Outcome<void>> hear(WebSocket& socket, Answer& answer) const {
    auto message = co_await socket.read();
    if (!message) co_return message.error();
    const auto json = parse_json(*message);
    if (!json || !json->is_object()) co_return not_json(*message);
    auto utterance = protocol_->read(*json);
    if (utterance && utterance->final) answer.segments.push_back(std::move(utterance->segment));
    co_return Outcome<void>();
  }

  const Options& options_;
  std::unique_ptr<LiveProtocol> protocol_;
};

}  // namespace

std::unique_ptr<Provider> make_vosk(const Options& options) {
  return std::make_unique<Vosk>(options);
}

}  // namespace srs::stt
