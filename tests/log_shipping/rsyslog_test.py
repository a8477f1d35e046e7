"""The real rsyslog reads both logs with deploy/rsyslog/60-siprec.conf and hands on every line, parsed, with the
severity and the time that stand in it.

usage: rsyslog_test.py DIRECTORY with the logs of lines_test.py
"""
import datetime
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading

from source import INJECTED
from support import ROOT, need, skip, wait_for

CONFIGURATION = ROOT / "deploy/rsyslog/60-siprec.conf"
PARSED = """
template(name="parsed" type="list") { property(name="$!all-json") constant(value="\\n") }
"""


class Collector:
    """Where rsyslog forwards to: counts what comes, line by line (RFC 6587 §3.4.2)."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.data = bytearray()
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        while True:
            peer, _ = self._listener.accept()
            threading.Thread(target=self._read, args=(peer,), daemon=True).start()

    def _read(self, peer):
        while part := peer.recv(1 << 20):
            self.data += part


def ours(logs, port, parsed):
    """The shipped file with this test's places, and what mmjsonparse found written out besides."""
    text = CONFIGURATION.read_text()
    for was, new in (("/var/log/siprec/*.log", f"{logs}/*.log"), ("logs.example.com", "127.0.0.1"),
                     ('port="6514"', f'port="{port}"')):
        assert was in text, f"{CONFIGURATION} has no {was}"
        text = text.replace(was, new)
    return text.replace("\tstop\n", f'\taction(type="omfile" file="{parsed}" template="parsed")\n\tstop\n')


def run(work, lines):
    """Ships a log that is rotated half way through; the forwarded messages and the parsed records."""
    logs, parsed, collector = work / "log", work / "parsed.json", Collector()
    logs.mkdir(parents=True)
    log, half = logs / "siprec-server.log", len(lines) // 2
    log.write_text("".join(f"{line}\n" for line in lines[:half]))
    configuration = work / "rsyslog.conf"
    configuration.write_text(f'global(workDirectory="{work}" maxMessageSize="256k")\n{PARSED}'
                             + ours(logs, collector.port, parsed))
    with open(work / "out", "wb") as out:
        daemon = subprocess.Popen(["rsyslogd", "-n", "-f", configuration, "-i", work / "pid"], stdout=out, stderr=out)
    try:
        wait_for("half of the messages", lambda: collector.data.count(b"\n") >= half, 60)
        log.rename(logs / "siprec-server.log-20261122-1795363200")  # as logrotate does
        log.write_text("".join(f"{line}\n" for line in lines[half:]))
        wait_for("all messages", lambda: collector.data.count(b"\n") >= len(lines), 60)
        wait_for("all parsed records", lambda: parsed.read_bytes().count(b"\n") >= len(lines), 60)
    finally:
        daemon.terminate()
        daemon.wait(20)
        said = (work / "out").read_text(errors="replace")
        assert "error" not in said.lower(), said
    return bytes(collector.data).decode().split("\n")[:-1], parsed.read_text().split("\n")[:-1]


# RFC 5424 §6.2.1: local0, and how bad it is.
PRIORITIES = {"error": 16 * 8 + 3, "warning": 16 * 8 + 4, "info": 16 * 8 + 6, "debug": 16 * 8 + 7, "trace": 16 * 8 + 7}
# Besides what the server wrote: an error, read long after, and what a library may write.
ERROR = {"text": "2026-01-02T03:04:05.678Z error [app] task_failed error=bad_alloc",
         "json": '{"@timestamp":"2026-01-02T03:04:05.678Z","log.level":"error","message":"task_failed error=bad_alloc",'
                 '"event.action":"task_failed"}'}
FOREIGN = "terminate called without an active exception"


def own_head(form, line):
    """The priority and the time that belong to a line."""
    if form == "json":
        record = json.loads(line)
        return str(PRIORITIES[record["log.level"]]), record["@timestamp"]
    time, level = line.split(" ", 2)[:2]
    return str(PRIORITIES[level]), time


def check_heads(form, lines, heads):
    now = datetime.datetime.now(datetime.timezone.utc)
    told = set()
    for line, (priority, time, _) in zip(lines, heads):
        if line == FOREIGN:
            read = datetime.datetime.fromisoformat(time)
            assert priority == "134" and abs(now - read) < datetime.timedelta(minutes=5), f"{form}: {priority} {time}"
            continue
        assert (priority, time) == own_head(form, line), f"{form}: {priority} {time} is the head of {line!r}"
        told.add(priority)
    assert len(told) == len(set(PRIORITIES.values())), f"{form}: nothing but {told}"


def main():
    need()
    if subprocess.run(["which", "rsyslogd"], stdout=subprocess.DEVNULL).returncode != 0:
        skip("rsyslog is not installed (deploy/install-deps.sh test)")
    logs = pathlib.Path(sys.argv[1])
    frame = re.compile(r"<(\d+)>1 (\S+) \S+ siprec-server - - - (.*)")
    with tempfile.TemporaryDirectory() as scratch:
        for form in ("json", "text"):
            lines = [*(logs / f"{form}.log").read_text().splitlines(), ERROR[form]]
            if form == "text":
                lines.append(FOREIGN)
            forwarded, parsed = run(pathlib.Path(scratch) / form, lines)
            heads = [frame.fullmatch(one).groups() for one in forwarded]
            messages = [message.strip() for _, _, message in heads]
            assert messages == lines, f"{form}: what is forwarded is not what was logged"
            check_heads(form, lines, heads)
            if form == "json":
                records = [json.loads(one) for one in parsed]
                assert records == [json.loads(line) for line in lines], "mmjsonparse saw something else"
                assert INJECTED not in {record["event.action"] for record in records}
            print(f"ok      rsyslog handed on {len(messages)} lines of {form}")
    print("all hold")


if __name__ == "__main__":
    main()
