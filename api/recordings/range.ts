// The part of a file that a client asks for (RFC 9110, section 14): one range of bytes. Several at once, other
// units and what cannot be read are answered with the whole, as a server may; so is HEAD, for which ranges have no
// meaning (section 14.2).

export interface ByteRange {
  /** Both ends belong to it. */
  readonly first: number;
  readonly last: number;
}

const one = /^\s*bytes\s*=\s*(?:(\d+)\s*)?-\s*(?:(\d+)\s*)?$/i;

/** `whole`: no range counts; `unsatisfiable`: nothing of it lies in the file. */
export function byteRange(header: string | undefined, size: number): ByteRange | "whole" | "unsatisfiable" {
  const [, first = "", last = ""] = header?.match(one) ?? [];
  if (first === "" && last === "") return "whole";
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  if (last !== "" && Number(last) < Number(first)) return "whole";
  if (Number(first) >= size) return "unsatisfiable";
  return { first: Number(first), last: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}

/** Whether the client's copy is of the same file: a strong entity tag or the very instant (section 13.1.5). */
export function sameFile(
  ifRange: string | undefined,
  file: { readonly entityTag: string | undefined; readonly lastModified: string | undefined },
): boolean {
  if (ifRange === undefined) return true;
  const condition = ifRange.trim();
  return condition !== "" && (condition === file.entityTag || condition === file.lastModified);
}
