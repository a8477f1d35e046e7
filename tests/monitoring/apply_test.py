"""What the documents give `kubectl apply` is made, made once, and changed where it changes."""
import os
import pathlib
import shutil
import tempfile
import unittest

import support
from support import ROOT, run
from empty_cluster import EmptyCluster
from expressions import blocks

support.need("kubectl")

# Not what the schemas of packaging/kubernetes judge: this API publishes none.
UNJUDGED = "--validate=false"


class Apply(unittest.TestCase):
    def setUp(self):
        self.cluster = EmptyCluster()
        self.addCleanup(self.cluster.close)
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = pathlib.Path(scratch.name)
        self.environment = {**os.environ, **self.cluster.configure(self.directory)}

    def told(self, command):
        """What it says of each object: `{"namespace/siprec": "created"}`."""
        code, told = run("bash", "-o", "pipefail", "-c", command, env=self.environment)
        self.assertEqual(code, 0, told)
        return dict(line.split(" ", 1) for line in told.splitlines())

    def test_what_is_shipped_is_made_in_its_namespace(self):
        command = "kubectl apply -k deploy/kubernetes"
        self.assertIn(command, (ROOT / "docs/installation.md").read_text(encoding="utf-8"))
        copy = shutil.copytree(ROOT / "deploy/kubernetes", self.directory / "kubernetes")
        command = f"{command.replace('deploy/kubernetes', str(copy))} {UNJUDGED}"
        made = self.told(command)
        self.assertEqual(set(made.values()), {"created"}, made)
        kinds = sorted(one["kind"] for one in self.cluster.objects.values())
        self.assertEqual(kinds, ["ConfigMap", "Namespace", "NetworkPolicy", "PodDisruptionBudget", "Secret", "Service",
                                 "Service", "StatefulSet"])
        recorders, config = (next(one for one in self.cluster.objects.values() if one["kind"] == kind)
                             for kind in ("StatefulSet", "ConfigMap"))
        self.assertIn(config["metadata"]["name"], str(recorders["spec"]["template"]["spec"]["volumes"]))

        before, again = dict(self.cluster.objects), self.told(command)
        # Newer ones always send the selector of a PodDisruptionBudget, which replaces itself.
        others = {how for what, how in again.items() if not what.startswith("poddisruptionbudget")}
        self.assertEqual((others, self.cluster.objects), ({"unchanged"}, before), again)

        # Another setting is another ConfigMap, and a rolling restart.
        with open(copy / "siprec.yaml", "a", encoding="utf-8") as settings:
            settings.write("# Another one.\n")
        changed = self.told(command)
        made = {what.split("/")[0]: how for what, how in changed.items()}
        self.assertEqual((made["configmap"], made["statefulset.apps"]), ("created", "configured"), changed)
        self.assertEqual({made[kind] for kind in ("namespace", "secret", "service")}, {"unchanged"}, changed)

    def test_monitors_and_rules_of_the_operator_are_made(self):
        self.told(f"kubectl apply {UNJUDGED} -f '{ROOT}/deploy/kubernetes/namespace.yaml'")
        rules = next(block for block in blocks(ROOT / "docs/monitoring.md", "sh") if "kind: PrometheusRule" in block)
        monitor = f"kubectl apply {UNJUDGED} -f '{ROOT}/deploy/kubernetes/servicemonitor.yaml'"
        made = {**self.told(f"cd '{ROOT}'; ({rules}\n) | kubectl apply {UNJUDGED} -f -"), **self.told(monitor)}
        self.assertEqual(set(made.values()), {"created"}, made)
        groups = [group for one in self.cluster.objects.values() if one["kind"] == "PrometheusRule"
                  for group in one["spec"]["groups"]]
        shipped = sorted((ROOT / "deploy/prometheus/rules").glob("*.yml"))
        self.assertEqual(len(made), len(shipped) + 1)
        self.assertIn("siprec-sip", [group["name"] for group in groups])


if __name__ == "__main__":
    support.main()
