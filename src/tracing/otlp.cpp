// OTLP/HTTP with binary protobuf (opentelemetry-proto, trace/v1/trace.proto).
#include "tracing/exporter.hpp"
#include "tracing/otlp_fields.hpp"

#include <srs/util/gzip.hpp>

#include <utility>

namespace srs::tracing {
namespace {

using protozero::pbf_tag_type;
using protozero::pbf_writer;

namespace field {
constexpr pbf_tag_type kTraceId = 1;
constexpr pbf_tag_type kSpanId = 2;
constexpr pbf_tag_type kTraceState = 3;
constexpr pbf_tag_type kParentSpanId = 4;
constexpr pbf_tag_type kName = 5;
constexpr pbf_tag_type kKind = 6;
constexpr pbf_tag_type kStart = 7;
constexpr pbf_tag_type kEnd = 8;
constexpr pbf_tag_type kAttributes = 9;
constexpr pbf_tag_type kDroppedAttributes = 10;
constexpr pbf_tag_type kEvents = 11;
constexpr pbf_tag_type kDroppedEvents = 12;
constexpr pbf_tag_type kLinks = 13;
constexpr pbf_tag_type kStatus = 15;
}  // namespace field

namespace event_field {
constexpr pbf_tag_type kTime = 1;
constexpr pbf_tag_type kName = 2;
constexpr pbf_tag_type kAttributes = 3;
}  // namespace event_field

namespace link_field {
constexpr pbf_tag_type kTraceId = 1;
constexpr pbf_tag_type kSpanId = 2;
constexpr pbf_tag_type kTraceState = 3;
}  // namespace link_field

namespace status_field {
constexpr pbf_tag_type kMessage = 2;
constexpr pbf_tag_type kCode = 3;
}  // namespace status_field

std::uint64_t nanoseconds(WallTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

template <std::size_t Size>
void add_id(pbf_writer& to, pbf_tag_type tag, const std::array<std::uint8_t, Size>& id) {
  to.add_bytes(tag, reinterpret_cast<const char*>(id.data()), id.size());
}

void write_event(pbf_writer& span, const Event& event) {
  pbf_writer to(span, field::kEvents);
  to.add_fixed64(event_field::kTime, nanoseconds(event.at));
  to.add_string(event_field::kName, event.name);
  otlp::write_attributes(to, event_field::kAttributes, event.attributes);
}

void write_link(pbf_writer& span, const SpanContext& link) {
  if (!link.valid()) return;
  pbf_writer to(span, field::kLinks);
  add_id(to, link_field::kTraceId, link.trace_id);
  add_id(to, link_field::kSpanId, link.span_id);
  if (!link.trace_state.empty()) to.add_string(link_field::kTraceState, link.trace_state);
}

void write_status(pbf_writer& span, const SpanData& data) {
  if (data.status == Status::Unset) return;
  pbf_writer to(span, field::kStatus);
  if (!data.status_text.empty()) to.add_string(status_field::kMessage, data.status_text);
  to.add_enum(status_field::kCode, data.status == Status::Ok ? 1 : 2);
}

void write_span(pbf_writer& scope, const SpanData& data) {
  pbf_writer to(scope, otlp::scope_items::kItems);
  add_id(to, field::kTraceId, data.context.trace_id);
  add_id(to, field::kSpanId, data.context.span_id);
  if (!data.context.trace_state.empty())
    to.add_string(field::kTraceState, data.context.trace_state);
  if (data.parent != SpanId{}) add_id(to, field::kParentSpanId, data.parent);
  to.add_string(field::kName, data.name);
  to.add_enum(field::kKind, static_cast<int>(data.kind) + 1);  // 0 is "unspecified"
  to.add_fixed64(field::kStart, nanoseconds(data.start));
  to.add_fixed64(field::kEnd, nanoseconds(data.end));
  otlp::write_attributes(to, field::kAttributes, data.attributes);
  if (data.dropped_attributes > 0) {
    to.add_uint32(field::kDroppedAttributes, data.dropped_attributes);
  }
  for (const auto& event : data.events) write_event(to, event);
  if (data.dropped_events > 0) to.add_uint32(field::kDroppedEvents, data.dropped_events);
  write_link(to, data.link);
  write_status(to, data);
}

class Otlp final : public Exporter {
 public:
  Otlp(std::string name, Endpoint endpoint, Resource resource)
      : name_(std::move(name)), endpoint_(std::move(endpoint)), resource_(std::move(resource)) {}

  std::string_view name() const override { return name_; }
  HttpRequest request(const Spans& spans) const override {
    return post(endpoint_, "application/x-protobuf", otlp::envelope(resource_, [&](auto& scope) {
                  for (const auto& span : spans) write_span(scope, *span);
                }));
  }
  std::uint64_t rejected(std::string_view body) const override { return otlp::rejected(body); }

 private:
  const std::string name_;
  const Endpoint endpoint_;
  const Resource resource_;
};

}  // namespace

std::unique_ptr<Exporter> make_otlp(std::string name, Endpoint endpoint, Resource resource) {
  return std::make_unique<Otlp>(std::move(name), std::move(endpoint), std::move(resource));
}

HttpRequest post(const Endpoint& endpoint, std::string content_type, std::string body) {
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint.url;
  request.headers = endpoint.headers;
  request.headers.emplace_back("Content-Type", std::move(content_type));
  if (endpoint.gzip) {
    request.headers.emplace_back("Content-Encoding", "gzip");
    body = srs::gzip(body);
  }
  request.body = std::move(body);
  request.timeout = endpoint.timeout;
  request.connect_timeout = endpoint.timeout;
  request.ca_file = endpoint.ca_file;
  request.max_response_bytes = 64 * 1024;
  return request;
}

}  // namespace srs::tracing
