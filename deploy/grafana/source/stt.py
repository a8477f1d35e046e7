"""Speech to text, by provider. Empty where no provider is configured."""
from dashboard import dashboard
from panels import graph, heatmap, quantiles, row, stat

STT = dashboard("siprec-stt", "SIPREC Speech to Text", "Transcriptions by provider. Empty where no provider is configured.", [
    stat("Transcriptions (1 h)", "Finished in the last hour.", "sum(increase(stt_transcription_duration_seconds_count{@}[1h]))", width=6, decimals=0),
    stat("Errors (1 h)", "Attempts that failed.", "sum(increase(stt_transcription_errors_total{@}[1h]))", width=6, thresholds={1: "yellow"}, decimals=0),
    stat("Audio (1 h)", "Audio handed to providers.", "sum(increase(stt_audio_processed_bytes_total{@}[1h]))", "bytes", width=6),
    stat("Estimated cost (24 h)", "By the configured price table, in its currency.", "sum by (currency) (increase(stt_transcription_cost_total{@}[24h]))", width=6, decimals=2),

    row("Providers"),
    graph("Transcriptions", "Per second, by provider.", {"{{provider}}": "sum by (provider) (rate(stt_transcription_duration_seconds_count{@}[$__rate_interval]))"}),
    graph("Errors", "By provider and reason.", {"{{provider}} {{reason}}": "sum by (provider, reason) (increase(stt_transcription_errors_total{@}[$__rate_interval]))"}),
    graph("Processing time", "Half of them, and all but one in twenty.", quantiles("stt_transcription_duration_seconds_bucket{@}", 0.5, 0.95, by="provider"), "s", thresholds={300: "red"}),
    heatmap("Processing time, distribution", "All providers.", "stt_transcription_duration_seconds_bucket{@}"),
    graph("Audio", "Bytes per second, by provider.", {"{{provider}}": "sum by (provider) (rate(stt_audio_processed_bytes_total{@}[$__rate_interval]))"}, "Bps"),
    graph("Cost", "Per hour, by provider and currency.", {"{{provider}} {{currency}}": "sum by (provider, currency) (rate(stt_transcription_cost_total{@}[$__rate_interval])) * 3600"}),
])
