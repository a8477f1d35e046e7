// Log lines that lead to their trace.
#pragma once

#include <srs/log/logger.hpp>
#include <srs/recording/document.hpp>
#include <srs/tracing/context.hpp>

#include <utility>

namespace srs::recording {

// The same logger with `trace.id` and `span.id` on every line, where there is a trace.
inline log::Logger traced(log::Logger log, const tracing::SpanContext& context) {
  if (!context.valid()) return log;
  return log.with("trace.id", context.trace_id_hex()).with("span.id", context.span_id_hex());
}

// Where a recording of an earlier process stands in its trace, as far as metadata.json kept it.
inline tracing::SpanContext kept_trace(const Document& document) {
  return tracing::parse_traceparent(document.session.traceparent, document.session.tracestate)
      .value_or(tracing::SpanContext{});
}

}  // namespace srs::recording
