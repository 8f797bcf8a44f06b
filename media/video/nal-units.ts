// NAL units of H.264 (ITU-T H.264 §7.3.1) and the byte stream that carries them between start codes (Annex B). NAL
// units are views of the stream; nothing is copied.

/** `nal_unit_type` (ITU-T H.264 table 7-1), and above 23 the packets of RFC 6184 §5.2. */
export const nalType = {
  slice: 1,
  partitionA: 2,
  keySlice: 5,
  information: 6,
  sequenceParameters: 7,
  pictureParameters: 8,
  delimiter: 9,
  filler: 12,
  aggregate: 24,
  fragment: 28,
  lastUndefined: 31,
} as const;

export const typeOfNal = (header: number): number => header & 0x1f;

export const isSlice = (type: number): boolean => type >= nalType.slice && type <= nalType.keySlice;

/** In front of every NAL unit that we give out. */
export const startCode: Uint8Array = Uint8Array.of(0, 0, 0, 1);

/** The NAL units of a byte stream, behind start codes of three or four bytes, without zeros that trail. */
export function splitByteStream(stream: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  for (let at = nextStartCode(stream, 0); ; at = nextStartCode(stream, at + 3)) {
    if (start >= 0) {
      const end = endOf(stream, start, at);
      if (end > start) units.push(stream.subarray(start, end));
    }
    if (at === stream.length) return units;
    start = at + 3;
  }
}

/** The same of bytes that begin with a NAL unit and have start codes only behind it, if any: none can stand within a unit (§7.4.1). */
export function splitBehindUnit(bytes: Uint8Array): Uint8Array[] {
  const end = nextStartCode(bytes, 0);
  if (end === bytes.length) return [bytes];
  return [bytes.subarray(0, endOf(bytes, 0, end)), ...splitByteStream(bytes.subarray(end))];
}

/** `end` without the zeros before it. */
function endOf(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === 0) at -= 1;
  return at;
}

/** The offset of the next 00 00 01; the stream's length when there is none. */
function nextStartCode(stream: Uint8Array, from: number): number {
  const last = stream.length - 3;
  let at = from;
  while (at <= last) {
    const third = stream[at + 2]!;
    if (third > 1) at += 3;
    else if (third === 1 && stream[at] === 0 && stream[at + 1] === 0) return at;
    else at += 1;
  }
  return stream.length;
}
