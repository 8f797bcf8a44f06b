// The packet index of SRTP: how often the 16 bits of sequence have rolled over (RFC 3711 §3.3.1, appendix A). Indices are
// whole numbers up to 2^48.

const sequences = 2 ** 16;
const half = sequences / 2;

/** The index next to `highest` whose low 16 bits are `sequence`; negative when that would be before the first. */
export function nearestIndex(highest: number, sequence: number): number {
  const index = highest - (highest % sequences) + sequence;
  if (index - highest > half) return index - sequences;
  return highest - index > half ? index + sequences : index;
}

export const rolloverOf = (index: number): number => Math.floor(index / sequences);

export const indexOf = (rollover: number, sequence: number): number => rollover * sequences + sequence;
