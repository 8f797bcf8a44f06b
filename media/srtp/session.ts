// A leg's SRTP: by which keys it sends and receives now, what was refused, and the sockets behind which all that happens. While
// no keys are agreed packets pass as they are.
//
// After a change of keys (RFC 4568 §7.1.4: by a new offer) the old one is good until a few seconds after the first packet by the new
// one: packets that are on their way are taken, and so are those of phones that write a new key into every description and go on by
// the first. A key that stays keeps its counters: a renegotiation with the same keys changes nothing, but that the far end's streams
// may restart for a few seconds (receiver.ts).
import { looksLikeRtcp } from "../rtp/index.ts";
import type { SrtpCrypto } from "./crypto.ts";
import { isSameKey, type MasterKey, type SrtpKeys } from "./master-key.ts";
import { type ReceivedIndices, SrtpReceiver, type SrtpTolerated } from "./receiver.ts";
import { RtcpIndices } from "./rtcp-indices.ts";
import { type SentIndices, SrtpSender } from "./sender.ts";
import type { SrtpSuiteName } from "./suites.ts";

/** The time for which the previous key stays valid once the new one is in use. */
const oldKeyMs = 5000;

/** The checkpoint of a session with its present keys. */
export interface SrtpProgress {
  readonly sent: readonly SentIndices[];
  readonly received: readonly ReceivedIndices[];
  /** The key by which the far end still sends; absent: it is the present one. */
  readonly old?: { readonly master: MasterKey; readonly received: readonly ReceivedIndices[] };
}

export class SrtpSession {
  /** Packets that were not authentic, and packets that had been taken before. */
  forged = 0;
  replayed = 0;
  readonly tolerated: SrtpTolerated = { restarts: 0, mkis: 0 };
  readonly #crypto: SrtpCrypto;
  readonly #rtcpIndices: RtcpIndices;
  /** The packet by its length. */
  readonly #views: (Uint8Array | undefined)[] = [];
  #secured = false;
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  #before: SrtpReceiver | undefined;
  /** Infinite until a packet by the new key has come. */
  #beforeUntil = 0;
  #closed = false;

  /** `rtcpIndices`: the same for both sockets of a pair. */
  constructor(crypto: SrtpCrypto, rtcpIndices = new RtcpIndices()) {
    this.#crypto = crypto;
    this.#rtcpIndices = rtcpIndices;
  }

  /** Packets are protected. */
  get secured(): boolean {
    return this.#secured;
  }

  /** By which suite; undefined while they are not. */
  get suite(): SrtpSuiteName | undefined {
    return this.#secured ? this.#receiver?.master.suite.name : undefined;
  }

  /** Keys are on their way, and nothing is sent before them. */
  get awaitsKeys(): boolean {
    return this.#secured && !this.#sender;
  }

  /** From now on by these keys; undefined: in the clear. `now`: monotonic milliseconds. */
  use(keys: SrtpKeys | undefined, now: number): void {
    if (this.#closed) return;
    this.#secured = keys !== undefined;
    // The keys of a leg that goes on in the clear are kept: should they be agreed again, they go on where they were.
    if (!keys) return;
    if (!this.#sender || !isSameKey(this.#sender.master, keys.send)) {
      this.#sender?.free();
      this.#sender = new SrtpSender(this.#crypto, keys.send, this.#rtcpIndices);
    }
    if (this.#receiver && isSameKey(this.#receiver.master, keys.receive)) {
      this.renegotiated(now);
      return;
    }
    if (this.#isByOld) this.#receiver?.free();
    else {
      this.#before?.free();
      this.#before = this.#receiver;
    }
    this.#beforeUntil = Number.POSITIVE_INFINITY;
    this.#receiver = new SrtpReceiver(this.#crypto, keys.receive, this.tolerated);
  }

  /** The keys stay. `now`: monotonic milliseconds. */
  renegotiated(now: number): void {
    this.#receiver?.admitRestarts(now);
  }

  get progress(): SrtpProgress {
    const old = this.#isByOld ? this.#before : undefined;
    return {
      sent: this.#sender?.indices ?? [],
      received: this.#receiver?.indices ?? [],
      ...(old && { old: { master: old.master, received: old.indices } }),
    };
  }

  /** Goes on where a session with the keys that are in use now had come to. */
  resume({ sent, received, old }: SrtpProgress, now: number): void {
    this.#sender?.resume(sent);
    this.#receiver?.resume(received, now);
    if (!old || !this.#receiver) return;
    this.#before?.free();
    this.#before = new SrtpReceiver(this.#crypto, old.master, this.tolerated);
    this.#before.resume(old.received, now);
    this.#beforeUntil = Number.POSITIVE_INFINITY;
  }

  /** Keys are on their way: until they come nothing is sent and nothing is taken. What there was is forgotten. */
  awaitKeys(): void {
    if (this.#closed) return;
    this.#secured = true;
    for (const each of [this.#sender, this.#receiver, this.#before]) each?.free();
    this.#sender = this.#receiver = this.#before = undefined;
  }

  /** The packet as it goes over the wire; undefined when it cannot be protected. Good until the next packet. */
  protect(packet: Uint8Array): Uint8Array | undefined {
    const sender = this.#sender;
    if (!sender) return undefined;
    const length = looksLikeRtcp(packet) ? sender.protectRtcp(packet) : sender.protectRtp(packet);
    return length < 0 ? undefined : this.#view(length);
  }

  /** Decrypts a received packet; undefined when it is refused, which is counted. Valid until the next packet. */
  open(packet: Uint8Array, now: number): Uint8Array | undefined {
    const receiver = this.#receiver;
    if (!receiver) return undefined;
    const before = this.#before;
    const byOld = this.#isByOld;
    let length = byOld ? openBy(before!, packet, now) : -1;
    if (length >= 0) return this.#view(length);
    length = openBy(receiver, packet, now);
    // A far end without identifiers in its packets finds no tag behind ours.
    if (receiver.lacksMki) this.#sender?.omitMki();
    if (length >= 0 && byOld) this.#beforeUntil = now + oldKeyMs;
    else if (length < 0 && before && !byOld && receiver.refusal === "forged")
      length = this.#openByOld(before, packet, now);
    if (length >= 0) return this.#view(length);
    if (receiver.refusal === "replayed") this.replayed += 1;
    else this.forged += 1;
    return undefined;
  }

  /** Frees the keys; packets are neither sent nor taken any more if they were protected. */
  close(): void {
    this.#closed = true;
    for (const each of [this.#sender, this.#receiver, this.#before]) each?.free();
    this.#sender = this.#receiver = this.#before = undefined;
  }

  /** No packet has come by the new key yet. */
  get #isByOld(): boolean {
    return this.#before !== undefined && this.#beforeUntil === Number.POSITIVE_INFINITY;
  }

  #openByOld(before: SrtpReceiver, packet: Uint8Array, now: number): number {
    if (now >= this.#beforeUntil) {
      before.free();
      this.#before = undefined;
      return -1;
    }
    return openBy(before, packet, now);
  }

  #view(length: number): Uint8Array {
    this.#views[length] ??= this.#crypto.packet.subarray(0, length);
    return this.#views[length];
  }
}

const openBy = (receiver: SrtpReceiver, packet: Uint8Array, now: number): number =>
  looksLikeRtcp(packet) ? receiver.openRtcp(packet, now) : receiver.openRtp(packet, now);
