// Something that took time, and what is known of it.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/tracing/context.hpp>
#include <srs/util/time.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace srs::tracing {

enum class Kind { Internal, Server, Client, Producer, Consumer };
enum class Status { Unset, Ok, Error };

using Attributes = std::vector<log::Field>;

struct Event {
  std::string name;
  WallTime at{};
  Attributes attributes;
};

// A span as exporters get it. Bounded: what does not fit is counted and left out.
struct SpanData {
  SpanContext context;
  SpanId parent{};  // zero: the first of its trace
  std::string name;
  Kind kind = Kind::Internal;
  WallTime start{};
  WallTime end{};
  Attributes attributes;
  std::vector<Event> events;
  SpanContext link;  // of another trace that it has to do with; none where it is not valid
  Status status = Status::Unset;
  std::string status_text;
  std::uint32_t dropped_attributes = 0;
  std::uint32_t dropped_events = 0;

  std::size_t size() const;  // about so many bytes
};

inline constexpr std::size_t kMaxAttributes = 64;   // of a span, and of an event
inline constexpr std::size_t kMaxEvents = 64;       // of a span
inline constexpr std::size_t kMaxTextBytes = 1024;  // of a name or value; longer ones are cut

// Where ended spans go.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  virtual void take(SpanData span) = 0;
};

// Ends with its scope, or earlier by end(). One that is not sampled, or of a tracer that is off,
// records nothing and costs a test for null; its context is there to be handed on all the same.
// Used on the io_context's thread; what others did is told afterwards, with explicit times.
class Span {
 public:
  Span() = default;
  explicit Span(SpanContext context) : context_(std::move(context)) {}  // records nothing
  Span(std::unique_ptr<SpanData> data, std::shared_ptr<SpanSink> sink)
      : context_(data->context), data_(std::move(data)), sink_(std::move(sink)) {}
  Span(Span&& other) noexcept = default;
  Span& operator=(Span&& other) noexcept;
  ~Span() { end(); }

  const SpanContext& context() const { return context_; }
  bool recording() const { return data_ != nullptr; }

  // Setting a key again replaces its value.
  template <class T>
  void set(std::string_view key, const T& value) {
    if (data_) put(key, log::Value(value));
  }
  void event(std::string_view name, std::initializer_list<log::Field> attributes = {}) {
    if (data_) add(name, attributes, wall_now());
  }
  void event(std::string_view name, std::initializer_list<log::Field> attributes, WallTime at) {
    if (data_) add(name, attributes, at);
  }
  // To a span of another trace that it has to do with; the latest wins.
  void link(const SpanContext& other) {
    if (data_) data_->link = other;
  }
  // `why` is for a person.
  void fail(std::string_view why) {
    if (data_) finish(Status::Error, why);
  }
  void succeed() {
    if (data_) finish(Status::Ok, {});
  }

  void end() {
    if (data_) hand_over(wall_now());
  }
  void end(WallTime at) {
    if (data_) hand_over(at);
  }

 private:
  void put(std::string_view key, log::Value value);
  void add(std::string_view name, std::initializer_list<log::Field> attributes, WallTime at);
  void finish(Status status, std::string_view why);
  void hand_over(WallTime at);

  SpanContext context_;
  std::unique_ptr<SpanData> data_;
  std::shared_ptr<SpanSink> sink_;
};

}  // namespace srs::tracing
