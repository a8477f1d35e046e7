// Starts spans.
//
//   tracing::Span span = tracer.start("recording.session", parent.context());
//   span.set("recording.id", id);
#pragma once

#include <srs/tracing/options.hpp>
#include <srs/tracing/span.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <random>

namespace srs::tracing {

// A default-made one is off: its spans record nothing and hand the context of their parents on.
// Used on the io_context's thread.
class Tracer {
 public:
  Tracer() = default;
  Tracer(Sampling sampling, std::shared_ptr<SpanSink> sink);
  // For those whose sink outlives the tracer and its spans.
  Tracer(Sampling sampling, SpanSink& sink)
      : Tracer(sampling, std::shared_ptr<SpanSink>(std::shared_ptr<void>(), &sink)) {}

  bool enabled() const { return sink_ != nullptr; }

  // A span below `parent`, or the first of a new trace where that is not valid. `at` is for what
  // has happened already.
  Span start(std::string_view name, const SpanContext& parent = {}, Kind kind = Kind::Internal,
             std::optional<WallTime> at = {}) {
    return sink_ == nullptr ? Span(parent) : begin(name, parent, kind, at);
  }
  // A template, so that `{}` still means no parent.
  template <std::same_as<Span> Parent>
  Span start(std::string_view name, const Parent& parent, Kind kind = Kind::Internal,
             std::optional<WallTime> at = {}) {
    return start(name, parent.context(), kind, at);
  }
  Span start(std::string_view name, const SpanContext& parent,
             std::initializer_list<log::Field> attributes);
  // In the place of a span that died with its process before it was sent: spans that were name
  // `own` as their parent. Its own parent is not known any more. Without valid `own` a new trace.
  Span stand_in(std::string_view name, const SpanContext& own, Kind kind, WallTime at);

 private:
  Span begin(std::string_view name, const SpanContext& parent, Kind kind,
             std::optional<WallTime> at);
  Span record(std::string_view name, SpanContext context, const SpanId& parent, Kind kind,
              WallTime at);
  template <std::size_t Size>
  std::array<std::uint8_t, Size> random_id();

  Sampling sampling_;
  std::shared_ptr<SpanSink> sink_;
  std::mt19937_64 random_{0};
};

// True where a trace with that id and parent is to be recorded: the same answer in every process
// that decides by the same ratio.
bool decide(const Sampling& sampling, const TraceId& id, const SpanContext& parent);

}  // namespace srs::tracing
