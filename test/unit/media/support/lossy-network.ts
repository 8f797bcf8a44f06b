// A simulated path to one jitter buffer: a source of packets, a network that loses, delays and reorders them,
// and a player that pulls every 20 ms. Time is a number; randomness comes from a seed.
import { type AudioDecoder, pcmu } from "../../../../media/codec/index.ts";
import { JitterBuffer, type PullOutcome } from "../../../../media/jitter/index.ts";
import { emptyRtpHeader } from "../../../../media/rtp/index.ts";
import { concat, rate, Tone } from "./tones.ts";

/** mulberry32: small, seeded, good enough for tests. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Sent {
  readonly arrivesAt: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

export interface SourceOptions {
  readonly ptimeMs?: number;
  readonly seconds: number;
  readonly tone?: Tone;
  /** The network: when a packet that is sent at `sentAt` arrives; undefined loses it. */
  readonly path?: (sentAt: number, index: number) => number | undefined;
  readonly firstSequence?: number;
  readonly firstTimestamp?: number;
  /** The source's clock against ours: 1.0001 is 100 ppm fast. */
  readonly clock?: number;
  readonly startAt?: number;
}

export function source(options: SourceOptions): Sent[] {
  const { ptimeMs = 20, seconds, tone = new Tone(1004), path = (sentAt) => sentAt, clock = 1 } = options;
  const { firstSequence = 65_500, firstTimestamp = 2 ** 32 - 4000, startAt = 0 } = options;
  const samples = (rate * ptimeMs) / 1000;
  const sent: Sent[] = [];
  for (let index = 0; index * ptimeMs < seconds * 1000; index += 1) {
    const payload = new Uint8Array(samples);
    pcmu.encode(tone.next(samples), payload);
    const arrivesAt = path(startAt + ((index + 1) * ptimeMs) / clock, index);
    if (arrivesAt === undefined) continue;
    sent.push({
      arrivesAt,
      sequence: (firstSequence + index) & 0xffff,
      timestamp: (firstTimestamp + index * samples) >>> 0,
      payload,
    });
  }
  return sent;
}

export class Player {
  readonly buffer = new JitterBuffer({ rate, tickMs: 20 });
  readonly frames: Int16Array[] = [];
  readonly results: PullOutcome[] = [];
  readonly delays: number[] = [];
  /** Ticks fall between the instants at which packets are sent. */
  now = 7;
  readonly #header = emptyRtpHeader();

  constructor() {
    const decoders: (AudioDecoder | undefined)[] = [pcmu];
    this.buffer.decoders = decoders;
  }

  /** Delivers the packets as they arrive and pulls until `untilMs`. */
  play(packets: readonly Sent[], untilMs: number): void {
    const waiting = [...packets].sort((a, b) => a.arrivesAt - b.arrivesAt);
    let next = 0;
    while (this.now + 20 <= untilMs) {
      this.now += 20;
      for (; next < waiting.length && waiting[next]!.arrivesAt <= this.now; next += 1)
        this.take(waiting[next]!);
      this.pull();
    }
  }

  take(packet: Sent, payloadType = 0): void {
    Object.assign(this.#header, {
      payloadType,
      sequence: packet.sequence,
      timestamp: packet.timestamp,
      payloadStart: 0,
      payloadEnd: packet.payload.length,
    });
    this.buffer.insert(packet.payload, this.#header, packet.arrivesAt);
  }

  pull(): PullOutcome {
    const frame = new Int16Array(160);
    const result = this.buffer.pull(frame, this.now);
    this.frames.push(frame);
    this.results.push(result);
    this.delays.push(this.buffer.delayMs);
    return result;
  }

  /** Audio from one instant to another, as heard. */
  audio(fromMs: number, toMs: number): Int16Array {
    return concat(this.frames.slice(fromMs / 20, toMs / 20));
  }

  count(result: PullOutcome, fromMs = 0): number {
    return this.results.slice(fromMs / 20).filter((one) => one === result).length;
  }
}
