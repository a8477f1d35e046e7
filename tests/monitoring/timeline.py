"""Compact timelines of series and alerts, turned into the tests that promtool runs.

A series is written as steps of one interval each: `5*10` is ten samples of 5, `+3*10` a counter that
grows by 3 ten times. An alert's case names the series and the steps at which it must fire; at every
other step it must be quiet:

  - alert: RTPPortExhaustion
    series: {rtp_ports_allocated: '50*5 95*10 50*20', rtp_ports_capacity: '100*35'}
    fires: 6-19

A label's value may be a list, `reason="ports|disk|busy"`: the case is tested with each of them, and each
has to have the same outcome. What a list of a rule's own (`reason=~"ports|disk"`) names is driven that way.
"""
import functools
import re

from support import RULES, load

LABELS = {"job": "siprec", "instance": "recorder:8080"}


def values(text):
    """Steps as promtool takes them: numbers with spaces between, `_` where there is none."""
    samples, last = [], 0.0
    for part in text.split():
        value, _, count = part.partition("*")
        for _ in range(int(count or 1)):
            if value in ("_", "stale"):
                samples.append(value)
                continue
            last = last + float(value) if value.startswith(("+", "-")) else float(value)
            samples.append(f"{last:.10g}")
    return samples


def variants(case):
    """The case with each value of its labels' lists in turn; lists go side by side, a shorter one begins anew."""
    lists = [found.split("|") for name in case["series"] for found in re.findall(r'="([^"]*)"', name)]
    for turn in range(max(map(len, lists), default=1)):
        def chosen(match):
            options = match[1].split("|")
            return f'="{options[turn % len(options)]}"'

        yield case | {"series": {re.sub(r'="([^"]*)"', chosen, name): text for name, text in case["series"].items()}}


def series_name(name):
    """A series with the labels of a scraped target added where the case does not name them."""
    metric, _, labels = name.partition("{")
    given = dict(re.findall(r'(\w+)="([^"]*)"', labels))
    labels = {**LABELS, **given}
    return metric + "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"


def steps(text):
    """`6-19,30` as a set of steps."""
    found = set()
    for part in filter(None, str(text).replace(" ", "").split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


def minutes(text):
    """`1h5m` as minutes."""
    return sum(int(number) * {"d": 1440, "h": 60, "m": 1}[unit] for number, unit in re.findall(r"(\d+)([dhm])", text))


def recording_rules(wanted):
    """recording.yml without the rules that the text `wanted` does not ask for: less to evaluate."""
    group, = recording()["groups"]
    for rule in reversed(group["rules"]):
        if re.search(re.escape(rule["record"]) + r"\b", wanted):
            wanted += rule["expr"]
    return {"groups": [group | {
        "rules": [r for r in group["rules"] if re.search(re.escape(r["record"]) + r"\b", wanted)]}]}


@functools.cache
def recording():
    return load(RULES / "recording.yml")


def promtool_test(case):
    """One entry of promtool's `tests` list: at each step, does the alert fire?"""
    interval = case.get("interval", "1m")
    number, unit = int(interval[:-1]), interval[-1]
    samples = {series_name(name): values(text) for name, text in case["series"].items()}
    length = max(len(s) for s in samples.values())
    selector = f'alertname="{case["alert"]}",alertstate="firing"'
    if "severity" in case:
        selector += f',severity="{case["severity"]}"'
    fires = steps(case["fires"])
    return {
        "interval": interval,
        "name": case["alert"],
        "input_series": [{"series": s, "values": " ".join(v)} for s, v in samples.items()],
        "promql_expr_test": [{
            "expr": f"count(ALERTS{{{selector}}})",
            "eval_time": f"{step * number}{unit}",
            "exp_samples": [{"labels": "{}", "value": case.get("count", 1)}] if step in fires else [],
        } for step in range(length)],
    }
