// One coded picture to RTP payloads: H.264 (RFC 6184 §5.6, §5.7.1, §5.8) and VP8 (RFC 7741 §4). It is done once a frame
// for all viewers of the format; a payload is a view of the frame, or of one buffer that is filled for all
// payloads that need bytes of their own in front.
import { randomInt } from "node:crypto";
import { nalType, splitByteStream, typeOfNal } from "../nal-units.ts";
import type { VideoFormat, VideoFrame } from "../types.ts";

/** Header of a NAL unit that is aggregated or cut: F and NRI as in the NAL unit, and the packet's type. */
const packetHeader = (header: number, type: number) => (header & 0xe0) | type;
const fragmentHeaderBytes = 2;
/** X and I, and a picture id of 15 bits. */
const descriptorBytes = 4;

export class Packetizer {
  readonly #packetize: (frame: VideoFrame, maxBytes: number) => Uint8Array[];
  #pictureId = randomInt(0x8000);

  constructor(format: Pick<VideoFormat, "codec" | "packetizationMode">) {
    if (format.codec === "VP8")
      this.#packetize = (frame, maxBytes) => this.#packetizeVp8(frame.data, maxBytes);
    else if (format.packetizationMode === 0) this.#packetize = (frame) => splitByteStream(frame.data);
    else this.#packetize = (frame, maxBytes) => packetizeH264(splitByteStream(frame.data), maxBytes);
  }

  /**
   * Payloads in the order in which they are sent; the packet of the last one carries the marker. They may be views of
   * the frame. `maxBytes`: of one payload, at least 16; with packetization-mode 0 nothing can be cut, and a NAL
   * unit that is larger is a payload that is larger.
   */
  packetize(frame: VideoFrame, maxBytes: number): Uint8Array[] {
    return this.#packetize(frame, maxBytes);
  }

  #packetizeVp8(frame: Uint8Array, maxBytes: number): Uint8Array[] {
    if (frame.length === 0) return [];
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    const count = Math.ceil(frame.length / (maxBytes - descriptorBytes));
    const size = Math.ceil(frame.length / count);
    const memory = new Uint8Array(frame.length + count * descriptorBytes);
    const payloads: Uint8Array[] = [];
    let to = 0;
    for (let from = 0; from < frame.length; from += size) {
      const end = Math.min(from + size, frame.length);
      memory[to] = from === 0 ? 0x90 : 0x80; // X, and S where partition 0 begins
      memory[to + 1] = 0x80; // I
      memory[to + 2] = 0x80 | (this.#pictureId >> 8);
      memory[to + 3] = this.#pictureId & 0xff;
      memory.set(frame.subarray(from, end), to + descriptorBytes);
      payloads.push(memory.subarray(to, to + descriptorBytes + end - from));
      to += descriptorBytes + end - from;
    }
    return payloads;
  }
}

function packetizeH264(units: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let at = 0; at < units.length; ) {
    const together = countAggregated(units, at, maxBytes);
    if (together > 1) {
      payloads.push(aggregate(units.slice(at, at + together)));
      at += together;
    } else {
      const unit = units[at]!;
      if (unit.length <= maxBytes) payloads.push(unit);
      else addFragments(payloads, unit, maxBytes);
      at += 1;
    }
  }
  return payloads;
}

/** How many NAL units from there on go into one STAP-A: parameter sets and what stands among them. */
function countAggregated(units: readonly Uint8Array[], from: number, maxBytes: number): number {
  let bytes = 1;
  let count = 0;
  for (let at = from; at < units.length; at += 1) {
    const unit = units[at]!;
    const type = typeOfNal(unit[0]!);
    bytes += 2 + unit.length;
    if (type < nalType.information || type > nalType.delimiter || bytes > maxBytes) break;
    count += 1;
  }
  return count;
}

/** STAP-A (RFC 6184 §5.7.1): F is the units' F together, NRI the highest of theirs. */
function aggregate(units: readonly Uint8Array[]): Uint8Array {
  const payload = new Uint8Array(units.reduce((bytes, unit) => bytes + 2 + unit.length, 1));
  let forbidden = 0;
  let importance = 0;
  let to = 1;
  for (const unit of units) {
    forbidden |= unit[0]! & 0x80;
    importance = Math.max(importance, unit[0]! & 0x60);
    payload[to] = unit.length >> 8;
    payload[to + 1] = unit.length & 0xff;
    payload.set(unit, to + 2);
    to += 2 + unit.length;
  }
  payload[0] = forbidden | importance | nalType.aggregate;
  return payload;
}

/** FU-A (RFC 6184 §5.8), all about as long. */
function addFragments(payloads: Uint8Array[], unit: Uint8Array, maxBytes: number): void {
  const header = unit[0]!;
  const count = Math.ceil((unit.length - 1) / (maxBytes - fragmentHeaderBytes));
  const size = Math.ceil((unit.length - 1) / count);
  const memory = new Uint8Array(unit.length - 1 + count * fragmentHeaderBytes);
  let to = 0;
  for (let from = 1; from < unit.length; from += size) {
    const end = Math.min(from + size, unit.length);
    memory[to] = packetHeader(header, nalType.fragment);
    memory[to + 1] = (from === 1 ? 0x80 : 0) | (end === unit.length ? 0x40 : 0) | typeOfNal(header);
    memory.set(unit.subarray(from, end), to + fragmentHeaderBytes);
    payloads.push(memory.subarray(to, to + fragmentHeaderBytes + end - from));
    to += fragmentHeaderBytes + end - from;
  }
}
