"""The operators' guide's own snippets: which Prometheus and Alertmanager take as they are printed."""
import os
import pathlib
import sys
import unittest

import support
from support import HERE, ROOT, load, run

support.need("promtool", "amtool")

GUIDE = HERE / "guide"
OURS = {rule["alert"]: rule for _, rule in support.rules("alert")}


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

    def test_our_kubernetes_job_begins_with_its_relabelling(self):
        theirs, = load(GUIDE / "service_discovery.yml")
        ours, = load(ROOT / "deploy/prometheus/prometheus-kubernetes.yml")["scrape_configs"]
        self.assertEqual((ours["job_name"], ours["kubernetes_sd_configs"]),
                         (theirs["job_name"], theirs["kubernetes_sd_configs"]))
        for rule in theirs["relabel_configs"]:
            self.assertIn(rule, ours["relabel_configs"])

    def test_the_copies_are_what_the_guide_prints(self):
        shared = pathlib.Path(os.environ.get("SRS_SHARED", ROOT.parent / "shared"))
        guide = shared / "spec/monitoring-and-alerting.md"
        if not guide.exists():
            support.skip_one(f"{guide} is not beside the checkout")
        text = guide.read_text(encoding="utf-8")
        for name in ("prometheus.yml", "service_discovery.yml", "alerts.yml", "alertmanager.yml"):
            self.assertIn((GUIDE / name).read_text(encoding="utf-8").rstrip("\n"), text, name)
        for line in (GUIDE / "commands.sh").read_text(encoding="utf-8").splitlines()[1:]:
            self.assertIn(line, text)
        for expression in load(GUIDE / "queries.yml"):
            self.assertIn(expression, text)


if __name__ == "__main__":
    support.main()
