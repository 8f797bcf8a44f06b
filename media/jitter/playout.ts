// What a leg is heard as: one jitter buffer for each rate and clock among its codecs, one of which plays. When
// the far end changes to a codec of another clock, the old buffer is played to its end, the new one begins
// there, and 5 ms of both are crossfaded: no gap, no click, and a stream that never changes costs nothing.
import { type AudioDecoder, type AudioFormat, formatOf } from "../codec/index.ts";
import { addTo, clipInto, fade, Signal } from "../dsp/index.ts";
import type { QuietRun, RtpHeader } from "../rtp/index.ts";
import { JitterBuffer, type PullOutcome, type SteadyPacket } from "./jitter-buffer.ts";

interface Buffer {
  readonly rate: number;
  readonly clockRate: number;
  readonly jitter: JitterBuffer;
  readonly signal: Signal;
}

const payloadTypes = 128;
const crossfadeMs = 5;
/** One frame to begin a conversion with. */
const memory = 1;
const usual = formatOf("PCMU");

export class Playout {
  readonly #tickMs: number;
  readonly #buffers: Buffer[] = [];
  readonly #bufferOf: (Buffer | undefined)[] = Array.from({ length: payloadTypes }, () => undefined);
  #playing: Buffer;
  /** What plays once the other has come to its end. */
  #next: Buffer | undefined;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
    this.#playing = this.#bufferFor(usual);
  }

  /** This tick's audio, at its codec's rate. */
  get signal(): Signal {
    return this.#playing.signal;
  }

  get delayMs(): number {
    return this.#playing.jitter.delayMs;
  }

  get late(): number {
    return this.#sum((jitter) => jitter.late);
  }

  get concealedMs(): number {
    return this.#buffers.reduce((sum, { jitter, rate }) => sum + (jitter.concealedSamples * 1000) / rate, 0);
  }

  /** What plays has nothing more, and the last pull found too little. */
  get starving(): boolean {
    return this.#playing.jitter.starving;
  }

  /** Audio that was cut out or put in to follow the source's clock and the network. */
  get correctedMs(): number {
    return this.#buffers.reduce(
      (sum, { jitter, rate }) => sum + ((jitter.cutSamples + jitter.insertedSamples) * 1000) / rate,
      0,
    );
  }

  /** What was put in, less what was cut out. */
  get driftMs(): number {
    return this.#buffers.reduce(
      (sum, { jitter, rate }) => sum + ((jitter.insertedSamples - jitter.cutSamples) * 1000) / rate,
      0,
    );
  }

  set unheard(unheard: boolean) {
    this.#playing.jitter.unheard = unheard;
  }

  /** The decoders of the agreed payload types, by number. */
  configure(decoders: readonly (AudioDecoder | undefined)[]): void {
    this.#bufferOf.fill(undefined);
    decoders.forEach((decoder, type) => {
      if (decoder) this.#bufferOf[type] = this.#bufferFor(decoder.format);
    });
    for (const buffer of this.#buffers) {
      buffer.jitter.decoders = decoders.map((decoder, type) =>
        this.#bufferOf[type] === buffer ? decoder : undefined,
      );
    }
  }

  restart(): void {
    this.#next = undefined;
    for (const { jitter } of this.#buffers) jitter.restart();
  }

  /** As `JitterBuffer.goOnAt`, for a packet of the buffer that plays. */
  goOnAt(header: Readonly<RtpHeader>, packets: number, units: number): boolean {
    const same = this.#next === undefined && this.#bufferOf[header.payloadType] === this.#playing;
    return same && this.#playing.jitter.goOnAt(header, packets, units);
  }

  insert(packet: Uint8Array, header: Readonly<RtpHeader>, now: number): void {
    const buffer = this.#bufferOf[header.payloadType] ?? this.#next ?? this.#playing;
    if (buffer === this.#playing) this.#next = undefined;
    else if (buffer !== this.#next) {
      buffer.jitter.restart(this.#playing.jitter.pending ? 0 : undefined);
      this.#next = buffer;
    }
    buffer.jitter.insert(packet, header, now);
  }

  /** Moves on to this tick's audio, which is then in `signal`. */
  pull(now: number, tick: number): PullOutcome {
    const { jitter, signal } = this.#playing;
    if (!this.#next || jitter.pending) return jitter.pull(signal.next(tick), now);
    return this.#change(this.#next, now, tick);
  }

  /** The buffer whose stream goes on as it does; undefined while any is to be looked at. */
  get steady(): JitterBuffer | undefined {
    return this.#next === undefined && this.#playing.jitter.steady ? this.#playing.jitter : undefined;
  }

  /** A payload of the steady stream that was played in this tick, unheard and without the buffer. */
  catchUp(payload: Uint8Array, tick: number): void {
    const { jitter, signal } = this.#playing;
    jitter.catchUp(payload, signal.next(tick));
  }

  /** A run of the steady stream; false when there is something to correct. */
  passRun(run: QuietRun): boolean {
    return this.#playing.jitter.passRun(run, run.ticks, run.tickAt);
  }

  /** The steady stream is played by its buffer again: a packet that waits. */
  takeWaiting(offset: number, packet: SteadyPacket): void {
    this.#playing.jitter.takeWaiting(offset, packet);
  }

  #change(to: Buffer, now: number, tick: number): PullOutcome {
    const { jitter, signal } = this.#playing;
    this.#playing = to;
    this.#next = undefined;
    // Resampling the new signal needs what was before it.
    if (signal.tick === tick - 1) to.signal.next(tick - 1).set(signal.at(to.rate).frame);
    jitter.pull(signal.next(tick), now);
    const before = signal.at(to.rate).frame;
    const frame = to.signal.next(tick);
    const pulled = to.jitter.pull(frame, now);
    const samples = (to.rate * crossfadeMs) / 1000;
    fade(before, "out", samples);
    fade(frame, "in", samples);
    const sum = new Int32Array(frame);
    addTo(sum, before);
    clipInto(sum, frame);
    return pulled;
  }

  #bufferFor({ rate, clockRate }: AudioFormat): Buffer {
    const known = this.#buffers.find((each) => each.rate === rate && each.clockRate === clockRate);
    if (known) return known;
    const jitter = new JitterBuffer({ rate, clockRate, tickMs: this.#tickMs });
    const buffer: Buffer = { rate, clockRate, jitter, signal: new Signal(rate, memory) };
    this.#buffers.push(buffer);
    return buffer;
  }

  #sum(count: (jitter: JitterBuffer) => number): number {
    return this.#buffers.reduce((sum, { jitter }) => sum + count(jitter), 0);
  }
}
