#include <srs/log/logger.hpp>

namespace srs::log {

std::string_view to_string(Level level) {
  switch (level) {
    case Level::Trace:
      return "trace";
    case Level::Debug:
      return "debug";
    case Level::Info:
      return "info";
    case Level::Warning:
      return "warning";
    case Level::Error:
      return "error";
    case Level::Off:
      break;
  }
  return "off";
}

Logger Logger::with(std::string key, Value value) const {
  Logger copy = *this;
  copy.bound_.push_back({std::move(key), std::move(value)});
  return copy;
}

Logger Logger::named(std::string name) const {
  Logger copy = *this;
  copy.name_ = std::move(name);
  return copy;
}

}  // namespace srs::log
