"""Kubernetes service discovery: our relabelling in the real Prometheus, given pods' labels from a file.

Debian's Prometheus is built without Kubernetes; the labels that its discovery would make are the same
from a file, and relabelling is the same code.
"""
import http.server
import json
import pathlib
import re
import socket
import sys
import tempfile
import threading
import unittest

import support
from support import HERE, ROOT, fetch, load, wait_for, yaml

support.need("prometheus")

import processes  # noqa: E402


class Pod(http.server.BaseHTTPRequestHandler):
    """Metrics under /metrics and /other."""

    def do_GET(self):
        found = self.path in ("/metrics", "/other")
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(b"siprec_build_info 1\n" if found else b"")

    def log_message(self, *_):
        pass


class Listener(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


OURS = load(ROOT / "deploy/kubernetes/statefulset.yaml")["spec"]["template"]["metadata"]["labels"]


def pod(name, address, port_name="sip", ip="127.0.0.1", phase="Running", own=OURS, **annotations):
    """One target of role pod: a declared port of a container, with the labels that Kubernetes' discovery gives it.

    `own`: the pod's labels, those of deploy/kubernetes where nothing else is said.
    """
    labels = {
        "__meta_kubernetes_namespace": "voice", "__meta_kubernetes_pod_name": name, "__meta_kubernetes_pod_ip": ip,
        "__meta_kubernetes_pod_node_name": "node-1", "__meta_kubernetes_pod_phase": phase,
        "__meta_kubernetes_pod_ready": "true", "__meta_kubernetes_pod_container_name": "siprec-server",
        "__meta_kubernetes_pod_container_init": "false", "__meta_kubernetes_pod_container_port_name": port_name,
        "__meta_kubernetes_pod_container_port_protocol": "TCP",
    }
    for key, value in own.items():
        known = re.sub(r"[^a-zA-Z0-9_]", "_", key)
        labels[f"__meta_kubernetes_pod_label_{known}"] = value
        labels[f"__meta_kubernetes_pod_labelpresent_{known}"] = "true"
    for key, value in annotations.items():
        labels[f"__meta_kubernetes_pod_annotation_prometheus_io_{key}"] = value
        labels[f"__meta_kubernetes_pod_annotationpresent_prometheus_io_{key}"] = "true"
    return {"targets": [address], "labels": labels}


class Discovery(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="siprec-discovery-")
        cls.addClassCleanup(cls.directory.cleanup)
        cls.listener = Listener(("::", 0), Pod)
        threading.Thread(target=cls.listener.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.listener.server_close)
        cls.addClassCleanup(cls.listener.shutdown)
        cls.port = cls.listener.server_address[1]
        cls.prometheus = cls.start()
        cls.addClassCleanup(processes.stop_all)
        cls.targets = wait_for("the targets to be scraped", cls.scraped)

    @classmethod
    def pods(cls):
        port = str(cls.port)
        return [
            # Two declared ports and an annotation that names the one: one target.
            pod("by-annotation", "127.0.0.1:5060", scrape="true", port=port, path="/metrics"),
            pod("by-annotation", "127.0.0.1:5061", "sips", scrape="true", port=port, path="/metrics"),
            # No port said: the one that is named http, and no other.
            pod("by-name", f"127.0.0.1:{port}", "http", scrape="true"),
            pod("by-name", "127.0.0.1:5060", scrape="true"),
            pod("other-path", "127.0.0.1:5060", scrape="true", port=port, path="/other"),
            pod("ipv6", "[::1]:5060", ip="::1", scrape="true", port=port),
            pod("not-asked", f"127.0.0.1:{port}", "http"),
            pod("refused", f"127.0.0.1:{port}", "http", scrape="false"),
            pod("ended", f"127.0.0.1:{port}", "http", phase="Succeeded", scrape="true"),
            # Another team's: scraped as siprec-k8s it would fire SIPRECDown when it is down.
            pod("foreign", f"127.0.0.1:{port}", "http", own={"app.kubernetes.io/name": "shop"}, scrape="true"),
            pod("nameless", f"127.0.0.1:{port}", own={}, scrape="true", port=port),
        ]

    @classmethod
    def start(cls):
        here = pathlib.Path(cls.directory.name)
        (here / "pods.json").write_text(json.dumps(cls.pods()), encoding="utf-8")
        config = load(ROOT / "deploy/prometheus/prometheus-kubernetes.yml")
        guide, = load(HERE / "guide/service_discovery.yml")
        guide["job_name"] = "guide"
        config["scrape_configs"].append(guide)
        for job in config["scrape_configs"]:
            # All that is changed: where the pods' labels come from, and how often they are scraped.
            del job["kubernetes_sd_configs"]
            job["file_sd_configs"] = [{"files": [str(here / "pods.json")]}]
            job["scrape_interval"] = "1s"
        del config["rule_files"], config["alerting"]
        path = here / "prometheus.yml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return processes.Prometheus(here, path)

    @classmethod
    def scraped(cls):
        found = json.loads(fetch(f"{cls.prometheus.url}/api/v1/targets")[1])["data"]["activeTargets"]
        return found if found and all(t["health"] != "unknown" for t in found) else None

    def ours(self):
        return {t["labels"].get("pod"): t for t in self.targets if t["scrapePool"] == "siprec-k8s"}

    def test_our_annotated_pods_are_scraped_once_each_and_no_others(self):
        names = sorted(t["labels"].get("pod", "?") for t in self.targets if t["scrapePool"] == "siprec-k8s")
        self.assertEqual(names, ["by-annotation", "by-name", "ipv6", "other-path"])
        for target in self.ours().values():
            self.assertEqual((target["health"], target["lastError"]), ("up", ""))

    def test_path_and_port_come_from_the_annotations(self):
        urls = {name: target["scrapeUrl"] for name, target in self.ours().items()}
        self.assertEqual(urls, {
            "by-annotation": f"http://127.0.0.1:{self.port}/metrics", "by-name": f"http://127.0.0.1:{self.port}/metrics",
            "other-path": f"http://127.0.0.1:{self.port}/other", "ipv6": f"http://[::1]:{self.port}/metrics"})

    def test_targets_are_labelled_with_namespace_pod_and_node(self):
        labels = self.ours()["by-annotation"]["labels"]
        self.assertEqual(labels, {"job": "siprec-k8s", "instance": f"127.0.0.1:{self.port}", "namespace": "voice",
                                  "pod": "by-annotation", "node": "node-1"})

    def test_the_labels_of_the_file_reached_the_relabelling_as_kubernetes_would_give_them(self):
        found = self.ours()["by-name"]["discoveredLabels"]
        self.assertEqual(found["__meta_kubernetes_pod_annotation_prometheus_io_scrape"], "true")
        self.assertEqual(found["__meta_kubernetes_pod_container_port_name"], "http")

    def test_the_guides_snippet_takes_the_path_and_knows_no_port(self):
        urls = [t["scrapeUrl"] for t in self.targets if t["scrapePool"] == "guide"]
        self.assertIn("http://127.0.0.1:5060/other", urls)
        self.assertIn(f"http://127.0.0.1:{self.port}/metrics", urls)
        # Every declared port is a target, SIP's too: that is why ours goes further.
        self.assertIn("http://127.0.0.1:5061/metrics", urls)


if __name__ == "__main__":
    support.main()
