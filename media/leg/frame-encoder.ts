// One encoder and the packets it fills, tick by tick. Takes over in the middle of a sound without a click: an
// encoder that did not run in the tick before first encodes what everybody heard in the last ticks, so that it
// stands where the one before it stood. Packets longer than a tick end at the same ticks for every encoder.
import { type AudioEncoder, createEncoder, type Signal } from "../audio/index.ts";
import type { SendFormat } from "./send-format.ts";
import { TickPayload } from "./tick-payload.ts";

const tickMs = 20;
/** Ticks that an encoder with memory must have seen: a whole number of the longest packets. */
export const warmUpTicks = 6;
/** After so many ticks of the same input two encoders agree well enough to take each other's place. */
export const agreementTicks = 10;

export class FrameEncoder {
  readonly payload = new TickPayload();
  /** The tick that was encoded last. */
  tick = -1;
  readonly format: SendFormat;
  readonly #encoder: AudioEncoder;
  /** Audio of a packet that is longer than a tick; and the halves of a tick for shorter ones. */
  readonly #gathered: Int16Array;
  readonly #halves: readonly [Int16Array, Int16Array];
  readonly #scratch: Uint8Array;

  constructor(format: SendFormat) {
    const samples = (format.audio.rate * tickMs) / 1000;
    this.format = format;
    this.#encoder = createEncoder(format.audio.name, format.tuning);
    this.payload.ticks = Math.max(1, format.frameMs / tickMs);
    this.#gathered = new Int16Array(samples * this.payload.ticks);
    this.#halves = [this.#gathered.subarray(0, samples / 2), this.#gathered.subarray(samples / 2)];
    this.#scratch = this.payload.memory.subarray(1275);
  }

  /** Encodes a tick. `shared` is at the codec's rate: what everybody heard until now. */
  encode(pcm: Int16Array, shared: Signal, tick: number): TickPayload {
    if (this.tick === tick) return this.payload;
    if (this.format.audio.stateful && this.tick !== tick - 1) this.#warmUp(shared, tick);
    this.tick = tick;
    this.#step(pcm, tick);
    return this.payload;
  }

  close(): void {
    this.#encoder.close();
  }

  #warmUp(shared: Signal, tick: number): void {
    for (let ago = Math.min(warmUpTicks, shared.known); ago > 0; ago -= 1) {
      this.#step(shared.past(ago), tick - ago);
    }
  }

  #step(pcm: Int16Array, tick: number): void {
    const { payload } = this;
    if (this.format.frameMs === tickMs) payload.hold(this.#encoder.encode(pcm, payload.memory));
    else if (this.format.frameMs < tickMs) this.#encodeHalves(pcm);
    else this.#gather(pcm, tick);
  }

  #encodeHalves(pcm: Int16Array): void {
    const { payload } = this;
    this.#gathered.set(pcm);
    const first = this.#encoder.encode(this.#halves[0], payload.memory);
    const second = this.#encoder.encode(this.#halves[1], this.#scratch);
    payload.memory.copyWithin(first, 1275, 1275 + second);
    payload.hold(first + second, first);
  }

  #gather(pcm: Int16Array, tick: number): void {
    const { payload } = this;
    const at = tick % payload.ticks;
    this.#gathered.set(pcm, at * pcm.length);
    const full = at === payload.ticks - 1;
    payload.hold(full ? this.#encoder.encode(this.#gathered, payload.memory) : 0);
  }
}
