// Audio with a copy of what was sent before (RFC 2198, RED), whose number was not agreed on: some gateways send it by their own settings
// alone. Its blocks are like nothing else: headers with numbers that stand for audio, lengths that come out. Of two packets in a row with that form
// the number is known, also of those without a copy. Only the newest block is read; what is lost is concealed.
import type { AudioFormat } from "../codec/index.ts";
import type { RtpHeader } from "./packet.ts";

const blockHeaderBytes = 4;
const maxBlocks = 4;

export class Redundancy {
  /** The number of such packets of the far end, once one of them has been heard. */
  payloadType: number | undefined;
  #candidate: number | undefined;

  /** Makes `header` that of the newest block; false when there is none. `formats`: of the numbers that stand for audio. */
  open(packet: Uint8Array, header: RtpHeader, formats: readonly (AudioFormat | undefined)[]): boolean {
    const { payloadType, payloadEnd } = header;
    let at = header.payloadStart;
    let copied = 0;
    let blocks = 1;
    for (; at < payloadEnd && packet[at]! >= 0x80; blocks += 1) {
      if (blocks === maxBlocks || at + blockHeaderBytes >= payloadEnd) return this.#isNone(payloadType);
      if (!formats[packet[at]! & 0x7f]) return this.#isNone(payloadType);
      copied += ((packet[at + 2]! & 0x03) << 8) | packet[at + 3]!;
      at += blockHeaderBytes;
    }
    const start = at + 1 + copied;
    if (start >= payloadEnd || !formats[packet[at]!]) return this.#isNone(payloadType);
    if (payloadType !== this.payloadType) {
      if (blocks === 1) return false;
      const again = this.#candidate === payloadType;
      this.#candidate = payloadType;
      if (!again) return false;
    }
    header.payloadType = packet[at]!;
    header.payloadStart = start;
    return true;
  }

  #isNone(payloadType: number): false {
    if (payloadType === this.#candidate) this.#candidate = undefined;
    return false;
  }
}
