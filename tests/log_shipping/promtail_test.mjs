// What Promtail's settings make of the JSON log: its stages' expressions are JMESPath, read here by npm's
// jmespath; the stages themselves are done as Grafana documents them.
//
// usage: promtail_test.mjs LOG_FILE PACKAGES_DIRECTORY SETTINGS
import { readFileSync } from "node:fs";
import { check, finish, importFrom } from "../packaging/judge.mjs";

const [log, packages, settings] = process.argv.slice(2);
const load = await importFrom(packages);
const imported = async (name) => { const found = await load(name); return found.default ?? found; };
const [jmespath, yaml] = [await imported("jmespath"), await imported("yaml")];

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const FEW = 20; // values of a label: each combination is a stream of Loki's

const stages = {
  json: (how, line) => {
    const record = JSON.parse(line.text);
    for (const [name, expression] of Object.entries(how.expressions))
      line.extracted[name] = jmespath.search(record, expression === null || expression === "" ? name : expression);
  },
  timestamp: (how, line) => {
    const value = line.extracted[how.source];
    if (how.format === "RFC3339Nano" && RFC3339.test(value)) line.time = value;
  },
  labels: (how, line) => {
    for (const [label, source] of Object.entries(how)) line.labels[label] = line.extracted[source ?? label];
  },
};

const { scrape_configs: [{ pipeline_stages: pipeline }] } = yaml.parse(readFileSync(settings, "utf8"));
const unknown = pipeline.flatMap(Object.keys).filter((stage) => !(stage in stages));
check("every stage is one that this test knows", unknown);

const texts = readFileSync(log, "utf8").trimEnd().split("\n");
const wrong = new Set();
const values = new Map();
for (const text of texts) {
  const line = { text, extracted: {}, labels: {} };
  for (const stage of pipeline) for (const [name, how] of Object.entries(stage)) stages[name]?.(how, line);
  const record = JSON.parse(text);
  if (line.time !== record["@timestamp"]) wrong.add(`time ${line.time} of ${text.slice(0, 60)}`);
  if (line.labels.level !== record["log.level"]) wrong.add(`level ${line.labels.level} of ${text.slice(0, 60)}`);
  if (line.labels.logger !== record["log.logger"]) wrong.add(`logger ${line.labels.logger} of ${text.slice(0, 60)}`);
  for (const [label, value] of Object.entries(line.labels)) values.set(label, (values.get(label) ?? new Set()).add(value));
}
check(`each of ${texts.length} lines has its own time, level and logger`, [...wrong].slice(0, 5));
check("labels have few values", [...values].filter(([, seen]) => seen.size > FEW).map(([label]) => label));
check("there are thousands of lines and both labels", texts.length > 2500 && values.size === 2 ? [] : ["too few"]);
finish();
