// Runs a program in which no file handle is left from some instant on: nothing can be opened and no process started.
import { execFileSync } from "node:child_process";

/**
 * What the module prints. `before`: with handles, imports for instance; `after`: without. In a session of its own: a signal to its
 * process group is not for the tests.
 */
export function printedWithoutHandles(before: string, after: string): string {
  const script = `
    const { execFileSync } = await import("node:child_process");
    ${before}
    process.stdout.write("");
    execFileSync("prlimit", ["--pid", String(process.pid), "--nofile=3:"]);
    ${after}`;
  const node = ["--wait", process.execPath, "--input-type=module", "--eval", script];
  return execFileSync("setsid", node, { encoding: "utf8", timeout: 60_000 });
}

/** Imports names of a module of ours, of this path below the root. */
export const importing = (names: string, path: string): string =>
  `const { ${names} } = await import(${JSON.stringify(new URL(`../../${path}`, import.meta.url).href)});`;
