// H.264 byte streams (ITU-T H.264 Annex B): NAL units behind start codes of three or four bytes.

const shortStart = Buffer.of(0, 0, 1);
const longStart = Buffer.of(0, 0, 0, 1);

const typeMask = 0x1f;
/** Supplemental enhancement information, access unit delimiter, filler data. */
const leftOut = new Set([6, 9, 12]);

/** The NAL units, without start codes. */
export function nalUnits(stream: Buffer): Buffer[] {
  const units: Buffer[] = [];
  let from = stream.indexOf(shortStart);
  while (from >= 0) {
    const begin = from + shortStart.length;
    const next = stream.indexOf(shortStart, begin);
    let end = next < 0 ? stream.length : next;
    // A NAL unit never ends in a zero: what stands there belongs to the next start code.
    while (end > begin && stream[end - 1] === 0) end -= 1;
    if (end > begin) units.push(stream.subarray(begin, end));
    from = next;
  }
  return units;
}

/** The same pictures behind start codes of four bytes, without what no receiver needs to decode them. */
export function normalise(stream: Buffer): Buffer {
  const parts = nalUnits(stream)
    .filter((unit) => !leftOut.has((unit[0] ?? 0) & typeMask))
    .flatMap((unit) => [longStart, unit]);
  return Buffer.concat(parts);
}
