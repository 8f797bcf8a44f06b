// What an Opus packet says of itself without being decoded (RFC 6716 §3.1, §3.2, §4.2.3): how long it is, and
// whether its encoder heard a voice. Pure; any bytes are good enough.

/** Samples of one frame at 48 kHz, by the configuration of the TOC byte. */
const frameSamples = Array.from({ length: 32 }, (_, config) => {
  if (config < 12) return [480, 960, 1920, 2880][config & 3]!;
  if (config < 16) return [480, 960][config & 1]!;
  return [120, 240, 480, 960][config & 3]!;
});
const maxMs = 120;
/** Configurations below use SILK, alone or below CELT. */
const celtFrom = 16;

/** How many samples of `rate` the packet holds; 0 when it says nothing valid. */
export function samplesIn(packet: Uint8Array, rate: number): number {
  return samplesBetween(packet, 0, packet.length, rate);
}

/** The same for a packet that lies within other bytes, from `start` up to `end`. */
export function samplesBetween(bytes: Uint8Array, start: number, end: number, rate: number): number {
  if (start >= end) return 0;
  const toc = bytes[start]!;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : end - start > 1 ? bytes[start + 1]! & 0x3f : 0;
  const samples = (frames * frameSamples[toc >> 3]! * rate) / 48_000;
  return samples <= (maxMs * rate) / 1000 ? samples : 0;
}

const silkFramesOf = (config: number): number => Math.max(1, frameSamples[config]! / 960);

export type SilenceClaim = "paused" | "silent" | "voice";

/**
 * `paused`: a packet that holds nothing, as a source in discontinuous transmission sends it. `silent`: SILK's
 * voice activity flags are all clear; they are the first bits of a frame. Other packets do not tell.
 */
export function claimedSilenceOf(packet: Uint8Array): SilenceClaim {
  if (packet.length <= 2) return "paused";
  const toc = packet[0]!;
  const config = toc >> 3;
  if (config >= celtFrom || (toc & 3) !== 0) return "voice";
  return packet[1]! >> (8 - silkFramesOf(config)) === 0 ? "silent" : "voice";
}

/** Whether it repeats the frame before it: SILK's flag for that follows those of voice activity (§4.2.4). */
export function repeatsBefore(packet: Uint8Array): boolean {
  if (packet.length <= 2) return false;
  const toc = packet[0]!;
  const config = toc >> 3;
  if (config >= celtFrom || (toc & 3) !== 0) return false;
  return ((packet[1]! >> (7 - silkFramesOf(config))) & 1) === 1;
}
