#include "app/errors.hpp"

namespace srs::app {

std::vector<metrics::ErrorRow> error_rows() {
  return {
      {"sip", "", "sip_malformed_total", "reason"},
      {"sip", "tls", "sip_tls_handshakes_failed_total"},
      {"sip", "ack_missing", "sip_acks_missing_total"},
      {"sip", "connection_cut", "sip_connections_cut_total"},
      {"sip", "kernel_drop", "sip_kernel_drops_total"},
      {"session", "", "sip_sessions_failed_total", "reason"},
      {"rtp", "kernel_drop", "rtp_kernel_drops_total"},
      {"rtp", "sweep_overrun", "rtp_sweep_overruns_total"},
      {"rtp", "sink", "rtp_sink_failures_total"},
      {"rtp", "invalid", "rtp_packets_invalid_total"},
      {"rtp", "truncated", "rtp_datagrams_truncated_total"},
      {"rtp", "refused_source", "rtp_packets_refused_total"},
      {"capture", "dropped", "capture_packets_dropped_total"},
      {"capture", "write", "capture_write_errors_total"},
      {"recording", "write", "recording_write_errors_total"},
      {"recording", "failed", "recordings_total", "state", "failed"},
      {"stt", "", "stt_transcription_errors_total", "reason"},
      {"log", "dropped", "log_lines_dropped_total"},
  };
}

}  // namespace srs::app
