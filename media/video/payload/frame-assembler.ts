// The packets of one video stream to the coded pictures that a decoder can take: in order, each whole, nothing between
// a loss and the next key frame. A hole is waited for a short time, longer when retransmission is agreed; then what it
// broke is given up.
//
//   insert ─▶ PacketWindow (order, duplicates, holes) ─▶ runs of one timestamp ─▶ Depacketizer ─▶ onFrame
//
// A frame ends with its marker, before the first packet of another timestamp, or before a packet that begins a picture.
// Markers are not relied on (RFC 6184 §5.1): they are no longer looked at once they have been wrong twice.
import type { VideoCodecName, VideoFrame } from "../types.ts";
import type { DecodingStart, Depacketizer } from "./depacketizer.ts";
import { H264Depacketizer } from "./h264-depacketizer.ts";
import { PacketWindow, type VideoPacket } from "./packet-window.ts";
import { ParameterSets } from "./parameter-sets.ts";
import { StreamRestart } from "./stream-restart.ts";
import { Vp8Depacketizer } from "./vp8-depacketizer.ts";

/** A packet that comes up to so much later than the ones behind it is merely out of order. */
const reorderMs = 40;
const retransmissionMs = 150;
const requestLimits = { againAfterMs: 50, maxPackets: 64 };
const keyFrameRequestMs = 500;
/** Of packets before the first one that came. */
const maxReorderedPackets = 32;
const maxFrameBytes = 1 << 20;
const maxWaitingBytes = 2 << 20;
const wrongMarkersBelieved = 1;

/**
 * Why a frame that came, or a part of it, was not handed over: packets of it are missing for good; it does not follow the payload format;
 * it is of a mode that is not agreed; it is too large; parameter sets have never come; what it builds on was not handed over.
 */
export type DropReason =
  | "incomplete"
  | "malformed"
  | "unsupported"
  | "too large"
  | "no parameter sets"
  | "no key frame";

export interface AssemblerListener {
  /** In order, and decodable after those before it. */
  onFrame(frame: VideoFrame): void;
  /** Packets to be sent again (RFC 4585 §6.2.1): at most 64, each up to three times, 50 ms apart. Only with `nack`. */
  onMissing(sequences: readonly number[]): void;
  /** Nothing is handed over until a key frame comes. At most twice a second. */
  onKeyFrameNeeded(): void;
  onFrameDropped(reason: DropReason): void;
}

export interface AssemblerOptions {
  /** Of H.264, those that are known already; what comes is added. Absent: there are none. */
  readonly sets?: ParameterSets;
  /** The far end sends again what is asked for. */
  readonly nack: boolean;
}

export class FrameAssembler {
  readonly #listener: AssemblerListener;
  readonly #depacketizer: Depacketizer;
  readonly #nack: boolean;
  readonly #window = new PacketWindow();
  readonly #restart = new StreamRestart();
  #isFirst = true;
  #hasTaken = false;
  /** The frame at the head: places looked at, bytes in them, and whether a marker was among them. */
  #places = 0;
  #bytes = 0;
  #timestamp = 0;
  #hasMarker = false;
  /** Of the frame before it when that ended with its marker. */
  #markedTimestamp: number | undefined;
  #wrongMarkers = 0;
  /** What comes is the rest of a broken frame, until one is seen to begin; `#skipped` is its timestamp. */
  #isSkipping = false;
  #skipped: number | undefined;
  #needsKeyFrame = true;
  #start: DecodingStart = "key";
  #askedAt = Number.NEGATIVE_INFINITY;
  #waitsSince = 0;
  #hasHeardSince = false;

  constructor(
    codec: VideoCodecName,
    listener: AssemblerListener,
    options: AssemblerOptions = { nack: false },
  ) {
    this.#listener = listener;
    this.#nack = options.nack;
    this.#depacketizer =
      codec === "VP8" ? new Vp8Depacketizer() : new H264Depacketizer(options.sets ?? new ParameterSets());
  }

  /** Payloads against the format that were understood all the same. */
  get mended(): number {
    return this.#depacketizer.mended;
  }

  /** Takes a packet of any sequence number; what is read of it is copied. */
  insert(packet: VideoPacket): void {
    if (this.#isFirst) this.#begin(packet);
    this.#reachBack(packet);
    const verdict = this.#window.insert(packet);
    if (verdict === "inserted") this.#proceed(packet.at);
    else if (verdict !== "duplicate") this.#judgeStray(packet, verdict !== "late");
  }

  /** Gives up on what does not come any more; called every 20 ms. */
  expire(now: number): void {
    const patience = this.#nack ? retransmissionMs : reorderMs;
    while (this.#isStalled() && now - this.#window.missingSince(this.#places) >= patience) this.#giveUp(now);
    if (this.#nack && this.#window.count < this.#window.span) {
      const sequences = this.#window.request(now, requestLimits);
      if (sequences.length > 0) this.#listener.onMissing(sequences);
    }
    if (this.#needsKeyFrame && this.#hasHeardSince && now - this.#waitsSince >= keyFrameRequestMs)
      this.#ask(now);
  }

  /** The next picture at which decoding may begin in that way is handed over as a key frame. */
  startFrom(start: DecodingStart): void {
    this.#start = start;
  }

  /** Another source sends from here on: forgets what waits, keeps parameter sets. */
  restart(): void {
    this.#isFirst = true;
    this.#restart.reset();
  }

  /** What waits, in packets and bytes of payload, and whether nothing is handed over before a key frame. */
  snapshot(): { packets: number; bytes: number; needsKeyFrame: boolean } {
    return {
      packets: this.#window.count,
      bytes: this.#window.bytes,
      needsKeyFrame: this.#needsKeyFrame,
    };
  }

  #begin(packet: VideoPacket): void {
    this.#isFirst = false;
    this.#hasTaken = false;
    this.#window.restart(packet.sequence);
    this.#resetFrame();
    this.#markedTimestamp = undefined;
    this.#wrongMarkers = 0;
    this.#isSkipping = false;
    this.#needsKeyFrame = true;
    this.#waitsSince = packet.at;
  }

  #reachBack(packet: VideoPacket): void {
    if (this.#hasTaken) return;
    const before = (this.#window.next - packet.sequence) & 0xffff;
    if (before === 0 || before > maxReorderedPackets) return;
    this.#window.reachBack(packet.sequence, packet.at);
    this.#resetFrame();
  }

  #judgeStray(packet: VideoPacket, isFar: boolean): void {
    const packets = this.#restart.judge(packet, isFar);
    if (!packets) return;
    this.#begin(packets[0]!);
    for (const one of packets) this.#window.insert(one);
    this.#proceed(packet.at);
  }

  #proceed(now: number): void {
    this.#restart.reset();
    this.#hasHeardSince = true;
    if (this.#window.bytes > maxWaitingBytes) this.#dropAll(now);
    while (this.#takeFrame(now));
  }

  /** Whether the packet behind what has been looked at is missing while later ones have come. */
  #isStalled(): boolean {
    return this.#places < this.#window.span && !this.#window.payload(this.#places);
  }

  /** Looks at further packets; true when it took one or more away. */
  #takeFrame(now: number): boolean {
    for (;;) {
      const payload = this.#window.payload(this.#places);
      if (!payload) return false;
      if (payload.length > 0) {
        const timestamp = this.#window.timestamp(this.#places);
        if (this.#bytes === 0) {
          if (this.#isRest(payload, timestamp)) return this.#skipRest(timestamp);
          this.#timestamp = timestamp;
        } else if (timestamp !== this.#timestamp || this.#isNextFrame(payload)) {
          return this.#finish(now);
        }
        this.#bytes += payload.length;
      } else if (this.#bytes === 0) {
        this.#window.skip(1);
        continue;
      }
      const hasMarker = this.#window.marker(this.#places);
      this.#places += 1;
      if (this.#bytes > maxFrameBytes) return this.#dropOversized(now);
      if (!hasMarker) continue;
      this.#hasMarker = true;
      if (this.#relyOnMarkers && this.#depacketizer.endsUnit(payload)) return this.#finish(now);
    }
  }

  get #relyOnMarkers(): boolean {
    return this.#wrongMarkers <= wrongMarkersBelieved;
  }

  #isNextFrame(payload: Uint8Array): boolean {
    return (
      (this.#depacketizer.startsAreCertain || this.#hasMarker) && this.#depacketizer.startsFrame(payload)
    );
  }

  /** Whether the packet at the head belongs to a frame of which a part is gone. */
  #isRest(payload: Uint8Array, timestamp: number): boolean {
    const starts = this.#depacketizer.startsFrame(payload);
    if (!this.#isSkipping) {
      if (this.#markedTimestamp === timestamp && !starts) this.#wrongMarkers += 1;
      this.#markedTimestamp = undefined;
      return false;
    }
    const isNext = this.#skipped !== undefined && timestamp !== this.#skipped;
    if (starts || isNext) this.#isSkipping = false;
    return this.#isSkipping;
  }

  #skipRest(timestamp: number): true {
    this.#skipped = timestamp;
    this.#window.skip(1);
    this.#hasTaken = true;
    return true;
  }

  #finish(now: number): true {
    const payloads: Uint8Array[] = [];
    for (let place = 0; place < this.#places; place += 1) payloads.push(this.#window.payload(place)!);
    const timestamp = this.#timestamp;
    this.#markedTimestamp = this.#hasMarker ? timestamp : undefined;
    this.#window.skip(this.#places);
    this.#hasTaken = true;
    this.#resetFrame();
    const result = this.#depacketizer.depacketize(payloads, this.#start);
    if (typeof result === "object") this.#handOver({ ...result.frame, timestamp }, now);
    else if (result !== "no picture") this.#breakOff(result, now);
    return true;
  }

  #handOver(frame: VideoFrame, now: number): void {
    if (frame.key) {
      this.#needsKeyFrame = false;
      this.#start = "key";
    }
    if (this.#needsKeyFrame) {
      this.#breakOff("no key frame", now);
      return;
    }
    this.#listener.onFrame(frame);
  }

  #dropOversized(now: number): true {
    this.#isSkipping = true;
    this.#skipped = this.#timestamp;
    this.#window.skip(this.#places);
    this.#resetFrame();
    this.#breakOff("too large", now);
    return true;
  }

  /** Too much waits behind a hole. */
  #dropAll(now: number): void {
    this.#window.skip(this.#window.span);
    this.#loseTrack("too large", now);
  }

  /** What is missing at the head does not come; it breaks the frame before it, if one has begun, and the one behind. */
  #giveUp(now: number): void {
    for (let place = 0; place < this.#places; place += 1)
      this.#depacketizer.learn(this.#window.payload(place)!);
    let places = this.#places;
    while (places < this.#window.span && !this.#window.payload(places)) places += 1;
    this.#window.skip(places);
    this.#loseTrack("incomplete", now);
    while (this.#takeFrame(now));
  }

  #loseTrack(reason: DropReason, now: number): void {
    this.#hasTaken = true;
    this.#resetFrame();
    this.#isSkipping = true;
    this.#skipped = undefined;
    this.#breakOff(reason, now);
  }

  #breakOff(reason: DropReason, now: number): void {
    this.#listener.onFrameDropped(reason);
    if (!this.#needsKeyFrame) this.#waitsSince = now;
    this.#needsKeyFrame = true;
    if (now - this.#askedAt >= keyFrameRequestMs) this.#ask(now);
  }

  #ask(now: number): void {
    this.#askedAt = now;
    this.#waitsSince = now;
    this.#hasHeardSince = false;
    this.#listener.onKeyFrameNeeded();
  }

  #resetFrame(): void {
    this.#places = 0;
    this.#bytes = 0;
    this.#hasMarker = false;
  }
}
