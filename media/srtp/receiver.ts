// Opens what a leg receives, by one master key of its far end: authentic, once, in its stream (RFC 3711 §3.3).
//
// A stream that is new here need not be new to its sender: a call that was moved to another leg goes on by the same key,
// and its rollover counter is in no packet. So where a new stream is not authentic with a counter of 0, further counters
// are tried, a few times a second at most.
//
// A stream that is known may restart with the same key when its sender has been renegotiated with (a hold, a transfer): its sequence or
// its rollover counter is another then, and every packet is refused. For a few seconds after a renegotiation, packets in a row of which none
// was taken are tried as the beginning of a stream. At any other time nothing that was taken is taken again.
//
// The master key identifier need not be as the description says: some announce one and send none, or send one that they have not announced,
// or of another length. Where a packet is not authentic, the usual lengths are tried, as seldom; the tag tells which is right.

import { addToSequence } from "../rtp/index.ts";
import { createTransform } from "./create-transform.ts";
import type { SrtpCrypto } from "./crypto.ts";
import type { MasterKey } from "./master-key.ts";
import { ReplayWindow } from "./replay-window.ts";
import { indexOf, nearestIndex, rolloverOf } from "./rollover.ts";
import { emptyRtcpPlace, emptyRtpPlace, findRtcp, findRtp } from "./rtp-place.ts";
import { indexBytes, indexIn, readIndexWord } from "./trailer.ts";
import type { SrtpTransform } from "./transform.ts";

/** More are not kept; the one that was heard longest ago goes. */
const maxStreams = 16;
/** A day of packets of 20 ms. */
const maxRollovers = 66;
/** What is taken for no length: the packet was taken before. */
const replay = -2;
const searchEveryMs = 200;
/** Bytes of a master key identifier; those that are used are tried before all others. */
const mkiLengths = [0, 1, 4, 2, 3, 8, 16, 32];
/** How long after a renegotiation a stream may restart, and what shows that it has: so many packets, for so long. */
const restartMs = 5000;
const packetsOfRestart = 5;
const minRestartMs = 60;

interface Stream {
  readonly ssrc: number;
  rtp: ReplayWindow;
  rtcp: ReplayWindow;
  heardAt: number;
  /** Packets in a row that were refused since the last that was taken, each the next of the one before; and since when. */
  refused: number;
  refusedNext: number;
  refusedSince: number;
}

/** The highest indices of one stream of the far end that were taken; −1: none was. */
export interface ReceivedIndices {
  readonly ssrc: number;
  readonly rtp: number;
  readonly rtcp: number;
}

/** What was understood although it was wrong. */
export interface SrtpTolerated {
  /** Streams that have restarted with the same key. */
  restarts: number;
  /** Lengths of master key identifiers that were found in packets, and not announced. */
  mkis: number;
}

/** Why a packet was not taken: it is not authentic, or it was taken before or is too old to know. */
export type PacketFault = "forged" | "replayed";

export class SrtpReceiver {
  readonly master: MasterKey;
  /** Why the last packet that was refused was. */
  refusal: PacketFault = "forged";
  readonly #tolerated: SrtpTolerated;
  readonly #crypto: SrtpCrypto;
  readonly #transform: SrtpTransform;
  /** Bytes of an SRTCP packet's tag behind the word that holds its index: of AES-CM. */
  readonly #tagBehindIndex: number;
  /** Bytes of the master key identifier in what comes. */
  #rtpMki: number;
  #rtcpMki: number;
  readonly #rtp = emptyRtpPlace();
  readonly #rtcp = emptyRtcpPlace();
  readonly #streams: Stream[] = [];
  #searchedAt = Number.NEGATIVE_INFINITY;
  #mkiSearchedAt = Number.NEGATIVE_INFINITY;
  #mayRestartUntil = Number.NEGATIVE_INFINITY;

  /** `tolerated`: is raised in place. */
  constructor(crypto: SrtpCrypto, master: MasterKey, tolerated: SrtpTolerated = { restarts: 0, mkis: 0 }) {
    this.#tolerated = tolerated;
    this.master = master;
    this.#crypto = crypto;
    this.#transform = createTransform(crypto, master);
    const { cipher, rtcpTagBytes } = master.suite;
    this.#tagBehindIndex = cipher === "gcm" ? 0 : rtcpTagBytes;
    this.#rtpMki = this.#rtcpMki = master.mki.length;
  }

  /** An identifier was announced, and packets have none. */
  get lacksMki(): boolean {
    return this.master.mki.length > 0 && this.#rtpMki === 0;
  }

  /** Leaves the opened packet in the crypto's `packet`; how long it is, or −1. `now`: monotonic milliseconds. */
  openRtp(packet: Uint8Array, now: number): number {
    const place = this.#rtp;
    this.refusal = "forged";
    if (packet.length > this.#crypto.packet.length || !findRtp(packet, place)) return -1;
    const stream = this.#find(place.ssrc);
    const highest = stream?.rtp.highest ?? -1;
    const index = highest < 0 ? indexOf(0, place.sequence) : nearestIndex(highest, place.sequence);
    if (index < 0) return stream ? this.#tryRestart(packet, stream, now) : -1;
    if (stream && !stream.rtp.admits(index)) {
      this.refusal = "replayed";
      return this.#tryRestart(packet, stream, now);
    }
    let length = this.#tryRtp(packet, rolloverOf(index));
    if (length < 0) length = this.#searchRtpMki(packet, now);
    if (length >= 0) {
      this.#take(this.#admit(stream, place.ssrc, now), index);
      return length;
    }
    return stream && highest >= 0 ? this.#tryRestart(packet, stream, now) : this.#search(packet, stream, now);
  }

  /** The same for RTCP; negative when it is refused. */
  openRtcp(packet: Uint8Array, now: number): number {
    const place = this.#rtcp;
    this.refusal = "forged";
    if (packet.length > this.#crypto.packet.length || !findRtcp(packet, place)) return -1;
    const length = this.#tryRtcp(packet, this.#rtcpMki, now);
    if (length >= 0 || length === replay || !this.#maySearchMki(now)) return length;
    for (const mkiBytes of mkiLengths) {
      const found = mkiBytes === this.#rtcpMki ? -1 : this.#tryRtcp(packet, mkiBytes, now);
      if (found < 0) continue;
      this.#rtcpMki = mkiBytes;
      this.#foundMki();
      return found;
    }
    this.refusal = "forged";
    return -1;
  }

  /** The far end has been renegotiated with: for a while its streams may restart. `now`: monotonic milliseconds. */
  admitRestarts(now: number): void {
    this.#mayRestartUntil = now + restartMs;
  }

  get indices(): readonly ReceivedIndices[] {
    return this.#streams.map(({ ssrc, rtp, rtcp }) => ({ ssrc, rtp: rtp.highest, rtcp: rtcp.highest }));
  }

  /** Goes on where a receiver of the same key had come to: what that has taken is not taken again. */
  resume(streams: readonly ReceivedIndices[], now: number): void {
    for (const { ssrc, rtp, rtcp } of streams) {
      const stream = this.#admit(this.#find(ssrc), ssrc, now);
      stream.rtp.resume(rtp);
      stream.rtcp.resume(rtcp);
    }
  }

  /** Nothing may be opened after it. */
  free(): void {
    this.#transform.free();
  }

  #tryRtp(packet: Uint8Array, rollover: number): number {
    this.#rtp.rollover = rollover;
    this.#crypto.packet.set(packet);
    return this.#transform.openRtp(this.#rtp, this.#rtpMki);
  }

  /** The packet in `#rtcp`, with a master key identifier of that length; `replay` when it was taken before. */
  #tryRtcp(packet: Uint8Array, mkiBytes: number, now: number): number {
    const place = this.#rtcp;
    const behindIndex = this.#tagBehindIndex + mkiBytes;
    if (packet.length < behindIndex + indexBytes) return -1;
    place.index = indexIn(readIndexWord(packet, packet.length, behindIndex));
    const stream = this.#find(place.ssrc);
    if (stream && !stream.rtcp.admits(place.index)) {
      this.refusal = "replayed";
      return replay;
    }
    this.#crypto.packet.set(packet);
    const length = this.#transform.openRtcp(place, mkiBytes);
    if (length >= 0) this.#admit(stream, place.ssrc, now).rtcp.take(place.index);
    return length;
  }

  /** The packet, which is not authentic with the identifier that others had, with one of another length. */
  #searchRtpMki(packet: Uint8Array, now: number): number {
    if (!this.#maySearchMki(now)) return -1;
    const before = this.#rtpMki;
    for (const mkiBytes of mkiLengths) {
      if (mkiBytes === before) continue;
      this.#rtpMki = mkiBytes;
      const length = this.#tryRtp(packet, this.#rtp.rollover);
      if (length < 0) continue;
      this.#foundMki();
      return length;
    }
    this.#rtpMki = before;
    return -1;
  }

  #maySearchMki(now: number): boolean {
    if (now - this.#mkiSearchedAt < searchEveryMs) return false;
    this.#mkiSearchedAt = now;
    return true;
  }

  /** Packets of the other kind may have it, too: they are searched at once. */
  #foundMki(): void {
    this.#mkiSearchedAt = Number.NEGATIVE_INFINITY;
    this.#tolerated.mkis += 1;
  }

  #search(packet: Uint8Array, stream: Stream | undefined, now: number): number {
    if (now - this.#searchedAt < searchEveryMs) return -1;
    this.#searchedAt = now;
    for (let rollover = 1; rollover <= maxRollovers; rollover += 1) {
      const length = this.#tryRtp(packet, rollover);
      if (length < 0) continue;
      const { ssrc, sequence } = this.#rtp;
      this.#admit(stream, ssrc, now).rtp.take(indexOf(rollover, sequence));
      return length;
    }
    return -1;
  }

  #tryRestart(packet: Uint8Array, stream: Stream, now: number): number {
    const { sequence } = this.#rtp;
    if (now >= this.#mayRestartUntil) return -1;
    if (stream.refused === 0 || sequence !== stream.refusedNext) {
      stream.refused = 0;
      stream.refusedSince = now;
    }
    stream.refused += 1;
    stream.refusedNext = addToSequence(sequence, 1);
    if (stream.refused < packetsOfRestart || now - stream.refusedSince < minRestartMs) return -1;
    if (now - this.#searchedAt < searchEveryMs) return -1;
    this.#searchedAt = now;
    const rollover = rolloverOf(stream.rtp.highest);
    for (const tried of new Set([0, rollover, rollover + 1, Math.max(0, rollover - 1)])) {
      const length = this.#tryRtp(packet, tried);
      if (length < 0) continue;
      stream.rtp = new ReplayWindow();
      stream.rtcp = new ReplayWindow();
      this.#take(this.#admit(stream, stream.ssrc, now), indexOf(tried, sequence));
      this.#tolerated.restarts += 1;
      return length;
    }
    return -1;
  }

  #take(stream: Stream, index: number): void {
    stream.rtp.take(index);
    stream.refused = 0;
  }

  #find(ssrc: number): Stream | undefined {
    for (const stream of this.#streams) if (stream.ssrc === ssrc) return stream;
    return undefined;
  }

  /** The stream of an authentic packet. */
  #admit(known: Stream | undefined, ssrc: number, now: number): Stream {
    if (known) {
      known.heardAt = now;
      return known;
    }
    const stream: Stream = {
      ...{ ssrc, rtp: new ReplayWindow(), rtcp: new ReplayWindow(), heardAt: now },
      ...{ refused: 0, refusedNext: 0, refusedSince: 0 },
    };
    if (this.#streams.length < maxStreams) this.#streams.push(stream);
    else {
      let oldest = 0;
      this.#streams.forEach(({ heardAt }, index) => {
        if (heardAt < this.#streams[oldest]!.heardAt) oldest = index;
      });
      this.#streams[oldest] = stream;
    }
    return stream;
  }
}
