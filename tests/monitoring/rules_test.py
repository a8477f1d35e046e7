"""Prometheus's own judgement of our rules: promtool check, and promtool test for every alert."""
import concurrent.futures
import pathlib
import re
import sys
import tempfile
import unittest

import support
from support import HERE, ROOT, RULES, RUNBOOKS, load, run
import timeline

support.need("promtool", "amtool")

CASES = [case for path in sorted((HERE / "rules").glob("*.yml")) for case in load(path)]
ALERTS = support.rules("alert")

# Counters of things that are no loss, no refusal and no fault: throughput, what was recorded all the
# same, and what recordings_with_warnings_total counts as well. Every other one needs an alert.
UNALARMED = {
    "sip_sessions_total", "sip_sessions_ended_total", "sip_requests_total", "sip_responses_total",
    "rtp_packets_received_total", "rtp_bytes_received_total", "rtp_packets_sent_total",
    "rtp_bytes_sent_total", "rtp_rtcp_received_total", "rtp_keepalives_received_total",
    "rtp_packets_duplicate_total", "rtp_packets_reordered_total", "rtp_source_changes_total",
    "rtp_packets_late_total", "capture_packets_total", "capture_bytes_total", "recording_seconds_total",
    "recording_warnings_total",
    "rtp_quarantines_cut_total",  # only while all ports are taken, of which RTPPortExhaustion tells
    "stt_transcription_cost_total", "stt_audio_processed_bytes_total", "stt_audio_processed_seconds_total",
    "stt_live_lines_total", "stt_live_results_total",
    "stt_retries_total", "stt_answers_mended_total", "stt_held_back_total", "stt_redactions_total",
    "tracing_spans_exported_total", "tracing_metrics_exported_total", "http_requests_total", "process_cpu_seconds_total",
}

# Ends of calls, of those that sip_sessions_failed_total counts or could count, that no alert names.
SPARED = {
    "bye": "it is how calls end",
    "cancelled": "it is how calls end that were not answered",
    "max_duration": "it was configured",
    "max_streams": "no stream was open: the next call of the SRC has a recording of its own",
    "no_media": "ZombieSessions counts them, and CallsWithoutMedia",
    "inactivity": "ZombieSessions counts them",
    "session_expired": "ZombieSessions counts them, and SessionRefreshesMissing",
}


def key(alert, severity):
    return f"{alert}/{severity}"


def case_keys(case):
    """An alert with several severities is told apart by the case's own."""
    wanted = [r["labels"]["severity"] for _, r in ALERTS if r["alert"] == case["alert"]]
    return key(case["alert"], case.get("severity", wanted[0] if len(wanted) == 1 else "?"))


def judged(alert, directory):
    """promtool's exit code and words about the cases of an alert."""
    rules = [rule for _, rule in ALERTS if rule["alert"] == alert]
    groups = [*timeline.recording_rules("".join(rule["expr"] for rule in rules))["groups"], {"name": "alerts", "rules": rules}]
    (directory / f"{alert}-rules.yml").write_text(support.yaml.safe_dump({"groups": groups}), encoding="utf-8")
    file = directory / f"{alert}.yml"
    file.write_text(support.yaml.safe_dump({
        "rule_files": [f"{alert}-rules.yml"], "evaluation_interval": "1m",
        "group_eval_order": [group["name"] for group in groups],
        "tests": [timeline.promtool_test(v) for c in CASES if c["alert"] == alert for v in timeline.variants(c)]}), encoding="utf-8")
    return run("promtool", "test", "rules", file)


class Rules(unittest.TestCase):
    maxDiff = None

    def test_prometheus_accepts_every_rule(self):
        code, text = run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *sorted(RULES.glob("*.yml")))
        self.assertEqual(code, 0, text)

    def test_every_alert_fires_when_it_should_and_is_quiet_when_it_should(self):
        with tempfile.TemporaryDirectory() as directory:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                told = pool.map(lambda alert: judged(alert, pathlib.Path(directory)), {rule["alert"] for _, rule in ALERTS})
            failed = [text for code, text in told if code != 0]
            self.assertFalse(failed, "\n".join(failed))

    def test_every_alert_has_a_timeline_with_calm_before_and_after(self):
        covered = {case_keys(case) for case in CASES}
        for _, rule in ALERTS:
            name = key(rule["alert"], rule["labels"]["severity"])
            self.assertIn(name, covered, "has no case in tests/monitoring/rules")
        for case in CASES:
            fires = timeline.steps(case["fires"])
            length = max(len(timeline.values(v)) for v in case["series"].values())
            self.assertTrue(fires, f"{case['alert']} never fires in its case")
            self.assertGreater(min(fires), 1, f"{case['alert']} is not seen quiet before it fires")
            self.assertLess(max(fires), length - 1, f"{case['alert']} is not seen quiet afterwards")
            self.assertEqual(len(fires), max(fires) - min(fires) + 1,
                             f"{case['alert']} flaps: it fires, is quiet and fires again")

    def test_every_alert_says_what_to_do(self):
        for _, rule in ALERTS:
            notes = rule["annotations"]
            self.assertIn(rule["labels"]["severity"], {"critical", "warning", "info", "none"}, rule["alert"])
            self.assertLessEqual({"summary", "description", "runbook_url"}, notes.keys(), rule["alert"])
            self.assertTrue(notes["runbook_url"].endswith(f"/runbooks/{rule['alert']}.md"), rule["alert"])
            # What mutes others sends no mail, and must not go on when its reason is gone.
            self.assertEqual("keep_firing_for" in rule, rule["labels"]["severity"] != "none",
                             f"{rule['alert']} sends a mail for each dip of its fault")

    def test_every_alert_has_a_runbook_and_every_runbook_an_alert(self):
        alerts = {rule["alert"] for _, rule in ALERTS}
        pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
        self.assertEqual(alerts, pages)
        index = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
        for alert in alerts:
            text = (RUNBOOKS / f"{alert}.md").read_text(encoding="utf-8")
            self.assertIn(f"({alert}.md)", index)
            for heading in ("# " + alert, "## What it means", "## How to look", "## How to mend"):
                self.assertIn(heading + "\n", text, alert)

    def test_runbooks_say_how_bad_it_is_and_when_as_the_rules_do(self):
        index = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
        for name in {rule["alert"] for _, rule in ALERTS}:
            found = [(path.name, rule) for path, rule in ALERTS if rule["alert"] == name and rule["labels"]["severity"] != "none"]
            severities = [rule["labels"]["severity"] for _, rule in found]
            waits = [f"after {rule['for']}" if "for" in rule else "at once" for _, rule in found]
            said = "; ".join(map(" ".join, zip(severities, waits)))
            rules = found[0][0]
            with self.subTest(name):
                self.assertIn(f"\nSeverity: {said}. Rule: [{rules}](../../deploy/prometheus/rules/{rules}).\n",
                              (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8"))
                self.assertIn(f"| [{name}]({name}.md) | {', '.join(severities)} |", index)

    def test_rules_ask_only_for_metrics_that_exist(self):
        known = set(support.documented_metrics()) | {
            "scrape_duration_seconds", "scrape_samples_scraped"}
        for path, rule in support.rules():
            for name in support.metrics_in(str(rule["expr"])):
                self.assertIn(name, known, f"{path.name}: {rule.get('alert') or rule['record']}")

    def test_errors_that_no_other_metric_counts_have_an_alert(self):
        # recordings_postponed has one, and STTLiveLinesMissed is about readers of live text
        alone = support.errors_counted_nowhere_else() - {"refused_by_disk", "slow_reader", "slow_sender", "listener_limit"}
        rule, = (rule for _, rule in ALERTS if rule["alert"] == "InternalErrors")
        self.assertEqual(set(re.search(r'reason=~"([^"]*)"', rule["expr"])[1].split("|")), alone)
        page = (RUNBOOKS / "InternalErrors.md").read_text(encoding="utf-8")
        for reason in alone:
            self.assertIn(f"`{reason}`", page)

    def test_errors_of_others_are_told_from_our_own(self):
        sentence = re.search(r"^Not faults of this server, .*: (.*?)\. High", (ROOT / "docs/metrics.md").read_text(encoding="utf-8"), re.M)
        documented = set(re.findall(r"`(\w+)`", sentence[1]))
        rule, = (rule for _, rule in ALERTS if rule["alert"] == "HighInternalErrorRate")
        self.assertEqual(set(re.search(r'reason!~"([^"]*)"', rule["expr"])[1].split("|")), documented)
        # Whatever can be wrong with a message, somebody else has written it.
        source = (ROOT / "src/sip/metrics.cpp").read_text(encoding="utf-8")
        faults = re.findall(r'"reason", "(\w+)"', source)
        self.assertGreater(len(faults), 5)
        self.assertLessEqual(set(faults), documented)

    # A counter is watched where one of its reasons is; each of them has to be.
    def test_every_reason_for_a_lost_call_has_an_alert(self):
        page = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
        metadata = (ROOT / "docs/recording-format.md").read_text(encoding="utf-8")

        def listed(text, row):
            meaning = re.search(rf"^\| `{row}` \|(.*)\|$", text, re.M)[1].split("|")[-1]
            return set(re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", meaning)))

        refused = listed(page, "sip_sessions_refused_total")
        source = (ROOT / "src/recording/admission.cpp").read_text(encoding="utf-8")
        self.assertEqual(refused, set(re.findall(r'case Refusal::\w+:\n +return "(\w+)";', source)))
        ends = listed(metadata, "end_reason")
        source = (ROOT / "src/recording/files/document.cpp").read_text(encoding="utf-8")
        self.assertEqual(ends, set(re.findall(r'"(\w+)"', re.search(r"kReasons = \{([^}]*)\}", source)[1])))
        kinds = listed(page, "recording_warnings_total")
        watched = {(metric, value)
                   for metric, chosen in support.selectors(" or ".join(r["expr"] for _, r in ALERTS))
                   for label, sign, names in chosen if sign in ("=", "=~")
                   for name in names for value in refused | ends | kinds if re.fullmatch(name, value)}
        self.assertLessEqual(SPARED.keys(), ends)
        self.assertEqual(SPARED.keys() & {v for m, v in watched if m == "sip_sessions_failed_total"}, set(),
                         "spared, and watched all the same")
        for metric, values, spared in (
                ("sip_sessions_refused_total", refused, {}),
                ("sip_sessions_failed_total", refused | ends, SPARED | {
                    reason: "sip_sessions_refused_total counts them, and has alerts for each" for reason in refused}),
                ("recordings_with_warnings_total", kinds, {})):
            with self.subTest(metric):
                self.assertGreater(len(values), 4)
                self.assertEqual(values - {v for m, v in watched if m == metric} - spared.keys(), set())

    def test_no_overload_passes_unseen(self):
        watched = support.metrics_in(support.expanded(" or ".join(rule["expr"] for _, rule in ALERTS)))
        counters = {n for n, (kind, _) in support.documented_metrics().items() if kind == "counter"}
        self.assertGreater(len(counters), 30)
        self.assertLessEqual(UNALARMED, counters)
        self.assertEqual(counters - watched - UNALARMED, set(),
                         "counters without an alert: add one to deploy/prometheus/rules, a timeline and a runbook")
        self.assertEqual(UNALARMED - counters, set(), "no such counters")


class Configurations(unittest.TestCase):
    def test_prometheus_accepts_the_configuration(self):
        code, text = run("promtool", "check", "config", ROOT / "deploy/prometheus/prometheus.yml")
        self.assertEqual(code, 0, text)

    def test_alertmanager_accepts_the_configuration(self):
        code, text = run("amtool", "check-config", ROOT / "deploy/alertmanager/alertmanager.yml")
        self.assertEqual(code, 0, text)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    support.main()
