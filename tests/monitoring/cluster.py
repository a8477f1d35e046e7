"""A stand-in for a cluster's API, of as many words as kubectl needs to look at one pod of ours."""
import http.server
import json
import threading
import urllib.parse

from answers import Answers

# What a container that was killed for its memory leaves behind (core/v1 Pod).
POD = {
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {"name": "siprec-server-0", "namespace": "siprec", "uid": "1", "resourceVersion": "1",
                 "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"app.kubernetes.io/name": "siprec-server"}},
    "spec": {"nodeName": "node", "containers": [{"name": "siprec-server", "image": "siprec-server", "resources": {}}]},
    "status": {"phase": "Running", "podIP": "192.0.2.1", "containerStatuses": [{
        "name": "siprec-server", "ready": True, "restartCount": 3, "image": "siprec-server", "imageID": "",
        "state": {"running": {"startedAt": "2026-01-01T02:00:00Z"}},
        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled", "startedAt": "2026-01-01T00:00:00Z",
                                     "finishedAt": "2026-01-01T01:00:00Z"}}}]},
}
# What kube-prometheus-stack makes of its defaults.
OPERATOR = "monitoring.coreos.com/v1"
PROMETHEUS = {
    "apiVersion": OPERATOR, "kind": "Prometheus",
    "metadata": {"name": "kube-prometheus-stack-prometheus", "namespace": "monitoring", "uid": "2", "resourceVersion": "1"},
    "spec": {"ruleSelector": {"matchLabels": {"release": "kube-prometheus-stack"}},
             "serviceMonitorSelector": {"matchLabels": {"release": "kube-prometheus-stack"}}},
}
LOG = "2026-01-01T02:00:00Z info [app] server_ready\n"
RESOURCES = [{"name": "pods", "singularName": "", "namespaced": True, "kind": "Pod", "shortNames": ["po"],
              "verbs": ["get", "list"]},
             {"name": "pods/log", "singularName": "", "namespaced": True, "kind": "Pod", "verbs": ["get"]},
             {"name": "events", "singularName": "", "namespaced": True, "kind": "Event", "verbs": ["get", "list"]}]


def listed(kind, items, version="v1"):
    return {"apiVersion": version, "kind": f"{kind}List", "metadata": {"resourceVersion": "1"}, "items": items}


def _found(path, parameters):
    """What the API says to a GET: JSON, or text; None: there is no such thing."""
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        version = {"groupVersion": OPERATOR, "version": "v1"}
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
            {"name": OPERATOR.split("/")[0], "versions": [version], "preferredVersion": version}]}
    if path == f"/apis/{OPERATOR}":
        return {"kind": "APIResourceList", "groupVersion": OPERATOR, "resources": [
            {"name": "prometheuses", "singularName": "prometheus", "namespaced": True, "kind": "Prometheus",
             "verbs": ["get", "list"]}]}
    if path == f"/apis/{OPERATOR}/prometheuses":
        return listed("Prometheus", [PROMETHEUS], OPERATOR)
    if path == "/api/v1":
        return {"kind": "APIResourceList", "groupVersion": "v1", "resources": RESOURCES}
    if path.endswith("/pods"):
        chosen = parameters.get("labelSelector", ["app.kubernetes.io/name=siprec-server"])
        return listed("Pod", [POD] if chosen == ["app.kubernetes.io/name=siprec-server"] else [])
    if path.endswith("/pods/siprec-server-0"):
        return POD
    if path.endswith("/pods/siprec-server-0/log"):
        return LOG
    if path.endswith("/events"):
        return listed("Event", [])
    return None


class _Api(Answers):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        found = _found(url.path, urllib.parse.parse_qs(url.query))
        self.answer(404 if found is None else 200, found or {"kind": "Status", "code": 404})


class Cluster(http.server.ThreadingHTTPServer):
    """Listens on a free port of the loopback until `close()`; `configure()` makes kubectl go there."""

    daemon_threads = True

    def __init__(self, api=_Api):
        super().__init__(("127.0.0.1", 0), api)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def configure(self, directory):
        """Writes a kubeconfig; returns the environment that names it."""
        path = directory / "kubeconfig"
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "here",
            "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{self.server_address[1]}"}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "", "namespace": "siprec"}}]}),
            encoding="utf-8")
        return {"KUBECONFIG": str(path), "HOME": str(directory)}

    def close(self):
        self.shutdown()
        self.server_close()
