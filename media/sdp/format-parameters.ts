// The parameters of a format (`a=fmtp`) as most registrations of payload formats write them: `name=value;name=value`.
import type { MediaDescription } from "./description.ts";

/** Parameters of one format that are looked at. */
const mostParameters = 64;

/** By name in small letters; of one that is named twice the first counts. */
export type FormatParameters = ReadonlyMap<string, string>;

/** Of one format; some write one parameter a line, so all lines count. */
export function formatParameters(
  { attributes }: Pick<MediaDescription, "attributes">,
  payloadType: number,
): FormatParameters {
  const parameters = new Map<string, string>();
  for (const { name, value = "" } of attributes) {
    const match = name === "fmtp" ? /^(\d{1,3})[ \t]+(.+)$/.exec(value) : null;
    if (!match?.[2] || Number(match[1]) !== payloadType) continue;
    for (const each of match[2].split(";", mostParameters)) {
      const [key = "", ...rest] = each.split("=");
      const written = key.trim().toLowerCase();
      if (parameters.size < mostParameters && written !== "" && !parameters.has(written))
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
