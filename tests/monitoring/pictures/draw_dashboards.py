#!/usr/bin/env python3
"""Draws docs/images/*.png: each dashboard from a real Prometheus that watched a real server under calls.

usage: SRS_BINARY_DIR=build/release tests/monitoring/pictures/draw_dashboards.py [minutes [dashboard...]]
"""
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import processes  # noqa: E402
from rig import recogniser, speech  # noqa: E402
from stand_ins import StandIns  # noqa: E402
from expressions import chosen  # noqa: E402
from support import BUILD, ROOT, fetch, fingerprint, load, run, wait_for, yaml  # noqa: E402

STEP = 4


def start(directory):
    stand_ins, nobody = StandIns(), f"http://127.0.0.1:{processes.free_port()}"
    server = processes.Server(directory, 100, RTP_RTCP_INTERVAL="5s", RECORDING_NO_MEDIA_TIMEOUT="15s",
                              OTEL_EXPORTER_OTLP_ENDPOINT=stand_ins.url, **speech(stand_ins, nobody, recogniser(directory)))
    config = load(ROOT / "deploy/prometheus/prometheus.yml")
    config["global"] = {"scrape_interval": "2s", "evaluation_interval": "2s"}
    config["rule_files"] = [str(ROOT / "deploy/prometheus/rules/*.yml")]
    del config["alerting"]
    config["scrape_configs"][0].update(scrape_interval="2s", static_configs=[{"targets": [f"localhost:{server.http}"]}])
    path = pathlib.Path(directory) / "prometheus.yml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return server, processes.Prometheus(directory, path)


def load_with_calls(directory, server, minutes):
    """A small morning: calls of all lengths come more and more often, then fewer; some go wrong."""
    end, number = time.time() + 60 * minutes, 0
    random.seed(7866)
    while (left := end - time.time()) > 0:
        busy = 1 - abs(left / (60 * minutes) - 0.45)
        length = random.choice([5, 8, 12, 20, 35])
        kind = random.random()
        more = ["--no-media"] if kind < 0.03 else ["--header", "Require: no-such-extension"] if kind < 0.06 else []
        processes.call(directory, f"call-{number}", server, "--duration", str(length), "--sender", "bulk", *more)
        for page in ("health", "ready", "live"):
            fetch(f"http://localhost:{server.http}/{page}")
        number += 1
        time.sleep(random.expovariate(0.3 + 1.2 * busy))


def evenly(points, start_time, end_time):
    """A value for each step; None where there is none, so that a line has its gaps."""
    steps = [start_time + i * STEP for i in range(int((end_time - start_time) / STEP) + 1)]
    known = {round((t - start_time) / STEP): value for t, value in points.items()}
    return [[t, known.get(i)] for i, t in enumerate(steps)]


def series(prometheus, port, panel, start_time, end_time):
    found = []
    for target in panel["targets"]:
        query = chosen(target["expr"], interval="20s", span="10m")
        url = f"{prometheus.url}/api/v1/query_range?" + urllib.parse.urlencode(
            {"query": query, "start": start_time, "end": end_time, "step": STEP})
        for result in json.loads(fetch(url)[1])["data"]["result"]:
            legend = re.sub(r"{{(\w+)}}", lambda m: result["metric"].get(m[1], ""), target["legendFormat"])
            points = {t: float(v) for t, v in result["values"] if v not in ("NaN", "+Inf")}
            if points:
                found.append({"name": legend.replace(f":{port}", ":8080"), "points": evenly(points, start_time, end_time)})
    if panel["type"] == "heatmap":
        return buckets(found)
    return found


def buckets(cumulative):
    """Each bucket's own count; empty buckets at both ends are left out."""
    cumulative.sort(key=lambda s: float(s["name"].replace("+Inf", "inf")))
    own, below = [], None
    for row in cumulative:
        values = dict(row["points"])
        own.append({"name": row["name"], "points": [[t, max(0, (v or 0) - ((below or {}).get(t) or 0))] for t, v in row["points"]]})
        below = values
    used = [i for i, row in enumerate(own) if any(v > 0 for _, v in row["points"])]
    return own[used[0]:used[-1] + 1] if used else []


def remember(path):
    """Notes which state of the dashboard was drawn; dashboards_test.py compares."""
    drawn = ROOT / "docs/images/drawn.json"
    known = json.loads(drawn.read_text(encoding="utf-8")) if drawn.exists() else {}
    known[path.stem] = fingerprint(path)
    drawn.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def picture(prometheus, port, path, ends, directory):
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    panels = []
    for panel in dashboard["panels"]:
        data = {"title": panel["title"], "type": panel["type"], "grid": panel["gridPos"]}
        if panel["type"] != "row":
            defaults = panel["fieldConfig"]["defaults"]
            custom = defaults.get("custom", {})
            data.update(unit=defaults["unit"], decimals=defaults.get("decimals"), min=defaults.get("min"), max=defaults.get("max"),
                        thresholds=defaults["thresholds"]["steps"], named=panel["options"].get("textMode") == "name",
                        stacked=custom.get("stacking", {}).get("mode") == "normal",
                        limits=custom.get("thresholdsStyle", {}).get("mode") == "line",
                        series=series(prometheus, port, panel, *ends))
        panels.append(data)
    if not any(panel.get("series") for panel in panels):
        print(f"{path.stem}: no data, no picture")
        return
    data = pathlib.Path(directory) / f"{path.stem}.json"
    data.write_text(json.dumps({"dashboard": dashboard["title"], "ends": ends, "panels": panels}), encoding="utf-8")
    out = ROOT / f"docs/images/{path.stem}.png"
    out.parent.mkdir(exist_ok=True)
    code, text = run("node", HERE / "draw.js", BUILD / "pictures-npm", data, out)
    assert code == 0, text
    remember(path)
    print(out)


def main():
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 6
    npm = BUILD / "pictures-npm"
    npm.mkdir(parents=True, exist_ok=True)
    (npm / "package.json").write_text((HERE / "package.json").read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"], cwd=npm, check=True)
    with tempfile.TemporaryDirectory(prefix="siprec-pictures-") as directory:
        server, prometheus = start(directory)
        wait_for("the first scrape", lambda: '"1"' in fetch(f"{prometheus.url}/api/v1/query?query=up")[1])
        began = time.time() + 20
        load_with_calls(directory, server, minutes)
        ends = [began, time.time()]
        for path in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
            if len(sys.argv) > 2 and path.stem not in sys.argv[2:]:
                continue
            picture(prometheus, server.http, path, ends, directory)
        processes.stop_all()


if __name__ == "__main__":
    main()
