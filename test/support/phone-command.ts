// The phone for the command line as a shell runs it, and what it said.
import { spawn } from "node:child_process";
import { resolve } from "node:path";

const program = resolve(import.meta.dirname, "../../tools/phone/main.ts");

export interface RunningPhone {
  /** What it has printed until now. */
  readonly out: string;
  readonly err: string;
  readonly code: Promise<number | null>;
  interrupt(): void;
}

export function runPhone(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningPhone {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const code = new Promise<number | null>((done) => child.once("close", done));
  return {
    get out() {
      return out;
    },
    get err() {
      return err;
    },
    code,
    interrupt: () => void child.kill("SIGINT"),
  };
}
