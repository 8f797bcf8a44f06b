// Writes and reads the state of legs for a successor: JSON with an encoding for maps, sets and bytes. SRTP suites are written by
// name, and read as the one object of that name, so that keys can be compared. The text contains keys: it must not be logged.
import { type SrtpSuite, srtpSuite } from "../srtp/index.ts";

/** The member that gives the type of an encoded object; no object that is written has a member of this name. */
const mark = "$";

/** Throws a TypeError for values that JSON cannot represent. */
export function writeState(state: object): string {
  return JSON.stringify(state, function (this: Record<string, unknown>, key, written) {
    // Not `written`: a Buffer has been converted to an object by its toJSON there.
    const value = this[key];
    if (value instanceof Map) return { [mark]: "map", of: [...value] };
    if (value instanceof Set) return { [mark]: "set", of: [...value] };
    if (value instanceof Uint8Array) return { [mark]: "bytes", of: Buffer.from(value).toString("base64") };
    if (isSuite(value)) return { [mark]: "suite", of: value.name };
    return written;
  });
}

/** Throws a SyntaxError for text that `writeState` has not written. The content is trusted: it comes from our own worker. */
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
