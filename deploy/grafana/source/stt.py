"""Speech to text, by provider. Empty where no provider is configured."""
from dashboard import dashboard
from panels import graph, heatmap, quantiles, row, stat

STT = dashboard("siprec-stt", "SIPREC Speech to Text", "Transcriptions by provider. Empty where no provider is configured.", [
    stat("Transcriptions (1 h)", "Finished in the last hour.", "sum(increase(stt_transcription_duration_seconds_count{@}[1h]))", width=6, decimals=0),
    stat("Errors (1 h)", "Attempts that failed.", "sum(increase(stt_transcription_errors_total{@}[1h]))", width=6, thresholds={1: "yellow"}, decimals=0),
    stat("Audio (1 h)", "Audio handed to providers.", "sum(increase(stt_audio_processed_bytes_total{@}[1h]))", "bytes", width=6),
    stat("Estimated cost (24 h)", "By the configured price table, in its currency.", "sum by (currency) (increase(stt_transcription_cost_total{@}[24h]))", width=6, legend="{{currency}}", decimals=2),

    row("Jobs"),
    graph("Queue", "Recordings that wait for their transcript, are being transcribed, or wait for somebody to mend what refused them.", {
        "waiting": "sum(stt_queue_jobs{@})", "running": "sum(stt_jobs_running{@})", "parked": "sum(stt_jobs_parked{@})"}),
    graph("Oldest job", "How long it has waited.", {"{{instance}}": "max by (instance) (stt_queue_oldest_seconds{@})"}, "s", thresholds={3600: "red"}),
    graph("Jobs ended", "By how they ended.", {"{{state}}": "sum by (state) (increase(stt_jobs_total{@}[$__rate_interval]))"}, stacked=True),
    graph("From submission to transcript", "Half of the jobs, and all but one in twenty.", quantiles("stt_job_seconds_bucket{@}", 0.5, 0.95), "s"),
    graph("Deliveries to the webhook", "By result.", {"{{result}}": "sum by (result) (increase(stt_deliveries_total{@}[$__rate_interval]))"}),
    graph("Held back, mended, redacted", "Waits for a configured bound, answers that had to be put right, places taken out of transcripts.", {
        "held back": "sum(increase(stt_held_back_total{@}[$__rate_interval]))",
        "mended": "sum(increase(stt_answers_mended_total{@}[$__rate_interval]))",
        "redacted": "sum(increase(stt_redactions_total{@}[$__rate_interval]))"}),

    row("Providers"),
    graph("Transcriptions", "Per second, by provider.", {"{{provider}}": "sum by (provider) (rate(stt_transcription_duration_seconds_count{@}[$__rate_interval]))"}),
    graph("Errors", "By provider and reason.", {"{{provider}} {{reason}}": "sum by (provider, reason) (increase(stt_transcription_errors_total{@}[$__rate_interval])) > 0"}),
    graph("Processing time", "Half of them, and all but one in twenty.", quantiles("stt_transcription_duration_seconds_bucket{@}", 0.5, 0.95, by="provider"), "s", thresholds={300: "red"}),
    heatmap("Processing time, distribution", "All providers.", "stt_transcription_duration_seconds_bucket{@}"),
    graph("Audio", "Bytes per second, by provider.", {"{{provider}}": "sum by (provider) (rate(stt_audio_processed_bytes_total{@}[$__rate_interval]))"}, "Bps"),
    graph("Requests in flight, retries", "By provider.", {
        "{{provider}} in flight": "sum by (provider) (stt_requests_in_flight{@})",
        "{{provider}} retries": "sum by (provider) (increase(stt_retries_total{@}[$__rate_interval]))"}),
    graph("Circuit breakers", "0 closed, 1 trying again, 2 open: the provider is left alone.", {"{{provider}}": "max by (provider) (stt_breaker_state{@})"},
          thresholds={2: "red"}, max=2),
    graph("Audio time", "Hours of audio an hour, by provider.", {"{{provider}}": "sum by (provider) (rate(stt_audio_processed_seconds_total{@}[$__rate_interval]))"}),
    graph("Cost", "Per hour, by provider and currency.", {"{{provider}} {{currency}}": "sum by (provider, currency) (rate(stt_transcription_cost_total{@}[$__rate_interval])) * 3600"}),

    row("Live"),
    graph("Live channels and listeners", "Channels whose words go to the live provider now; readers of /events/transcriptions and /ws/transcriptions.", {
        "channels": "sum(stt_live_streams{@})", "listeners": "sum(stt_live_listeners{@})"}),
    graph("Live results", "Per second, by kind, and lines published.", {
        "{{kind}}": "sum by (kind) (rate(stt_live_results_total{@}[$__rate_interval]))",
        "lines": "sum(rate(stt_live_lines_total{@}[$__rate_interval]))"}),
    graph("Live text, how late", "From spoken word to final text: half of them, and all but one in twenty.",
          quantiles('stt_transcription_duration_seconds_bucket{@,provider=~".+/live"}', 0.5, 0.95, by="provider"), "s", thresholds={10: "red"}),
    graph("Live text that was lost", "Audio the provider was too slow for, channels beyond the limit, lines that slow listeners missed, listeners cut off or refused. Recordings have it all.", {
        "audio (s)": "sum(increase(stt_live_audio_dropped_seconds_total{@}[$__rate_interval]))",
        "channels refused": "sum(increase(stt_live_streams_refused_total{@}[$__rate_interval]))",
        "lines missed": "sum(increase(stt_live_lines_missed_total{@}[$__rate_interval]))",
        "{{reason}}": "sum by (reason) (increase(errors_total{@,component=\"http\",reason=~\"slow_reader|listener_limit\"}[$__rate_interval]))"}, thresholds={1: "red"}),
])
