// The `parley` command as a shell runs it: `bin/parley` with a data folder, and what it said.
import { execFile } from "node:child_process";
import { resolve } from "node:path";

export const commandPath = resolve(import.meta.dirname, "../../bin/parley");

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** `settings` are configuration keys as environment variables, without `PARLEY_`. */
export function runCommand(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  program: string = commandPath,
): Promise<Said> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PARLEY_"));
  const own = Object.entries({ CONFIG: "/dev/null", ...settings }).map(([key, value]) => [
    `PARLEY_${key}`,
    value,
  ]);
  const env = Object.fromEntries([...inherited, ...own]);
  return new Promise((settle) => {
    execFile(program, [...args], { env, timeout: 60_000 }, (error, out, err) => {
      const code = error === null ? 0 : Number(error.code ?? -1);
      settle({ code, out, err });
    });
  });
}
