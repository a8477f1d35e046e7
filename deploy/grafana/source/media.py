"""Media and recordings: what came, what did not, and what became of it."""
from dashboard import dashboard
from panels import graph, heatmap, quantiles, row, stat


def events(*names):
    """Increases of counters, each under its own name."""
    return {name.removesuffix("_total"): f"sum(increase({name}{{@}}[$__rate_interval]))" for name in names}


MEDIA = dashboard("siprec-media", "SIPREC RTP & Recording Quality", "RTP, captures, renders, files.", [
    stat("Packets per second", "RTP packets received.", "sum(rate(rtp_packets_received_total{@}[5m]))", "pps"),
    stat("Packet loss", "Of the packets that the calls of 15 minutes should have brought, running calls included.",
         "max(instance:rtp_packets_lost:ratio_rate15m{@})", "percentunit", thresholds={0.01: "yellow", 0.05: "red"}, decimals=2, width=3),
    stat("Calls without media (1 h)", "Sessions that ended without one RTP packet.", "sum(increase(recordings_without_media_total{@}[1h]))",
         thresholds={1: "yellow"}, decimals=0),
    stat("One-sided calls (1 h)", "Recordings with media in one stream and not one packet in another.",
         "sum(increase(recordings_one_sided_total{@}[1h]))", thresholds={1: "yellow"}, decimals=0),
    stat("Recordings failed (1 h)", "Recordings that could not be finished.", 'sum(increase(recordings_total{@,state="failed"}[1h]))',
         thresholds={1: "red"}, decimals=0, width=3),
    stat("Oldest render", "How long the oldest ended call has waited for its audio.", "max(recording_render_oldest_seconds{@})", "s",
         thresholds={300: "yellow", 900: "red"}, width=3),
    stat("Disk free", "The fullest disk's free share.", "min(instance:recording_disk_free:ratio{@})", "percentunit",
         thresholds={None: "red", 0.03: "yellow", 0.1: "green"}, width=3),

    row("RTP"),
    graph("Packets", "RTP received, and RTCP reports sent.", {
        "received": "sum(rate(rtp_packets_received_total{@}[$__rate_interval]))",
        "RTCP received": "sum(rate(rtp_rtcp_received_total{@}[$__rate_interval]))",
        "RTCP sent": "sum(rate(rtp_packets_sent_total{@}[$__rate_interval]))"}, "pps"),
    graph("Bit rate", "Media received and reports sent.", {
        "received": "sum(rate(rtp_bytes_received_total{@}[$__rate_interval])) * 8",
        "sent": "sum(rate(rtp_bytes_sent_total{@}[$__rate_interval])) * 8"}, "bps"),
    graph("Lost on the way", "Expected and not received, of the calls of 15 minutes, running ones included.",
          {"{{instance}}": "max by (instance) (instance:rtp_packets_lost:ratio_rate15m{@})"}, "percentunit", thresholds={0.01: "yellow", 0.05: "red"}),
    graph("Loss of a stream", "Share of lost packets: half of the streams, and all but one in twenty, in a hundred.",
          quantiles("rtp_stream_loss_ratio_bucket{@}", 0.5, 0.95, 0.99), "percentunit", thresholds={0.01: "yellow", 0.05: "red"}),
    graph("Jitter of a stream", "Interarrival jitter (RFC 3550) at the streams' ends.", quantiles("rtp_stream_jitter_seconds_bucket{@}", 0.5, 0.95, 0.99), "s",
          thresholds={0.05: "yellow"}),
    graph("Late packets of a stream", "Share that a live player with a delay of 100 ms would miss; the recording has them.",
          quantiles("rtp_stream_late_ratio_bucket{@}", 0.5, 0.95, 0.99), "percentunit"),
    graph("Lost here", "Each of these stays at 0.",
          events("rtp_kernel_drops_total", "capture_packets_dropped_total", "rtp_sweep_overruns_total", "rtp_sink_failures_total")),
    graph("Odd packets", "Duplicates and reordered packets are recorded rightly; the others are not media of a call.",
          events("rtp_packets_duplicate_total", "rtp_packets_reordered_total", "rtp_packets_late_total",
                 "rtp_packets_unknown_payload_total",
                 "rtp_packets_invalid_total", "rtp_packets_refused_total", "rtp_stale_packets_total", "rtp_datagrams_truncated_total",
                 "rtp_source_changes_total", "rtp_keepalives_received_total")),
    graph("RTP ports", "Port pairs. Where the first three together are more than nine tenths RTPPortExhaustion fires.", {
        "allocated": "sum(rtp_ports_allocated{@})", "quarantined": "sum(rtp_ports_quarantined{@})",
        "held by others": "sum(rtp_ports_held{@})", "capacity": "sum(rtp_ports_capacity{@})"}),
    heatmap("Receiver's sweeps", "How long one wake-up of the receive engine takes.", "rtp_sweep_seconds_bucket{@}", width=12),
    graph("Ports asked for in vain", "Requests for a port pair that found none, where the INVITE got 503; pairs that were given before they had rested, for want of others.",
          events("rtp_port_exhaustion_total", "rtp_quarantines_cut_total"), width=12),

    row("Recordings"),
    graph("Recordings finished", "By state.", {"{{state}}": "sum by (state) (increase(recordings_total{@}[$__rate_interval]))"}, stacked=True, width=6),
    graph("Recordings with warnings", "By kind of the warnings in metadata.json, and all warnings together.", {
        "{{kind}}": "sum by (kind) (increase(recordings_with_warnings_total{@}[$__rate_interval]))",
        "all warnings": "sum(increase(recording_warnings_total{@}[$__rate_interval]))"}, width=6),
    graph("Recorded time", "Hours a day, by direction of the call where the metadata tells it.",
          {"{{direction}}": "sum by (direction) (rate(recording_seconds_total{@}[$__rate_interval])) * 24"}, "h", stacked=True, width=6),
    graph("Silent, recovered, unwritable", "Sessions without a packet, or with one stream without; recordings of an earlier process; metadata files that failed.",
          events("recordings_without_media_total", "recordings_one_sided_total", "recordings_recovered_total", "recording_write_errors_total"), width=6),
    graph("Render queue", "Ended calls that wait for their audio.", {
        "waiting": "sum(recording_render_queue{@})", "running": "sum(recording_render_running{@})",
        "refused by the disk": "sum(recordings_postponed{@}) + sum(recording_writes_postponed{@})"}),
    graph("Render time", "Of one recording.", quantiles("recording_render_seconds_bucket{@}", 0.5, 0.95), "s"),
    graph("End of call to complete files", "What a user waits for.", quantiles("recording_finish_seconds_bucket{@}", 0.5, 0.95, 0.99), "s"),

    row("Disk"),
    graph("Written to captures", "Bytes per second.", {"{{instance}}": "sum by (instance) (rate(capture_bytes_total{@}[$__rate_interval]))"}, "Bps"),
    graph("Write latency", "One block of a capture.", quantiles("capture_write_seconds_bucket{@}", 0.5, 0.95, 0.99), "s", thresholds={0.25: "red"}),
    graph("Waiting for the disk", "Bytes of captures; at recording.capture.max_pending packets are dropped.",
          {"{{instance}}": "sum by (instance) (capture_pending_bytes{@})"}, "bytes"),
    graph("Disk free, and in a day", "Free space now, what the last 6 hours predict for tomorrow, and recording.min_free_space, below which calls are refused.", {
        "{{instance}} now": "recording_disk_free_bytes{@}",
        "{{instance}} in 24 h": "predict_linear(recording_disk_free_bytes{@}[6h], 86400)",
        "{{instance}} refuses calls": "recording_min_free_bytes{@}"}, "bytes", width=8),
    graph("Inodes free", "Files that the recordings' file system can still take, and all of them. Below 1,000 calls are refused. 0 where it counts none.", {
        "{{instance}} free": "recording_disk_files_free{@}",
        "{{instance}} all": "recording_disk_files{@}"}, width=8),
    graph("Failed writes", "Captures and metadata.", events("capture_write_errors_total", "recording_write_errors_total"), width=8),
])
