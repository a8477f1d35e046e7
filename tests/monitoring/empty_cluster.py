"""A stand-in for the API of a cluster in which nothing is yet: it keeps what kubectl makes, and changes it."""
import json
import urllib.parse

from answers import Answers
from cluster import Cluster

_NAMESPACED = {
    "v1": ("Secret", "Service", "ConfigMap"),
    "apps/v1": ("StatefulSet",),
    "policy/v1": ("PodDisruptionBudget",),
    "networking.k8s.io/v1": ("NetworkPolicy",),
    "monitoring.coreos.com/v1": ("ServiceMonitor", "PrometheusRule"),
}


def _plural(kind):
    return kind.lower()[:-1] + "ies" if kind.endswith("y") else kind.lower() + "s"


def _resources(version):
    kinds = [(kind, True) for kind in _NAMESPACED[version]] + ([("Namespace", False)] if version == "v1" else [])
    return {"kind": "APIResourceList", "groupVersion": version, "resources": [
        {"name": _plural(kind), "singularName": kind.lower(), "namespaced": namespaced, "kind": kind,
         "verbs": ["create", "delete", "get", "list", "patch", "update"]} for kind, namespaced in kinds]}


def _discovery(path):
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        versions = [{"groupVersion": one, "version": one.split("/")[1]} for one in _NAMESPACED if "/" in one]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
            {"name": one["groupVersion"].split("/")[0], "versions": [one], "preferredVersion": one} for one in versions]}
    version = path.removeprefix("/apis/").removeprefix("/api/")
    return _resources(version) if version in _NAMESPACED else None


def _patched(value, patch):
    """RFC 7396. What a strategic patch says of a list's elements is not read: that it came is enough here."""
    if not isinstance(patch, dict):
        return patch
    result = dict(value) if isinstance(value, dict) else {}
    for key, new in patch.items():
        if new is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), new)
    return result


class _Api(Answers):
    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        found = _discovery(path) or self.server.objects.get(path)
        self.answer(200 if found else 404, found or {
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404})

    def do_POST(self):
        path, made = urllib.parse.urlsplit(self.path).path, self._body()
        # As an API server does: an object goes where its path says, into a namespace that is there.
        namespace = path.split("/namespaces/")[1].split("/")[0] if "/namespaces/" in path else None
        if made["metadata"].get("namespace") != namespace or (
                namespace and f"/api/v1/namespaces/{namespace}" not in self.server.objects):
            self.answer(404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound",
                              "message": f"no namespace {namespace}", "code": 404})
            return
        self.server.objects[f"{path}/{made['metadata']['name']}"] = made
        self.answer(201, made)

    def do_PATCH(self):
        path, patch = urllib.parse.urlsplit(self.path).path, self._body()
        self.server.objects[path] = _patched(self.server.objects[path], patch)
        self.answer(200, self.server.objects[path])

    def _body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))


class EmptyCluster(Cluster):
    """Its `objects` by their paths."""

    def __init__(self):
        self.objects = {}
        super().__init__(_Api)
