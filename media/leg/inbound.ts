// A leg's receiving side, from a datagram to the jitter buffer. Decides for each packet whether it belongs to the leg,
// counts it, and passes it to the jitter buffer or the DTMF receiver; decoding waits for the tick.
//
//   header → agreed type? → latch → stream → media time → statistics → key | jitter buffer
//
// Nothing here allocates or throws, whatever arrives: a packet that is not understood raises a counter.

import { type Clock, canonicalAddress } from "#common";
import {
  type AudioCodecName,
  type AudioDecoder,
  type AudioFormat,
  createDecoder,
  formatOf,
} from "../codec/index.ts";
import { maxPayloadBytes, Playout } from "../jitter/index.ts";
import { noRepairs, type Repairs } from "../protocol.ts";
import type { QuietRun } from "../rtp/index.ts";
import {
  addToSequence,
  type DtmfDigit,
  emptyRtpHeader,
  hasWrongPadding,
  isKey,
  isNoAddress,
  Latch,
  type MediaAddress,
  MediaTimestamps,
  maxDatagramBytes,
  minPacketMs,
  namesOtherMid,
  PacketNumbers,
  packetsOfReturn,
  ReceiverStats,
  Redundancy,
  type RtpHeader,
  readAudioLevel,
  readRtpHeader,
  StreamSource,
  TelephoneEvents,
} from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/index.ts";
import type { QuietTerms } from "./quiet-legs.ts";
import type { Totals } from "./totals.ts";

/** Receives the events of the receiving side. */
export interface InboundListener {
  onLatched(): void;
  /** Another stream begins. */
  onStream(): void;
  /** A packet of a key came: the key's sound must not be heard. */
  onDigitPacket(now: number): void;
  onDigit(press: DtmfDigit): void;
}

export interface InboundOptions {
  readonly clock: Clock;
  readonly tickMs: number;
  readonly totals: Totals;
  readonly listener: InboundListener;
}

/** The terms of a stream that continues without change; see `QuietTerms`. */
export type SteadyInbound = Omit<QuietTerms, "out">;

interface DescriptionRole {
  readonly kind: "audio" | "key" | "noise";
  /** Timestamp units a second; unused for comfort noise. */
  readonly clockRate: number;
  /** The payload type was not negotiated: it is only in our offer, or is a static type. */
  readonly offered?: boolean;
}

/** Keys with a payload type that was not negotiated: their packets are recognised by their form. */
const unannouncedKey: DescriptionRole = { kind: "key", clockRate: 8000, offered: true };
const firstDynamicType = 96;

interface FirstPacket {
  readonly packet: Uint8Array;
  readonly header: RtpHeader;
  at: number;
}

const payloadTypes = 128;
/** Static payload types (RFC 3551 table 4), which are accepted without negotiation. Every leg has their decoders. */
const staticTypes = [
  [0, "PCMU"],
  [8, "PCMA"],
] as const satisfies readonly (readonly [number, AudioCodecName])[];
const usualNoiseType = 13;
/** The address in the form in which the sockets report addresses. */
const canonical = (address: string | undefined) => address && canonicalAddress(address);

/** The clock rate until a codec is known. */
const usualClockRate = 8000;

/**
 * Whether a packet with an unknown dynamic payload type is a key (RFC 4733 §2.3): four bytes, an event that is a key, a reserved
 * bit of 0 and a duration. Some phones send keys that their description does not mention.
 */
function isUnannouncedKey(packet: Uint8Array, header: Readonly<RtpHeader>): boolean {
  const at = header.payloadStart;
  if (header.payloadEnd - at !== 4) return false;
  return packet[at]! < 16 && (packet[at + 1]! & 0x40) === 0 && (packet[at + 2]! | packet[at + 3]!) !== 0;
}

export class Inbound {
  readonly source = new StreamSource(packetsOfReturn, minPacketMs);
  readonly latch = new Latch(this.source);
  readonly receiverStats: ReceiverStats;
  readonly playout: Playout;
  /** Packets that were malformed, of no agreed type, or from an unknown source. */
  ignored = 0;
  /** Monotonic milliseconds of the last packet that counted; undefined before the first. */
  lastPacketAt: number | undefined;
  readonly #clock: Clock;
  readonly #totals: Totals;
  readonly #listener: InboundListener;
  readonly #events: TelephoneEvents;
  /** Keys in a separate stream beside the audio: another SSRC, or their own sequence numbers. */
  readonly #keySource = new StreamSource();
  readonly #timestamps = new MediaTimestamps();
  readonly #numbers = new PacketNumbers();
  readonly #redundancy = new Redundancy();
  /** A packet of audio that may be the first of another stream: it is heard when the next follows. */
  #first: FirstPacket | undefined;
  /** The stream has said goodbye, and no packet has come since. */
  #ended = false;
  readonly #repairs = noRepairs();
  readonly #header = emptyRtpHeader();
  /** The meaning of each payload type. */
  readonly #meanings: (DescriptionRole | undefined)[] = Array.from({ length: payloadTypes }, () => undefined);
  /** The audio formats by payload type. */
  readonly #formats: (AudioFormat | undefined)[] = Array.from({ length: payloadTypes }, () => undefined);
  readonly #decoders = new Map<AudioCodecName, AudioDecoder>();
  /** The negotiated ids of header extensions; then the MID of our media description. */
  #levelExtension: number | undefined;
  #midExtension: number | undefined;
  #mid = new Uint8Array();

  constructor({ clock, tickMs, totals, listener }: InboundOptions) {
    this.#clock = clock;
    this.#totals = totals;
    this.#listener = listener;
    this.#events = new TelephoneEvents(usualClockRate);
    this.receiverStats = new ReceiverStats(usualClockRate);
    this.playout = new Playout(tickMs);
  }

  /** `sipAddress`: the source address of the SIP messages. */
  configure(plan: AudioPlan, sipAddress?: string): void {
    const decoders: (AudioDecoder | undefined)[] = Array.from({ length: payloadTypes });
    this.#meanings.fill(undefined);
    this.#formats.fill(undefined);
    for (const [type, name] of plan.receive) {
      if (type >= payloadTypes) continue;
      decoders[type] = this.#decoderOf(name);
      this.#formats[type] = formatOf(name);
      const offered = plan.offered?.has(type) ?? false;
      this.#meanings[type] = { kind: "audio", clockRate: formatOf(name).clockRate, offered };
    }
    // Gateways send ringing, music or all of a call in the law that was not chosen.
    for (const [type, name] of staticTypes) {
      if (decoders[type] || plan.events.has(type)) continue;
      decoders[type] = this.#decoderOf(name);
      this.#formats[type] = formatOf(name);
      this.#meanings[type] = { kind: "audio", clockRate: formatOf(name).clockRate, offered: true };
    }
    // Many phones send comfort noise by its static type (RFC 3389 §4) without negotiation: it must not count as loss.
    const noise = plan.comfortNoise ?? usualNoiseType;
    this.#meanings[noise] ??= { kind: "noise", clockRate: 0 };
    for (const [type, clockRate] of plan.events) {
      this.#meanings[type] = { kind: "key", clockRate, offered: plan.offered?.has(type) ?? false };
    }
    this.#levelExtension = plan.extensions?.audioLevel;
    this.#midExtension = plan.extensions?.mid?.id;
    this.#mid = new TextEncoder().encode(plan.extensions?.mid?.name);
    this.#repairs.sdpLines += plan.mended?.lines ?? 0;
    this.#repairs.sdpNames += plan.mended?.names ?? 0;
    this.playout.configure(decoders);
    if (isNoAddress(plan.remote.address)) return;
    const { address, port } = plan.remote;
    const sends = plan.direction === "sendrecv" || plan.direction === "recvonly";
    this.latch.signal({
      address: canonical(address) ?? address,
      port,
      sipAddress: canonical(sipAddress),
      sends,
    });
  }

  /** `now`: when the packet arrived, monotonic milliseconds. */
  onPacket(packet: Uint8Array, from: MediaAddress, now = this.#clock.monotonic()): void {
    const header = this.#header;
    const readable = readRtpHeader(packet, header);
    const fits = readable && header.payloadEnd - header.payloadStart <= maxPayloadBytes;
    const meaning = fits && !this.#isOfAnother(packet) ? this.#meaningOf(packet) : undefined;
    const ours = meaning !== undefined && this.#isOurs(from, now);
    if (ours && header.ssrc !== this.source.ssrc) this.#settleSsrc();
    if (ours && meaning.kind !== "key") this.#settleNumber(now);
    const beside = meaning?.kind === "key" && !this.source.continues(header.ssrc, header.sequence);
    if (!ours || !(beside ? this.#admitBeside() : this.#admit(now))) {
      if (ours && meaning.kind === "audio") this.#keepFirst(packet, now);
      else if (readable && this.#meanings[header.payloadType] === undefined)
        this.#passOver(packet, from, now);
      this.ignore();
      return;
    }
    this.#totals.packetsReceived += 1;
    this.lastPacketAt = now;
    const stated = packet[1]! & 0x7f;
    if (stated !== header.payloadType) this.#redundancy.payloadType = stated;
    if (meaning.offered || stated !== header.payloadType) this.#repairs.offeredNumbers += 1;
    if (hasWrongPadding(packet, header)) this.#repairs.rtpHeaders += 1;
    if (beside) this.receiverStats.countBeside();
    else this.#takeIn(packet, header, meaning, now);
    if (meaning.kind === "key") this.#takeKey(packet, meaning, now);
  }

  /** Counts a packet as ignored without reading it. */
  ignore(): void {
    this.ignored += 1;
    this.#totals.packetsIgnored += 1;
  }

  /** Counters of input that violated a standard and was accepted. */
  get repairs(): Readonly<Repairs> {
    this.#repairs.keyTimestamps = this.#events.restamped;
    this.#repairs.audioTimestamps = this.#timestamps.corrected;
    this.#repairs.rtpNumbers = this.#numbers.replaced;
    this.#repairs.audioLevels = 0;
    for (const { wrongLevels = 0 } of this.#decoders.values()) this.#repairs.audioLevels += wrongLevels;
    return this.#repairs;
  }

  /** Once a tick: ends a key whose last packets were lost. */
  expire(now: number): void {
    if (this.#events.running) this.#tell(this.#events.expire(now));
  }

  /** The expected next packets while the stream continues without change; undefined otherwise. */
  get steady(): SteadyInbound | undefined {
    const { latch, source, receiverStats } = this;
    const jitter = this.playout.steady;
    const stream = jitter?.steady;
    if (!jitter || !stream || this.#events.running || !receiverStats.runs.calm) return undefined;
    const { sequence, units, codec, waiting } = stream;
    const ssrc = source.ssrc;
    const { payloadType } = this.#header;
    const timestamp = this.#timestamps.expected(sequence, units);
    const plain = this.#numbers.believed && this.#redundancy.payloadType === undefined;
    const known = plain && ssrc !== undefined && source.isSteady(sequence) && latch.isSteady;
    const counted = (receiverStats.extendedHighest & 0xffff) === sequence;
    if (!known || !counted || timestamp === undefined || !codec.meter) return undefined;
    // The packet that was read last must be the newest of the stream.
    const meaning = this.#meanings[payloadType];
    if (this.#header.sequence !== sequence || meaning?.kind !== "audio" || meaning.offered) return undefined;
    if (this.#formats[payloadType] !== codec.format) return undefined;
    const { address, port } = latch;
    return {
      ...{ sequence: addToSequence(sequence, 1), timestamp, ssrc, payloadType, meter: codec.meter },
      ...{ format: codec.format, from: { address: address!, port } },
      levelExtension: this.#levelExtension,
      waiting: Array.from({ length: waiting }, (_, index) => jitter.waitingPacket(index)),
    };
  }

  /** Takes note of packets and ticks that went as expected; false when there is something to correct. */
  passRun(run: QuietRun): boolean {
    const { from, packets, arrivals, sequence } = run;
    if (packets > 0) {
      const at = arrivals[from + packets - 1]!;
      this.lastPacketAt = at;
      this.#totals.packetsReceived += packets;
      this.latch.hearRun(at);
      this.source.continueTo(sequence, at);
      this.receiverStats.countRun(run, this.#timestamps.units);
      this.#timestamps.passRun(packets, at);
    }
    return this.playout.passRun(run);
  }

  /** The far end ended its stream, or says so: another one begins with its first packet, and this one may go on all the same. */
  end(): void {
    this.#ended = true;
  }

  /** Nothing is decoded after this. */
  close(): void {
    for (const decoder of this.#decoders.values()) decoder.close();
  }

  /** One decoder a codec for the life of the leg: a stream continues through renegotiations. */
  #decoderOf(name: AudioCodecName): AudioDecoder {
    let decoder = this.#decoders.get(name);
    if (!decoder) {
      decoder = createDecoder(name);
      this.#decoders.set(name, decoder);
    }
    return decoder;
  }

  /** What the packet in `#header` is; undefined: nothing that was agreed on, or is certain without. */
  #meaningOf(packet: Uint8Array): DescriptionRole | undefined {
    const header = this.#header;
    const agreed = this.#meanings[header.payloadType];
    if (agreed || header.payloadType < firstDynamicType) return agreed;
    if (isUnannouncedKey(packet, header)) return unannouncedKey;
    return this.#redundancy.open(packet, header, this.#formats)
      ? this.#meanings[header.payloadType]
      : undefined;
  }

  /** Whether the packet in `#header`, of an agreed type, is from our far end. */
  #isOurs(from: MediaAddress, now: number): boolean {
    const verdict = this.latch.judge(from, this.#header, now);
    if (verdict === "moved") this.#listener.onLatched();
    return verdict !== "stranger";
  }

  /** Whether the packet belongs to another media description of the same bundle, which we have refused or will refuse. */
  #isOfAnother(packet: Uint8Array): boolean {
    return this.#midExtension !== undefined && namesOtherMid(packet, this.#midExtension, this.#mid);
  }

  /** The packet in `#header`, from our far end, has another SSRC than the present stream. */
  #settleSsrc(): void {
    const { source } = this;
    const header = this.#header;
    const { ssrc } = header;
    if (this.#ended) source.forget();
    const before = source.ssrc;
    header.ssrc = source.ssrcOf(ssrc, header.sequence);
    if (header.ssrc !== ssrc) this.#repairs.rtpHeaders += 1;
    // Perhaps another device behind the same relay, which may send keys by another method.
    else if (before !== undefined && source.ssrc !== before) this.#listener.onStream();
  }

  /** Replaces the sequence number in `#header`, of a packet of our far end, if the numbers of the stream are useless. */
  #settleNumber(now: number): void {
    const { source } = this;
    const header = this.#header;
    if (source.ssrc === undefined) return;
    const { believed } = this.#numbers;
    const number = this.#numbers.numberOf(header.ssrc, header.sequence, source.highest, now);
    if (number === header.sequence) return;
    header.sequence = number;
    // The packets before it were played at the wrong time or not at all.
    if (believed) source.forget();
    else source.ssrc = header.ssrc;
  }

  #keepFirst(packet: Uint8Array, now: number): void {
    if (packet.length > maxDatagramBytes) return;
    this.#first ??= { packet: new Uint8Array(maxDatagramBytes), header: emptyRtpHeader(), at: 0 };
    const first = this.#first;
    first.packet.set(packet);
    Object.assign(first.header, this.#header);
    first.at = now;
  }

  /** Whether the packet belongs to the present stream. */
  #admit(now: number): boolean {
    const { ssrc, sequence } = this.#header;
    const before = this.source.ssrc;
    const stream = this.source.admit(ssrc, sequence, now);
    if (stream === "begins") this.#begin(ssrc === before);
    this.#ended = false;
    return stream !== "ignored";
  }

  /** A key may come in its own stream, also without audio: it never changes the present stream. */
  #admitBeside(): boolean {
    const { ssrc, sequence } = this.#header;
    const before = this.#keySource.ssrc;
    const stream = this.#keySource.admit(ssrc, sequence);
    if (stream === "begins" && ssrc === before) this.#tell(this.#events.reset());
    if (stream === "ignored") return false;
    this.#repairs.keysBeside += 1;
    return true;
  }

  /** With the packet in `#header`, or with the one before it, where that was kept: in mid-talk it goes on where the stream before ends. */
  #begin(again: boolean): void {
    const { ssrc, sequence } = this.#header;
    const first = this.#first;
    const kept = first?.header.ssrc === ssrc && addToSequence(first.header.sequence, 1) === sequence;
    const packets = kept ? this.#timestamps.packetsSince(first.at) : 0;
    this.receiverStats.begin(kept ? first.header.sequence : sequence);
    const goesOn =
      kept && packets > 0 && this.playout.goOnAt(first.header, packets, packets * this.#timestamps.units);
    if (!goesOn) this.playout.restart();
    this.#timestamps.reset();
    this.#listener.onStream();
    if (again) this.#tell(this.#events.reset());
    if (!kept) return;
    const meaning = this.#meanings[first.header.payloadType];
    if (meaning) this.#takeIn(first.packet, first.header, meaning, first.at);
    first.header.ssrc = -1;
  }

  /**
   * A packet of a type that was not negotiated. If it comes from the latched source and continues the stream, its sequence number
   * is no loss (comfort noise by the type of old drafts, keepalives as in RFC 6263 §4.6): it counts as silence.
   */
  #passOver(packet: Uint8Array, { address, port }: MediaAddress, now: number): void {
    const header = this.#header;
    const { source, latch } = this;
    if (port !== latch.port || address !== latch.address || this.#isOfAnother(packet)) return;
    if (!this.#numbers.believed || !source.continues(header.ssrc, header.sequence)) return;
    if (!this.#admit(now)) return;
    this.receiverStats.pass(header.sequence);
    this.#timestamps.interrupt();
    this.playout.insert(packet, header, now);
  }

  /** Takes a packet of the present stream. */
  #takeIn(packet: Uint8Array, header: RtpHeader, { kind, clockRate }: DescriptionRole, now: number): void {
    // A packet without a payload is a keepalive (RFC 6263 §4.5): the jitter buffer takes it as silence in the sequence.
    if (kind === "audio" && header.payloadEnd > header.payloadStart) {
      this.#timestamps.correct(packet, header, this.#formats[header.payloadType]!, now);
      this.receiverStats.clockRate = clockRate;
      // A duplicate says nothing about jitter.
      if (this.receiverStats.count(header.sequence, this.#timestamps.unsent))
        this.receiverStats.measure(header.timestamp, now);
      if (this.#levelExtension !== undefined)
        header.audioLevel = readAudioLevel(packet, this.#levelExtension);
    } else {
      this.receiverStats.count(header.sequence);
      this.#timestamps.interrupt();
    }
    this.playout.insert(packet, header, now);
  }

  #takeKey(packet: Uint8Array, { clockRate }: DescriptionRole, now: number): void {
    if (!isKey(packet, this.#header)) return;
    this.#listener.onDigitPacket(now);
    this.#events.clockRate = clockRate;
    this.#tell(this.#events.receive(packet, this.#header, now));
  }

  #tell(press: DtmfDigit | undefined): void {
    if (press) this.#listener.onDigit(press);
  }
}
