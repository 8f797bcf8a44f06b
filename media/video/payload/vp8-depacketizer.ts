// VP8 out of RTP payloads (RFC 7741 §4): each begins with a descriptor of one to six bytes; a frame is what stands
// behind them. Nothing of the descriptor is kept: order comes from sequence numbers, and whatever is lost asks for a
// key frame.
import type { Depacketized, Depacketizer } from "./depacketizer.ts";
import { isVp8KeyFrame } from "./picture-size.ts";

export class Vp8Depacketizer implements Depacketizer {
  readonly startsAreCertain = true;
  readonly mended = 0;

  /** S with partition index 0. */
  startsFrame(payload: Uint8Array): boolean {
    return (payload[0]! & 0x17) === 0x10;
  }

  endsUnit(): boolean {
    return true;
  }

  learn(): void {}

  depacketize(payloads: readonly Uint8Array[]): Depacketized {
    let bytes = 0;
    let isFirst = true;
    for (const payload of payloads) {
      if (payload.length === 0) continue;
      const start = descriptorLength(payload);
      if (start === undefined || this.startsFrame(payload) !== isFirst) return "malformed";
      bytes += payload.length - start;
      isFirst = false;
    }
    const data = new Uint8Array(bytes);
    let to = 0;
    for (const payload of payloads) {
      if (payload.length === 0) continue;
      const part = payload.subarray(descriptorLength(payload)!);
      data.set(part, to);
      to += part.length;
    }
    if (bytes === 0) return "no picture";
    const key = (data[0]! & 1) === 0;
    if (key && !isVp8KeyFrame(data)) return "malformed";
    return { frame: { data, key } };
  }
}

/** In bytes; undefined when the payload ends within it or right behind it. */
function descriptorLength(payload: Uint8Array): number | undefined {
  let length = 1;
  if ((payload[0]! & 0x80) !== 0) {
    const extensions = payload[1] ?? 0;
    length += 1;
    if ((extensions & 0x80) !== 0) length += ((payload[length] ?? 0) & 0x80) !== 0 ? 2 : 1; // picture id
    if ((extensions & 0x40) !== 0) length += 1; // TL0PICIDX
    if ((extensions & 0x30) !== 0) length += 1; // TID, Y, KEYIDX
  }
  return length < payload.length ? length : undefined;
}
