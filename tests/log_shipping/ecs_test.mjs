// The JSON log against the Elastic Common Schema as Elastic publishes it: each key that is not our own
// (`siprec.`) is one of the schema's fields and has its type.
//
// usage: ecs_test.mjs LOG_FILE PACKAGES_DIRECTORY
import { readFileSync } from "node:fs";
import { check, finish, importFrom } from "../packaging/judge.mjs";

const [log, packages] = process.argv.slice(2);
const ecs = await (await importFrom(packages))("@elastic/ecs");
const fields = Object.values((ecs.default ?? ecs).EcsFlat);
const types = new Map(fields.map((field) => [field.flat_name, field.type]));

const fits = {
  date: (value) => /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value)),
  keyword: (value) => typeof value === "string",
  constant_keyword: (value) => typeof value === "string",
  match_only_text: (value) => typeof value === "string",
  wildcard: (value) => typeof value === "string",
  ip: (value) => /^[0-9a-f.:]+$/i.test(value),
  boolean: (value) => typeof value === "boolean",
  long: Number.isInteger,
  float: (value) => typeof value === "number",
};

const records = readFileSync(log, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const unknown = new Set();
const misfits = new Set();
const ownTypes = new Map();
const mixed = new Set();
for (const record of records) {
  for (const [key, value] of Object.entries(record)) {
    if (key.startsWith("siprec.")) {
      // Elasticsearch gives a field one type, with its first document.
      if ((ownTypes.get(key) ?? typeof value) !== typeof value) mixed.add(key);
      ownTypes.set(key, typeof value);
    } else if (!types.has(key)) unknown.add(key);
    else if (!fits[types.get(key)]?.(value)) misfits.add(`${key} is ${types.get(key)}: ${JSON.stringify(value)}`);
  }
}
// What an object holds beside a value of the same name can't be stored.
const own = [...ownTypes.keys()];
const nested = own.filter((key) => own.some((other) => other.startsWith(`${key}.`)));

check(`it has thousands of records (${records.length})`, records.length > 2500 ? [] : `${records.length}`);
check("every key is the schema's or our own", [...unknown]);
check("every value has the schema's type", [...misfits]);
check("our own keys always have the same type", [...mixed]);
check("no key is a value here and an object there", nested);
finish();
