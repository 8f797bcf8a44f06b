// Checks that an installed `node_modules` has everything for this machine, by loading it: npm omits optional packages silently,
// and a package with native code may be for another machine. An error is one sentence on standard error, with exit code 1.
//
//   node install/check-modules.ts FOLDER production|all
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

interface Need {
  /** The package that the program asks for. */
  readonly name: string;
  /** The optional package with the native code of this machine, where that is a package of its own. */
  readonly native?: string;
  readonly load: () => unknown;
}

const [folder = ".", scope = "production"] = process.argv.slice(2);
const modules = resolve(folder, "node_modules");
const require = createRequire(join(modules, "parley.js"));
const machine = `${process.platform}-${process.arch}`;

const runs = (name: string, command: string) => (): void => {
  const file = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(file, "utf8")) as { bin: Record<string, string> };
  const program = join(dirname(file), bin[command] ?? command);
  execFileSync(process.execPath, [program, "--version"], { stdio: "pipe", timeout: 60_000 });
};

const imports = (specifier: string) => (): Promise<unknown> =>
  import(pathToFileURL(require.resolve(specifier)).href);

const production: readonly Need[] = [
  {
    name: `node-${machine}`,
    load: () => execFileSync(join(modules, `node-${machine}/bin/node`), ["--version"], { stdio: "pipe" }),
  },
  {
    name: "better-sqlite3",
    load: () =>
      new (require("better-sqlite3") as new (file: string) => { close(): void })(":memory:").close(),
  },
  { name: "node-av", native: `@seydx/node-av-${machine}`, load: imports("node-av/lib") },
  { name: "koffi", native: `@koromix/koffi-${machine}`, load: () => require("koffi") },
  // Builds the join page.
  { name: "rolldown", native: `@rolldown/binding-${machine}-gnu`, load: runs("rolldown", "rolldown") },
];
const tests: readonly Need[] = [
  { name: "@biomejs/biome", native: `@biomejs/cli-${machine}`, load: runs("@biomejs/biome", "biome") },
  { name: "typescript", native: `@typescript/typescript-${machine}`, load: runs("typescript", "tsc") },
];

/** The reason why a package cannot be used; undefined: it can. */
async function problemOf({ name, native, load }: Need): Promise<string | undefined> {
  for (const needed of native === undefined ? [name] : [name, native]) {
    if (!existsSync(join(modules, needed))) return `${needed} is missing`;
  }
  try {
    await load();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return `${native ?? name} does not work on this machine (${reason})`;
  }
}

const problems: string[] = [];
for (const need of scope === "all" ? [...production, ...tests] : production) {
  const problem = await problemOf(need);
  if (problem !== undefined) problems.push(problem);
}
if (problems.length > 0) {
  process.stderr.write(`the dependencies in ${modules} are not complete: ${problems.join("; ")}\n`);
  process.exitCode = 1;
}
