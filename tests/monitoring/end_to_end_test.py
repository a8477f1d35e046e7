"""The whole chain: the real server under calls, real Prometheus, real Alertmanager, a mailbox."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import support
from support import HERE, ROOT, RULES, RUNBOOKS, fetch, load, wait_for, yaml
from expressions import always, blocks, chosen, drawn, numbers, queries, query

support.need("prometheus", "prometheus-alertmanager", "openssl", "jq", "curl", "ss", "nstat", "vmstat")

from mail_sink import MailSink, certificate  # noqa: E402
import processes  # noqa: E402

PAIRS = 12

# What can't have a value in this run: absent() answers only where there is no target; no provider
# and no collector are configured.
ABSENT = "absent("
SWITCHED_OFF = ("stt_", "tracing_")


def excepted(expression):
    return ABSENT in expression or any(name.startswith(SWITCHED_OFF) for name in support.metrics_in(expression))


def shortened(document):
    """The rules with durations for a test: `for` 1 s, `keep_firing_for` 5 s. Nothing else changes."""
    for group in document["groups"]:
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


class Rig:
    """Everything that runs, from the first process to the last call."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="siprec-monitoring-")
        self.directory = pathlib.Path(self._directory.name)
        pem = certificate(self.directory)
        self.mail = MailSink(pem)
        (self.directory / "tls").mkdir()
        shutil.copy(pem, self.directory / "tls/agent.pem")
        shutil.copy(f"{pem}.crt", self.directory / "tls/cafile.pem")
        self.server = processes.Server(
            self.directory, PAIRS, SIP_LISTEN="udp:127.0.0.1:0,tcp:127.0.0.1:0,tls:127.0.0.1:0",
            SIP_TLS_DIRECTORY=str(self.directory / "tls"), RTP_QUARANTINE="100ms", RECORDING_NO_MEDIA_TIMEOUT="2s",
            RTP_RTCP_INTERVAL="1s", SIP_T1="50ms")
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
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{self.alertmanager.port}"]
        config["alerting"]["alert_relabel_configs"] = [
            {"source_labels": ["rehearsal"], "regex": "true", "action": "drop"}]
        job, = config["scrape_configs"]
        job["scrape_interval"] = "1s"
        # One server under two names is two instances; nobody listens at the third.
        self.instances = [f"127.0.0.1:{self.server.http}", f"localhost:{self.server.http}"]
        self.dead = f"127.0.0.1:{processes.free_port()}"
        job["static_configs"][0]["targets"] = [*self.instances, self.dead]
        return processes.Prometheus(self.directory, self._write("prometheus.yml", config))

    def _write(self, name, document):
        path = self.directory / name
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        return path

    def call(self, *arguments):
        name = f"call-{len(self.calls)}"
        self.calls.append(processes.call(self.directory, name, self.server, *arguments))
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
        self.call("--no-media", "--duration", "8", "--legs", "1")
        self.call("--header", "Require: no-such-extension", "--duration", "1")
        wait_for("calls to be answered", lambda: self.metric("sip_sessions_active") >= 4)
        vanishing.kill()
        assert good.wait(30) == 0, good.output()
        wait_for("recordings to be complete", lambda: numbers(
            self.prometheus, 'min(recordings_total{state="complete"}) >= 4 and min(sip_sessions_active) == 0'))
        self.full = self.call("--legs", str(PAIRS - 1), "--duration", "40")
        wait_for("the ports to be taken", lambda: numbers(self.prometheus, f"max(rtp_ports_allocated) >= {PAIRS - 1}"))
        self.call("--legs", "2", "--duration", "1")

    def close(self):
        processes.stop_all()
        self.mail.shutdown()
        self.mail.server_close()
        self._directory.cleanup()

    def data(self, target):
        """What a panel would show: a number now, or a graph since the start of this run."""
        expression = chosen(target["expr"])
        if target["instant"]:
            return numbers(self.prometheus, expression)
        return drawn(self.prometheus, expression, self.started, time.time(), 1)

    def substitute(self, text):
        """A command of the documents, with the ports and directories of this run."""
        for printed, here in {
                "localhost:8080": f"localhost:{self.server.http}", "localhost:9090": f"127.0.0.1:{self.prometheus.port}",
                "localhost:9093": f"127.0.0.1:{self.alertmanager.port}",
                "prometheus:9090": f"127.0.0.1:{self.prometheus.port}",
                "/var/log/siprec": str(self.server.logs), "/var/lib/siprec": str(self.server.state)}.items():
            text = text.replace(printed, here)
        return text


def setUpModule():
    global rig
    rig = Rig()
    unittest.addModuleCleanup(rig.close)
    rig.place_calls()


class EndToEnd(unittest.TestCase):
    maxDiff = None

    def test_an_exhausted_port_pool_reaches_a_mailbox_as_one_mail_for_all_recorders(self):
        wait_for("RTPPortExhaustion to fire", lambda: len(query(
            rig.prometheus, 'ALERTS{alertname="RTPPortExhaustion",alertstate="firing",rehearsal=""}')) == 2)
        mail = wait_for("the mail", lambda: rig.mail.mails("RTPPortExhaustion"))
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail[0]["Subject"], "SIPREC Alert: RTPPortExhaustion")
        self.assertEqual((mail[0]["From"], mail[0]["To"]), ("alerts@example.com", "ops@example.com"))
        text = mail[0].get_body(("plain",)).get_content()
        self.assertEqual(text.count("Alert: RTP port pool nearly exhausted"), 2, text)
        for instance in rig.instances:
            self.assertIn(f"91.67% of the RTP ports of {instance} are in use", text)
        self.assertIn("/runbooks/RTPPortExhaustion.md", text)

    def test_a_dead_recorder_is_a_mail_of_its_own(self):
        mail, = wait_for("the mail", lambda: rig.mail.mails("SIPRECDown"))
        text = mail.get_body(("plain",)).get_content()
        self.assertEqual(text.count("Alert: "), 1, text)
        self.assertIn(rig.dead, text)

    def test_every_recording_rule_returns_data(self):
        for _, rule in support.rules("record"):
            with self.subTest(rule["record"]):
                wait_for(rule["record"], lambda: numbers(rig.prometheus, rule["record"]), 10)

    def test_every_alert_expression_returns_data_and_its_texts_are_filled_in(self):
        def rehearsal():
            groups = json.loads(fetch(f"{rig.prometheus.url}/api/v1/rules?type=alert")[1])["data"]["groups"]
            return [r for g in groups if g["name"].endswith("-rehearsal") for r in g["rules"]]

        def without_data():
            # The last port pair but one is taken, so that it is not ready: each answer counts as a 503.
            fetch(f"http://127.0.0.1:{rig.server.http}/ready")
            return [r["name"] for r in rehearsal() if not r["alerts"] and not excepted(r["query"])]

        self.assertEqual(len(rehearsal()), len(support.rules("alert")))
        try:
            wait_for("alerts", lambda: not without_data(), 10)
        except AssertionError:
            self.fail(f"these ask for series that do not exist: {without_data()}")
        for rule in rehearsal():
            self.assertEqual(rule["health"], "ok", rule)
            for alert in rule["alerts"]:
                for text in alert["annotations"].values():
                    self.assertNotIn("error expanding template", text)
                    self.assertNotIn("<no value>", text)
                    self.assertNotIn("{{", text)

    def test_every_query_of_every_dashboard_returns_data(self):
        for path in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
            for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
                for target in panel.get("targets", []):
                    with self.subTest(path.stem, panel=panel["title"], query=target["expr"]):
                        self.assertTrue(rig.data(target) or excepted(target["expr"]))

    def test_every_variable_of_every_dashboard_finds_its_values(self):
        for path in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
            for variable in json.loads(path.read_text(encoding="utf-8"))["templating"]["list"]:
                if variable["type"] == "query":
                    series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
                    self.assertTrue([r for r in query(rig.prometheus, chosen(series)) if r["metric"].get(label)])

    def test_the_guides_own_alerts_and_queries_return_data(self):
        printed = [r["expr"] for r in load(HERE / "guide/alerts.yml")["groups"][0]["rules"]] + load(HERE / "guide/queries.yml")
        for expression in printed:
            with self.subTest(expression):
                self.assertTrue(numbers(rig.prometheus, always(expression)))
        # A pool that is nearly exhausted, and the constant of the guide does not see it.
        self.assertFalse(query(rig.prometheus, "rtp_ports_allocated / 10000 > 0.9"))
        self.assertTrue(query(rig.prometheus, "rtp_ports_allocated / rtp_ports_capacity > 0.9"))

    def test_the_guides_own_commands_work(self):
        for command in (HERE / "guide/commands.sh").read_text(encoding="utf-8").splitlines()[1:]:
            with self.subTest(command):
                done = subprocess.run(["bash", "-c", rig.substitute(command)], capture_output=True, text=True,
                                      timeout=30, stdin=subprocess.DEVNULL)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout.strip())

    def test_every_command_and_query_of_the_documents_works_as_printed(self):
        pages = sorted([ROOT / "docs/monitoring.md", *RUNBOOKS.glob("*.md")])
        commands = {command: page.name for page in pages for command in blocks(page, "sh")}
        self.assertGreater(len(commands), 50)
        for command, page in commands.items():
            with self.subTest(page=page, command=command):
                done = subprocess.run(["bash", "-c", rig.substitute(command)], capture_output=True, text=True,
                                      timeout=30, stdin=subprocess.DEVNULL, cwd=ROOT)
                self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        for page in pages:
            for expression in queries(page):
                with self.subTest(page=page.name, expression=expression):
                    self.assertTrue(numbers(rig.prometheus, expression) or excepted(expression))


if __name__ == "__main__":
    unittest.main(verbosity=2)
