// Has one file converted by the program convert.ts, in a process of its own with a limit on its time. Never throws
// for a bad file: the failure says what was found.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fail, ok, type Result } from "#common";
import type { AudioKind } from "./audio-kind.ts";

export interface Conversion {
  readonly input: string;
  readonly kind: AudioKind;
  readonly output: string;
  readonly maxSeconds: number;
}

const program = join(import.meta.dirname, "convert.ts");
const limitMs = 20_000;
const maxAnswerBytes = 10_000;

/** Seconds of audio. */
export function convert({ input, kind, output, maxSeconds }: Conversion): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, input, kind, output, String(maxSeconds)],
      { timeout: limitMs, killSignal: "SIGKILL", maxBuffer: maxAnswerBytes, env: {} },
      (error, stdout) => resolve(error ? fail(`a ${kind} file that cannot be decoded`) : read(stdout)),
    );
  });
}

function read(answer: string): Result<number, string> {
  const { seconds, found } = JSON.parse(answer) as { seconds?: number; found?: string };
  return seconds === undefined ? fail(found ?? "nothing that can be played") : ok(seconds);
}
