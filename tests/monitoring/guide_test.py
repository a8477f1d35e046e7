"""The operators' guide's own snippets: which Prometheus and Alertmanager take as they are printed."""
import json
import os
import pathlib
import re
import sys
import tempfile
import unittest

import support
from support import HERE, ROOT, load, run

support.need("promtool", "amtool")

GUIDE = HERE / "guide"
OURS = {rule["alert"]: rule for _, rule in support.rules("alert") if rule["labels"]["severity"] != "none"}


class Guide(unittest.TestCase):
    def test_prometheus_takes_its_scrape_configuration(self):
        code, text = run("promtool", "check", "config", GUIDE / "prometheus.yml")
        self.assertEqual(code, 0, text)

    def test_prometheus_takes_its_alerts(self):
        code, text = run("promtool", "check", "rules", GUIDE / "alerts.yml")
        self.assertEqual(code, 0, text)

    def test_our_alerts_have_its_names_severities_and_summaries(self):
        for rule in load(GUIDE / "alerts.yml")["groups"][0]["rules"]:
            ours = OURS[rule["alert"]]
            self.assertEqual((ours["labels"], ours["for"]), (rule["labels"], rule["for"]))
            begin = rule["annotations"]["summary"].split("{{")[0]
            self.assertTrue(ours["annotations"]["summary"].startswith(begin), rule["alert"])

    def test_alertmanager_refuses_two_keys_of_its_mail_settings_and_takes_their_right_names(self):
        # Alertmanager has never had `subject` or `body`: a subject is a header, a plain body is `text`.
        code, text = run("amtool", "check-config", GUIDE / "alertmanager.yml")
        self.assertEqual(code, 1)
        self.assertIn("field subject not found", text)
        self.assertIn("field body not found", text)
        corrected = (GUIDE / "alertmanager.yml").read_text(encoding="utf-8")
        corrected = corrected.replace("subject:", "headers: {Subject:").replace("alertname }}'", "alertname }}'}")
        corrected = corrected.replace("body:", "text:")
        path = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"siprec-guide-alertmanager-{os.getpid()}.yml"
        path.write_text(corrected, encoding="utf-8")
        try:
            code, text = run("amtool", "check-config", path)
            self.assertEqual(code, 0, text)
        finally:
            path.unlink()

    def test_our_alertmanager_groups_as_it_says(self):
        theirs = load(GUIDE / "alertmanager.yml")["route"]
        ours = load(ROOT / "deploy/alertmanager/alertmanager.yml")["route"]
        for key in ("group_by", "group_wait", "group_interval", "repeat_interval"):
            self.assertEqual(ours[key], theirs[key])

    def test_our_alertmanager_sends_each_severity_where_and_as_often_as_our_page_says(self):
        path = ROOT / "deploy/alertmanager/alertmanager.yml"
        for severity, receiver in {"none": "nobody", "info": "ops", "warning": "ops", "critical": "ops"}.items():
            code, text = run("amtool", "config", "routes", "test", "--config.file", path, "alertname=A",
                             f"severity={severity}")
            self.assertEqual((code, text.splitlines()[-1]), (0, receiver), severity)
        route = load(path)["route"]
        repeated = {route["repeat_interval"]: ["critical"]}
        for each in route["routes"]:
            if "repeat_interval" in each:
                severity, = re.findall('severity="([a-z]+)"', each["matchers"][0])
                repeated.setdefault(each["repeat_interval"], []).append(severity)
        self.assertEqual(repeated, {"1h": ["critical"], "12h": ["warning"], "1w": ["info"]})
        page = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8")
        self.assertIn("warnings are repeated twice a day, critical ones every hour", " ".join(page.split()))

    def test_our_kubernetes_job_begins_with_its_relabelling(self):
        theirs, = load(GUIDE / "service_discovery.yml")
        ours, = load(ROOT / "deploy/prometheus/prometheus-kubernetes.yml")["scrape_configs"]
        self.assertEqual((ours["job_name"], ours["kubernetes_sd_configs"]),
                         (theirs["job_name"], theirs["kubernetes_sd_configs"]))
        for rule in theirs["relabel_configs"]:
            self.assertIn(rule, ours["relabel_configs"])

    def test_our_filebeat_reads_and_sends_what_it_says(self):
        theirs, = load(GUIDE / "filebeat.yml")["filebeat.inputs"]
        document = load(ROOT / "deploy/filebeat/filebeat-text.yml")
        ours, = document["filebeat.inputs"]
        # Filebeat 9 has no input `log` any more, and filestream keeps its multiline rule below `parsers`.
        self.assertEqual((theirs["type"], ours["type"]), ("log", "filestream"))
        self.assertEqual((ours["paths"], ours["fields"]), (theirs["paths"], theirs["fields"]))
        rule, = (parser["multiline"] for parser in ours["parsers"])
        self.assertEqual({f"multiline.{key}": value for key, value in rule.items() if key != "type"},
                         {key: value for key, value in theirs.items() if key.startswith("multiline.")})
        self.assertEqual(document["output.elasticsearch"], load(GUIDE / "filebeat.yml")["output.elasticsearch"])

    def test_our_fluentd_has_its_settings_but_for_two_that_are_gone(self):
        ours = {line.strip() for line in (ROOT / "deploy/fluentd/fluent.conf").read_text(encoding="utf-8").splitlines()}
        theirs = [line.strip() for line in (GUIDE / "fluent.conf").read_text(encoding="utf-8").splitlines()]
        missing = [line for line in theirs if line and not line.startswith("#") and line not in ours]
        self.assertEqual(missing, ["format json", "type_name _doc"])
        self.assertLessEqual({"<parse>", "@type json", "suppress_type_name true"}, ours)

    def test_our_sip_dashboard_has_its_panels(self):
        theirs = json.loads((GUIDE / "dashboard.json").read_text(encoding="utf-8"))["dashboard"]
        ours = json.loads((ROOT / "deploy/grafana/dashboards/siprec-sip.json").read_text(encoding="utf-8"))
        panels = {panel["title"]: panel for panel in ours["panels"]}
        for wanted in theirs["panels"]:
            panel = panels[wanted["title"]]
            # Grafana 11 has removed the type `graph`.
            self.assertEqual(panel["type"], wanted["type"].replace("graph", "timeseries"))
            asked = set().union(*(support.metrics_in(target["expr"]) for target in panel["targets"]))
            for target in wanted["targets"]:
                self.assertLessEqual(set(support.metrics_in(target["expr"])), asked, wanted["title"])

    def test_our_pod_is_probed_as_it_says(self):
        text = (ROOT / "deploy/kubernetes/statefulset.yaml").read_text(encoding="utf-8")
        pods = [document for document in support.yaml.safe_load_all(text) if document["kind"] == "StatefulSet"]
        container, *_ = pods[0]["spec"]["template"]["spec"]["containers"]
        for probe, settings in load(GUIDE / "probes.yml").items():
            self.assertEqual(container[probe], {**container[probe], **settings}, probe)
            # Without a limit of its own a probe has one second, which a busy moment takes.
            self.assertGreater(container[probe]["timeoutSeconds"], 1)

    def test_the_server_takes_its_settings(self):
        server = support.BUILD / "bin/siprec-server"
        if not server.exists():
            support.skip_one(f"{server} is not built")
        lines = (GUIDE / "settings.env").read_text(encoding="utf-8").splitlines()[1:]
        levels = [line for line in lines if line.startswith("LOG_LEVEL=")]
        self.assertEqual(len(levels), 3)
        with tempfile.TemporaryDirectory() as directory:
            for level in levels:
                given = dict(line.split("=", 1) for line in [*lines, level])
                code, text = run(server, "--check-config", cwd=directory, env={**given, "RECORDING_DIR": directory})
                self.assertEqual(code, 0, text)

    def test_the_copies_are_what_the_guide_prints(self):
        shared = pathlib.Path(os.environ.get("SRS_SHARED", ROOT.parent / "shared"))
        guide = shared / "spec/monitoring-and-alerting.md"
        if not guide.exists():
            support.skip_one(f"{guide} is not beside the checkout")
        text = guide.read_text(encoding="utf-8")
        for name in ("prometheus.yml", "service_discovery.yml", "alerts.yml", "alertmanager.yml",
                     "filebeat.yml", "fluent.conf", "dashboard.json", "probes.yml"):
            self.assertIn((GUIDE / name).read_text(encoding="utf-8").rstrip("\n"), text, name)
        for name in ("commands.sh", "settings.env"):
            for line in (GUIDE / name).read_text(encoding="utf-8").splitlines()[1:]:
                self.assertIn(line, text)
        for expression in load(GUIDE / "queries.yml"):
            self.assertIn(expression, text)


if __name__ == "__main__":
    support.main()
