"""What the monitoring tests share: where things are, and how a missing package ends a test.

A missing program is a loud skip (exit 77), and a failure where CI=true.
"""
import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unittest
import urllib.request

try:
    import yaml
except ImportError:
    yaml = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/monitoring"
RULES = ROOT / "deploy/prometheus/rules"
RUNBOOKS = ROOT / "docs/runbooks"
BUILD = pathlib.Path(os.environ.get("SRS_BINARY_DIR", ROOT / "build/release"))

SKIPPED = 77


def skip(why):
    """Ends the program as skipped, or as failed on the CI machine. Before main(): a test calls skip_one()."""
    print(f"SKIPPED: {why}", flush=True)
    sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)


def skip_one(why):
    """Ends one test of several as skipped, or as failed on the CI machine."""
    print(f"SKIPPED: {why}", flush=True)
    raise AssertionError(why) if os.environ.get("CI") == "true" else unittest.SkipTest(why)


def main():
    """Runs the tests of the calling program. A skipped one among those that hold is told by the exit code."""
    result = unittest.main(verbosity=2, exit=False).result
    sys.exit(1 if not result.wasSuccessful() else SKIPPED if result.skipped else 0)


def need(*programs):
    """Skips the test where a program, or the YAML reader that all of them use, is missing."""
    if yaml is None:
        skip("python3-yaml is not installed (deploy/install-deps.sh test)")
    for program in programs:
        if not shutil.which(program):
            skip(f"{program} is not installed (deploy/install-deps.sh test)")


def need_websockets():
    """Skips the test where the distribution's Python has no WebSockets."""
    need("python3")
    if run("/usr/bin/python3", "-c", "import websockets")[0] != 0:
        skip("python3-websockets is not installed (deploy/install-deps.sh test)")


def run(*command, **options):
    """Runs a command to its end; returns (exit code, stdout and stderr together)."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=280, **options)
    return done.returncode, done.stdout


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


@functools.cache  # reading YAML takes longer than what is done with it
def rules(kind=None):
    """All rules as (file, rule), for reading; kind: 'alert', 'record' or both."""
    found = []
    for path in sorted(RULES.glob("*.yml")):
        for group in load(path)["groups"]:
            for rule in group["rules"]:
                if kind is None or kind in rule:
                    found.append((path, rule))
    return found


def documented_metrics():
    """The tables of docs/metrics.md, and of the page on transcription, as {name: (type, labels)}."""
    rows = {}
    for page in ("metrics.md", "transcription.md"):
        path = ROOT / "docs" / page
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            row = re.match(r"\| `([a-z_]+)` \| (counter|gauge|histogram) \| ([^|]*)\|", line)
            if row:
                rows[row[1]] = (row[2], set(re.findall(r"`([a-z]+)`", row[3])))
    return rows


def errors_counted_nowhere_else():
    """The reasons of errors_total that docs/metrics.md and the source count in no other metric."""
    page = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    alone = re.findall(r"^\| `[a-z]+` \| ([^|]*) \| *\|$", page, re.M)
    documented = {reason for cell in alone for reason in re.findall(r"`([a-z_]+)`", cell)}
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.[ch]pp"))
    counted = set(re.findall(r'\.error\(\s*"[a-z]+",\s*"([a-z_]+)"\)', source))
    assert documented == counted, f"docs/metrics.md and the source differ: {documented ^ counted}"
    return documented


def metrics_in(expression):
    """Names of the server's own metrics in an expression, without histogram suffixes."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", "", bare)
    bare = re.sub(r"\{[^}]*\}", "", bare)
    names = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b(?!\s*\()", re.sub(r"instance\w*:[\w:]+", "", bare)))
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}


def expanded(expression):
    """An expression, and those of the recording rules that it asks for."""
    recorded = {rule["record"]: rule["expr"] for _, rule in rules("record")}
    found, wanted = [], [expression]
    while wanted:
        found.append(wanted.pop())
        wanted += [recorded[name] for name in re.findall(r"[a-z_]+:[\w:]+", found[-1])
                   if name in recorded and recorded[name] not in found]
    return "\n".join(found)


def selectors(expression):
    """What an expression, and the recording rules below it, choose by labels: {(metric, ((label, sign, values), ...))}."""
    return {(metric, tuple((label, sign, tuple(value.split("|") if "~" in sign else [value]))
                           for label, sign, value in re.findall(r'(\w+)(=~|!~|!=|=)"([^"]*)"', chosen)))
            for metric, chosen in re.findall(r"([a-z_:][\w:]*)\{([^{}]*)\}", expanded(expression))}


def fingerprint(path):
    """What a dashboard's picture depends on, as a hash: its title and its panels."""
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    drawn = json.dumps([dashboard["title"], dashboard["panels"]], sort_keys=True)
    return hashlib.sha256(drawn.encode()).hexdigest()


def wait_for(what, condition, seconds=30.0):
    """Waits until condition() is truthy and returns that; what: named where it never is."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s in vain for: {what}")
        time.sleep(0.1)


def fetch(url, timeout=5.0):
    """GETs a URL; returns (status, text). Status 0: nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""
