#include <srs/log/folded.hpp>

#include <utility>

namespace srs::log {

Folded::Folded(Logger logger, Level level, std::string event)
    : logger_(std::move(logger)), level_(level), event_(std::move(event)) {}

void Folded::add(Clock::time_point now, std::uint64_t count) {
  count_ += count;
  if (last_ && now - *last_ < std::chrono::seconds(1)) return;
  last_ = now;
  write();
}

void Folded::flush() {
  if (count_ > 0) write();
}

void Folded::write() {
  switch (level_) {
    case Level::Trace:
      logger_.trace(event_, {{"count", count_}});
      break;
    case Level::Debug:
      logger_.debug(event_, {{"count", count_}});
      break;
    case Level::Info:
      logger_.info(event_, {{"count", count_}});
      break;
    case Level::Warning:
      logger_.warning(event_, {{"count", count_}});
      break;
    case Level::Error:
      logger_.error(event_, {{"count", count_}});
      break;
    case Level::Off:
      break;
  }
  count_ = 0;
}

}  // namespace srs::log
