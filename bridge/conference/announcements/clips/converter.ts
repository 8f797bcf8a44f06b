// Converts one file with the program convert.ts, in a process of its own with a time limit. Never throws
// for a bad file: the failure says what was found.
import { join } from "node:path";
import { askProgram, fail, ok, type Result } from "#common";
import type { AudioKind } from "./audio-kind.ts";

export interface Conversion {
  readonly input: string;
  readonly kind: AudioKind;
  readonly output: string;
  readonly maxSeconds: number;
}

const program = join(import.meta.dirname, "convert.ts");
const limitMs = 20_000;

/** Resolves with the duration in seconds. */
export async function convert({
  input,
  kind,
  output,
  maxSeconds,
}: Conversion): Promise<Result<number, string>> {
  try {
    const answer = await askProgram(program, [input, kind, output, String(maxSeconds)], limitMs);
    const { seconds, found } = answer as { readonly seconds?: number; readonly found?: string };
    return seconds === undefined ? fail(found ?? "nothing that can be played") : ok(seconds);
  } catch {
    return fail(`a ${kind} file that cannot be decoded`);
  }
}
