// A leg's receiving side, from a datagram to the jitter buffer. Decides for each packet whether it is ours,
// counts it, and puts it where it belongs; decoding waits for the tick.
//
//   header → agreed type? → latch → stream → statistics → key | jitter buffer
//
// Nothing here allocates or throws, whatever arrives: a packet that is not understood raises a counter.
import { type Clock, canonicalAddress } from "#common";
import { type AudioDecoder, createDecoder, formatOf } from "../audio/index.ts";
import {
  emptyRtpHeader,
  isNoAddress,
  type KeyPress,
  Latch,
  type MediaAddress,
  Reception,
  readRtpHeader,
  StreamSource,
  TelephoneEvents,
} from "../rtp/index.ts";
import type { AudioCodecName, AudioPlan } from "../sdp/types.ts";
import { Playout } from "./playout.ts";
import type { Totals } from "./totals.ts";

/** What the receiving side tells its leg. */
export interface InboundListener {
  onLatched(): void;
  /** A packet of a key: the key's sound must not be heard. */
  onKeyPacket(now: number): void;
  onKey(press: KeyPress): void;
}

export interface InboundOptions {
  readonly clock: Clock;
  readonly tickMs: number;
  readonly totals: Totals;
  readonly listener: InboundListener;
}

interface Meaning {
  readonly kind: "audio" | "key" | "noise";
  /** Of its timestamps; of no use for comfort noise. */
  readonly clockRate: number;
}

const payloadTypes = 128;
const usualNoiseType = 13;
/** As the sockets write addresses. */
const canonical = (address: string | undefined) => address && canonicalAddress(address);

/** Until a codec says otherwise. */
const usualClockRate = 8000;

export class Inbound {
  readonly latch = new Latch();
  readonly source = new StreamSource();
  readonly reception: Reception;
  readonly playout: Playout;
  /** Malformed, of no agreed type, or from a stranger. */
  ignored = 0;
  /** Monotonic milliseconds of the last packet that counted; undefined before the first. */
  lastPacketAt: number | undefined;
  readonly #clock: Clock;
  readonly #totals: Totals;
  readonly #listener: InboundListener;
  readonly #events: TelephoneEvents;
  readonly #header = emptyRtpHeader();
  /** What the agreed payload types stand for. */
  readonly #meanings: (Meaning | undefined)[] = Array.from({ length: payloadTypes }, () => undefined);
  readonly #decoders = new Map<AudioCodecName, AudioDecoder>();

  constructor({ clock, tickMs, totals, listener }: InboundOptions) {
    this.#clock = clock;
    this.#totals = totals;
    this.#listener = listener;
    this.#events = new TelephoneEvents(usualClockRate);
    this.reception = new Reception(usualClockRate);
    this.playout = new Playout(tickMs);
  }

  /** `sipAddress`: where the SIP messages came from. */
  configure(plan: AudioPlan, sipAddress?: string): void {
    const decoders: (AudioDecoder | undefined)[] = Array.from({ length: payloadTypes });
    this.#meanings.fill(undefined);
    for (const [type, name] of plan.receive) {
      if (type >= payloadTypes) continue;
      decoders[type] = this.#decoderOf(name);
      this.#meanings[type] = { kind: "audio", clockRate: formatOf(name).clockRate };
    }
    // Many send comfort noise without having said so, by its static type (RFC 3389 §4): it is no loss.
    const noise = plan.comfortNoise ?? usualNoiseType;
    this.#meanings[noise] ??= { kind: "noise", clockRate: 0 };
    for (const [type, clockRate] of plan.events) this.#meanings[type] = { kind: "key", clockRate };
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
    if (!readRtpHeader(packet, header) || !this.#admit(from, now)) {
      this.ignored += 1;
      this.#totals.packetsIgnored += 1;
      return;
    }
    this.reception.count(header.sequence);
    this.#totals.packetsReceived += 1;
    this.lastPacketAt = now;
    this.playout.insert(packet, header, now);
    const { kind, clockRate } = this.#meanings[header.payloadType]!;
    if (kind === "audio") {
      this.reception.clockRate = clockRate;
      this.reception.measure(header.timestamp, now);
    } else if (kind === "key") {
      this.#listener.onKeyPacket(now);
      this.#events.clockRate = clockRate;
      this.#tell(this.#events.receive(packet, header, now));
    }
  }

  /** Once a tick: a key whose end was lost. */
  expire(now: number): void {
    if (this.#events.running) this.#tell(this.#events.expire(now));
  }

  /** The far end ended its stream. */
  end(): void {
    this.source.forget();
    this.playout.restart();
  }

  /** Nothing is decoded after this. */
  close(): void {
    for (const decoder of this.#decoders.values()) decoder.close();
  }

  /** One decoder a codec for the life of the leg: a stream goes on through renegotiations. */
  #decoderOf(name: AudioCodecName): AudioDecoder {
    let decoder = this.#decoders.get(name);
    if (!decoder) {
      decoder = createDecoder(name);
      this.#decoders.set(name, decoder);
    }
    return decoder;
  }

  /** Whether the packet in `#header` is of an agreed type, from our far end, and of its stream. */
  #admit(from: MediaAddress, now: number): boolean {
    const header = this.#header;
    if (!this.#meanings[header.payloadType]) return false;
    const verdict = this.latch.judge(from, header, now);
    if (verdict === "stranger") return false;
    if (verdict === "moved") this.#listener.onLatched();
    const stream = this.source.admit(header.ssrc, header.sequence);
    if (stream === "begins") this.#begin(header.sequence);
    return stream !== "ignored";
  }

  #begin(sequence: number): void {
    this.reception.begin(sequence);
    this.playout.restart();
    this.#tell(this.#events.reset());
  }

  #tell(press: KeyPress | undefined): void {
    if (press) this.#listener.onKey(press);
  }
}
