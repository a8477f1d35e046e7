"""Every line of both logs is what docs/logging.md and the shippers' settings say, whatever peers send.

usage: lines_test.py DIRECTORY: leaves the logs there, as text.log and json.log, for the other tests.
"""
import json
import pathlib
import re
import shutil
import sys
import tempfile
import unicodedata

import source
from support import ROOT, load, need

TEXT = re.compile(
    r'\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z (trace|debug|info|warning|error) \[[a-z_]+\] [a-z_]+'
    r'( [a-z_][a-z0-9_.]*=([^\s"\\=]+|"([^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*"))*')
REQUIRED = ("@timestamp", "log.level", "message", "ecs.version", "service.name", "service.version",
            "log.logger", "event.action")
EVENT = re.compile(r"[a-z_]+")


def regex_of(path, pattern):
    """A shipper's expression as Python writes it."""
    found = re.search(pattern, (ROOT / path).read_text(), re.M)[1]
    return re.compile(found.replace("(?<", "(?P<"))


def visible(character):
    """Neither a control nor a space other than ours, nor what has no width or a direction of its own."""
    return character == " " or unicodedata.category(character)[0] in "LMNPS"


def physical_lines(path, encoding):
    """The file's lines, and no others: nothing in it that anybody takes for a line's end or a control."""
    data = path.read_bytes()
    assert data.endswith(b"\n"), "the last line is torn"
    text = data.decode(encoding)  # raises where a byte is beyond it
    lines = text.split("\n")[:-1]
    assert lines == text.splitlines(), "something else than a line feed ends a line"
    for line in lines:
        assert all(visible(c) for c in line), f"a character that nobody sees: {line!r}"
    return lines


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key twice: {keys}"
    return dict(pairs)


class Filebeat:
    """The processors of filebeat-text.yml that cut a line: dissect and rename, as Filebeat documents them."""

    def __init__(self):
        self._processors = load(ROOT / "deploy/filebeat/filebeat-text.yml")["processors"]

    @staticmethod
    def _dissect(how, fields):
        # Each key ends where the text after it is found first; the last one takes the rest.
        pattern = re.sub(r"%\\?\{(\w+)\\?\}", r"(?P<\1>.*?)", re.escape(how["tokenizer"])) + "$"
        match = re.match(pattern, fields.get(how.get("field", "message"), ""), re.S)
        for key, value in match.groupdict().items() if match else ():
            fields[f"{how['target_prefix']}.{key}"] = value

    @staticmethod
    def _rename(how, fields):
        if any(name in fields for name in how.get("when", {}).get("not", {}).get("has_fields", [])):
            return
        for pair in how["fields"]:
            if pair["from"] in fields and pair["to"] not in fields:
                fields[pair["to"]] = fields.pop(pair["from"])

    def fields(self, line):
        """What Elasticsearch gets of a line."""
        fields = {"message": line}
        for processor in self._processors:
            (name, how), = processor.items()
            if name == "drop_fields":
                fields = {k: v for k, v in fields.items() if k.split(".")[0] not in how["fields"]}
            elif name != "timestamp":
                {"dissect": self._dissect, "rename": self._rename}[name](how, fields)
        return fields


def check_filebeat(lines):
    filebeat = Filebeat()
    for line in [*lines, "2026-01-01T00:00:00.000Z info [app] no_fields"]:
        _, level, logger, event = line.split(" ", 4)[:4]
        assert filebeat.fields(line) == {"message": line, "log.level": level, "log.logger": logger[1:-1],
                                         "event.action": event}, f"{filebeat.fields(line)}: {line!r}"


def check_text(lines):
    check_filebeat(lines)
    multiline = regex_of("deploy/filebeat/filebeat-text.yml", r"pattern: '(.*)'")
    fluentd = regex_of("deploy/fluentd/parse-text.conf", r"expression /(.*)/")
    fluent_bit = regex_of("deploy/fluent-bit/parsers.conf", r"Regex +(.*)$")
    assert "\n  encoding UTF-8\n" in (ROOT / "deploy/fluentd/fluent.conf").read_text(), "Fluentd takes it for bytes"
    for line in lines:
        assert TEXT.fullmatch(line), f"no record: {line!r}"
        assert multiline.search(line), f"Filebeat would join it to the one before: {line!r}"
        for parser in (fluentd, fluent_bit):
            match = parser.search(line)
            assert match and match["event"] != source.INJECTED, f"parsed wrongly: {line!r}"
    return [line.split(" ", 4)[3] for line in lines]


def check_json(lines):
    records = [json.loads(line, object_pairs_hook=no_duplicates) for line in lines]
    for record in records:
        missing = [key for key in REQUIRED if not isinstance(record.get(key), str)]
        assert not missing, f"without {missing}: {record}"
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", record["@timestamp"]), record
        assert record["log.level"] in ("trace", "debug", "info", "warning", "error"), record
        assert EVENT.fullmatch(record["event.action"]), record
        assert not any(isinstance(value, (dict, list)) for value in record.values()), record
    return records


def check_examples():
    """What docs/logging.md shows is what is written."""
    shown = (ROOT / "docs/logging.md").read_text().splitlines()
    text = [line for line in shown if re.match(r"\d{4}-\d{2}-\d{2}T", line)]
    records = [line for line in shown if line.startswith('{"@timestamp"')]
    assert text, "docs/logging.md shows no lines"
    for line in text:
        assert TEXT.fullmatch(line), f"docs/logging.md: {line}"
    check_json(records)


def check_values(records):
    """What was hostile is there, unharmed, where it belongs."""
    ids = {record.get("siprec.call_id", "") for record in records}
    for value in ('quote " and \\ backslash', "percent %s %n {}", "${jndi:ldap://x}"):
        assert any(value in text for text in ids | {r.get("siprec.message", "") for r in records}), value
    agents = {r["siprec.user_agent"] for r in records if r["event.action"] == "session_started"}
    assert any("</script>" in agent for agent in agents), agents
    assert any(agent.startswith("siprec-call") for agent in agents), agents


def check_events(events, what):
    counts = {event: events.count(event) for event in set(events)}
    assert source.INJECTED not in counts, f"{what}: a peer wrote a line of its own"
    for event in ("server_ready", "session_started", "session_ended", "recording_complete", "sip_message",
                  "http_request", "server_stopped"):
        assert counts.get(event, 0) > 0, f"{what}: no {event} in {counts}"
    assert len(events) > 2500, f"{what}: {len(events)} lines only"
    print(f"ok      {what}: {len(events)} lines, {len(counts)} events")


def main():
    need()
    check_examples()
    kept = pathlib.Path(sys.argv[1])
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for form in ("text", "json"):
            directory = pathlib.Path(scratch) / form
            directory.mkdir()
            log = shutil.copy(source.write_log(directory, form), kept / f"{form}.log")
            lines = physical_lines(pathlib.Path(log), "utf-8" if form == "text" else "ascii")
            if form == "text":
                check_events(check_text(lines), form)
                assert any('"good utf8 Zo\u00eb \u65e5\u672c' in line for line in lines), "nobody can read it"
            else:
                records = check_json(lines)
                check_events([record["event.action"] for record in records], form)
                check_values(records)
    print("all hold")


if __name__ == "__main__":
    sys.exit(main())
