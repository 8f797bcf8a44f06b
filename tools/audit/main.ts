// `npm run licences`: brings the list of packages in NOTICES.md up to date. `npm run audit`: asks the registry for known
// vulnerabilities of what is installed with the product; a registry that does not answer is no failure. Exit code 1: a
// licence is not allowed, or a vulnerability is high or critical.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readAdvisories } from "./advisories.ts";
import { type Lock, licenceProblems, productionPackages, withNotices } from "./licences.ts";

const file = (name: string) => new URL(`../../${name}`, import.meta.url);
const print = (text: string) => void process.stdout.write(`${text}\n`);
const askedMs = 60_000;

const { values } = parseArgs({ options: { licences: { type: "boolean" }, advisories: { type: "boolean" } } });
if (values.licences) process.exitCode = licences();
if (values.advisories) process.exitCode ??= advisories();

function licences(): 0 | 1 {
  const packages = productionPackages(JSON.parse(readFileSync(file("package-lock.json"), "utf8")) as Lock);
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(file("package.json"), "utf8"));
  const notices = withNotices(readFileSync(file("NOTICES.md"), "utf8"), packages);
  writeFileSync(file("NOTICES.md"), notices);
  const direct = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
  const problems = licenceProblems(packages, { notices, direct });
  for (const problem of problems) print(problem);
  print(`${packages.length} packages, ${problems.length} problems`);
  return problems.length > 0 ? 1 : 0;
}

function advisories(): 0 | 1 {
  const args = ["audit", "--omit=dev", "--json"];
  const { stdout } = spawnSync("npm", args, { cwd: file(""), encoding: "utf8", timeout: askedMs });
  const found = readAdvisories(stdout ?? "");
  if (found.kind === "unknown") {
    print(`known vulnerabilities: not asked, ${found.why}`);
    return 0;
  }
  for (const { name, severity, title } of found.advisories) print(`${severity}: ${name}: ${title}`);
  print(`known vulnerabilities: ${found.advisories.length}, of them serious: ${found.serious}`);
  return found.serious > 0 ? 1 : 0;
}
