"""Signalling: sessions, requests, answers, and what is odd about them."""
from dashboard import dashboard
from panels import graph, heatmap, quantiles, row, stat

INCREASE = "sum by ({0}) (increase({1}{{@}}[$__rate_interval])) > 0"

SIP = dashboard("siprec-sip", "SIPREC SIP Metrics", "Sessions and SIP messages of the recorders.", [
    stat("Active Sessions", "Recording sessions in progress.", "sum(sip_sessions_active{@})"),
    stat("Sessions (1 h)", "Recording sessions answered in the last hour.", "sum(increase(sip_sessions_total{@}[1h]))", decimals=0),
    stat("Failed (1 h)", "Calls refused or broken off in the last hour.", "sum(increase(sip_sessions_failed_total{@}[1h]))",
         thresholds={1: "yellow"}, decimals=0),
    stat("Mean duration", "Mean length of the sessions that ended in the chosen time.",
         "sum(increase(sip_session_duration_seconds_sum{@}[$__range])) / sum(increase(sip_session_duration_seconds_count{@}[$__range]))", "s"),
    stat("Dialogs", "Dialogs that have not ended.", "sum(sip_dialogs{@})"),
    stat("Transactions", "Transactions, those kept for retransmissions included.", "sum(sip_transactions{@})"),

    row("Sessions"),
    graph("Session Rate", "Recording sessions answered per second.", {"{{instance}}": "sum by (instance) (rate(sip_sessions_total{@}[$__rate_interval]))"}, "cps"),
    graph("How sessions ended", "By end_reason of metadata.json.", {"{{reason}}": INCREASE.format("reason", "sip_sessions_ended_total")}, stacked=True),
    graph("INVITEs refused", "By reason: ports, disk and busy are ours, the rest is the caller's.",
          {"{{reason}}": INCREASE.format("reason", "sip_sessions_refused_total")}, stacked=True),
    heatmap("Session duration", "From INVITE to the end.", "sip_session_duration_seconds_bucket{@}", width=12),
    graph("Sessions without an end of their own", "Ended by a timeout of ours, because no BYE came.",
          {"{{instance}}": "sum by (instance) (increase(sip_sessions_zombie_total{@}[$__rate_interval]))"}, width=12),

    row("Messages"),
    graph("Requests by method", "Without retransmissions.", {"{{method}}": "sum by (method) (rate(sip_requests_total{@}[$__rate_interval])) > 0"}, "reqps"),
    graph("Responses by code", "What we answered, without retransmissions.", {"{{code}}": "sum by (code) (rate(sip_responses_total{@}[$__rate_interval])) > 0"}, "reqps"),
    graph("Answers to our own requests", "Final answers to BYE and OPTIONS of ours; 408 where none came.",
          {"{{code}}": "sum by (code) (increase(sip_peer_responses_total{@}[$__rate_interval])) > 0"}),
    graph("Response time by method", "All but one in twenty are answered faster.",
          quantiles("sip_response_time_seconds_bucket{@}", 0.95, by="method"), "s", thresholds={0.5: "red"}, width=12),
    graph("Trouble on the wire", "Retransmissions, missing ACKs, expired session timers, failed TLS handshakes, cut connections.", {
        "retransmissions {{direction}}": "sum by (direction) (increase(sip_retransmissions_total{@}[$__rate_interval]))",
        "ACKs missing": "sum(increase(sip_acks_missing_total{@}[$__rate_interval]))",
        "session timers expired": "sum(increase(sip_session_timer_expirations_total{@}[$__rate_interval]))",
        "TLS handshakes failed": "sum(increase(sip_tls_handshakes_failed_total{@}[$__rate_interval]))",
        "connections cut": "sum(increase(sip_connections_cut_total{@}[$__rate_interval]))",
        "kernel drops": "sum(increase(sip_kernel_drops_total{@}[$__rate_interval]))"}, width=12),
    graph("Malformed messages", "By what was wrong.", {"{{reason}}": "sum by (reason) (increase(sip_malformed_total{@}[$__rate_interval]))"}),
    graph("Dialogs and transactions", "What the SIP stack holds.", {
        "dialogs": "sum(sip_dialogs{@})", "transactions": "sum(sip_transactions{@})"}),
    graph("TLS certificate", "Until the listener's certificate ends. Empty without a tls: listener.",
          {"{{instance}}": "sip_tls_certificate_expiry_timestamp_seconds{@} - time()"}, "s", thresholds={None: "red", 172800: "yellow", 1209600: "green"}),
])
