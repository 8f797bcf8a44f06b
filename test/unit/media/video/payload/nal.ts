// NAL units and streams of video packets for the tests of payload formats.

import {
  type AssemblerListener,
  type DropReason,
  FrameAssembler,
  Packetizer,
  ParameterSets,
  type VideoPacket,
} from "../../../../../media/video/payload/index.ts";
import type { VideoCodecName, VideoFrame } from "../../../../../media/video/types.ts";

/** Of x264 at 1280 × 720. */
export const sequenceSet = Uint8Array.from(
  Buffer.from("6742c01fd9005005bb0110000003001000000301e0f1832480", "hex"),
);
export const pictureSet = Uint8Array.from(Buffer.from("68cb83cb20", "hex"));

const startCode = Uint8Array.of(0, 0, 0, 1);

export const annexB = (...units: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(units.flatMap((unit) => [startCode, unit])));

/** A slice of so many bytes that begins its picture and names picture parameter set 0; no byte looks like a start code. */
export function slice(key: boolean, bytes: number, fill = 0x55, first = true): Uint8Array {
  const unit = new Uint8Array(bytes).fill(fill);
  unit[0] = key ? 0x65 : 0x41;
  unit[1] = first ? 0x88 : 0x44;
  unit[2] = 0x84;
  return unit;
}

export const keyFrame = (bytes: number, timestamp = 0): VideoFrame => ({
  data: annexB(sequenceSet, pictureSet, slice(true, bytes)),
  key: true,
  timestamp,
});

export const deltaFrame = (bytes: number, timestamp = 0): VideoFrame => ({
  data: annexB(slice(false, bytes)),
  key: false,
  timestamp,
});

/** The header of a VP8 key frame of 640 × 480 (RFC 6386 §9.1), then anything. */
export function vp8Frame(key: boolean, bytes: number, timestamp = 0): VideoFrame {
  const data = new Uint8Array(bytes).fill(0x33);
  data.set(key ? [0x10, 2, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01] : [0x11]);
  return { data, key, timestamp };
}

export const formats = {
  H264: { codec: "H264", packetizationMode: 1 },
  VP8: { codec: "VP8", packetizationMode: 1 },
} as const;

/** Numbers the packets of frame after frame. */
export class PacketWriter {
  sequence: number;
  readonly #packetizer: Packetizer;
  readonly #maxBytes: number;

  constructor(codec: VideoCodecName, options: { sequence?: number; maxBytes?: number } = {}) {
    this.#packetizer = new Packetizer(formats[codec]);
    this.sequence = options.sequence ?? 65_500;
    this.#maxBytes = options.maxBytes ?? 100;
  }

  packets(frame: VideoFrame, at = 0): VideoPacket[] {
    const payloads = this.#packetizer.packetize(frame, this.#maxBytes);
    return payloads.map((payload, index) =>
      this.packet(payload, { timestamp: frame.timestamp, marker: index === payloads.length - 1, at }),
    );
  }

  packet(payload: Uint8Array, rest: { timestamp: number; marker: boolean; at?: number }): VideoPacket {
    const sequence = this.sequence;
    this.sequence = (sequence + 1) & 0xffff;
    return { sequence, payload, at: 0, ...rest };
  }
}

export interface ReceiverOptions {
  /** NAL units of H.264 that are known before the first packet. */
  readonly parameterSets?: readonly Uint8Array[];
  readonly nack?: boolean;
}

/** An assembler and what it told. */
export class Receiver implements AssemblerListener {
  readonly frames: VideoFrame[] = [];
  readonly missing: number[] = [];
  readonly dropped: DropReason[] = [];
  keyFrameRequests = 0;
  readonly assembler: FrameAssembler;

  constructor(codec: VideoCodecName, { parameterSets = [], nack = false }: ReceiverOptions = {}) {
    const sets = new ParameterSets();
    for (const unit of parameterSets) sets.add(unit);
    this.assembler = new FrameAssembler(codec, this, { nack, sets });
  }

  get timestamps(): number[] {
    return this.frames.map((frame) => frame.timestamp);
  }

  insert(...packets: readonly VideoPacket[]): void {
    for (const packet of packets) this.assembler.insert(packet);
  }

  onFrame(frame: VideoFrame): void {
    this.frames.push(frame);
  }

  onMissing(sequences: readonly number[]): void {
    this.missing.push(...sequences);
  }

  onKeyFrameNeeded(): void {
    this.keyFrameRequests += 1;
  }

  onFrameDropped(reason: DropReason): void {
    this.dropped.push(reason);
  }
}
