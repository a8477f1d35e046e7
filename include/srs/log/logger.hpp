// What modules log with: an event name and key=value fields.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace srs::log {

enum class Level { Trace, Debug, Info, Warning, Error, Off };

// `trace`, `debug`, `info`, `warning`, `error`, `off`.
std::string_view to_string(Level level);

// What a field says: a text, a whole number, a fraction, or yes or no. Made of any of their types.
class Value {
 public:
  template <class T>
  Value(const T& value) : data_(convert(value)) {}  // NOLINT(google-explicit-constructor)

  const std::variant<std::string, std::int64_t, std::uint64_t, double, bool>& data() const {
    return data_;
  }

 private:
  using Data = std::variant<std::string, std::int64_t, std::uint64_t, double, bool>;
  template <class T>
  static Data convert(const T& value) {
    if constexpr (std::is_same_v<T, bool>)
      return value;
    else if constexpr (std::is_floating_point_v<T>)
      return static_cast<double>(value);
    else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>)
      return static_cast<std::int64_t>(value);
    else if constexpr (std::is_integral_v<T>)
      return static_cast<std::uint64_t>(value);
    else
      return std::string(std::string_view(value));
  }
  Data data_;
};

struct Field {
  std::string key;  // [a-z0-9_.]+, ours, never from the network
  Value value;      // may come from the network: it is escaped where it is written
};
using Fields = std::vector<Field>;

class Folded;

// Where records go; log::Root implements it, tests may too.
class Sink {
 public:
  virtual ~Sink() = default;
  // Those that hold back what happened since their last line; see Folded.
  std::set<Folded*> holding_back;
  virtual bool enabled(Level level) const = 0;
  virtual void write(Level level, std::string_view logger, std::string_view event,
                     const Fields& bound, std::initializer_list<Field> fields) = 0;
};

// A cheap value: a sink, a name and the fields that every line of it carries. Thread-safe where
// its sink is. A default-made logger writes nowhere.
class Logger {
 public:
  Logger() = default;
  Logger(std::shared_ptr<Sink> sink, std::string name)
      : sink_(std::move(sink)), name_(std::move(name)) {}

  // The same logger with one more field on every line: `log.with("call_id", id)`.
  Logger with(std::string key, Value value) const;
  // The same fields under another module's name.
  Logger named(std::string name) const;

  const std::shared_ptr<Sink>& sink() const { return sink_; }
  bool enabled(Level level) const { return sink_ && sink_->enabled(level); }

  void trace(std::string_view event, std::initializer_list<Field> fields = {}) const {
    write(Level::Trace, event, fields);
  }
  void debug(std::string_view event, std::initializer_list<Field> fields = {}) const {
    write(Level::Debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<Field> fields = {}) const {
    write(Level::Info, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<Field> fields = {}) const {
    write(Level::Warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<Field> fields = {}) const {
    write(Level::Error, event, fields);
  }
  void write(Level level, std::string_view event, std::initializer_list<Field> fields) const {
    if (enabled(level)) sink_->write(level, name_, event, bound_, fields);
  }
  // A line at trace level that somebody asked for by a filter: written whatever the level.
  void asked_for(std::string_view event, std::initializer_list<Field> fields = {}) const {
    if (sink_) sink_->write(Level::Trace, name_, event, bound_, fields);
  }

 private:
  std::shared_ptr<Sink> sink_;
  std::string name_;
  Fields bound_;
};

}  // namespace srs::log
