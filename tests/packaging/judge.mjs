// What the judges of this directory share: sentences that hold or don't, and packages from a
// directory that is not beside them.
import { pathToFileURL } from "node:url";

let failures = 0;
let skipped = false;

// Says whether `sentence` holds: `problem` is null, "" or [] where it does, and what is wrong where not.
export function check(sentence, problem) {
  const problems = [problem ?? []].flat().filter((one) => one !== "");
  console.log(`${problems.length ? "NOT OK" : "ok    "}  ${sentence}`);
  for (const one of problems.slice(0, 20)) console.log(`        ${one}`);
  failures += problems.length ? 1 : 0;
}

// Says loudly what could not be judged; what else there is goes on. A failure where nothing may be missing.
export function skip(why) {
  console.log(`SKIPPED: ${why}`);
  skipped = true;
  failures += process.env.CI === "true" ? 1 : 0;
}

export function finish() {
  console.log(failures ? `${failures} sentences do not hold` : skipped ? "what was judged holds" : "all hold");
  process.exit(failures ? 1 : skipped ? 77 : 0);
}

// Imports packages that are installed in `directory`: load.mjs lies beside them.
export async function importFrom(directory) {
  return (await import(pathToFileURL(`${directory}/load.mjs`))).load;
}
