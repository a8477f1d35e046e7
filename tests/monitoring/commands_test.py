"""What the documents' commands look for exists: events of the log, metrics, keys of metadata.json."""
import os
import pathlib
import re
import shlex
import tempfile
import unittest

import support
from support import ROOT, run
from cluster import Cluster
from expressions import PAGES, blocks, log_commands

support.need("tcpdump", "kubectl")

LINES = {line: page.name for page in PAGES for kind in ("sh", "console") for block in blocks(page, kind)
         for line in block.splitlines()}


def text(page):
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def events():
    """The names in the table of docs/logging.md."""
    rows = re.findall(r"^\| ([^|]*) \| (?:trace|debug|info|warning|error)[a-z, ]* \|", text("logging.md"), re.M)
    return {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}


def recording_words():
    """Keys and values of metadata.json that docs/recording-format.md names."""
    return set(re.findall(r"`([a-z_]+)(?:\[\])?`", text("recording-format.md")))


def sought(command):
    """What each grep of a pipeline looks for: lists of alternatives, in the order of the pipeline."""
    found = []
    for stage in re.split(r" \| (?=[a-z])", command):
        words = shlex.split(stage)
        if words[0] == "grep" and "-v" not in words:
            pattern = next(word for word in words[1:] if not word.startswith("-"))
            found.append(pattern.split("|"))
    return found


# These read what every line has, or look for a call; that they find it in both formats is proved with both logs.
EVERY_LINE = ("HighInternalErrorRate.md", "InternalErrors.md", "LogLinesDropped.md", "SIPRECDown.md", "logging.md")


class Commands(unittest.TestCase):
    def test_commands_for_the_log_look_for_documented_events(self):
        known, reasons = events(), recording_words()
        self.assertGreater(len(known), 60)
        for command, page in log_commands().items():
            with self.subTest(page=page, command=command):
                if page not in EVERY_LINE:
                    first, *others = sought(command)
                    self.assertLessEqual(set(first), known)
                    self.assertLessEqual({word for other in others for word in other}, reasons)

    def test_commands_for_metrics_look_for_documented_metrics(self):
        metrics, looked = support.documented_metrics(), 0
        for command, page in LINES.items():
            if "/metrics | grep" in command:
                for name in (name for names in sought(command) for name in names):
                    with self.subTest(page=page, command=command):
                        self.assertTrue(any(m.startswith(name.strip("^()")) for m in metrics), name)
                        looked += 1
        self.assertGreater(looked, 20)

    def test_commands_for_recordings_use_documented_keys(self):
        known, looked = recording_words() | {"json", "metadata"}, 0
        for command, page in LINES.items():
            if "metadata.json" in command:
                # `grep -rlE PROGRAM ...`, or `find ... | sort | xargs -r jq -r PROGRAM | ...`.
                parts = shlex.split(command)
                if parts[0] == "grep":
                    words = re.findall(r"[a-z_]{3,}", parts[2])
                else:
                    words = re.findall(r"\.([a-z_]+)", parts[parts.index("jq") + 2])
                with self.subTest(page=page, command=command):
                    self.assertTrue(words)
                    self.assertLessEqual(set(words), known)
                    looked += 1
        self.assertGreater(looked, 8)

    def test_commands_for_a_cluster_find_what_they_look_for(self):
        blocks_and_words = [*LINES, *re.findall(r"`(kubectl [^`]*)`", "".join(p.read_text(encoding="utf-8") for p in PAGES))]
        # `kubectl apply` has a test of its own, apply_test.py.
        commands = {c for c in blocks_and_words if c.startswith("kubectl") and not c.startswith("kubectl apply")}
        self.assertGreater(len(commands), 2)
        cluster = Cluster()
        self.addCleanup(cluster.close)
        with tempfile.TemporaryDirectory() as directory:
            environment = {**os.environ, **cluster.configure(pathlib.Path(directory))}
            for command in commands:
                with self.subTest(command):
                    command = command.replace("POD", "siprec-server-0")
                    code, told = run("bash", "-o", "pipefail", "-c", command, env=environment)
                    self.assertEqual((code, bool(told.strip())), (0, True), told)
                    if "Last State" in command:
                        self.assertRegex(told, r"Reason: +OOMKilled")

    def test_filters_for_packets_compile(self):
        filters = [words for words in map(shlex.split, LINES) if words[:1] == ["tcpdump"]]
        self.assertGreater(len(filters), 2)
        for words in filters:
            expression = next(word for word in words if " and " in word)
            code, told = run("tcpdump", "-y", "EN10MB", "-d", expression)
            self.assertEqual(code, 0, told)


if __name__ == "__main__":
    support.main()
