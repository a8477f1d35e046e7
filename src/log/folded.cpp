#include <srs/log/folded.hpp>

#include <utility>

namespace srs::log {

Folded::Folded(Logger logger, Level level, std::string event)
    : logger_(std::move(logger)), level_(level), event_(std::move(event)) {}

bool Folded::due(std::chrono::nanoseconds now) {
  if (last_ && now >= *last_ && now - *last_ < std::chrono::seconds(1)) return false;
  last_ = now;
  return true;
}

void Folded::flush() {
  if (count_ > 0) write();
}

void Folded::write() {
  auto line = logger_;
  for (const auto& field : more_) line = line.with(field.key, field.value);
  line.write(level_, event_, {{"count", std::exchange(count_, 0)}});
}

}  // namespace srs::log
