// What a worker tells of its legs for a successor, as text and back: JSON in which maps, sets and bytes have a spelling. Suites
// of SRTP are written by their names, and read as the one object of that name by which keys are compared. The text has keys in
// it: it is never logged.
import { type SrtpSuite, srtpSuite } from "../srtp/index.ts";

/** The member that says what an object stands for; nothing that is written has one of that name by itself. */
const mark = "$";

/** Throws a TypeError for what JSON cannot write. */
export function writeState(state: object): string {
  return JSON.stringify(state, function (this: Record<string, unknown>, key, written) {
    // Buffers turn themselves into objects before they come here.
    const value = this[key];
    if (value instanceof Map) return { [mark]: "map", of: [...value] };
    if (value instanceof Set) return { [mark]: "set", of: [...value] };
    if (value instanceof Uint8Array) return { [mark]: "bytes", of: Buffer.from(value).toString("base64") };
    if (isSuite(value)) return { [mark]: "suite", of: value.name };
    return written;
  });
}

/** Throws a SyntaxError for what `writeState` has not written. What it says is trusted: it comes from our own worker. */
export function readState<State extends object>(text: string): State {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !(mark in value) || !("of" in value)) return value;
    const of = value.of as string & [unknown, unknown][];
    switch (value[mark]) {
      case "map":
        return new Map(of);
      case "set":
        return new Set(of as unknown[]);
      case "bytes":
        return new Uint8Array(Buffer.from(of, "base64"));
      case "suite":
        return srtpSuite(of);
      default:
        throw new SyntaxError(`${value[mark]} stands for nothing`);
    }
  });
}

const isSuite = (value: unknown): value is SrtpSuite =>
  typeof value === "object" && value !== null && "rtpTagBytes" in value && "cipher" in value;
