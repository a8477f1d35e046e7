"""The process: memory, CPU, event loop, HTTP, its own logs."""
from dashboard import dashboard
from panels import graph, heatmap, quantiles, row, stat

RUNTIME = dashboard("siprec-runtime", "SIPREC Runtime", "The process: memory, CPU, event loop, HTTP.", [
    stat("Version", "The versions that run.", "sum by (version) (siprec_build_info{@})", legend="{{version}}", text="name"),
    stat("Since the last start", "Of the recorder that started last.", "min(instance:process_uptime_seconds{@})", "s", thresholds={None: "yellow", 3600: "green"}),
    stat("CPU", "Of one core, all recorders together.", "sum(rate(process_cpu_seconds_total{@}[5m]))", "percentunit"),
    stat("Memory", "Resident.", 'sum(memory_usage_bytes{@,type="resident"})', "bytes"),
    stat("Descriptors", "The share of the recorder that has most of them open.", "max(instance:process_open_fds:ratio{@})", "percentunit", thresholds={0.6: "yellow", 0.8: "red"}),
    stat("Series", "That one scrape brings; independent of the number of calls.", "max(scrape_samples_scraped{@})", thresholds={2500: "yellow", 3000: "red"}),

    row("Process"),
    graph("CPU", "User and system time; 100 % is one core.", {"{{instance}}": "sum by (instance) (rate(process_cpu_seconds_total{@}[$__rate_interval]))"}, "percentunit"),
    graph("Memory", "By type. Virtual memory is address space and no use.", {"{{instance}} {{type}}": 'memory_usage_bytes{@,type!="virtual"}'}, "bytes", thresholds={4294967296: "red"}),
    graph("File descriptors", "Open, and their limit.", {
        "{{instance}} open": "process_open_fds{@}", "{{instance}} limit": "process_max_fds{@}"}),
    graph("Concurrent tasks", "Coroutines and threads (goroutines_total), and the threads among them.", {
        "{{instance}} tasks": "goroutines_total{@}", "{{instance}} threads": "process_threads{@}"}),
    heatmap("Event loop lag", "How late a timer fires.", "event_loop_lag_seconds_bucket{@}"),
    graph("Event loop lag, quantiles", "One timer in two, in twenty, in a hundred.", quantiles("event_loop_lag_seconds_bucket{@}", 0.5, 0.95, 0.99), "s", thresholds={0.1: "yellow", 1: "red"}),

    row("HTTP"),
    graph("Requests", "By route and code.", {"{{endpoint}} {{code}}": "sum by (endpoint, code) (rate(http_requests_total{@}[$__rate_interval])) > 0"}, "reqps"),
    graph("Request time", "All but one in twenty, by route.", quantiles("http_request_duration_seconds_bucket{@}", 0.95, by="endpoint"), "s"),
    graph("Connections", "Open HTTP connections.", {"{{instance}}": "http_connections{@}"}),

    row("Telemetry"),
    graph("Errors by component", "All errors of the recorder, as errors_total counts them.",
          {"{{component}} {{reason}}": "sum by (component, reason) (increase(errors_total{@}[$__rate_interval])) > 0"}),
    graph("Lost log lines", "Because the log's disk or terminal is too slow.", {"{{instance}}": "sum by (instance) (increase(log_lines_dropped_total{@}[$__rate_interval]))"}),
    graph("Scrapes", "How long Prometheus takes to fetch the metrics.", {"{{instance}}": "max by (instance) (scrape_duration_seconds{@})"}, "s"),
    graph("Tracing spans", "Taken by a collector, and dropped. Empty where tracing is off.", {
        "exported {{exporter}}": "sum by (exporter) (increase(tracing_spans_exported_total{@}[$__rate_interval]))",
        "dropped {{exporter}} {{reason}}": "sum by (exporter, reason) (increase(tracing_spans_dropped_total{@}[$__rate_interval]))"}, width=12),
    graph("Tracing requests that failed", "By exporter and reason; and sets of metrics pushed to New Relic.", {
        "{{exporter}} {{reason}}": "sum by (exporter, reason) (increase(tracing_export_failures_total{@}[$__rate_interval])) > 0",
        "metrics pushed": "sum(increase(tracing_metrics_exported_total{@}[$__rate_interval]))"}, width=12),
])
