// The samples on their way to be heard: a little of what was heard last, then what has been decoded and not
// yet heard. Appends, conceals, cuts and inserts so that nothing clicks; knows nothing of packets or time.
//
//   [ heard, 36 ms | next frame | decoded ahead … ]
//
// One buffer, made once; every operation is in place.
import type { AudioDecoder } from "../codec/index.ts";
import { concealHistoryMs, fromDbov, meanSquare } from "../dsp/index.ts";
import { Concealer } from "./conceal.ts";
import type { WaitingPacket } from "./packet-ring.ts";
import { type Span, Stretcher } from "./stretch.ts";

/** A payload of the longest that is taken (packet-ring.ts): G.711 and G.722 fill it. */
const maxPacketMs = 200;
/** How much a codec makes up in a row before it is left to fade, and how much one packet brings back. */
const maxRepairMs = 100;
const maxRecoveryMs = 60;
/** Below this a whole frame may be cut or doubled without being noticed. */
const quiet = fromDbov(-46);

type Heard = Pick<WaitingPacket, "payload" | "audioLevel">;

export interface SampleBufferOptions {
  readonly rate: number;
  /** Samples of a frame. */
  readonly frame: number;
}

export class SampleBuffer {
  /** Samples that were made up since this was last set to zero. */
  madeUp = 0;
  /** Lost samples that a later packet brought again. */
  recovered = 0;
  /** No leg hears it: what can be passed over is not decoded. */
  unheard = false;
  readonly #maxRepair: number;
  readonly #maxRecovery: number;
  readonly #frame: number;
  readonly #concealer: Concealer;
  readonly #stretcher: Stretcher;
  readonly #buffer: Int16Array;
  readonly #span: Span;
  /** Views of the buffer from the span's start: the frame to be heard, and where an empty span is decoded to. */
  readonly #head: Int16Array;
  readonly #front: Int16Array;
  readonly #scratch: Int16Array;
  /** Samples in a row that the codec made up. */
  #repaired = 0;

  constructor({ rate, frame }: SampleBufferOptions) {
    const history = Math.round((rate * concealHistoryMs) / 1000);
    const maxPacketLength = Math.round((rate * maxPacketMs) / 1000);
    this.#frame = frame;
    this.#maxRepair = (rate * maxRepairMs) / 1000;
    this.#maxRecovery = (rate * maxRecoveryMs) / 1000;
    this.#concealer = new Concealer(rate);
    this.#stretcher = new Stretcher(rate);
    this.#buffer = new Int16Array(history + 4 * frame + maxPacketLength);
    this.#span = { start: history, length: 0 };
    this.#head = this.#buffer.subarray(history, history + frame);
    this.#front = this.#buffer.subarray(history, history + maxPacketLength);
    this.#scratch = new Int16Array(maxPacketLength);
  }

  /** Decoded samples that have not been heard. */
  get length(): number {
    return this.#span.length;
  }

  /** How far ahead must be decoded to shorten: never more than three frames. */
  get lookAhead(): number {
    return 2 * this.#frame + this.#stretcher.longest;
  }

  /** What is heard is a repetition of what was heard before. */
  get concealing(): boolean {
    return this.#concealer.active && !this.#concealer.faded;
  }

  /** What was heard last is what came, and nothing more has been decoded. */
  get intact(): boolean {
    return this.#span.length === 0 && !this.#concealer.active && this.#repaired === 0;
  }

  /** Nothing is heard: there has been no audio, or its repetition has faded away. */
  get silent(): boolean {
    return this.#concealer.faded;
  }

  /** Decodes a packet onto the end, without its first `skip` samples; false when nothing of it is left. */
  append(codec: AudioDecoder, packet: Heard, skip: number): boolean {
    const span = this.#span;
    const inPlace = skip === 0 && span.length === 0;
    const decoded = this.#decode(codec, packet, inPlace ? this.#front : this.#scratch) - skip;
    if (decoded <= 0) return false;
    this.#repaired = 0;
    const at = span.start + span.length;
    if (!inPlace) {
      for (let index = 0; index < decoded; index += 1)
        this.#buffer[at + index] = this.#scratch[skip + index]!;
    }
    this.#concealer.join(this.#buffer, at, decoded);
    span.length += decoded;
    return true;
  }

  /** Decodes a payload of one frame that was passed over unheard: it is then what was heard last. */
  catchUp(codec: AudioDecoder, payload: Uint8Array, frame: Int16Array): void {
    if (this.append(codec, { payload, audioLevel: undefined }, 0) && this.#span.length >= this.#frame)
      this.play(frame);
    else frame.fill(0);
  }

  /** Fills `count` samples from what `next` repeats of them; false when this codec or this gap cannot. */
  recover(codec: AudioDecoder, next: Uint8Array, count: number): boolean {
    const { repair } = codec;
    if (!repair || this.unheard || this.#concealer.active) return false;
    if (count > this.#maxRecovery || count % repair.step !== 0) return false;
    const end = this.#span.start + this.#span.length;
    if (!repair.recover(next, this.#buffer.subarray(end, end + count))) return false;
    this.#span.length += count;
    this.recovered += count;
    return true;
  }

  /**
   * Makes `count` samples up, by the codec's own means if it has any. `intended`: the source is silent on
   * purpose, so that it fades quickly.
   */
  conceal(count: number, intended: boolean, codec?: AudioDecoder): void {
    if (!intended && this.#repair(count, codec)) return;
    const span = this.#span;
    const end = span.start + span.length;
    this.#concealer.begin(this.#buffer, end);
    if (intended || this.#repaired > 0) this.#concealer.hasten();
    else if (!this.#concealer.faded) this.madeUp += count;
    this.#concealer.fill(this.#buffer, end, count);
    span.length += count;
  }

  /** Drops what was decoded; what is appended next is joined to a repetition of what was heard last. */
  discard(): void {
    this.#concealer.begin(this.#buffer, this.#span.start);
    this.#span.length = 0;
  }

  /** Moves one frame out; there must be one. */
  play(frame: Int16Array): void {
    const span = this.#span;
    frame.set(this.#head);
    this.#buffer.copyWithin(0, this.#frame, span.start + span.length);
    span.length -= this.#frame;
  }

  /** Cuts a frame where it is quiet, else, when it must, a pitch period. Returns how many samples went. */
  shorten(must: boolean): number {
    let count = 0;
    if (this.#isQuiet()) count = this.#frame;
    else if (must) count = this.#stretcher.periodAhead(this.#buffer, this.#span);
    if (count === 0 || !this.#stretcher.canCut(this.#span, count)) return 0;
    this.#stretcher.cut(this.#buffer, this.#span, count);
    return count;
  }

  /** Inserts a frame where it is quiet, else, when it must, a pitch period. Returns how many samples came. */
  lengthen(must: boolean): number {
    if (!this.#stretcher.canCut(this.#span, 0)) return 0;
    let count = 0;
    if (this.#isQuiet()) count = this.#frame;
    else if (must) count = this.#stretcher.periodBehind(this.#buffer, this.#span);
    if (count > 0) this.#stretcher.insert(this.#buffer, this.#span, count);
    return count;
  }

  #decode(codec: AudioDecoder, { payload, audioLevel }: Heard, pcm: Int16Array): number {
    const passed = this.unheard ? codec.durationOf?.(payload) : undefined;
    if (passed === undefined) return codec.decode(payload, pcm, audioLevel);
    const samples = Math.min(passed, pcm.length);
    pcm.fill(0, 0, samples);
    return samples;
  }

  #repair(count: number, codec: AudioDecoder | undefined): boolean {
    const repair = codec?.repair;
    if (!repair || this.#concealer.active || this.unheard) return false;
    if (count % repair.step !== 0 || this.#repaired + count > this.#maxRepair) return false;
    const end = this.#span.start + this.#span.length;
    if (!repair.conceal(this.#buffer.subarray(end, end + count))) return false;
    this.#span.length += count;
    this.#repaired += count;
    this.madeUp += count;
    return true;
  }

  #isQuiet(): boolean {
    const { start, length } = this.#span;
    return meanSquare(this.#buffer, start, start + Math.min(length, this.#frame)) < quiet;
  }
}
