// The codecs a leg can speak, as SDP spells them, and the static payload types of RFC 3551 §6 by which an
// offer may name a codec without an rtpmap. A codec is added here and in AudioCodecName, nowhere else in SDP.
import type { AudioCodecName } from "../codec/index.ts";
/** One codec as an rtpmap names it. The clock rate is RTP's, which for G.722 is not the sampling rate. */
export interface CodecSpelling {
  readonly name: AudioCodecName;
  readonly clockRate: number;
  readonly channels: number;
  /** The payload type in our offers. */
  readonly payloadType: number;
  /** What we say of ourselves: any bitrate, mono (RFC 7587 §7), and that lost audio may be repeated. */
  readonly parameters?: string;
}

const spellings: readonly CodecSpelling[] = [
  {
    name: "opus",
    clockRate: 48_000,
    channels: 2,
    payloadType: 107,
    parameters: "minptime=10;useinbandfec=1",
  },
  { name: "G722", clockRate: 8000, channels: 1, payloadType: 9 },
  { name: "PCMA", clockRate: 8000, channels: 1, payloadType: 8 },
  { name: "PCMU", clockRate: 8000, channels: 1, payloadType: 0 },
];

/** A payload type and its encoding, whether we support it or not. */
export interface Encoding {
  readonly payloadType: number;
  /** Upper case. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
  /** The rtpmap does not spell it so. */
  readonly guessed?: boolean;
}

const staticTypes = new Map<number, readonly [name: string, clockRate: number, channels: number]>([
  [0, ["PCMU", 8000, 1]],
  [3, ["GSM", 8000, 1]],
  [4, ["G723", 8000, 1]],
  [5, ["DVI4", 8000, 1]],
  [6, ["DVI4", 16_000, 1]],
  [7, ["LPC", 8000, 1]],
  [8, ["PCMA", 8000, 1]],
  [9, ["G722", 8000, 1]],
  [10, ["L16", 44_100, 2]],
  [11, ["L16", 44_100, 1]],
  [12, ["QCELP", 8000, 1]],
  [13, ["CN", 8000, 1]],
  [15, ["G728", 8000, 1]],
  [18, ["G729", 8000, 1]],
]);

export function staticEncoding(payloadType: number): Encoding | undefined {
  const known = staticTypes.get(payloadType);
  return known && { payloadType, name: known[0], clockRate: known[1], channels: known[2] };
}

/** Names that say which codec is meant. */
const knownNames: ReadonlySet<string> = new Set([
  ...[...staticTypes.values()].map(([name]) => name),
  ...spellings.map(({ name }) => name.toUpperCase()),
  "TELEPHONE-EVENT",
]);

/**
 * What a number stands for that has an rtpmap: what that says, unless the number is static and the rtpmap has its clock and a name that
 * is no codec's (`8 ALAW/8000`, `0 G711/8000`). A static number means one codec alone (RFC 3551 §6), which is then called so.
 */
export function mappedEncoding(mapped: Encoding): Encoding {
  const known = staticEncoding(mapped.payloadType);
  const isName = !known || knownNames.has(mapped.name) || known.clockRate !== mapped.clockRate;
  return isName ? mapped : { ...known, guessed: true };
}

export const codecSpelling = (name: AudioCodecName): CodecSpelling =>
  spellings.find((spelling) => spelling.name === name) as CodecSpelling;

/** Their clock is the same whatever is sampled (RFC 3551 §4.5.2, RFC 7587 §4.1): another one in an rtpmap is a mistake. */
const oneClock: ReadonlySet<string> = new Set(["G722", "OPUS"]);

/** Names in use for encodings that are registered under another name, without their punctuation. */
const registeredNames = new Map<string, string>([
  ["G722", "G722"],
  ...["PCMU", "G711U", "G711MU", "G711ULAW", "G711MULAW", "ULAW", "MULAW"].map(
    (name) => [name, "PCMU"] as const,
  ),
  ...["PCMA", "G711A", "G711ALAW", "ALAW"].map((name) => [name, "PCMA"] as const),
  ...["TELEPHONEEVENT", "TELEPHONEEVENTS"].map((name) => [name, "TELEPHONE-EVENT"] as const),
]);

/**
 * The codec that `encoding` spells, if it is among `codecs`. Two are often misspelled and mean the same all the same:
 * G.722 by its sampling rate instead of its clock (RFC 3551 §4.5.2), Opus without its two channels (RFC 7587 §7).
 */
export function codecOf(encoding: Encoding, codecs: readonly AudioCodecName[]): CodecSpelling | undefined {
  return spellings.find(
    (spelling) =>
      spelling.name.toUpperCase() === encoding.name &&
      (spelling.clockRate === encoding.clockRate || oneClock.has(encoding.name)) &&
      (spelling.channels === encoding.channels || spelling.name === "opus") &&
      codecs.includes(spelling.name),
  );
}

/**
 * `101 telephone-event/8000[/1]` → the encoding; undefined when it is not of that form. A missing clock is that of the
 * codec, and a static number with its own name keeps its meaning whatever clock and channels are written behind it.
 */
export function parseRtpmap(value: string): Encoding | undefined {
  const match = /^(\d{1,3})\s+([^\s/]{1,64})(?:\/(\d{1,6})(?:\/(\d{1,2}))?)?/.exec(value);
  if (!match?.[1] || !match[2]) return undefined;
  const payloadType = Number(match[1]);
  const written = match[2].toUpperCase();
  const name = registeredNames.get(written.replace(/[^A-Z\d]/g, "")) ?? written;
  const known = staticEncoding(payloadType);
  const clockRate = match[3] === undefined ? (name === "OPUS" ? 48_000 : 8000) : Number(match[3]);
  const channels = Number(match[4] ?? 1) || 1;
  if (known?.name === name && (known.clockRate !== clockRate || known.channels !== channels)) {
    return { ...known, guessed: true };
  }
  const guessed = match[3] === undefined || name !== written;
  return { payloadType, name, clockRate, channels, ...(guessed && { guessed }) };
}
