// Symmetric RTP: which source address a leg listens to and sends to. Pure. Latches to the first valid source;
// after that another source must prove itself, because anybody can send to an open port:
//
//   it is the signalled address                       three packets in a row
//   it continues our stream (same SSRC and sequence)  two packets in a row, the old source silent for 100 ms
//   anything else                                     five packets in a row, the old source silent for 1 s
//
// The caller shows only packets that are well formed and of an agreed payload type.
import type { RtpHeader } from "./packet.ts";
import { addToSequence, sequenceDistance } from "./serial.ts";
import type { MediaAddress } from "./socket.ts";

const signalledProof = { packets: 3, silenceMs: 0 };
const sameStreamProof = { packets: 2, silenceMs: 100 };
const strangerProof = { packets: 5, silenceMs: 1000 };
/** How far ahead a moved source may be and still continue the stream: packets lost while it moved. */
const maxContinuation = 500;

/** The address of an old-style hold (RFC 3264 §8.4): nothing is sent there, and it teaches nothing. */
export const isNoAddress = (address: string): boolean => address === "0.0.0.0" || address === "::";

export type LatchVerdict = "accepted" | "moved" | "stranger";

export class Latch {
  /** Packets from sources that were not believed. */
  strangers = 0;
  #address: string | undefined;
  #port = 0;
  #signalledAddress: string | undefined;
  #signalledPort = 0;
  #stale = false;
  #lastHeardAt = 0;
  #ssrc = 0;
  #sequence = 0;
  #candidateAddress: string | undefined;
  #candidatePort = 0;
  #candidateSsrc = 0;
  #candidateNext = 0;
  #candidatePackets = 0;

  /** Where to send: the latched source, or what was signalled while none is known or the signal is newer. */
  get targetAddress(): string | undefined {
    return this.#address === undefined || this.#stale ? this.#signalledAddress : this.#address;
  }

  get targetPort(): number {
    return this.#address === undefined || this.#stale ? this.#signalledPort : this.#port;
  }

  /** The source listened to, or undefined before the first packet. */
  get address(): string | undefined {
    return this.#address;
  }

  get port(): number {
    return this.#port;
  }

  /**
   * Offer/answer names an address. A changed one is where we send from now on; the old source is heard until
   * the new one speaks, so that a renegotiation has no gap.
   */
  signal(remote: MediaAddress): void {
    if (remote.address === this.#signalledAddress && remote.port === this.#signalledPort) return;
    this.#signalledAddress = remote.address;
    this.#signalledPort = remote.port;
    this.#stale = this.#address !== remote.address || this.#port !== remote.port;
  }

  judge(from: MediaAddress, header: Readonly<RtpHeader>, now: number): LatchVerdict {
    if (this.#address === undefined) return this.#move(from, header, now);
    if (from.port === this.#port && from.address === this.#address) {
      this.#remember(header, now);
      return "accepted";
    }
    this.#watch(from, header);
    const proof = this.#proofFor(from, header);
    if (this.#candidatePackets >= proof.packets && now - this.#lastHeardAt >= proof.silenceMs) {
      return this.#move(from, header, now);
    }
    this.strangers += 1;
    return "stranger";
  }

  #proofFor(from: MediaAddress, header: Readonly<RtpHeader>): typeof strangerProof {
    if (from.address === this.#signalledAddress && from.port === this.#signalledPort) return signalledProof;
    const ahead = sequenceDistance(header.sequence, this.#sequence);
    if (header.ssrc === this.#ssrc && ahead > 0 && ahead <= maxContinuation) return sameStreamProof;
    return strangerProof;
  }

  /** Counts the packets in a row of one candidate; another candidate starts over. */
  #watch(from: MediaAddress, header: Readonly<RtpHeader>): void {
    const consistent =
      from.address === this.#candidateAddress &&
      from.port === this.#candidatePort &&
      header.ssrc === this.#candidateSsrc &&
      header.sequence === this.#candidateNext;
    this.#candidatePackets = consistent ? this.#candidatePackets + 1 : 1;
    this.#candidateAddress = from.address;
    this.#candidatePort = from.port;
    this.#candidateSsrc = header.ssrc;
    this.#candidateNext = addToSequence(header.sequence, 1);
  }

  #move(from: MediaAddress, header: Readonly<RtpHeader>, now: number): LatchVerdict {
    this.#address = from.address;
    this.#port = from.port;
    this.#stale = false;
    this.#candidateAddress = undefined;
    this.#candidatePackets = 0;
    this.#remember(header, now);
    return "moved";
  }

  #remember(header: Readonly<RtpHeader>, now: number): void {
    this.#lastHeardAt = now;
    this.#ssrc = header.ssrc;
    this.#sequence = header.sequence;
  }
}
