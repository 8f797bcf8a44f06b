// Symmetric RTP: which source address a leg listens to and sends to. Pure. Any host can send to an open port, so a source
// is believed by what a stranger elsewhere cannot have or know:
//
//   signalled     the address and port of the SDP
//   expected      the SDP's address, or the one that the SIP messages came from, with any port: NAT in front of a phone
//                 changes its port, and a private address in its SDP into the public one of its SIP messages
//   same stream   it continues the latched stream (SSRC and sequence, RFC 3550): a phone whose NAT gave it a new port
//   proven        RTCP from its address named our SSRC or that of the latched stream: they hear us, or we hear them
//
// What it takes, in packets in a row of one stream, and how long the latched source must have been silent:
//
//                 nothing latched yet                          another source is latched
//   signalled     1                                            3, at once
//   same stream   -                                            2 after 100 ms
//   proven        2                                            2 after 1 s
//   expected      1; 5 where the SDP's address is that of      5 after 200 ms, only if the latched source has not gone
//                 the SIP messages (no NAT: the port of the    on for a second since the far end last renegotiated:
//                 SDP should be right)                         what was on its way in the meantime says nothing
//   anything else never                                        never
//
// - A far end that only listens (we are `sendonly`) has nothing to send: where no NAT is to be seen, another port of
//   its address is then not believed without proof. Behind NAT its first packet, an empty one too, opens the way.
// - Silence is no reason to move: muted phones, silence suppression and hold all look like it.
// - Behind a PBX or SBC whose media comes from another machine the SDP's address is right. A private SDP address whose
//   media comes from a public one other than that of its SIP messages (a proxy in between that does not relay media) is
//   not believed: the proxy has to relay the media or to write the right address.
// - A renegotiation that names another address is sent there at once. If nothing comes from it for a second while the
//   latched source goes on, the latched source is the far end again: the new address was a private or a wrong one.
//
// The caller shows only packets that are well formed and of an agreed payload type, and feeds the stream with what it
// hears: keys that come beside it in a stream of their own, and single packets of another SSRC, are no part of it.
import type { RtpHeader } from "./packet.ts";
import { addToSequence, sequenceDistance } from "./serial.ts";
import type { MediaAddress } from "./socket.ts";
import type { StreamSource } from "./stream-source.ts";

interface Proof {
  readonly packets: number;
  /** Of the latched source. */
  readonly silenceMs: number;
}

const proofs = {
  signalled: { packets: 3, silenceMs: 0 },
  sameStream: { packets: 2, silenceMs: 100 },
  proven: { packets: 2, silenceMs: 1000 },
  expected: { packets: 5, silenceMs: 200 },
} as const satisfies Record<string, Proof>;
const atOnce: Proof = { packets: 1, silenceMs: 0 };
/** How long RTCP vouches for its address: two of its longest intervals. */
const provenForMs = 15_000;
/** So many may be lost between two packets in a row. */
const maxMissing = 2;
/** A newly signalled address that sends nothing for so long while the latched source goes on was wrong. */
const doubtMs = 1000;

/** The address of an old-style hold (RFC 3264 §8.4): nothing is sent there, and it teaches nothing. */
export const isNoAddress = (address: string): boolean => address === "0.0.0.0" || address === "::";

export type LatchVerdict = "accepted" | "moved" | "stranger";

/** What a renegotiation says about where the far end is. */
export interface Signalled extends MediaAddress {
  /** Where the SIP messages came from; undefined when that is not known. */
  readonly sipAddress?: string | undefined;
  /** Whether the far end has agreed to send. */
  readonly sends: boolean;
}

export class Latch {
  #address: string | undefined;
  #port = 0;
  #signalledAddress: string | undefined;
  #signalledPort = 0;
  #sipAddress: string | undefined;
  #sends = true;
  /** The signalled address is newer than the latched source. */
  #stale = false;
  /** The first packet of the latched source since the far end last negotiated; undefined before it. */
  #heardSince: number | undefined;
  #lastHeardAt = 0;
  readonly #stream: Pick<StreamSource, "isAhead">;
  #provenAddress: string | undefined;
  #provenAt = 0;
  #candidateAddress: string | undefined;
  #candidatePort = 0;
  #candidateSsrc = 0;
  #candidateNext = 0;
  #candidatePackets = 0;

  /** `stream`: the one that is heard from the latched source. */
  constructor(stream: Pick<StreamSource, "isAhead">) {
    this.#stream = stream;
  }

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
  signal({ address, port, sipAddress, sends }: Signalled): void {
    this.#sends = sends;
    this.#sipAddress = sipAddress;
    this.#heardSince = undefined;
    if (address === this.#signalledAddress && port === this.#signalledPort) return;
    this.#signalledAddress = address;
    this.#signalledPort = port;
    this.#stale = this.#address !== address || this.#port !== port;
  }

  /** A leg before this one listened to that source: it is the latched one, and where we send. */
  resume({ address, port }: MediaAddress, now: number): void {
    this.#address = address;
    this.#port = port;
    this.#stale = false;
    this.#lastHeardAt = now;
  }

  /** RTCP that names an SSRC which only the two ends know has come from this address. */
  prove(address: string, now: number): void {
    this.#provenAddress = address;
    this.#provenAt = now;
  }

  /** The latched source is where we send. */
  get isSteady(): boolean {
    return this.#address !== undefined && !this.#stale;
  }

  /** Packets of the latched source went on until `now`. */
  hearRun(now: number): void {
    this.#lastHeardAt = now;
    this.#heardSince ??= now;
  }

  judge(from: MediaAddress, header: Readonly<RtpHeader>, now: number): LatchVerdict {
    if (from.port === this.#port && from.address === this.#address) {
      this.#hear(now);
      return "accepted";
    }
    const proof = this.#address === undefined ? this.#firstProof(from, now) : this.#proof(from, header, now);
    if (proof) {
      // A source without any proof does not reset the count of another.
      this.#watch(from, header);
      const silent = this.#address === undefined || now - this.#lastHeardAt >= proof.silenceMs;
      if (silent && this.#candidatePackets >= proof.packets) return this.#move(from, now);
    }
    return "stranger";
  }

  #firstProof(from: MediaAddress, now: number): Proof | undefined {
    if (this.#isSignalled(from)) return atOnce;
    if (this.#isProven(from, now)) return proofs.proven;
    if (!this.#isExpected(from)) return undefined;
    const behindNat = this.#sipAddress !== undefined && this.#sipAddress !== this.#signalledAddress;
    if (behindNat) return atOnce;
    return this.#sends ? proofs.expected : undefined;
  }

  #proof(from: MediaAddress, header: Readonly<RtpHeader>, now: number): Proof | undefined {
    if (this.#isSignalled(from)) return proofs.signalled;
    if (this.#stream.isAhead(header.ssrc, header.sequence)) return proofs.sameStream;
    if (this.#isProven(from, now)) return proofs.proven;
    const mayMove = this.#sends && !this.#goesOn(this.#lastHeardAt);
    return mayMove && this.#isExpected(from) ? proofs.expected : undefined;
  }

  #isSignalled({ address, port }: MediaAddress): boolean {
    return port === this.#signalledPort && address === this.#signalledAddress;
  }

  #isExpected({ address }: MediaAddress): boolean {
    return address === this.#signalledAddress || address === this.#sipAddress;
  }

  #isProven({ address }: MediaAddress, now: number): boolean {
    return address === this.#provenAddress && now - this.#provenAt <= provenForMs;
  }

  /**
   * Counts the packets in a row of one candidate; another candidate starts over. A packet may come twice, and a few may be lost
   * between two.
   */
  #watch(from: MediaAddress, header: Readonly<RtpHeader>): void {
    const same =
      from.address === this.#candidateAddress &&
      from.port === this.#candidatePort &&
      header.ssrc === this.#candidateSsrc;
    const missing = sequenceDistance(header.sequence, this.#candidateNext);
    if (same && missing === -1) return;
    const follows = same && missing >= 0 && missing <= maxMissing;
    this.#candidatePackets = follows ? this.#candidatePackets + 1 : 1;
    this.#candidateAddress = from.address;
    this.#candidatePort = from.port;
    this.#candidateSsrc = header.ssrc;
    this.#candidateNext = addToSequence(header.sequence, 1);
  }

  #move(from: MediaAddress, now: number): LatchVerdict {
    this.#address = from.address;
    this.#port = from.port;
    this.#stale = false;
    this.#candidateAddress = undefined;
    this.#candidatePackets = 0;
    this.#lastHeardAt = now;
    // It has come after the renegotiation: nothing of it can have been on its way before.
    this.#heardSince = Number.NEGATIVE_INFINITY;
    return "moved";
  }

  #hear(now: number): void {
    this.#lastHeardAt = now;
    this.#heardSince ??= now;
    if (this.#stale && this.#goesOn(now)) this.#stale = false;
  }

  /** The latched source has been heard for longer, up to `at`, than packets are on their way after a renegotiation. */
  #goesOn(at: number): boolean {
    return this.#heardSince !== undefined && at - this.#heardSince >= doubtMs;
  }
}
