// Protects what a leg sends by one master key. A key lives as long as its sender: making another sender of it would begin its
// indices again, and nothing may be encrypted by the same index twice (RFC 3711 §9.1).

import { createTransform } from "./create-transform.ts";
import type { SrtpCrypto } from "./crypto.ts";
import type { MasterKey } from "./master-key.ts";
import { indexOf, nearestIndex, rolloverOf } from "./rollover.ts";
import { RtcpIndices } from "./rtcp-indices.ts";
import { emptyRtcpPlace, emptyRtpPlace, findRtcp, findRtp } from "./rtp-place.ts";
import type { SrtpTransform } from "./transform.ts";

/** The state of one SSRC of ours. */
interface Stream {
  readonly ssrc: number;
  /** The highest index that was sent; −1 before the first. */
  highest: number;
}

/** The checkpoint of one stream of ours. */
export interface SentIndices extends Readonly<Stream> {
  readonly rtcpIndex: number;
}

/** Reports that may have been sent since an index was told: no index is used twice, and receivers take any that is higher. */
const rtcpJump = 10_000;

export class SrtpSender {
  readonly master: MasterKey;
  readonly #crypto: SrtpCrypto;
  readonly #transform: SrtpTransform;
  readonly #rtp = emptyRtpPlace();
  readonly #rtcp = emptyRtcpPlace();
  /** A leg has one stream a medium. */
  readonly #streams: Stream[] = [];
  readonly #rtcpIndices: RtcpIndices;

  constructor(crypto: SrtpCrypto, master: MasterKey, rtcpIndices = new RtcpIndices()) {
    this.master = master;
    this.#rtcpIndices = rtcpIndices;
    this.#crypto = crypto;
    this.#transform = createTransform(crypto, master);
  }

  /** Leaves the protected packet in the crypto's `packet`; how long it is, −1 when it is none or would be too long. */
  protectRtp(packet: Uint8Array): number {
    const place = this.#rtp;
    const fits = packet.length + this.#transform.rtpOverhead <= this.#crypto.packet.length;
    if (!fits || !findRtp(packet, place)) return -1;
    const stream = this.#streamOf(place.ssrc);
    const index =
      stream.highest < 0 ? indexOf(0, place.sequence) : nearestIndex(stream.highest, place.sequence);
    if (index < 0) return -1;
    stream.highest = Math.max(stream.highest, index);
    place.rollover = rolloverOf(index);
    this.#crypto.packet.set(packet);
    return this.#transform.protectRtp(place);
  }

  /** The same for RTCP. */
  protectRtcp(packet: Uint8Array): number {
    const place = this.#rtcp;
    const fits = packet.length + this.#transform.rtcpOverhead <= this.#crypto.packet.length;
    if (!fits || !findRtcp(packet, place)) return -1;
    this.#streamOf(place.ssrc);
    place.index = this.#rtcpIndices.next(place.ssrc);
    this.#crypto.packet.set(packet);
    return this.#transform.protectRtcp(place);
  }

  get indices(): readonly SentIndices[] {
    return this.#streams.map((stream) => ({ ...stream, rtcpIndex: this.#rtcpIndices.last(stream.ssrc) }));
  }

  /** Goes on where a sender of the same key had come to; its RTP must have gone on in its sequence, by less than half of it. */
  resume(streams: readonly SentIndices[]): void {
    for (const { ssrc, highest, rtcpIndex } of streams) {
      this.#streamOf(ssrc).highest = highest;
      this.#rtcpIndices.skipTo(ssrc, rtcpIndex + rtcpJump);
    }
  }

  /** Packets have no master key identifier from now on, whatever was announced. */
  omitMki(): void {
    this.#transform.omitMki();
  }

  /** Nothing may be protected after it. */
  free(): void {
    this.#transform.free();
  }

  #streamOf(ssrc: number): Stream {
    for (const stream of this.#streams) if (stream.ssrc === ssrc) return stream;
    const stream = { ssrc, highest: -1 };
    this.#streams.push(stream);
    return stream;
  }
}
