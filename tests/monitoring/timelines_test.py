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

LISTED = [case for path in sorted((HERE / "rules").glob("*.yml")) for case in load(path)]
# Of what a case lists the first: rules_test.py sees to it that the others have the same outcome.
CASES = [next(timeline.variants(case)) for case in LISTED]


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


def moving(case, metric, matchers):
    """The labels of those series of a case that these matchers choose and that are not 0 all of the time."""
    for name, text in case["series"].items():
        labels = {**timeline.LABELS, **dict(re.findall(r'(\w+)="([^"]*)"', name))}
        if name.split("{")[0] == metric and set(timeline.values(text)) - {"0", "_", "stale"} and all(
                any(re.fullmatch(value, labels.get(label, "")) for value in values) == (sign[0] == "=")
                for label, sign, values in matchers):
            yield labels


def drives(case, metric, matchers, matcher, value):
    """Does a variant of the case move what has this value of a matcher's list, and nothing else that the list names?"""
    label, sign, values = matcher
    for variant in timeline.variants(case):
        moved = [labels.get(label, "") for labels in moving(variant, metric, set(matchers) - {matcher})]
        named = [found for found in moved if any(re.fullmatch(each, found) for each in values)]
        if named and all(re.fullmatch(value, found) for found in named):
            return True
    return False


class Timelines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.alone = list(zip(CASES, in_parallel(told_alone, CASES, [rule_of(case)["expr"] for case in CASES])))
        # {(alert, severity): [{arm: steps}]}, one for each of LISTED.
        arms = [(i, arm) for i, case in enumerate(CASES) for arm in arms_of(case)]
        single = {i: steps for i, (_, steps) in enumerate(cls.alone)}
        several = [(i, arm) for i, arm in arms if len(arms_of(CASES[i])) > 1]
        told = dict(zip(several, in_parallel(told_alone, *zip(*((CASES[i], arm) for i, arm in several)))))
        cls.held = {}
        for i, arm in arms:
            case = CASES[i]
            rule = (case["alert"], rule_of(case)["labels"]["severity"])
            cls.held.setdefault(rule, {}).setdefault(i, {})[arm] = told.get((i, arm), single[i])

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

    def drivers(self, rule, arm):
        """The cases, as they are written, in which this arm of a rule holds and no other does."""
        return [LISTED[i] for i, arms in self.held[rule].items()
                if arms[arm] and not any(steps for other, steps in arms.items() if other != arm)]

    def test_each_arm_of_an_or_is_driven_alone(self):
        self.assertGreater(sum(len(next(iter(cases.values()))) > 1 for cases in self.held.values()), 6)
        for rule, cases in self.held.items():
            for arm in next(iter(cases.values())):
                with self.subTest(rule, arm=arm):
                    self.assertTrue(self.drivers(rule, arm))

    # What a rule's list leaves out fails a case that names it; what it names and no case does fails here.
    def test_each_value_that_a_matcher_lists_is_driven_alone(self):
        driven, reached = 0, set()
        for rule, cases in self.held.items():
            for arm in next(iter(cases.values())):
                for metric, matchers in support.selectors(arm):
                    reached.add((metric, matchers))
                    for label, sign, values in matchers:
                        for value in values if len(values) > 1 else ():
                            with self.subTest(rule, arm=arm, metric=metric, matcher=f"{label}{sign}", value=value):
                                self.assertTrue(any(drives(case, metric, matchers, (label, sign, values), value)
                                                    for case in self.drivers(rule, arm)),
                                                "add it to the list of a label in tests/monitoring/rules")
                                driven += 1
        self.assertGreater(driven, 60)
        lists = {(metric, matchers) for _, rule in support.rules("record") for metric, matchers in support.selectors(rule["expr"])
                 if any(sign == "=~" and len(values) > 1 for _, sign, values in matchers)}
        self.assertEqual(lists - reached, set(), "recording rules that no alert asks for, and no timeline drives")


if __name__ == "__main__":
    support.main()
