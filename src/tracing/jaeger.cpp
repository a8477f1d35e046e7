// Jaeger's collector format: one Batch of jaeger.thrift, in Thrift's binary protocol, over HTTP.
#include "tracing/exporter.hpp"
#include "tracing/thrift_writer.hpp"

#include <utility>
#include <variant>

namespace srs::tracing {
namespace {

enum class TagType { String = 0, Double = 1, Bool = 2, Long = 3 };

// struct Tag
class Tag {
 public:
  Tag(ThriftWriter& to, std::string_view key) : to_(to) { to_.text(1, key); }

  void operator()(const std::string& value) {
    type(TagType::String);
    to_.text(3, value);
    to_.stop();
  }
  void operator()(double value) {
    type(TagType::Double);
    to_.real(4, value);
    to_.stop();
  }
  void operator()(bool value) {
    type(TagType::Bool);
    to_.boolean(5, value);
    to_.stop();
  }
  void operator()(std::int64_t value) {
    type(TagType::Long);
    to_.i64(6, value);
    to_.stop();
  }
  void operator()(std::uint64_t value) { (*this)(static_cast<std::int64_t>(value)); }

 private:
  void type(TagType type) { to_.i32(2, static_cast<std::int32_t>(type)); }
  ThriftWriter& to_;
};

void write_tags(ThriftWriter& to, std::int16_t id, const Attributes& attributes) {
  to.structures(id, attributes.size());
  for (const auto& [key, value] : attributes) std::visit(Tag(to, key), value.data());
}

std::int64_t microseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

std::int64_t number(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return static_cast<std::int64_t>(value);
}

std::string_view kind_word(Kind kind) {
  switch (kind) {
    case Kind::Server:
      return "server";
    case Kind::Client:
      return "client";
    case Kind::Producer:
      return "producer";
    case Kind::Consumer:
      return "consumer";
    default:
      return "internal";
  }
}

// Attributes, and what Jaeger has no field for; the names are those of OpenTelemetry's
// "Transformation to Jaeger".
Attributes tags_of(const SpanData& span) {
  Attributes tags = span.attributes;
  tags.push_back({"span.kind", kind_word(span.kind)});
  if (span.status == Status::Error) tags.push_back({"error", true});
  if (span.status != Status::Unset) {
    tags.push_back({"otel.status_code", span.status == Status::Ok ? "OK" : "ERROR"});
  }
  if (!span.status_text.empty()) tags.push_back({"otel.status_description", span.status_text});
  if (!span.context.trace_state.empty()) {
    tags.push_back({"w3c.tracestate", span.context.trace_state});
  }
  if (span.dropped_attributes > 0) {
    tags.push_back({"otel.dropped_attributes_count", span.dropped_attributes});
  }
  if (span.dropped_events > 0) tags.push_back({"otel.dropped_events_count", span.dropped_events});
  return tags;
}

// struct Log
void write_log(ThriftWriter& to, const Event& event) {
  Attributes fields = {{"event", event.name}};
  fields.insert(fields.end(), event.attributes.begin(), event.attributes.end());
  to.i64(1, microseconds(event.at.time_since_epoch()));
  write_tags(to, 2, fields);
  to.stop();
}

// struct SpanRef; what OpenTelemetry calls a link follows from the other span.
void write_reference(ThriftWriter& to, const SpanContext& link) {
  constexpr std::int32_t kFollowsFrom = 1;
  to.i32(1, kFollowsFrom);
  to.i64(2, number(link.trace_id.data() + 8));
  to.i64(3, number(link.trace_id.data()));
  to.i64(4, number(link.span_id.data()));
  to.stop();
}

// struct Span
void write_span(ThriftWriter& to, const SpanData& span) {
  to.i64(1, number(span.context.trace_id.data() + 8));
  to.i64(2, number(span.context.trace_id.data()));
  to.i64(3, number(span.context.span_id.data()));
  to.i64(4, number(span.parent.data()));
  to.text(5, span.name);
  if (span.link.valid()) {
    to.structures(6, 1);
    write_reference(to, span.link);
  }
  to.i32(7, 1);  // sampled
  to.i64(8, microseconds(span.start.time_since_epoch()));
  to.i64(9, microseconds(span.end - span.start));
  write_tags(to, 10, tags_of(span));
  to.structures(11, span.events.size());
  for (const auto& event : span.events) write_log(to, event);
  to.stop();
}

class Jaeger final : public Exporter {
 public:
  Jaeger(Endpoint endpoint, Resource resource)
      : endpoint_(std::move(endpoint)), resource_(std::move(resource)) {}

  std::string_view name() const override { return "jaeger"; }

  // struct Batch
  HttpRequest request(const Spans& spans) const override {
    std::string body;
    ThriftWriter to(body);
    to.structure(1);  // struct Process
    to.text(1, resource_.service_name);
    write_tags(to, 2, resource_.attributes);
    to.stop();
    to.structures(2, spans.size());
    for (const auto& span : spans) write_span(to, *span);
    to.stop();
    return post(endpoint_, "application/x-thrift", std::move(body));
  }

  std::uint64_t rejected(std::string_view) const override { return 0; }

 private:
  const Endpoint endpoint_;
  const Resource resource_;
};

}  // namespace

std::unique_ptr<Exporter> make_jaeger(Endpoint endpoint, Resource resource) {
  return std::make_unique<Jaeger>(std::move(endpoint), std::move(resource));
}

}  // namespace srs::tracing
