"""The timelines themselves: a disturbance before the fault, minutes in which it keeps firing, every way to fire alone.

What an alert's expression alone says, without `for` and `keep_firing_for`, shows where these two were at work.
"""
import concurrent.futures
import pathlib
import re
import tempfile
import unittest

import support
from support import HERE, load, run
import timeline

support.need("promtool")

CASES = [case for path in sorted((HERE / "rules").glob("*.yml")) for case in load(path)]


def rule_of(case):
    found = [rule for _, rule in support.rules("alert") if rule["alert"] == case["alert"]
             and case.get("severity", rule["labels"]["severity"]) == rule["labels"]["severity"]]
    assert len(found) == 1, case
    return found[0]


def arms_of(case):
    return re.split(r"\s+or\s+", rule_of(case)["expr"])


def told_alone(case, expression):
    """The steps of a case's timeline at which `expression` holds."""
    rule = {"alert": case["alert"], "expr": expression, "labels": rule_of(case)["labels"]}
    groups = [*timeline.recording_rules(expression)["groups"], {"name": "alone", "rules": [rule]}]
    test = timeline.promtool_test(case | {"fires": ""})
    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / "rules.yml").write_text(support.yaml.safe_dump({"groups": groups}), encoding="utf-8")
        file = pathlib.Path(directory) / "test.yml"
        file.write_text(support.yaml.safe_dump({
            "rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test],
            "group_eval_order": [group["name"] for group in groups]}), encoding="utf-8")
        # It expects silence; where promtool complains the expression held.
        text = run("promtool", "test", "rules", file)[1]
    moments = re.findall(r"time: (\S+),\s+exp: nil\s+got: {} \S+", text)
    assert text.count("got:") == len(moments), text
    return {timeline.minutes(moment) // timeline.minutes(case.get("interval", "1m")) for moment in moments}


def in_parallel(function, *columns):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, *columns))


def returns(series, end):
    """Does one series leave its course and come back to it before step `end`?"""
    for name, text in series.items():
        samples = [float("nan") if value in ("_", "stale") else float(value) for value in timeline.values(text)][:end]
        if re.search(r"_(total|bucket|count)\b", name):
            samples = [round(b - a, 6) for a, b in zip(samples, samples[1:])]
        away = next((i for i, value in enumerate(samples) if value != samples[0]), end)
        if samples[:1] and samples[0] in samples[away:]:
            return True
    return False


class Timelines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.alone = list(zip(CASES, in_parallel(told_alone, CASES, [rule_of(case)["expr"] for case in CASES])))

    def test_what_waits_has_a_disturbance_that_does_not_fire_it(self):
        for case, held in self.alone:
            if "for" in rule_of(case):
                with self.subTest(case["alert"], severity=case.get("severity")):
                    onset = min(timeline.steps(case["fires"]))
                    while onset - 1 in held:
                        onset -= 1
                    self.assertTrue(min(held) < onset or returns(case["series"], onset))

    def test_what_keeps_firing_is_seen_to_after_its_reason_went(self):
        for case, held in self.alone:
            if "keep_firing_for" in rule_of(case):
                with self.subTest(case["alert"], severity=case.get("severity")):
                    gone = timeline.steps(case["fires"]) - held
                    self.assertTrue(gone and min(gone) > min(held))

    def test_each_arm_of_an_or_is_driven_alone(self):
        arms = [(case, arm) for case in CASES for arm in arms_of(case) if len(arms_of(case)) > 1]
        self.assertGreater(len(arms), 6)
        held = {}
        for (case, arm), steps in zip(arms, in_parallel(told_alone, *zip(*arms))):
            held.setdefault((case["alert"], rule_of(case)["labels"]["severity"]), {}).setdefault(id(case), {})[arm] = steps
        for alert, cases in held.items():
            for arm in next(iter(cases.values())):
                with self.subTest(alert, arm=arm):
                    self.assertTrue(any(case[arm] and not any(steps for other, steps in case.items() if other != arm)
                                        for case in cases.values()))


if __name__ == "__main__":
    support.main()
