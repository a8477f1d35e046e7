#include <srs/stt/broadcast.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace srs::stt {
namespace {

// The timer is cancelled to wake the one who waits.
class Queue : public Broadcast::Listener {
 public:
  Queue(boost::asio::any_io_executor executor, std::string recording_id, std::size_t capacity)
      : recording_id_(std::move(recording_id)), capacity_(capacity), wake_(executor) {}

  boost::asio::awaitable<std::optional<std::string>> next(Millis patience) override {
    if (lines_.empty() && !closed_) {
      wake_.expires_after(patience);
      boost::system::error_code ignored;
      co_await wake_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    }
    if (lines_.empty() && closed_) co_return std::nullopt;
    if (lines_.empty()) co_return std::string();
    auto line = std::move(lines_.front());
    lines_.pop_front();
    number_ = line.first;
    co_return std::move(line.second);
  }

  void leave() override {
    lines_.clear();
    close();
  }
  std::uint64_t missed() const override { return missed_; }
  std::uint64_t number() const override { return number_; }

  bool wants(std::string_view recording_id) const {
    return !closed_ && (recording_id_.empty() || recording_id_ == recording_id);
  }
  // False where an older line had to go.
  bool put(std::uint64_t number, const std::string& line) {
    const bool full = lines_.size() >= capacity_;
    if (full) {
      lines_.pop_front();
      ++missed_;
    }
    lines_.emplace_back(number, line);
    wake_.cancel();
    return !full;
  }
  void close() {
    closed_ = true;
    wake_.cancel();
  }

 private:
  std::string recording_id_;
  std::size_t capacity_;
  boost::asio::steady_timer wake_;
  std::deque<std::pair<std::uint64_t, std::string>> lines_;
  std::uint64_t number_ = 0;
  std::uint64_t missed_ = 0;
  bool closed_ = false;
};

}  // namespace

struct Broadcast::State {
  boost::asio::any_io_executor executor;
  Options options;
  std::vector<std::weak_ptr<Queue>> queues;
  std::uint64_t lines = 0;   // of text
  std::uint64_t number = 0;  // of the last line, whatever it says
  std::uint64_t missed = 0;

  void tell(std::string_view recording_id, const std::string& line) {
    ++number;
    for (const auto& weak : queues) {
      const auto queue = weak.lock();
      if (queue && queue->wants(recording_id) && !queue->put(number, line)) ++missed;
    }
  }

  void sweep() {
    std::erase_if(queues, [](const auto& queue) { return queue.expired(); });
  }
};

std::string to_json_line(const LiveEvent& event) {
  const auto& segment = event.segment;
  nlohmann::ordered_json json{
      {"recording_id", event.recording_id}, {"final", event.final},
      {"channel", segment.channel},         {"start_ms", segment.start.count()},
      {"end_ms", segment.end.count()},      {"text", segment.text}};
  if (!segment.language.empty()) json["language"] = segment.language;
  if (!segment.provider.empty()) json["provider"] = segment.provider;
  if (!segment.model.empty()) json["model"] = segment.model;
  for (const auto& word : segment.words)
    json["words"].push_back(
        {{"text", word.text}, {"start_ms", word.start.count()}, {"end_ms", word.end.count()}});
  for (const auto& place : event.redactions)
    json["redactions"].push_back(
        {{"rule", place.rule}, {"start_ms", place.start.count()}, {"end_ms", place.end.count()}});
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Broadcast::Broadcast(boost::asio::any_io_executor executor, Options options,
                     metrics::Registry& registry)
    : state_(std::make_shared<State>(State{std::move(executor), options, {}})) {
  figures_ = metrics::computed(registry, [state = state_](auto& families) {
    using prometheus::MetricType;
    state->sweep();
    families.push_back(metrics::family("stt_live_listeners", "Who listens along.",
                                       MetricType::Gauge,
                                       {{{}, static_cast<double>(state->queues.size())}}));
    families.push_back(metrics::family("stt_live_lines_total", "Live lines published.",
                                       MetricType::Counter,
                                       {{{}, static_cast<double>(state->lines)}}));
    families.push_back(metrics::family(
        "stt_live_lines_missed_total", "Live lines that listeners were too slow for.",
        MetricType::Counter, {{{}, static_cast<double>(state->missed)}}));
  });
}

Broadcast::~Broadcast() {
  close();
}

std::shared_ptr<Broadcast::Listener> Broadcast::listen(std::string recording_id) {
  if (listeners() >= state_->options.max_listeners) return nullptr;
  auto queue =
      std::make_shared<Queue>(state_->executor, std::move(recording_id), state_->options.max_lines);
  state_->queues.push_back(queue);
  return queue;
}

void Broadcast::publish(std::string_view recording_id, std::string line) {
  ++state_->lines;
  state_->tell(recording_id, line);
}

void Broadcast::end(std::string_view recording_id) {
  state_->tell(recording_id,
               nlohmann::ordered_json{{"recording_id", recording_id}, {"ended", true}}.dump());
}

void Broadcast::close() {
  for (const auto& weak : state_->queues)
    if (const auto queue = weak.lock()) queue->close();
  state_->queues.clear();
}

std::size_t Broadcast::listeners() const {
  state_->sweep();
  return state_->queues.size();
}

}  // namespace srs::stt
