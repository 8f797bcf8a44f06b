// The sending half of a line of video: a picture at every beat of the framerate, its packets, a sender report a second,
// key frames when they are asked for, and packets again.
import { Packetizer } from "../../../media/video/payload/index.ts";
import { writeRtp } from "../phone/rtp.ts";
import type { Colour } from "./colours.ts";
import { PictureEncoder, type PictureEncoderOptions } from "./picture-encoder.ts";
import { writeSenderReport } from "./rtcp.ts";
import type { LineFormat } from "./video-formats.ts";

export type SenderOptions = Omit<PictureEncoderOptions, "codec" | "maxNalBytes">;

export interface SenderTarget {
  sendRtp(packet: Buffer): void;
  sendRtcp(packet: Buffer): void;
}

const maxPayloadBytes = 1200;
const remembered = 500;
const catchUpFrames = 5;

export class VideoSender {
  readonly counts = { frames: 0, keyFrames: 0, packets: 0, octets: 0, sentAgain: 0 };
  readonly ssrc = Math.floor(Math.random() * 2 ** 32);
  /** False: the camera is off, nothing is sent. */
  sending = true;
  colour: Colour;
  /** Asked before every picture for another colour. */
  paint: () => Colour | undefined = () => undefined;
  /** What becomes of a coded picture before it is sent: for hostile tests. */
  damage: (data: Uint8Array) => Uint8Array = (data) => data;
  readonly format: LineFormat;
  readonly #target: SenderTarget;
  readonly #framerate: number;
  readonly #options: SenderOptions;
  #encoder: PictureEncoder;
  readonly #packetizer: Packetizer;
  readonly #history = new Map<number, Buffer>();
  #firstTimestamp = Math.floor(Math.random() * 2 ** 32);
  #sequence = Math.floor(Math.random() * 2 ** 16);
  #wantsKeyFrame = false;
  /** Since the first timestamp. */
  #frames = 0;
  #due = performance.now();
  #timer: NodeJS.Timeout;

  constructor(
    format: LineFormat,
    target: SenderTarget,
    options: SenderOptions & { readonly colour: Colour },
  ) {
    this.format = format;
    this.#target = target;
    this.colour = options.colour;
    this.#options = options;
    this.#framerate = options.framerate ?? 15;
    this.#encoder = this.#createEncoder(options);
    this.#packetizer = new Packetizer(format);
    this.#timer = setTimeout(() => this.#beat());
  }

  /** Goes on with pictures of another size, from a key frame, as a device does that was turned. */
  resize(width: number, height: number): void {
    this.#encoder.free();
    this.#encoder = this.#createEncoder({ ...this.#options, width, height });
    this.jump(0);
  }

  /** Goes on with timestamps so much further than they should be. */
  jump(ticks: number): void {
    const next = Math.round(this.#frames * (90_000 / this.#framerate));
    this.#firstTimestamp = (this.#firstTimestamp + next + ticks) >>> 0;
    this.#frames = 0;
  }

  requestKeyFrame(): void {
    this.#wantsKeyFrame = true;
  }

  sendAgain(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      const packet = this.#history.get(sequence);
      if (!packet) continue;
      this.counts.sentAgain += 1;
      this.#target.sendRtp(packet);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#encoder.free();
  }

  #createEncoder(options: SenderOptions): PictureEncoder {
    const { codec, packetizationMode } = this.format;
    const maxNalBytes = packetizationMode === 0 ? maxPayloadBytes : undefined;
    return new PictureEncoder({ ...options, codec, maxNalBytes });
  }

  #beat(): void {
    const now = performance.now();
    const frameMs = 1000 / this.#framerate;
    if (now - this.#due > catchUpFrames * frameMs) this.#due = now;
    for (; this.#due <= now; this.#due += frameMs) this.#frame();
    this.#timer = setTimeout(() => this.#beat(), this.#due - now);
  }

  #frame(): void {
    if (!this.sending) return;
    this.colour = this.paint() ?? this.colour;
    const frame = this.#encoder.encode(this.colour, this.#wantsKeyFrame);
    this.#wantsKeyFrame = false;
    const timestamp = (this.#firstTimestamp + Math.round(this.#frames * (90_000 / this.#framerate))) >>> 0;
    this.#frames += 1;
    if (this.counts.frames % this.#framerate === 0) this.#report(timestamp);
    this.counts.frames += 1;
    if (frame.key) this.counts.keyFrames += 1;
    const payloads = this.#packetizer.packetize({ ...frame, data: this.damage(frame.data) }, maxPayloadBytes);
    for (const payload of payloads) this.#send(payload, timestamp, payload === payloads.at(-1));
  }

  #send(payload: Uint8Array, timestamp: number, marker: boolean): void {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    const { ssrc } = this;
    const packet = writeRtp({
      payloadType: this.format.payloadType,
      marker,
      sequence,
      timestamp,
      ssrc,
      payload,
    });
    this.#history.set(sequence, packet);
    if (this.#history.size > remembered) this.#history.delete((sequence - remembered) & 0xffff);
    this.counts.packets += 1;
    this.counts.octets += payload.length;
    this.#target.sendRtp(packet);
  }

  #report(timestamp: number): void {
    const { packets, octets } = this.counts;
    this.#target.sendRtcp(writeSenderReport({ ssrc: this.ssrc, timestamp, packets, octets }, Date.now()));
  }
}
