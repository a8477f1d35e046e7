#include <srs/log/folded.hpp>

#include <utility>

namespace srs::log {

Folded::Folded(Logger logger, Level level, std::string event)
    : logger_(std::move(logger)), level_(level), event_(std::move(event)) {}

Folded::~Folded() {
  if (logger_.sink()) logger_.sink()->holding_back.erase(this);
}

bool Folded::due(std::chrono::nanoseconds now) {
  if (last_ && now >= *last_ && now - *last_ < std::chrono::seconds(1)) return false;
  last_ = now;
  return true;
}

void Folded::flush() {
  if (count_ > 0) write();
}

// Whatever clock add() is told, so much of it has passed.
void Folded::flush_overdue(Clock::time_point now) {
  const auto waited = now - written_;
  if (waited < std::chrono::seconds(1)) return;
  if (last_) *last_ += waited;
  flush();
}

void Folded::hold_back() {
  if (logger_.sink()) logger_.sink()->holding_back.insert(this);
}

void Folded::write() {
  written_ = Clock::now();
  if (logger_.sink()) logger_.sink()->holding_back.erase(this);
  auto line = logger_;
  for (const auto& field : more_) line = line.with(field.key, field.value);
  line.write(level_, event_, {{"count", std::exchange(count_, 0)}});
}

void write_overdue(Sink& sink, Folded::Clock::time_point now) {
  // Each that writes leaves the set.
  for (auto next = sink.holding_back.begin(); next != sink.holding_back.end();) {
    auto* folded = *next++;
    folded->flush_overdue(now);
  }
}

}  // namespace srs::log
