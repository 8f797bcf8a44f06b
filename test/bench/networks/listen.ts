// One stream over one disturbed line into a leg's receiving side, on simulated time: what is heard of a steady
// tone, and how late. The sender, its codec and the receiver are the real ones; only the wire is not.
import {
  type AudioCodecName,
  createDecoder,
  createEncoder,
  formatOf,
  prepareOpus,
} from "../../../media/codec/index.ts";
import { Playout } from "../../../media/jitter/playout.ts";
import { emptyRtpHeader } from "../../../media/rtp/index.ts";
import { seededRandom } from "../../support/index.ts";
import { percentile } from "../figures.ts";
import type { Disturbance } from "./lines.ts";
import { ToneWindow } from "./tone-window.ts";

export interface Heard {
  /** Of 100 ms windows while the line was disturbed: the median of tone to everything else, dB. */
  readonly snrDb: number;
  /** The share of them in which it was below 12 dB. */
  readonly damaged: number;
  /** Of the time while the line was disturbed, 0 … 1. */
  readonly concealed: number;
  /** In the buffer, milliseconds; its packets of 20 ms are not counted. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** From the end of the disturbance until the delay stayed below 60 ms, seconds; NaN: it never did. */
  readonly recoveredAfterS: number;
}

export interface ListenOptions {
  readonly codec: AudioCodecName;
  readonly disturbance: Disturbance;
  readonly seed?: number;
}

interface Packet {
  readonly arrivesAt: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

const hertz = 1004;
const amplitude = 8000;
const tickMs = 20;
const cleanBeforeMs = 5000;
const cleanAfterMs = 15_000;
/** Ticks fall between the instants at which packets are sent. */
const tickOffsetMs = 7;
const lowDelayMs = 60;
const damagedBelowDb = 12;
/** What a phone uses on a line that it knows to lose packets. */
const tuning = { bitrate: 32_000, lossPercent: 10 };

export async function listen({ codec, disturbance, seed = 1 }: ListenOptions): Promise<Heard> {
  await prepareOpus();
  const { lastsMs } = disturbance;
  const untilMs = cleanBeforeMs + lastsMs;
  const packets = sent(codec, disturbance, { seed, untilMs: untilMs + cleanAfterMs });
  const { rate, clockRate } = formatOf(codec);
  const decoder = createDecoder(codec);
  const playout = new Playout(tickMs);
  playout.configure([decoder]);
  const header = emptyRtpHeader();
  const window = new ToneWindow(hertz, rate);
  const ratios: number[] = [];
  const delays: number[] = [];
  let concealedFrom = 0;
  let concealed = 0;
  let highSince = 0;
  let next = 0;
  for (let tick = 0; tick * tickMs < untilMs + cleanAfterMs; tick += 1) {
    const now = tick * tickMs + tickOffsetMs;
    for (; next < packets.length && packets[next]!.arrivesAt <= now; next += 1) {
      const { arrivesAt, sequence, payload } = packets[next]!;
      header.sequence = sequence & 0xffff;
      header.timestamp = ((sequence * clockRate * tickMs) / 1000) >>> 0;
      header.payloadEnd = payload.length;
      playout.insert(payload, header, arrivesAt);
    }
    playout.pull(now, tick);
    const { delayMs } = playout;
    if (delayMs > lowDelayMs) highSince = now + tickMs;
    if (now < cleanBeforeMs) {
      concealedFrom = playout.concealedMs;
      continue;
    }
    const ratio = window.take(playout.signal.frame);
    // A stall is judged with the time after it.
    if (now >= Math.max(untilMs, cleanBeforeMs + 2 * cleanAfterMs)) continue;
    delays.push(delayMs);
    if (ratio !== undefined) ratios.push(ratio);
    concealed = playout.concealedMs - concealedFrom;
  }
  decoder.close();
  return {
    snrDb: percentile(ratios, 50),
    damaged: ratios.filter((ratio) => ratio < damagedBelowDb).length / ratios.length,
    concealed: concealed / (delays.length * tickMs),
    delayP50Ms: percentile(delays, 50),
    delayP99Ms: percentile(delays, 99),
    delayMaxMs: Math.max(...delays),
    recoveredAfterS:
      highSince >= untilMs + cleanAfterMs ? Number.NaN : Math.max(0, highSince - untilMs) / 1000,
  };
}

function sent(
  codec: AudioCodecName,
  { line, clock = 1, lastsMs }: Disturbance,
  { seed, untilMs }: { seed: number; untilMs: number },
): Packet[] {
  const { rate } = formatOf(codec);
  const samples = (rate * tickMs) / 1000;
  const encoder = createEncoder(codec, tuning);
  const disturbed = line(seededRandom(seed), cleanBeforeMs);
  const pcm = new Int16Array(samples);
  const bytes = new Uint8Array(1500);
  const packets: Packet[] = [];
  for (let sequence = 0; sequence * tickMs < untilMs * clock; sequence += 1) {
    for (let index = 0; index < samples; index += 1) {
      pcm[index] = amplitude * Math.sin((2 * Math.PI * hertz * (sequence * samples + index)) / rate);
    }
    const payload = bytes.slice(0, encoder.encode(pcm, bytes));
    const sentAt = ((sequence + 1) * tickMs) / clock;
    const isDisturbed = sentAt >= cleanBeforeMs && sentAt < cleanBeforeMs + lastsMs;
    const arrivesAt = isDisturbed ? disturbed(sentAt) : sentAt;
    if (arrivesAt !== undefined) packets.push({ arrivesAt, sequence, payload });
  }
  encoder.close();
  return packets.sort((left, right) => left.arrivesAt - right.arrivesAt);
}
