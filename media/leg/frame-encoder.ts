// One encoder and its packets, tick by tick. It replaces another encoder in the middle of a sound without a click: it copies
// that encoder's state if the codec can do that, else it first encodes the shared mix of the last ticks. Packets longer than a
// tick end at the same ticks for every encoder. If the far end wants discontinuous transmission, silence is sent as a packet
// now and then, and nothing is encoded between.

import { type AudioEncoder, createEncoder } from "../codec/index.ts";
import type { Signal } from "../dsp/index.ts";
import { tickMs } from "../tick.ts";
import type { SendFormat } from "./send-format.ts";
import { TickPayload } from "./tick-payload.ts";

/** Ticks that an encoder with memory must have seen: a whole number of the longest packets. */
export const warmUpTicks = 6;
/** Silence that is sent in full before packets are left out; then the interval of the packets that are still sent. */
const pauseAfterTicks = 10;
const refreshMs = 400;

export class FrameEncoder {
  readonly payload = new TickPayload();
  /** The tick that was encoded last. */
  tick = -1;
  readonly format: SendFormat;
  readonly #encoder: AudioEncoder;
  /** The audio of a packet that is longer than a tick; then the halves of a tick for shorter packets. */
  readonly #gathered: Int16Array;
  readonly #halves: readonly [Int16Array, Int16Array];
  readonly #scratch: Uint8Array;
  #silentTicks = 0;
  /** Milliseconds since a packet was encoded last. */
  #leftOutMs = 0;

  constructor(format: SendFormat) {
    const samples = (format.audio.rate * tickMs) / 1000;
    this.format = format;
    this.#encoder = createEncoder(format.audio.name, format.tuning);
    this.payload.ticks = Math.max(1, format.frameMs / tickMs);
    this.#gathered = new Int16Array(samples * this.payload.ticks);
    this.#halves = [this.#gathered.subarray(0, samples / 2), this.#gathered.subarray(samples / 2)];
    this.#scratch = this.payload.memory.subarray(1275);
  }

  /** Encodes a tick, once: a repeated call returns the same payload. `silent`: the frame is inaudible. */
  encode(pcm: Int16Array, tick: number, silent = false): TickPayload {
    if (this.tick !== tick) {
      this.#silentTicks = silent ? this.#silentTicks + 1 : 0;
      this.payload.paused = this.format.pauses && this.#silentTicks > pauseAfterTicks;
      this.#step(pcm, tick);
    }
    this.tick = tick;
    return this.payload;
  }

  /**
   * Replaces `from` from `tick` on, unless this encoder ran in the tick before. `shared`: the signal that `from` has encoded so
   * far, at the codec's rate.
   */
  takeOver(from: FrameEncoder | undefined, shared: Signal, tick: number): void {
    if (this.tick >= tick - 1 || this.format.audio.memory === "none") return;
    this.tick = tick - 1;
    this.#silentTicks = 0;
    this.payload.paused = false;
    if (from?.tick === tick - 1 && this.#encoder.continueFrom) this.#encoder.continueFrom(from.#encoder);
    else this.#warmUp(shared, tick);
  }

  close(): void {
    this.#encoder.close();
  }

  #warmUp(shared: Signal, tick: number): void {
    const latest = tick - shared.tick;
    for (let ago = Math.min(warmUpTicks, shared.known + latest); ago > 0; ago -= 1) {
      if (ago >= latest) this.#step(shared.past(ago - latest), tick - ago);
    }
  }

  #step(pcm: Int16Array, tick: number): void {
    const { payload } = this;
    if (this.format.frameMs > tickMs) this.#gather(pcm, tick);
    else if (this.#leavesOut()) payload.hold(0);
    else if (this.format.frameMs < tickMs) this.#encodeHalves(pcm);
    else payload.hold(this.#encoder.encode(pcm, payload.memory));
  }

  /** Whether the packet that is due now is left out. */
  #leavesOut(): boolean {
    this.#leftOutMs += this.payload.ticks * tickMs;
    if (this.payload.paused && this.#leftOutMs < refreshMs) return true;
    this.#leftOutMs = 0;
    return false;
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
    const due = full && !this.#leavesOut();
    payload.hold(due ? this.#encoder.encode(this.#gathered, payload.memory) : 0);
  }
}
