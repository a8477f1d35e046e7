// Where one stands in a trace, and how that is said to others (W3C Trace Context).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace srs::tracing {

using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

// A value; default-made it is in no trace.
struct SpanContext {
  TraceId trace_id{};
  SpanId span_id{};
  bool sampled = false;
  std::string trace_state;  // of other vendors, handed on as it came

  bool valid() const { return trace_id != TraceId{} && span_id != SpanId{}; }
  // 32 and 16 lower-case digits, as logs write them; empty where it is not valid.
  std::string trace_id_hex() const;
  std::string span_id_hex() const;
};

// Reads the headers `traceparent` and, where there is one, `tracestate`. Nothing where the first
// is not as W3C Trace Context §3.2 wants it: a new trace is begun then. A faulty tracestate is left
// out (§3.3).
std::optional<SpanContext> parse_traceparent(std::string_view traceparent,
                                             std::string_view tracestate = {});

// What a request to others carries, `00-<trace>-<span>-01`; empty where the context is not valid.
std::string traceparent(const SpanContext& context);

// The list with its optional white space taken out, empty where it breaks the rules of §3.3.1.
std::string parse_tracestate(std::string_view text);

}  // namespace srs::tracing
