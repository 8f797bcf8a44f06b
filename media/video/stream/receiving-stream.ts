// The receiving side of one line of video, from a packet of its transport to whole pictures. What was sent again as a stream of
// its own (RFC 4588) takes the place of the packet that was lost.
//
//   agreed type? → (RTX: the packet that it repeats) → stream → statistics → payload/FrameAssembler → picture
//
// The assembler copies a payload before it tells anything: an answer may be encrypted where the packet lies.
import { BoundedMap } from "#common";
import {
  addToSequence,
  ReceiverStats,
  type RtpHeader,
  readUint16,
  type StreamSource,
} from "../../rtp/index.ts";
import type { VideoPlan } from "../../sdp/index.ts";
import {
  type AssemblerListener,
  type DropReason,
  FrameAssembler,
  ParameterSets,
  type PictureSize,
  pictureSize,
  type VideoPacket,
} from "../payload/index.ts";
import { type VideoCodecName, type VideoFrame, videoClockRate } from "../types.ts";
import { KeyFrameRequester } from "./key-frame-requester.ts";

export interface ReceivingListener {
  onFrame(frame: VideoFrame, codec: VideoCodecName): void;
  /** Packets that were agreed to be asked for again. */
  onMissing(sequences: readonly number[]): void;
  /** The far end is to be asked now. */
  onKeyFrameDue(): void;
}

/**
 * A sender that has answered no more requests for a key frame than these has none (it refreshes its pictures part by part), or does not
 * understand: about two and four seconds.
 */
const unansweredBefore = { recovery: 4, any: 8 };

/** Payload types whose parameter sets are kept. */
const maxKeptTypes = 8;

/** Bytes in front of what RTX repeats: its sequence number (RFC 4588 §4). */
const rtxBytes = 2;

const nothing = new Uint8Array(0);

interface KeptSets {
  readonly sets: ParameterSets;
  readonly described: readonly Uint8Array[];
}

export class ReceivingStream {
  /** The stream that is received. */
  readonly source: StreamSource;
  readonly receiverStats = new ReceiverStats(videoClockRate);
  readonly keyFrames = new KeyFrameRequester();
  /** The codec of the received pictures; undefined before the first. */
  codec: VideoCodecName | undefined;
  ignored = 0;
  framesReceived = 0;
  framesDropped = 0;
  /** Why the last of them was dropped; what only builds on such a one does not count. */
  dropReason: DropReason | null = null;
  /** The size of the last key frame, pixels; 0 before the first. */
  size: PictureSize = { width: 0, height: 0 };
  /** Of payload. */
  octets = 0;
  /** When the last whole picture came, monotonic milliseconds; undefined: none since the stream began. */
  lastFrameAt: number | undefined;
  readonly #listener: ReceivingListener;
  readonly #assembling: AssemblerListener;
  #assembler: FrameAssembler | undefined;
  /** By assemblers before that one. */
  #mendedBefore = 0;
  #payloadType: number | undefined;
  /** Parameter sets by payload type, for the life of the line: many cameras send theirs once. And what descriptions have said of them. */
  readonly #sets = new BoundedMap<number, KeptSets>({ most: maxKeptTypes });
  /** The first packet of another stream, which the next one may show to be the one that follows. */
  #candidate: (VideoPacket & Pick<RtpHeader, "ssrc" | "payloadType">) | undefined;
  #plan: VideoPlan | undefined;
  #lastTimestamp: number | undefined;
  /** When the packet at hand came. */
  #now = 0;

  constructor(source: StreamSource, listener: ReceivingListener) {
    this.source = source;
    this.#listener = listener;
    this.#assembling = {
      onFrame: (frame) => this.#takeFrame(frame),
      onMissing: (sequences) => listener.onMissing(sequences),
      onKeyFrameNeeded: () => this.needKeyFrame(this.#now),
      onFrameDropped: (reason) => {
        this.framesDropped += 1;
        if (reason !== "no key frame" || this.dropReason === null) this.dropReason = reason;
      },
    };
  }

  /** Payloads against their format that were understood all the same. */
  get mended(): number {
    return this.#mendedBefore + (this.#assembler?.mended ?? 0);
  }

  /** Undefined: nothing is received any more. */
  configure(plan: VideoPlan | undefined): void {
    const before = this.#plan;
    this.#plan = plan;
    const goesOn = plan?.receive.get(this.#payloadType ?? -1) === this.codec;
    if (plan && before && goesOn && before.feedback.nack === plan.feedback.nack)
      this.#setsOf(this.#payloadType);
    else this.#forget();
  }

  /** A packet of the far end of no agreed type: in the sequence of the stream it is no loss (keepalives, RFC 6263 §4.6). */
  passOver({ ssrc, sequence, timestamp }: Readonly<RtpHeader>, now: number): void {
    this.ignored += 1;
    if (!this.#assembler || !this.source.continues(ssrc, sequence)) return;
    this.#now = now;
    this.source.admit(ssrc, sequence);
    this.receiverStats.pass(sequence);
    this.#assembler.insert({ sequence, timestamp, marker: false, payload: nothing, at: now });
  }

  /** Whether packets of that type are taken. */
  takes(payloadType: number): boolean {
    const plan = this.#plan;
    return (
      plan !== undefined && (plan.receive.has(payloadType) || plan.rtx?.receive.has(payloadType) === true)
    );
  }

  /** A packet of the far end for sure, of a type that is taken. `now`: when it came, monotonic milliseconds. */
  onPacket(packet: Uint8Array, header: Readonly<RtpHeader>, now: number): void {
    this.#now = now;
    const plan = this.#plan;
    const repeats = plan?.rtx?.receive.get(header.payloadType);
    if (repeats === undefined) this.#takeIn(packet, header);
    else if (!this.#takeRepeated(packet, header, repeats)) this.ignored += 1;
  }

  /** Gives up on packets that do not come any more, and asks again for a key frame that has not come. Every 20 ms. */
  expire(now: number): void {
    this.#now = now;
    this.#assembler?.expire(now);
    if (this.keyFrames.takeDue(now)) this.#ask();
  }

  /** Requests a key frame: the viewers cannot use any picture before it. */
  needKeyFrame(now: number): void {
    if (this.source.ssrc === undefined) return;
    if (this.keyFrames.want(now)) this.#ask();
  }

  /** The far end ended its stream. */
  end(): void {
    this.source.forget();
    this.#restart();
  }

  #ask(): void {
    const { unanswered } = this.keyFrames;
    if (unanswered > unansweredBefore.any) this.#assembler?.startFrom("any");
    else if (unanswered > unansweredBefore.recovery) this.#assembler?.startFrom("recovery");
    this.#listener.onKeyFrameDue();
  }

  #takeIn(packet: Uint8Array, header: Readonly<RtpHeader>): void {
    const { ssrc, sequence, timestamp, payloadType, marker } = header;
    const payload = packet.subarray(header.payloadStart, header.payloadEnd);
    const taken = { ssrc, sequence, timestamp, payloadType, marker, payload, at: this.#now };
    const stream = this.source.admit(ssrc, sequence);
    if (stream === "ignored") {
      this.ignored += 1;
      this.#candidate = { ...taken, payload: payload.slice() };
      return;
    }
    if (stream === "begins") {
      const first = this.#candidate;
      const isFirst = first?.ssrc === ssrc && addToSequence(first.sequence, 1) === sequence;
      this.#candidate = undefined;
      this.receiverStats.begin(isFirst ? first.sequence : sequence);
      this.#restart();
      if (isFirst) this.#insert(first);
    }
    this.#insert(taken);
  }

  #insert(packet: VideoPacket & Pick<RtpHeader, "payloadType">): void {
    const { sequence, timestamp, payloadType, payload, at } = packet;
    const codec = this.#plan?.receive.get(payloadType);
    if (codec === undefined) return;
    this.receiverStats.count(sequence);
    // The packets of a picture share a timestamp and are sent one after the other.
    if (timestamp !== this.#lastTimestamp) this.receiverStats.measure(timestamp, at);
    this.#lastTimestamp = timestamp;
    this.octets += payload.length;
    if (payloadType !== this.#payloadType || !this.#assembler) this.#begin(payloadType, codec);
    this.#assembler!.insert(packet);
  }

  /** False when it repeats nothing that could be of use. */
  #takeRepeated(packet: Uint8Array, header: Readonly<RtpHeader>, payloadType: number): boolean {
    const { payloadStart: start, payloadEnd: end, timestamp, marker } = header;
    const assembler = this.#assembler;
    // Padding by which a sender measures the way.
    if (start === end) return true;
    if (end - start < rtxBytes || !assembler || payloadType !== this.#payloadType) return false;
    const sequence = readUint16(packet, start);
    if (!this.source.continues(this.source.ssrc!, sequence)) return false;
    this.octets += end - start - rtxBytes;
    const payload = packet.subarray(start + rtxBytes, end);
    assembler.insert({ sequence, timestamp, marker, payload, at: this.#now });
    return true;
  }

  #begin(payloadType: number, codec: VideoCodecName): void {
    this.#payloadType = payloadType;
    this.codec = codec;
    const { nack } = this.#plan!.feedback;
    this.#mendedBefore = this.mended;
    this.#assembler = new FrameAssembler(codec, this.#assembling, {
      nack,
      ...(codec === "H264" && { sets: this.#setsOf(payloadType) }),
    });
  }

  /** With what the description says again: the packets may have said otherwise since the one before. */
  #setsOf(payloadType = -1): ParameterSets {
    const described = this.#plan?.parameterSets.get(payloadType) ?? [];
    const kept = this.#sets.get(payloadType) ?? { sets: new ParameterSets(), described: [] };
    const same =
      described.length === kept.described.length &&
      described.every((set, index) => Buffer.compare(set, kept.described[index]!) === 0);
    if (!same) for (const set of described) kept.sets.add(set);
    this.#sets.set(payloadType, same ? kept : { ...kept, described });
    return kept.sets;
  }

  /** Another stream of the same far end: its parameter sets may still be good. */
  #restart(): void {
    this.#assembler?.restart();
    this.lastFrameAt = undefined;
    this.#lastTimestamp = undefined;
    this.keyFrames.settle();
  }

  #forget(): void {
    this.#candidate = undefined;
    this.size = { width: 0, height: 0 };
    this.#mendedBefore = this.mended;
    this.#assembler = undefined;
    this.#payloadType = undefined;
    this.codec = undefined;
    this.lastFrameAt = undefined;
    this.keyFrames.settle();
  }

  #takeKeyFrame(frame: VideoFrame): void {
    this.keyFrames.settle();
    this.size = pictureSize(this.codec!, frame) ?? this.size;
  }

  #takeFrame(frame: VideoFrame): void {
    this.framesReceived += 1;
    this.lastFrameAt = this.#now;
    if (frame.key) this.#takeKeyFrame(frame);
    this.#listener.onFrame(frame, this.codec!);
  }
}
