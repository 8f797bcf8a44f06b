// Tells the type of a file by its first bytes. Only certain WAV or MP3 is passed to a decoder, and as that type alone:
// FFmpeg left to guess would also open play lists, which name other files.

export type AudioKind = "wav" | "mp3";

/** A type, or in `found` a description of the type that it seems to be instead. */
export function audioKind(bytes: Uint8Array): AudioKind | { readonly found: string } {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64));
  if (head.length === 0) return { found: "an empty file" };
  if (has(head, 0, "RIFF") && has(head, 8, "WAVE")) return "wav";
  if (has(head, 0, "ID3") || isMp3Frame(head)) return "mp3";
  const known = signatures.find(([at, bytes]) => has(head, at, bytes));
  if (known) return { found: known[2] };
  return { found: head.every(isText) ? "text" : "no audio that is known" };
}

/** Offset, bytes, and the type that they show. */
const signatures: readonly (readonly [number, string, string])[] = [
  [0, "RIFF", "a RIFF file that is no WAV"],
  [0, "OggS", "Ogg"],
  [0, "fLaC", "FLAC"],
  [4, "ftyp", "MP4 or M4A"],
  [8, "AIF", "AIFF"],
  [0, "\u001aE\u00df\u00a3", "Matroska or WebM"],
  [0, "#!AMR", "AMR"],
  [0, ".snd", "AU"],
  [0, "\u00ff\u00f1", "AAC"],
  [0, "\u00ff\u00f9", "AAC"],
  [0, "\u0089PNG", "a PNG picture"],
  [0, "\u00ff\u00d8\u00ff", "a JPEG picture"],
  [0, "GIF8", "a GIF picture"],
  [0, "%PDF", "a PDF document"],
  [0, "PK\u0003\u0004", "a ZIP archive"],
];

const has = (head: Buffer, at: number, bytes: string): boolean =>
  head.toString("latin1", at, at + bytes.length) === bytes;

const isText = (byte: number): boolean => (byte >= 32 && byte < 127) || [9, 10, 13].includes(byte);

/** An MPEG audio header, layer III: sync word, and a valid version and bit rate. */
function isMp3Frame(head: Buffer): boolean {
  const [first = 0, second = 0, third = 0] = head;
  const synchronised = first === 0xff && (second & 0xe0) === 0xe0;
  const knownVersion = (second & 0x18) !== 0x08;
  const layer3 = (second & 0x06) === 0x02;
  const bitRate = third >> 4;
  const knownRate = (third & 0x0c) !== 0x0c;
  return synchronised && knownVersion && layer3 && bitRate > 0 && bitRate < 15 && knownRate;
}
