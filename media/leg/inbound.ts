// A leg's receiving side, from a datagram to the jitter buffer. Decides for each packet whether it is ours,
// counts it, and puts it where it belongs; decoding waits for the tick.
//
//   header → agreed type? → latch → stream → statistics → key | jitter buffer
//
// Nothing here allocates or throws, whatever arrives: a packet that is not understood raises a counter.
import type { Clock } from "#common";
import { type AudioCodec, createCodec } from "../audio/index.ts";
import {
  emptyRtpHeader,
  isNoAddress,
  JitterBuffer,
  type KeyPress,
  Latch,
  type MediaAddress,
  Reception,
  readRtpHeader,
  StreamSource,
  TelephoneEvents,
} from "../rtp/index.ts";
import type { AudioPlan } from "../sdp/types.ts";
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
  readonly rate: number;
  readonly tickMs: number;
  readonly totals: Totals;
  readonly listener: InboundListener;
}

const payloadTypes = 128;

export class Inbound {
  readonly latch = new Latch();
  readonly source = new StreamSource();
  readonly reception: Reception;
  readonly jitter: JitterBuffer;
  /** Malformed, of no agreed type, or from a stranger. */
  ignored = 0;
  /** Monotonic milliseconds of the last packet that counted; undefined before the first. */
  lastPacketAt: number | undefined;
  readonly #clock: Clock;
  readonly #totals: Totals;
  readonly #listener: InboundListener;
  readonly #events: TelephoneEvents;
  readonly #header = emptyRtpHeader();
  readonly #accepted = new Uint8Array(payloadTypes);
  #telephoneEvent: number | undefined;

  constructor({ clock, rate, tickMs, totals, listener }: InboundOptions) {
    this.#clock = clock;
    this.#totals = totals;
    this.#listener = listener;
    this.#events = new TelephoneEvents(rate);
    this.reception = new Reception(rate);
    this.jitter = new JitterBuffer({ rate, tickMs });
  }

  configure(plan: AudioPlan): void {
    const decoders: (AudioCodec | undefined)[] = Array.from({ length: payloadTypes });
    this.#accepted.fill(0);
    for (const [type, name] of plan.receive) {
      if (type >= payloadTypes) continue;
      decoders[type] = createCodec(name);
      this.#accepted[type] = 1;
    }
    if (plan.comfortNoise !== undefined) this.#accepted[plan.comfortNoise] = 1;
    if (plan.telephoneEvent !== undefined) this.#accepted[plan.telephoneEvent] = 1;
    this.#telephoneEvent = plan.telephoneEvent;
    this.jitter.decoders = decoders;
    if (!isNoAddress(plan.remote.address)) this.latch.signal(plan.remote);
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
    this.jitter.insert(packet, header, now);
    if (header.payloadType === this.#telephoneEvent) {
      this.#listener.onKeyPacket(now);
      this.#tell(this.#events.receive(packet, header, now));
    } else this.reception.measure(header.timestamp, now);
  }

  /** Once a tick: a key whose end was lost. */
  expire(now: number): void {
    if (this.#events.running) this.#tell(this.#events.expire(now));
  }

  /** The far end ended its stream. */
  end(): void {
    this.source.forget();
    this.jitter.restart();
  }

  /** Whether the packet in `#header` is of an agreed type, from our far end, and of its stream. */
  #admit(from: MediaAddress, now: number): boolean {
    const header = this.#header;
    if (this.#accepted[header.payloadType] === 0) return false;
    const verdict = this.latch.judge(from, header, now);
    if (verdict === "stranger") return false;
    if (verdict === "moved") this.#listener.onLatched();
    const stream = this.source.admit(header.ssrc, header.sequence);
    if (stream === "begins") this.#begin(header.sequence);
    return stream !== "ignored";
  }

  #begin(sequence: number): void {
    this.reception.begin(sequence);
    this.jitter.restart();
    this.#tell(this.#events.reset());
  }

  #tell(press: KeyPress | undefined): void {
    if (press) this.#listener.onKey(press);
  }
}
