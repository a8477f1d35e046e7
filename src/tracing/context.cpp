#include "tracing/hex.hpp"

#include <srs/tracing/context.hpp>

namespace srs::tracing {
namespace {

// version "-" trace-id "-" parent-id "-" trace-flags (W3C Trace Context §3.2.2)
constexpr std::size_t kLength = 2 + 1 + 32 + 1 + 16 + 1 + 2;
constexpr std::uint8_t kSampled = 1;

}  // namespace

std::string SpanContext::trace_id_hex() const {
  return valid() ? to_hex(trace_id) : std::string();
}

std::string SpanContext::span_id_hex() const {
  return valid() ? to_hex(span_id) : std::string();
}

std::optional<SpanContext> parse_traceparent(std::string_view text, std::string_view tracestate) {
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') {
    return std::nullopt;
  }
  const auto version = from_hex<1>(text.substr(0, 2));
  const auto trace_id = from_hex<16>(text.substr(3, 32));
  const auto span_id = from_hex<8>(text.substr(36, 16));
  const auto flags = from_hex<1>(text.substr(53, 2));
  if (!version || !trace_id || !span_id || !flags || (*version)[0] == 0xFF) return std::nullopt;
  // §3.2.4: version 00 ends here, later ones may go on behind another dash.
  const bool longer = text.size() > kLength;
  if (longer && ((*version)[0] == 0 || text[kLength] != '-')) return std::nullopt;

  SpanContext context{*trace_id, *span_id, ((*flags)[0] & kSampled) != 0, {}};
  if (!context.valid()) return std::nullopt;
  context.trace_state = parse_tracestate(tracestate);
  return context;
}

std::string traceparent(const SpanContext& context) {
  if (!context.valid()) return {};
  return "00-" + to_hex(context.trace_id) + "-" + to_hex(context.span_id) +
         (context.sampled ? "-01" : "-00");
}

}  // namespace srs::tracing
