// deploy/docker/Dockerfile by somebody else's linter, and what a recorder's image owes.
//
// usage: docker_test.mjs SOURCE_DIRECTORY PACKAGES_DIRECTORY
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, finish, importFrom } from "./judge.mjs";

const [source, packages] = process.argv.slice(2);
const file = join(source, "deploy/docker/Dockerfile");
const text = readFileSync(file, "utf8");
const { parse } = (await (await importFrom(packages))("yaml"));

const linter = spawnSync(process.execPath, [join(packages, "node_modules/dockerfilelint/bin/dockerfilelint"), "-o", "json", file], { encoding: "utf8" });
// Two things that Docker documents and the linter does not know: ranges in EXPOSE, and the hyphen in
// HEALTHCHECK's --start-period.
const allowed = [["EXPOSE", "Invalid Port Exposed"], ["HEALTHCHECK", "Invalid Argument Format"]];
const issues = JSON.parse(linter.stdout).files.flatMap((one) => one.issues)
  .filter((issue) => !allowed.some(([word, title]) => issue.content.startsWith(word) && issue.title === title))
  .map((issue) => `line ${issue.line}: ${issue.title}: ${issue.content}`);
check("dockerfilelint finds nothing", issues);

// Instructions with their continuation lines, comments left out.
const instructions = text.split("\n").filter((line) => !line.startsWith("#")).join("\n")
  .replaceAll("\\\n", " ").split("\n").filter((line) => line.trim());
const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith("FROM ")));
const has = (pattern) => (last.some((line) => pattern.test(line)) ? [] : String(pattern));
check("it is built in one stage and shipped in another", instructions.filter((line) => line.startsWith("FROM ")).length === 2 ? [] : "it is not");
check("it ships no compiler", last.filter((line) => /install-deps|g\+\+|cmake/.test(line)));
check("it runs as a user with a number", has(/^USER 10001:10001$/));
check("it looks after its health", has(/^HEALTHCHECK .*\/live/));
check("it drains when it is stopped", has(/^STOPSIGNAL SIGTERM$/));
check("recordings lie on a volume", has(/^VOLUME \["\/var\/lib\/siprec"\]$/));

const pod = parse(readFileSync(join(source, "deploy/kubernetes/statefulset.yaml"), "utf8")).spec.template.spec;
check("Kubernetes runs it as the same user", pod.securityContext.runAsUser === 10001 ? [] : pod.securityContext.runAsUser);

const service = parse(readFileSync(join(source, "deploy/docker/compose.yaml"), "utf8")).services["siprec-server"];
check("compose builds this file", service.build.dockerfile === "deploy/docker/Dockerfile" ? [] : service.build.dockerfile);
check("compose bounds the log that Docker keeps", service.logging?.options?.["max-size"] && service.logging.options["max-file"] ? [] : "logging");
check("compose waits as long as shutting down takes", service.stop_grace_period === "2m" ? [] : service.stop_grace_period);
finish();
