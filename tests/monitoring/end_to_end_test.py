"""The whole chain: the real server under calls, real Prometheus, real Alertmanager, a mailbox."""
import concurrent.futures
import json
import pathlib
import re
import unittest

import support
from support import HERE, ROOT, RULES, fetch, load, run, wait_for
from expressions import PAGES, always, blocks, cells, chosen, json_commands, log_commands, numbers, queries, query, wants_json

support.need("prometheus", "prometheus-alertmanager", "amtool", "promtool", "openssl", "jq", "curl", "ss", "nstat",
             "vmstat")
support.need_websockets()

from rig import Rig  # noqa: E402


SIGPIPE = 141  # head(1) had enough


def excepted(expression):
    """absent() answers only where there is no target; nothing else may be without a value."""
    return expression.startswith("absent(")


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

        def text_of(mail):
            return mail.get_body(("plain",)).get_content()

        # On a busy machine the second recorder may come too late for the first mail.
        mail = wait_for("a mail for both recorders", lambda: next(
            (m for m in rig.mail.mails("RTPPortExhaustion") if all(i in text_of(m) for i in rig.instances)), None), 60)
        self.assertEqual(mail["Subject"], "SIPREC Alert: RTPPortExhaustion")
        self.assertEqual((mail["From"], mail["To"]), ("alerts@example.com", "ops@example.com"))
        text = text_of(mail)
        self.assertEqual(text.count("Alert: RTP port pool nearly exhausted"), 2, text)
        for instance in rig.instances:
            self.assertIn(f"91.67% of the RTP ports of {instance} are in use", text)
        self.assertIn("/runbooks/RTPPortExhaustion.md", text)

    def test_a_dead_recorder_is_a_mail_of_its_own(self):
        mail = wait_for("the mail", lambda: rig.mail.mails("SIPRECDown"), 45)[0]
        text = mail.get_body(("plain",)).get_content()
        self.assertEqual(text.count("Alert: "), 1, text)
        self.assertIn(rig.dead, text)
        self.assertNotIn("muted", text)

    def test_alertmanager_keeps_mails_few(self):
        url = f"--alertmanager.url={rig.alertmanager.url}"

        def add(alert, severity, instance):
            code, text = run("amtool", url, "alert", "add", alert, f"severity={severity}", "job=siprec-inhibition",
                             f"instance={instance}", "--annotation=summary=x")
            self.assertEqual(code, 0, text)

        def known(state):
            code, text = run("amtool", url, "-o", "json", "alert", "query", f"--{state}", "job=siprec-inhibition")
            self.assertEqual(code, 0, text)
            return {(a["labels"]["alertname"], a["labels"]["severity"], a["labels"]["instance"]) for a in json.loads(text)}

        # A recorder that is down has no other trouble; one that is back, and its neighbour, have.
        quiet = {("DiskLow", "critical", "down"), ("STTSlow", "warning", "down"),
                 ("DiskLow", "warning", "full"), ("RecordingErrorBudgetBurns", "warning", "burning")}
        loud = {("SIPRECDown", "critical", "down"), ("SIPRECDown", "none", "down"),
                ("SIPRECDown", "critical", "back"), ("CallsBrokenOff", "critical", "back"),
                ("DiskLow", "critical", "full"), ("STTSlow", "warning", "full"),
                ("DiskLow", "warning", "burning"), ("RecordingErrorBudgetBurnsFast", "critical", "burning")}
        for alert in sorted(loud) + sorted(quiet):
            add(*alert)
        wait_for("the inhibition", lambda: known("inhibited") == quiet and known("active") == loud)

    def test_every_recording_rule_returns_data(self):
        for _, rule in support.rules("record"):
            with self.subTest(rule["record"]):
                wait_for(rule["record"], lambda: numbers(rig.prometheus, rule["record"]), 20)

    def test_every_alert_expression_returns_data_and_its_texts_are_filled_in(self):
        def rehearsal():
            groups = json.loads(fetch(f"{rig.prometheus.url}/api/v1/rules?type=alert")[1])["data"]["groups"]
            return [r for g in groups if g["name"].endswith("-rehearsal") for r in g["rules"]]

        def without_data():
            return [r["name"] for r in rehearsal() if not r["alerts"] and not excepted(r["query"])]

        self.assertEqual(len(rehearsal()), len(support.rules("alert")))
        try:
            wait_for("alerts", lambda: not without_data(), 20)
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

    # An expression returns data where one value of `reason=~"a|b"` has some: a slip in the other is seen here.
    def test_every_label_value_that_is_asked_for_is_one_of_ours(self):
        expressions = [rule["expr"] for _, rule in support.rules("alert") + support.rules("record")]
        for path in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json")):
            for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
                expressions += [target["expr"] for target in panel.get("targets", [])]
        asked = set()
        for expression in expressions:
            for metric, matchers in re.findall(r"([a-z_:][\w:]*)\{([^{}]*)\}", expression):
                for label, values in re.findall(r'(\w+)=~?"([\w|]+)"', matchers):
                    if label not in ("job", "instance"):
                        asked.update((metric, label, value) for value in values.split("|"))
        self.assertGreater(len(asked), 20)
        unknown = [each for each in sorted(asked) if not query(rig.prometheus, '%s{%s="%s"}' % each)]
        self.assertEqual(unknown, [])

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
                done = rig.run(command)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout.strip())

    def test_every_command_and_query_of_the_documents_works_as_printed(self):
        commands = {command: page.name for page in PAGES for command in blocks(page, "sh")}
        self.assertGreater(len(commands), 50)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(
                lambda command: rig.run(command, rig.json_server if wants_json(command) else rig.server), commands))
        for (command, page), done in zip(commands.items(), results):
            with self.subTest(page=page, command=command):
                self.assertEqual((done.returncode in (0, SIGPIPE), done.stderr), (True, ""), done.stdout)
        self.assertGreater(sum(len(cells(page)) for page in PAGES), 20)
        for page in PAGES:
            for expression in queries(page):
                with self.subTest(page=page.name, expression=expression):
                    self.assertTrue(numbers(rig.prometheus, expression) or excepted(expression))

    def test_commands_for_the_log_find_what_is_in_it_in_both_formats(self):
        wait_for("the log of the calls", lambda: '"siprec.reason":"no_media"' in rig.json_server.log_text())
        found = {rig.server: 0, rig.json_server: 0}
        for command, page in log_commands().items():
            for server in found:
                with self.subTest(page=page, command=command, log=str(server.logs)):
                    done = rig.run(command, server)
                    self.assertEqual((done.returncode in (0, SIGPIPE), done.stderr), (True, ""), done.stdout)
                    names = set(re.findall(r"[a-z]+(?:_[a-z]+)+", command.split("siprec-server.log")[0]))
                    logged = any(name in server.log_text() for name in names)
                    if logged or page in ("HighInternalErrorRate.md", "InternalErrors.md", "LogLinesDropped.md"):
                        self.assertTrue(done.stdout.strip() or "| grep" in command.split("siprec-server.log")[1])
                        found[server] += 1
        self.assertGreater(min(found.values()), 6)

    def test_commands_that_read_the_log_as_json_print_the_lines_they_are_for(self):
        wait_for("the log of the calls", lambda: '"siprec.reason":"no_media"' in rig.json_server.log_text())

        def logged():
            lines = [json.loads(line) for line in rig.json_server.log_text().splitlines()]
            call = next(line["siprec.call_id"] for line in lines if line.get("event.action") == "session_started")
            ended = [line for line in lines if line.get("event.action") == "session_ended"]
            messages = [line["siprec.message"].replace("\r\n", "\n") for line in lines
                        if line.get("event.action") == "sip_message"]
            return call, {
                "sip_message": "".join(message + "\n" for message in messages),
                "session_ended": [line for line in ended
                                  if line["siprec.reason"] != "bye" or line["siprec.packets_lost"] > 0],
                "siprec.call_id": [line for line in lines if line.get("siprec.call_id") == call]}

        def at_rest(command, kind):
            """What was logged and what is printed, where nothing of it came in between."""
            call, wanted = logged()
            done = rig.run(command.replace("a84b4c76@192.0.2.7", call), rig.json_server)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return logged()[1][kind] == wanted[kind] and (wanted[kind], done.stdout)

        kinds = set()
        for command in json_commands():
            kind = next(kind for kind in ("sip_message", "session_ended", "siprec.call_id") if kind in command)
            with self.subTest(command=command):
                wanted, printed = wait_for("the log to rest", lambda: at_rest(command, kind))
                self.assertTrue(wanted)
                if kind != "sip_message":
                    printed = [json.loads(line) for line in printed.splitlines()]
                self.assertEqual(printed, wanted)
                kinds.add(kind)
        self.assertEqual(len(kinds), 3)

    def test_the_list_of_frequent_lines_names_events(self):
        command = next(c for c, page in log_commands().items() if page == "LogLinesDropped.md")
        for server in (rig.server, rig.json_server):
            lines = rig.run(command, server).stdout.splitlines()
            self.assertGreater(len(lines), 3)
            for line in lines:
                self.assertRegex(line, r'^ *\d+ ("event.action":"[a-z_]+"|[a-z]+ \[[a-z]+\] [a-z_]+)$')

    def test_the_first_five_minutes_install_what_prometheus_and_grafana_read(self):
        etc, var = rig.directory / "etc", rig.directory / "var"
        for directory in (etc / "prometheus", etc / "grafana/provisioning", var / "grafana"):
            directory.mkdir(parents=True)
        begin, publish = blocks(ROOT / "docs/monitoring.md", "console")
        for commands in (begin, publish):
            commands = commands.replace("/etc/", f"{etc}/").replace("/var/lib/", f"{var}/")
            done = rig.run(f"systemctl() {{ :; }}\n{commands}")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        code, text = run("promtool", "check", "config", etc / "prometheus/prometheus.yml")
        self.assertEqual((code, text.count("rules found")), (0, len(list(RULES.glob("*.yml")))), text)
        self.assertEqual(run("amtool", "check-config", etc / "prometheus/alertmanager.yml")[0], 0)
        provider, = load(etc / "grafana/provisioning/dashboards/siprec.yml")["providers"]
        installed = pathlib.Path(provider["options"]["path"].replace("/var/lib", str(var)))
        self.assertEqual(len(list(installed.glob("*.json"))), len(list((ROOT / "deploy/grafana/dashboards").glob("*.json"))))
        published = "".join(p.read_text(encoding="utf-8") for p in (etc / "prometheus/rules").glob("*.yml"))
        self.assertEqual(published.count("runbook_url: https://wiki.example.com/siprec/runbooks/"), len(support.rules("alert")))


if __name__ == "__main__":
    support.main()
