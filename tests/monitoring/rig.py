"""The whole chain on free ports of the loopback: server, calls, Prometheus, Alertmanager, mailbox."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from support import ROOT, RULES, fetch, load, wait_for, yaml
from expressions import always, chosen, drawn, numbers
from mail_sink import MailSink, certificate
from stand_ins import StandIns
import processes

PAIRS = 12

# How commands of the documents are run: a part of a pipeline that fails is told as well, but for one
# whose reader had enough (SIGPIPE). That a log or the recordings hold nothing of the kind is an answer;
# that a page of metrics does not is a mistake. There may be other servers on this machine.
STRICTLY = """
set -o pipefail
trap 'code=$?; [ $code = 141 ] || echo "exit code $code: $BASH_COMMAND" >&2' ERR
grep() {
  local code=0
  command grep "$@" || code=$?
  case "$code $*" in "1 "*%(logs)s*|"1 "*%(state)s*) return 0 ;; esac
  return $code
}
pidof() { echo %(pid)s; }
"""


def shortened(document):
    """The rules with durations for a test: `for` 1 s, `keep_firing_for` 5 s, each looked at every second."""
    for group in document["groups"]:
        group.pop("interval", None)
        for rule in group["rules"]:
            if "for" in rule:
                rule["for"] = "1s"
            if "keep_firing_for" in rule:
                rule["keep_firing_for"] = "5s"
    return document


def rehearsed(document):
    """The alerts once more, firing whatever the values are, marked so that no mail is sent for them."""
    for group in document["groups"]:
        group["name"] += "-rehearsal"
        for rule in group["rules"]:
            rule["expr"] = always(rule["expr"])
            rule["labels"]["rehearsal"] = "true"
            rule.pop("for", None)
            rule.pop("keep_firing_for", None)
    return document


def collectors(stand_ins, nobody):
    """Settings for one collector that takes spans, and one that is not there: its spans are dropped."""
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": stand_ins.url, "JAEGER_ENDPOINT": f"{nobody}/api/traces",
            "TRACING_QUEUE_SIZE": "1", "TRACING_BATCH_SIZE": "1", "TRACING_BATCH_DELAY": "100ms"}


def recogniser(directory):
    """Starts a live provider; its URL."""
    # /usr/bin: where the distribution's own WebSockets are.
    vosk = processes.Process("vosk", ["/usr/bin/python3", "-B", ROOT / "tests/integration/peers/vosk_server.py", "3600"], directory)
    return f"ws://127.0.0.1:{wait_for('the live provider', vosk.output).strip()}"


def speech(stand_ins, nobody, live):
    """Settings for a provider that is not there, a second one that does its work, and one for live text."""
    return {"STT_PROVIDERS": "webhook,openai", "STT_WEBHOOK_URL": nobody, "STT_RETRY_ATTEMPTS": "1",
            "OPENAI_BASE_URL": f"{stand_ins.url}/v1", "STT_PRICES": "openai 0.006 USD", "STT_REDACTION_RULES": "email",
            "STT_DELIVERY_URL": f"{stand_ins.url}/transcripts",
            "STT_LIVE_PROVIDER": "vosk", "VOSK_URL": live}


class Rig:
    """Everything that runs, from the first process to the last call."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="siprec-monitoring-")
        self.directory = pathlib.Path(self._directory.name)
        pem = certificate(self.directory)
        self.mail = MailSink(pem)
        self.stand_ins = StandIns()
        nobody = f"http://127.0.0.1:{processes.free_port()}"
        (self.directory / "tls").mkdir()
        shutil.copy(pem, self.directory / "tls/agent.pem")
        shutil.copy(f"{pem}.crt", self.directory / "tls/cafile.pem")
        self.server = processes.Server(
            self.directory, PAIRS, SIP_LISTEN="udp:127.0.0.1:0,tcp:127.0.0.1:0,tls:127.0.0.1:0",
            SIP_TLS_DIRECTORY=str(self.directory / "tls"), RTP_QUARANTINE="100ms", RECORDING_NO_MEDIA_TIMEOUT="5s",
            RTP_RTCP_INTERVAL="1s", SIP_T1="50ms", **collectors(self.stand_ins, nobody), **speech(self.stand_ins, nobody, recogniser(self.directory)))
        (self.directory / "json").mkdir()
        self.json_server = processes.Server(self.directory / "json", PAIRS, LOG_FORMAT="json", LOG_LEVEL="trace",
                                            RECORDING_NO_MEDIA_TIMEOUT="2s")
        self.alertmanager = self._alertmanager(pem)
        self.prometheus = self._prometheus()
        self.calls = []
        self.started = time.time()

    def _alertmanager(self, pem):
        # Our configuration with the sink's port; the sink's certificate is what the system trusts.
        text = (ROOT / "deploy/alertmanager/alertmanager.yml").read_text(encoding="utf-8")
        assert "'localhost:587'" in text
        path = self.directory / "alertmanager.yml"
        path.write_text(text.replace("localhost:587", f"localhost:{self.mail.port}"), encoding="utf-8")
        return processes.Alertmanager(self.directory, path, processes.free_port(), {"SSL_CERT_FILE": f"{pem}.crt"})

    def _prometheus(self):
        (self.directory / "rules").mkdir()
        for path in RULES.glob("*.yml"):
            self._write(f"rules/{path.name}", shortened(load(path)))
            if path.name != "recording.yml":
                self._write(f"rules/rehearsal-{path.name}", rehearsed(load(path)))
        config = load(ROOT / "deploy/prometheus/prometheus.yml")
        config["global"] = {"scrape_interval": "2s", "evaluation_interval": "1s"}
        config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{self.alertmanager.port}"]
        config["alerting"]["alert_relabel_configs"] = [
            {"source_labels": ["rehearsal"], "regex": "true", "action": "drop"}]
        job, = config["scrape_configs"]
        job["scrape_interval"] = "2s"
        # One server under two names is two instances; nobody listens at the third.
        self.instances = [f"127.0.0.1:{self.server.http}", f"localhost:{self.server.http}"]
        self.dead = f"127.0.0.1:{processes.free_port()}"
        job["static_configs"][0]["targets"] = [*self.instances, self.dead]
        return processes.Prometheus(self.directory, self._write("prometheus.yml", config))

    def _write(self, name, document):
        path = self.directory / name
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        return path

    def call(self, *arguments, server=None):
        name = f"call-{len(self.calls)}"
        self.calls.append(processes.call(self.directory, name, server or self.server, *arguments))
        return self.calls[-1]

    def metric(self, name):
        """A value as the server shows it now."""
        text = fetch(f"http://127.0.0.1:{self.server.http}/metrics")[1]
        return float(re.search(rf"^{name} (\S+)", text, re.M)[1])

    def place_calls(self):
        """Good calls, one without media, one refused, one that vanishes; then one that takes all ports."""
        # A counter that has moved before the first scrape moves for nobody.
        wait_for("both instances to be scraped", lambda: numbers(self.prometheus, "count(sip_sessions_total) == 2"))
        fetch(f"http://127.0.0.1:{self.server.http}/ready")
        vanishing = self.call("--no-media", "--duration", "60", "--legs", "1")
        good = self.call("--calls", "2", "--duration", "4", "--dtmf", "12@1", "--final-metadata")
        self.call("--no-media", "--duration", "15", "--legs", "1")
        self.call("--header", "Require: no-such-extension", "--duration", "1")
        self.call("--duration", "1", server=self.json_server)
        self.call("--no-media", "--duration", "15", server=self.json_server)
        self.call("--header", "Require: no-such-extension", "--duration", "1", server=self.json_server)
        wait_for("calls to be answered", lambda: self.metric("sip_sessions_total") >= 4)
        vanishing.kill()
        assert good.wait(30) == 0, good.output()
        wait_for("recordings to be complete", lambda: numbers(
            self.prometheus, 'min(recordings_total{state="complete"}) >= 4 and min(sip_sessions_active) == 0'))
        self.full = self.call("--legs", str(PAIRS - 1), "--duration", "600")
        wait_for("the ports to be taken", lambda: numbers(self.prometheus, f"max(rtp_ports_allocated) >= {PAIRS - 1}"))
        self.call("--legs", "2", "--duration", "1")

    def close(self):
        processes.stop_all()
        self.mail.shutdown()
        self.mail.server_close()
        self.stand_ins.close()
        self._directory.cleanup()

    def data(self, target):
        """What a panel would show: a number now, or a graph since the start of this run."""
        expression = chosen(target["expr"])
        if target["instant"]:
            return numbers(self.prometheus, expression)
        return drawn(self.prometheus, expression, self.started, time.time(), 1)

    def run(self, command, server=None):
        """A command of the documents as a shell on the host of `server` would run it, STRICTLY."""
        server = server or self.server
        strictly = STRICTLY % {"logs": server.logs, "state": server.state, "pid": server.pid}
        return subprocess.run(["bash", "-c", strictly + self.substitute(command, server)], capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL, cwd=ROOT)

    def substitute(self, text, server):
        """A command of the documents, with the ports and directories of this run."""
        for printed, here in {
                "localhost:8080": f"localhost:{server.http}", "localhost:5061": f"localhost:{self.server.tls}",
                "/etc/siprec/tls": str(self.directory / "tls"),
                "localhost:9090": f"127.0.0.1:{self.prometheus.port}",
                "localhost:9093": f"127.0.0.1:{self.alertmanager.port}",
                "prometheus:9090": f"127.0.0.1:{self.prometheus.port}",
                "/var/log/siprec": str(server.logs), "/var/lib/siprec": str(server.state)}.items():
            text = text.replace(printed, here)
        return text
