// The VoIP metrics of RTCP extended reports (RFC 3611 §3, §4.7): written behind our report, and read out of the
// far end's. Everything is checked against the packet's length; blocks of other types are stepped over.
import { readUint32, writeUint32 } from "./packet.ts";

/** Reused. Shares are 0 … 1, levels dBm0; undefined is the block's "unavailable". */
export interface VoipMetrics {
  /** Whose stream this is about. */
  ssrc: number;
  loss: number;
  discard: number;
  burstDensity: number;
  gapDensity: number;
  burstMs: number;
  gapMs: number;
  roundTripMs: number;
  endSystemMs: number;
  signalLevel: number | undefined;
  noiseLevel: number | undefined;
  rating: number | undefined;
  /** Listening and conversational quality, 1 … 5. */
  mosListening: number | undefined;
  mosConversational: number | undefined;
  bufferMs: number;
  maxBufferMs: number;
}

export const emptyVoipMetrics = (): VoipMetrics => ({
  ssrc: 0,
  loss: 0,
  discard: 0,
  burstDensity: 0,
  gapDensity: 0,
  burstMs: 0,
  gapMs: 0,
  roundTripMs: 0,
  endSystemMs: 0,
  signalLevel: undefined,
  noiseLevel: undefined,
  rating: undefined,
  mosListening: undefined,
  mosConversational: undefined,
  bufferMs: 0,
  maxBufferMs: 0,
});

export const voipMetricsBytes = 8 + 36;
const extendedReport = 207;
const voipBlock = 7;
const voipWords = 8;
const unavailable = 127;
const gmin = 16;
/** Standard concealment, adaptive buffer (§4.7.6). */
const receiverConfiguration = 0b1111_0000;
const maxBlocks = 16;

/** Writes a whole packet at `at` and returns where it ends; there must be `voipMetricsBytes`. */
export function writeVoipMetrics(
  out: Uint8Array,
  at: number,
  ours: number,
  told: Readonly<VoipMetrics>,
): number {
  writeUint32(out, at, ((0x80 << 24) | (extendedReport << 16) | (voipMetricsBytes / 4 - 1)) >>> 0);
  writeUint32(out, at + 4, ours);
  writeUint32(out, at + 8, ((voipBlock << 24) | voipWords) >>> 0);
  writeUint32(out, at + 12, told.ssrc);
  out[at + 16] = share(told.loss);
  out[at + 17] = share(told.discard);
  out[at + 18] = share(told.burstDensity);
  out[at + 19] = share(told.gapDensity);
  writeUint16(out, at + 20, told.burstMs);
  writeUint16(out, at + 22, told.gapMs);
  writeUint16(out, at + 24, told.roundTripMs);
  writeUint16(out, at + 26, told.endSystemMs);
  out[at + 28] = signed(told.signalLevel);
  out[at + 29] = signed(told.noiseLevel);
  out[at + 30] = unavailable;
  out[at + 31] = gmin;
  out[at + 32] = limited(told.rating, 100);
  out[at + 33] = unavailable;
  out[at + 34] = limited(tenfold(told.mosListening), 50);
  out[at + 35] = limited(tenfold(told.mosConversational), 50);
  out[at + 36] = receiverConfiguration;
  out[at + 37] = 0;
  writeUint16(out, at + 38, told.bufferMs);
  writeUint16(out, at + 40, told.maxBufferMs);
  writeUint16(out, at + 42, told.maxBufferMs);
  return at + voipMetricsBytes;
}

/** Fills `told` from the block about `ourSsrc` in a valid compound packet; false when it has none. */
export function readVoipMetrics(packet: Uint8Array, ourSsrc: number, told: VoipMetrics): boolean {
  let found = false;
  for (let at = 0; at + 8 <= packet.length; ) {
    const end = at + 4 * (readUint16(packet, at + 2) + 1);
    if (end > packet.length) return found;
    if (packet[at + 1] === extendedReport)
      found = readBlocks(packet, { at: at + 8, end, ourSsrc, told }) || found;
    at = end;
  }
  return found;
}

interface Blocks {
  readonly at: number;
  readonly end: number;
  readonly ourSsrc: number;
  readonly told: VoipMetrics;
}

function readBlocks(packet: Uint8Array, { at: start, end, ourSsrc, told }: Blocks): boolean {
  let found = false;
  let at = start;
  for (let block = 0; block < maxBlocks && at + 4 <= end; block += 1) {
    const words = readUint16(packet, at + 2);
    const next = at + 4 * (words + 1);
    if (next > end) return found;
    const wanted = packet[at] === voipBlock && words === voipWords;
    if (wanted && readUint32(packet, at + 4) === ourSsrc) {
      readMetrics(packet, at, told);
      found = true;
    }
    at = next;
  }
  return found;
}

function readMetrics(packet: Uint8Array, at: number, told: VoipMetrics): void {
  told.ssrc = readUint32(packet, at + 4);
  told.loss = packet[at + 8]! / 256;
  told.discard = packet[at + 9]! / 256;
  told.burstDensity = packet[at + 10]! / 256;
  told.gapDensity = packet[at + 11]! / 256;
  told.burstMs = readUint16(packet, at + 12);
  told.gapMs = readUint16(packet, at + 14);
  told.roundTripMs = readUint16(packet, at + 16);
  told.endSystemMs = readUint16(packet, at + 18);
  told.signalLevel = level(packet[at + 20]!);
  told.noiseLevel = level(packet[at + 21]!);
  told.rating = within(packet[at + 24]!, 0, 100);
  told.mosListening = tenth(within(packet[at + 26]!, 10, 50));
  told.mosConversational = tenth(within(packet[at + 27]!, 10, 50));
  told.bufferMs = readUint16(packet, at + 30);
  told.maxBufferMs = readUint16(packet, at + 32);
}

const share = (value: number): number => Math.max(0, Math.min(255, Math.floor(value * 256)));
const limited = (value: number | undefined, most: number): number =>
  value === undefined ? unavailable : Math.max(0, Math.min(most, Math.round(value)));
const tenfold = (mos: number | undefined): number | undefined => (mos === undefined ? undefined : mos * 10);
const tenth = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : value / 10;
const signed = (dbm0: number | undefined): number =>
  dbm0 === undefined ? unavailable : Math.max(-128, Math.min(126, Math.round(dbm0))) & 0xff;
const level = (byte: number): number | undefined => (byte === unavailable ? undefined : (byte << 24) >> 24);
const within = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined;

function readUint16(packet: Uint8Array, at: number): number {
  return (packet[at]! << 8) | packet[at + 1]!;
}

function writeUint16(out: Uint8Array, at: number, value: number): void {
  const bounded = Math.max(0, Math.min(0xffff, Math.round(value)));
  out[at] = bounded >> 8;
  out[at + 1] = bounded & 0xff;
}
