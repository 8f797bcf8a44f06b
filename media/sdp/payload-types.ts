// Which payload types formats of our offers get. The far end decides which numbers are in use in a call, and may have taken all.

/** RFC 3551 §6: the dynamic ones. */
const [first, last] = [96, 127];
/** What is unassigned for those who need more (RFC 3551 §3) and cannot be taken for RTCP beside it (RFC 5761 §4). */
const [firstSpare, lastSpare] = [35, 63];

/** `wanted`, or the next dynamic one that is free, or a spare one; it is taken then. Undefined: there is none. */
export function allocatePayloadType(wanted: number, taken: Set<number>): number | undefined {
  const free = candidates(wanted).find((payloadType) => !taken.has(payloadType));
  if (free !== undefined) taken.add(free);
  return free;
}

const candidates = (wanted: number): number[] => [
  wanted,
  ...numbers(Math.max(wanted, first), last),
  ...numbers(first, wanted - 1),
  ...numbers(firstSpare, lastSpare),
];

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => from + index);
