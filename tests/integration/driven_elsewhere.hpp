// Metrics of what can't be made to happen to a process from outside, or takes minutes: who drives
// them instead.
#pragma once

#include <map>
#include <string>

namespace srs::test {

inline const std::map<std::string, std::string> kDrivenElsewhere = {
    // A disk that is slow for a moment.
    {"capture_pending_bytes", "tests/recording/files/capture_test.cpp"},
    // An exception of our own.
    {"rtp_sink_failures_total", "tests/rtp/sweep_test.cpp"},
    // 90 seconds at least.
    {"sip_session_timer_expirations_total", "tests/sip/session_timer_test.cpp"},
    {"stt_answers_mended_total", "tests/stt/bad_input_test.cpp"},
    {"stt_breaker_state", "tests/stt/retry_test.cpp"},
    {"stt_deliveries_total", "tests/stt/delivery_test.cpp"},
    {"stt_live_audio_dropped_seconds_total", "tests/stt/live_test.cpp"},
    {"stt_retries_total", "tests/stt/retry_test.cpp"},
    // New Relic's endpoint.
    {"tracing_metrics_exported_total", "tests/tracing/new_relic_test.cpp"},
    {"tracing_spans_dropped_total", "tests/tracing/exporting.hpp"},
};

}  // namespace srs::test
