"""Grafana's dashboards: equal to their source, valid by Grafana's published types, and complete."""
import json
import pathlib
import re
import sys
import tempfile
import unittest

import support
from support import BUILD, HERE, ROOT, load, run

support.need("node", "npm")

GRAFANA = ROOT / "deploy/grafana"
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))
NPM = BUILD / "monitoring-npm"


def install():
    """Grafana's types from npm, into the build directory; skipped where the registry can't be reached."""
    wanted = (HERE / "grafana/package.json").read_text(encoding="utf-8")
    stamp = NPM / "installed.json"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    NPM.mkdir(parents=True, exist_ok=True)
    (NPM / "package.json").write_text(wanted, encoding="utf-8")
    code, text = run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", cwd=NPM)
    if code != 0:
        support.skip_one(f"npm can't install Grafana's types:\n{text}")
    stamp.write_text(wanted, encoding="utf-8")


def panels():
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            if panel["type"] != "row":
                yield path, panel


class Dashboards(unittest.TestCase):
    def test_the_json_is_what_its_source_makes(self):
        with tempfile.TemporaryDirectory() as directory:
            code, text = run(sys.executable, GRAFANA / "source/generate.py", directory)
            self.assertEqual(code, 0, text)
            made = {p.name: p.read_text(encoding="utf-8") for p in pathlib.Path(directory).glob("*.json")}
        self.assertEqual(set(made), {p.name for p in DASHBOARDS})
        for path in DASHBOARDS:
            self.assertTrue(made[path.name] == path.read_text(encoding="utf-8"),
                            f"{path.name} is not what deploy/grafana/source/generate.py writes; run it")

    def test_grafanas_published_types_accept_every_dashboard(self):
        install()
        code, text = run("node", HERE / "grafana/check_dashboards.js", NPM, *DASHBOARDS)
        self.assertEqual(code, 0, text)

    def test_every_panel_says_what_it_shows_and_in_which_unit(self):
        for path, panel in panels():
            with self.subTest(path.name, panel=panel["title"]):
                self.assertTrue(panel["description"].endswith("."))
                self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])
                self.assertTrue(panel["targets"])
                for target in panel["targets"]:
                    self.assertNotIn("@", target["expr"])
                    self.assertIn('{job=~"$job",instance=~"$instance"', target["expr"])
                    # What a legend names must be there after the aggregation.
                    for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
                        if "by (" in target["expr"]:
                            self.assertRegex(target["expr"], rf"by \([^)]*\b{label}\b")

    def test_every_dashboard_lets_choose_its_source_and_says_what_is_too_much(self):
        for path in DASHBOARDS:
            with self.subTest(path.name):
                dashboard = json.loads(path.read_text(encoding="utf-8"))
                variables = {variable["name"] for variable in dashboard["templating"]["list"]}
                self.assertLessEqual({"datasource", "job", "instance"}, variables)
                limits = [panel["title"] for file, panel in panels() if file == path
                          and len(panel["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])) > 1]
                self.assertGreater(len(limits), 0)

    def test_panels_do_not_overlap_and_fit_the_grid(self):
        for path in DASHBOARDS:
            taken = set()
            for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
                spot = panel["gridPos"]
                cells = {(x, y) for x in range(spot["x"], spot["x"] + spot["w"]) for y in range(spot["y"], spot["y"] + spot["h"])}
                self.assertFalse(cells & taken, f"{path.name}: {panel['title']}")
                self.assertLessEqual(spot["x"] + spot["w"], 24)
                taken |= cells

    def test_the_overview_has_the_panels_that_operators_were_promised(self):
        titles = {panel["title"]: panel["type"] for path, panel in panels() if path.stem == "siprec-overview"}
        for title, kind in {"Active Sessions": "timeseries", "Request Rate": "timeseries", "Error Rate": "timeseries",
                            "Response Time": "heatmap", "Resource Usage": "gauge"}.items():
            self.assertEqual(titles.get(title), kind, title)

    def test_every_metric_of_the_server_is_on_a_dashboard(self):
        shown = " ".join(target["expr"] for _, panel in panels() for target in panel["targets"])
        for _, rule in support.rules("record"):
            if rule["record"] in shown:
                shown += " " + rule["expr"]
        for name in support.documented_metrics():
            with self.subTest(name):
                self.assertTrue(name in shown or name in ELSEWHERE, "add a panel to deploy/grafana/source")

    def test_dashboards_ask_only_for_metrics_that_exist(self):
        known = set(support.documented_metrics()) | {
            "scrape_duration_seconds", "scrape_samples_scraped"}
        for path, panel in panels():
            for target in panel["targets"]:
                for name in support.metrics_in(target["expr"]):
                    self.assertIn(name, known, path.name)

    def test_every_picture_shows_its_dashboard_as_it_is_now(self):
        drawn = load(ROOT / "docs/images/drawn.json")
        for path in DASHBOARDS:
            self.assertTrue((ROOT / f"docs/images/{path.stem}.png").exists())
            self.assertEqual(drawn[path.stem], support.fingerprint(path),
                             f"{path.stem} has changed: run tests/monitoring/pictures/draw_dashboards.py 6 {path.stem}")

    def test_provisioning_files_name_what_is_there(self):
        provider, = load(GRAFANA / "provisioning/dashboards/siprec.yml")["providers"]
        self.assertEqual((provider["type"], provider["folder"]), ("file", "SIPREC"))
        source, = load(GRAFANA / "provisioning/datasources/prometheus.yml")["datasources"]
        self.assertEqual(source["type"], "prometheus")


# Shown under another name, or of no use in a picture.
ELSEWHERE = {
    "process_resident_memory_bytes",  # memory_usage_bytes{type="resident"}
    "process_virtual_memory_bytes",   # memory_usage_bytes{type="virtual"}
    "capture_packets_total",          # capture_bytes_total
    "recording_disk_stalled_seconds",  # 0 but for a disk that hangs: capture_pending_bytes grows then
}

if __name__ == "__main__":
    support.main()
