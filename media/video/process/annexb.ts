// What x264 gives out, as it is sent: NAL units behind start codes of four bytes (ITU-T H.264 Annex B).
import { nalType, splitByteStream, startCode, typeOfNal } from "../nal-units.ts";

const leftOut: ReadonlySet<number> = new Set([nalType.information, nalType.delimiter, nalType.filler]);

/** The same pictures behind start codes of four bytes, without what no receiver needs to decode them. */
export function normalise(stream: Buffer): Buffer {
  const parts = splitByteStream(stream)
    .filter((unit) => !leftOut.has(typeOfNal(unit[0] ?? 0)))
    .flatMap((unit) => [startCode, unit]);
  return Buffer.concat(parts);
}
