// What is heard of a voice when packets are lost: repeated by the next packet, or made up.
import { describe, expect, it } from "vitest";
import { createDecoder, OpusEncoder, prepareOpus } from "../../../../media/codec/index.ts";
import { JitterBuffer } from "../../../../media/jitter/index.ts";
import { emptyRtpHeader } from "../../../../media/rtp/index.ts";
import { seededRandom } from "../support/lossy-network.ts";
import { voice } from "../support/spectrum.ts";

const frame = 960;
const seconds = 4;

/** A configuration with more frames than a packet may hold (RFC 6716 §3.2.5, R5). */
const broken = Uint8Array.of(0xff, 0xff, 1, 2, 3, 4);

/** Decoded audio of a stream of which every packet is lost with this probability, or arrives as `instead`. */
async function heard(
  lossPercent: number,
  fec: boolean,
  instead?: Uint8Array,
): Promise<{ pcm: Int16Array; buffer: JitterBuffer }> {
  await prepareOpus();
  const encoder = new OpusEncoder({ bitrate: 32_000, lossPercent: fec ? 10 : 0 });
  const buffer = new JitterBuffer({ rate: 48_000, tickMs: 20 });
  const decoder = createDecoder("opus");
  buffer.decoders = [decoder];
  const header = emptyRtpHeader();
  const random = seededRandom(48);
  const said = voice(seconds, 48_000);
  const pcm = new Int16Array(said.length);
  const packet = new Uint8Array(1500);
  for (let tick = 0; tick * frame < said.length; tick += 1) {
    const length = encoder.encode(said.subarray(tick * frame, (tick + 1) * frame), packet);
    const lost = random() * 100 < lossPercent && tick > 25;
    Object.assign(header, { sequence: tick, timestamp: tick * frame, payloadStart: 0, payloadEnd: length });
    if (lost && instead) header.payloadEnd = instead.length;
    if (!lost || instead) buffer.insert(lost ? instead! : packet, header, tick * 20);
    buffer.pull(pcm.subarray(tick * frame, (tick + 1) * frame), tick * 20 + 10);
  }
  encoder.close();
  decoder.close();
  return { pcm, buffer };
}

/** Signal to what differs from it, dB, the median over 100 ms windows in which they differ. */
function likeness(clean: Int16Array, damaged: Int16Array): number {
  const window = 4800;
  const ratios: number[] = [];
  for (let at = 48_000; at + window <= clean.length; at += window) {
    let signal = 1;
    let error = 0;
    for (let index = at; index < at + window; index += 1) {
      signal += clean[index]! ** 2;
      error += (clean[index]! - damaged[index]!) ** 2;
    }
    if (error > 0) ratios.push(10 * Math.log10(signal / error));
  }
  return ratios.sort((left, right) => left - right)[ratios.length >> 1] ?? Number.POSITIVE_INFINITY;
}

describe("Opus at 10 % loss", () => {
  it("is mended from the next packets far better than by making up", async () => {
    const repeated = await heard(10, true);
    const madeUp = await heard(10, false);
    const withFec = likeness((await heard(0, true)).pcm, repeated.pcm);
    const without = likeness((await heard(0, false)).pcm, madeUp.pcm);
    expect(withFec).toBeGreaterThan(without + 3);
    expect(repeated.buffer.recoveredSamples).toBeGreaterThan(repeated.buffer.concealedSamples);
    expect(madeUp.buffer.recoveredSamples).toBe(0);
    expect(madeUp.buffer.concealedSamples).toBeGreaterThan(0);
  }, 30_000);
});

describe("an Opus packet that cannot be decoded", () => {
  it("is made up for like one that was lost", async () => {
    const clean = (await heard(0, true)).pcm;
    const lost = await heard(10, true);
    const damaged = await heard(10, true, broken);
    expect(likeness(clean, damaged.pcm)).toBeGreaterThan(likeness(clean, lost.pcm) - 1);
    expect(damaged.buffer.recoveredSamples).toBe(lost.buffer.recoveredSamples);
    expect(damaged.buffer.late).toBe(0);
  }, 30_000);
});
