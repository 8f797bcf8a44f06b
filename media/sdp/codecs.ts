import type { AudioCodecName } from "../codec/index.ts";
// The codecs a leg can speak, as SDP spells them, and the static payload types of RFC 3551 §6 by which an
// offer may name a codec without an rtpmap. A codec is added here and in AudioCodecName, nowhere else in SDP.

/** One codec as an rtpmap names it. The clock rate is RTP's, which for G.722 is not the sampling rate. */
export interface CodecSpelling {
  readonly name: AudioCodecName;
  readonly clockRate: number;
  readonly channels: number;
  /** What our own offer uses. */
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

const g722SamplingRate = 16_000;

/** A payload type with what it stands for, whether we speak it or not. */
export interface Encoding {
  readonly payloadType: number;
  /** Upper case. */
  readonly name: string;
  readonly clockRate: number;
  readonly channels: number;
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

export const codecSpelling = (name: AudioCodecName): CodecSpelling =>
  spellings.find((spelling) => spelling.name === name) as CodecSpelling;

/**
 * The codec that `encoding` spells, if it is among `codecs`. Two are often misspelled and mean the same all the same:
 * G.722 by its sampling rate instead of its clock (RFC 3551 §4.5.2), Opus without its two channels (RFC 7587 §7).
 */
export function codecOf(encoding: Encoding, codecs: readonly AudioCodecName[]): CodecSpelling | undefined {
  return spellings.find(
    (spelling) =>
      spelling.name.toUpperCase() === encoding.name &&
      (spelling.clockRate === encoding.clockRate ||
        (spelling.name === "G722" && encoding.clockRate === g722SamplingRate)) &&
      (spelling.channels === encoding.channels || spelling.name === "opus") &&
      codecs.includes(spelling.name),
  );
}

/** `101 telephone-event/8000[/1]` → the encoding; undefined when it is not of that form. */
export function parseRtpmap(value: string): Encoding | undefined {
  const match = /^(\d{1,3})\s+([^\s/]{1,64})\/(\d{1,6})(?:\/(\d{1,2}))?/.exec(value);
  if (!match?.[1] || !match[2] || !match[3]) return undefined;
  return {
    payloadType: Number(match[1]),
    name: match[2].toUpperCase(),
    clockRate: Number(match[3]),
    channels: Number(match[4] ?? 1),
  };
}
