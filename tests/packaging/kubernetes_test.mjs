// deploy/kubernetes against the schemas that Kubernetes and the Prometheus operator publish, against
// the guide's probes, and against itself.
//
// usage: kubernetes_test.mjs SOURCE_DIRECTORY PACKAGES_DIRECTORY SIPREC_SERVER
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, finish, importFrom, skip } from "./judge.mjs";

const [source, packages, server] = process.argv.slice(2);
const directory = join(source, "deploy/kubernetes");
const load = await importFrom(packages);
const { parse, parseAllDocuments } = await load("yaml");

const read = (name) => readFileSync(join(directory, name), "utf8");
const documents = (text) => parseAllDocuments(text).flatMap((one) => {
  if (one.errors.length) throw one.errors[0];
  return one.toJS() ? [one.toJS()] : [];
});

// A copy that remembers which properties were looked at.
function watched(value, seen, path = "") {
  if (value === null || typeof value !== "object") return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== "string" || !Object.hasOwn(target, key)) return target[key];
      seen.add(`${path}/${key}`);
      return watched(target[key], seen, `${path}/${key}`);
    },
  });
}

function paths(value, path = "") {
  if (value === null || typeof value !== "object") return [];
  return Object.keys(value).flatMap((key) => [`${path}/${key}`, ...paths(value[key], `${path}/${key}`)]);
}

// The published schema's complaints. It allows properties that it does not know, which an API server
// drops: what its validator never looked at is one.
async function complaints(object) {
  const [group, version] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : ["", object.apiVersion];
  const name = group === "monitoring.coreos.com" ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  const module = await load([name, group, version, object.kind].filter(Boolean).join("/"));
  const seen = new Set();
  const result = [];
  try {
    watched(new module[object.kind](object), seen).validate();
  } catch (error) {
    result.push(String(error.message));
  }
  return result.concat(paths(object).filter((path) => !seen.has(path)).map((path) => `${path} is unknown to the schema`));
}

const kustomization = parse(read("kustomization.yaml"));
const files = [...kustomization.resources, "servicemonitor.yaml"];
const objects = {};
const services = [];
for (const file of files) {
  for (const object of documents(read(file))) {
    if (object.kind === "Service") services.push(object);
    objects[object.kind] ??= object;
    check(`${file}: ${object.kind} is what its schema says`, await complaints(object));
  }
}

// What docs/monitoring.md prints for the operator makes objects of all rules.
const printed = readFileSync(join(source, "docs/monitoring.md"), "utf8").match(/^```sh\n(for file in deploy[^]*?)^```$/m)[1];
const made = documents(spawnSync("bash", ["-e", "-c", printed], { cwd: source, encoding: "utf8" }).stdout);
check("there is a PrometheusRule for each file of rules",
  made.length === readdirSync(join(source, "deploy/prometheus/rules")).length ? [] : `${made.length} objects`);
for (const object of made) check(`PrometheusRule ${object.metadata.name} is what its schema says`, await complaints(object));

const broken = structuredClone(objects.StatefulSet);
broken.spec.template.spec.containers[0].livenesProbe = {};
check("the judge sees a misspelt property", (await complaints(broken)).length ? [] : "it does not");
broken.spec.replicas = "two";
check("the judge sees a wrong type", (await complaints(broken)).length > 1 ? [] : "it does not");

const kubectl = spawnSync("kubectl", ["kustomize", directory], { encoding: "utf8" });
if (kubectl.error) {
  skip("kubectl is not installed (deploy/install-deps.sh test)");
} else {
  check("kubectl kustomize puts it together", kubectl.status === 0 ? [] : kubectl.stderr);
  const built = documents(kubectl.stdout);
  check("it makes one object of each file, and the settings", built.length === files.length ? [] : built.map((one) => one.kind));
  for (const object of built) check(`the built ${object.kind} is what its schema says`, await complaints(object));
  const named = built.find((one) => one.kind === "ConfigMap").metadata.name;
  const used = built.find((one) => one.kind === "StatefulSet").spec.template.spec.volumes[0].configMap.name;
  check("the pods mount the settings by the name that changes with them", named === used ? [] : `${named}, ${used}`);
}

// --- the guide's promises

const pod = objects.StatefulSet.spec.template;
const container = pod.spec.containers[0];
const same = (is, wanted) => (JSON.stringify(is) === JSON.stringify(wanted) ? [] : `${JSON.stringify(is)} is not ${JSON.stringify(wanted)}`);
const probe = ({ httpGet, initialDelaySeconds, periodSeconds }) => ({ httpGet, initialDelaySeconds, periodSeconds });

check("the liveness probe is the guide's", same(probe(container.livenessProbe),
  { httpGet: { path: "/live", port: 8080 }, initialDelaySeconds: 30, periodSeconds: 10 }));
check("the readiness probe is the guide's", same(probe(container.readinessProbe),
  { httpGet: { path: "/ready", port: 8080 }, initialDelaySeconds: 5, periodSeconds: 5 }));
const { "cluster-autoscaler.kubernetes.io/safe-to-evict": evict, ...found } = pod.metadata.annotations;
check("Prometheus finds the pods by their annotations", same(found,
  { "prometheus.io/scrape": "true", "prometheus.io/port": "8080", "prometheus.io/path": "/metrics" }));
check("the cluster's autoscaler, which has less patience than a drain, lets recorders be", same(evict, "false"));

// --- it agrees with itself

const settings = parse(read("siprec.yaml"));
const seconds = (text) => Number(text.slice(0, -1)) * { s: 1, m: 60, h: 3600 }[text.at(-1)];
const preStop = Number(container.lifecycle.preStop.exec.command[1]);
const needed = preStop + seconds(settings.server.drain_timeout) + 10 + 30;
check("pods are killed no earlier than a drain may take",
  pod.spec.terminationGracePeriodSeconds >= needed ? [] : `${needed} s are needed`);
check("the policy lets the whole range of media in",
  same(objects.NetworkPolicy.spec.ingress[0].ports.find((one) => one.endPort),
    { port: settings.rtp.port_min, endPort: settings.rtp.port_max, protocol: "UDP" }));
for (const [kind, selector] of [
  ["StatefulSet", objects.StatefulSet.spec.selector.matchLabels],
  ...services.map((one) => [`Service ${one.metadata.name}`, one.spec.selector]),
  ["PodDisruptionBudget", objects.PodDisruptionBudget.spec.selector.matchLabels],
  ["NetworkPolicy", objects.NetworkPolicy.spec.podSelector.matchLabels]]) {
  const missing = Object.entries(selector).filter(([key, value]) => pod.metadata.labels[key] !== value);
  check(`the ${kind} finds the pods`, missing.map(([key]) => key));
}
const watchedOnes = services.filter((one) => Object.entries(objects.ServiceMonitor.spec.selector.matchLabels)
  .every(([key, value]) => one.metadata.labels[key] === value));
check("the ServiceMonitor finds one service", same(watchedOnes.map((one) => one.metadata.name), ["siprec-metrics"]));
check("that service keeps recorders that drain, and the one for calls does not",
  same(services.map((one) => [one.metadata.name, one.spec.publishNotReadyAddresses ?? false]), [["siprec", false], ["siprec-metrics", true]]));
check("the ServiceMonitor names a port of the service",
  watchedOnes[0].spec.ports.some((one) => one.name === objects.ServiceMonitor.spec.endpoints[0].port) ? [] : "it does not");
check("the ServiceMonitor and the rules have the label that kube-prometheus-stack asks for",
  [objects.ServiceMonitor, ...made].filter((one) => one.metadata.labels.release !== "kube-prometheus-stack").map((one) => one.metadata.name));
check("it runs as somebody, may write its own volumes alone, and has no rights",
  same([pod.spec.securityContext.runAsNonRoot, container.securityContext],
    [true, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } }]));
const mounts = container.volumeMounts.filter((one) => !one.readOnly).map((one) => one.mountPath);
check("recordings are written to a volume",
  mounts.some((path) => settings.recording.directory.startsWith(path)) ? [] : `${settings.recording.directory} is not in ${mounts}`);

const scratch = mkdtempSync(join(tmpdir(), "siprec-"));
const checked = spawnSync(server, ["--config", join(directory, "siprec.yaml"), "--check-config",
  `--recording.directory=${scratch}`, "--recording.min_free_space=0"], { encoding: "utf8", env: { PATH: process.env.PATH } });
rmSync(scratch, { recursive: true });
check("the server accepts the pods' settings", checked.status === 0 ? [] : checked.stderr || String(checked.error));
finish();
