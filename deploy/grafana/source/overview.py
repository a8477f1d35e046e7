"""The first page: is it up, how much does it do, does it lose anything, how much room is left?"""
from dashboard import dashboard
from panels import gauges, graph, heatmap, quantiles, row, stat

OVERVIEW = dashboard("siprec-overview", "SIPREC Overview", "All recorders at a glance: the golden signals.", [
    stat("Recorders ready", "Those that answer Prometheus and take new calls.", "sum(min by (instance) (siprec_ready{@}))", thresholds={None: "red", 1: "green"}),
    stat("Active sessions", "Recording sessions in progress.", "sum(sip_sessions_active{@})"),
    stat("Calls per second", "Recording sessions answered, over 5 minutes.", "sum(rate(sip_sessions_total{@}[5m]))", "cps"),
    stat("Not recorded (1 h)", "Share of the calls offered in the last hour that were not recorded through our own fault. Objective: 0.1 %.",
         "sum(instance:calls_unrecorded:rate1h{@}) / sum(instance:calls_offered:rate1h{@})", "percentunit",
         thresholds={0.001: "yellow", 0.0144: "red"}, decimals=2),
    stat("Uptime", "Share of the chosen time in which the recorders answered Prometheus.",
         "avg(avg_over_time(up{@}[$__range]))", "percentunit", thresholds={None: "red", 0.99: "yellow", 0.999: "green"}, decimals=3),
    stat("Alerts firing", "Alerts of the recorders that fire now.",
         'count(ALERTS{@,alertstate="firing",severity!="none"}) or vector(0)', thresholds={1: "red"}),

    row("Traffic"),
    graph("Active Sessions", "Recording sessions in progress, by recorder.", {"{{instance}}": "sum by (instance) (sip_sessions_active{@})"}),
    graph("Request Rate", "SIP requests by method, without retransmissions.",
          {"{{method}}": "sum by (method) (rate(sip_requests_total{@}[$__rate_interval])) > 0"}, "reqps"),
    graph("RTP packet rate", "RTP packets received.", {"{{instance}}": "sum by (instance) (rate(rtp_packets_received_total{@}[$__rate_interval]))"}, "pps"),

    row("Errors"),
    graph("Error Rate", "Share of final SIP answers that are 4xx, 5xx or 6xx. The alert begins at 5 %.",
          {"{{instance}}": "sum by (instance) (instance:sip_responses_errors:rate5m{@}) / sum by (instance) (instance:sip_responses_final:rate5m{@} > 0)"},
          "percentunit", thresholds={0.05: "red"}, max=1),
    graph("Failed sessions by reason", "Calls refused, or ended otherwise than by BYE, CANCEL or the configured maximum.",
          {"{{reason}}": "sum by (reason) (increase(sip_sessions_failed_total{@}[$__rate_interval])) > 0"}, "short", stacked=True),
    graph("Lost inside this server", "Each of these stays at 0: datagrams dropped by the kernel or by a slow disk, late sweeps, lost log lines.", {
        "kernel drops": "sum(increase(rtp_kernel_drops_total{@}[$__rate_interval]))",
        "capture drops": "sum(increase(capture_packets_dropped_total{@}[$__rate_interval]))",
        "late sweeps": "sum(increase(rtp_sweep_overruns_total{@}[$__rate_interval]))",
        "log lines": "sum(increase(log_lines_dropped_total{@}[$__rate_interval]))"}),

    row("Latency"),
    heatmap("Response Time", "INVITEs: from the first byte to our final answer.", 'sip_response_time_seconds_bucket{@,method="INVITE"}'),
    graph("Response time, quantiles", "The same as lines. At 0.5 s SRCs begin to retransmit.",
          quantiles('sip_response_time_seconds_bucket{@,method="INVITE"}', 0.5, 0.95, 0.99), "s", thresholds={0.5: "red"}),
    graph("End-to-end latency", "From the end of a call to complete files: half of them, and all but one in twenty.",
          quantiles("recording_finish_seconds_bucket{@}", 0.5, 0.95), "s"),

    row("Saturation"),
    gauges("Resource Usage", "The fullest recorder's share of each resource. RTP ports: those in use, those that rest after a call, and those that others hold.", {
        "RTP ports": "max(instance:rtp_ports_taken:ratio{@})",
        "disk": "1 - min(instance:recording_disk_free:ratio{@})",
        "descriptors": "max(instance:process_open_fds:ratio{@})",
        "render queue": "max(recording_render_queue{@} / recording_render_queue_capacity{@})",
        "disk buffer": "max(capture_pending_bytes{@} / capture_pending_limit_bytes{@})",
        "CPU (one core)": "max(instance:process_cpu_seconds:rate5m{@})",
        "memory (of 4 GiB)": 'max(memory_usage_bytes{@,type="resident"}) / 4294967296'}, thresholds={0.7: "yellow", 0.9: "red"}),
    graph("Event loop lag", "How late one timer in a hundred fires.", {"{{instance}}": "max by (instance) (instance:event_loop_lag_seconds:p99_5m{@})"},
          "s", thresholds={0.1: "yellow", 1: "red"}),
    graph("Disk free", "Free space of the recordings' file system.", {"{{instance}}": "min by (instance) (recording_disk_free_bytes{@})"}, "bytes"),
])
