// Tells a sender that restarted from packets that strayed: sequence numbers far from what is expected are believed
// when two follow each other (RFC 3550 appendix A.1), ones just behind, which old packets have too, when many do.
import { addToSequence } from "../../rtp/index.ts";
import type { VideoPacket } from "./packet-window.ts";

const farPackets = 2;
const latePackets = 16;

export class StreamRestart {
  /** The packets of the new beginning that have to be inserted once it is believed. */
  #kept: VideoPacket[] = [];
  #expected = 0;
  #run = 0;

  /** A packet was where it belongs. */
  reset(): void {
    if (this.#run === 0) return;
    this.#run = 0;
    this.#kept = [];
  }

  /** A packet that does not fit; gives the packets by which to restart, or undefined. */
  judge(packet: VideoPacket, isFar: boolean): readonly VideoPacket[] | undefined {
    if (this.#run === 0 || packet.sequence !== this.#expected) {
      this.#run = 0;
      this.#kept = [];
    }
    this.#run += 1;
    this.#expected = addToSequence(packet.sequence, 1);
    if (isFar) this.#kept.push({ ...packet, payload: new Uint8Array(packet.payload) });
    if (this.#run < (isFar ? farPackets : latePackets)) return undefined;
    const packets = isFar ? this.#kept : [packet];
    this.reset();
    return packets;
  }
}
