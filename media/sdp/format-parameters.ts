// The parameters of formats (`a=fmtp`): the lines of a stream by their payload type, and what stands in them as most
// registrations of payload formats write it, `name=value;name=value`.
import type { MediaDescription } from "./description.ts";

/** Parameters of one format that are looked at. */
const maxParameters = 64;

/** Of a stream, by payload type: what stands behind it in each line, in order. */
export type FormatLines = ReadonlyMap<number, readonly string[]>;

/** Read once for all formats of a stream: a far end may write as many lines as there are formats, and more. */
export function formatLines({ attributes }: Pick<MediaDescription, "attributes">): FormatLines {
  const lines = new Map<number, string[]>();
  for (const { name, value = "" } of attributes) {
    const [, type, written] = (name === "fmtp" && /^(\d{1,3})\s+(\S.*)$/.exec(value)) || [];
    if (written === undefined) continue;
    const before = lines.get(Number(type));
    if (before) before.push(written);
    else lines.set(Number(type), [written]);
  }
  return lines;
}

/** By name in small letters; of one that is named twice the first counts. */
export type FormatParameters = ReadonlyMap<string, string>;

/** Of one format; some write one parameter a line, so all lines count. */
export function formatParameters(lines: readonly string[] = []): FormatParameters {
  const parameters = new Map<string, string>();
  for (const line of lines) {
    for (const each of line.split(";", maxParameters)) {
      const [key = "", ...rest] = each.split("=");
      const written = key.trim().toLowerCase();
      if (parameters.size < maxParameters && written !== "" && !parameters.has(written))
        parameters.set(
          written,
          rest
            .join("=")
            .trim()
            .replace(/^"(.*)"$/, "$1"),
        );
    }
  }
  return parameters;
}

/** A number that is written in digits alone, as they all are; undefined when absent, zero, or written otherwise. */
export function countOf(parameters: FormatParameters, name: string): number | undefined {
  const written = parameters.get(name) ?? "";
  const count = /^\d{1,9}$/.test(written) ? Number(written) : 0;
  return count > 0 ? count : undefined;
}
