// A far end that sends anything: valid packets, valid packets with a few bytes changed, and bytes without a
// meaning, over RTP and RTCP, from its own address and from others. All chance comes from a seed.
import {
  emptyRtpHeader,
  emptyVoipMetrics,
  looksLikeRtcp,
  type RtpHeader,
  rtpHeaderBytes,
  voipMetricsBytes,
  writeRtcp,
  writeRtpHeader,
  writeVoipMetrics,
} from "../../../../media/rtp/index.ts";
import { seededRandom } from "./lossy-network.ts";
import type { MemoryNetwork } from "./memory-network.ts";
import type { Phone } from "./phone.ts";

/** Every codec, keys, comfort noise, and types that were not agreed. */
const payloadTypes = [0, 8, 9, 107, 101, 102, 13, 3, 77, 127] as const;
const audioTypes = [0, 8, 9, 107] as const;
const usualBytes = 160;
const maxDatagramBytes = 1600;
const packetsOfABurst = 90;

export interface HostileOptions {
  readonly seed: number;
  readonly phone: Phone;
  readonly network: MemoryNetwork;
  readonly clocks: boolean;
}

export class Hostile {
  /** Datagrams sent to the RTP port, those among them that are RTCP when the port is shared, and to the RTCP port. */
  sent = 0;
  sentLikeRtcp = 0;
  sentRtcp = 0;
  readonly #random: () => number;
  readonly #phone: Phone;
  readonly #network: MemoryNetwork;
  readonly #acts: readonly (() => void)[];

  /** `clocks`: also clocks and key streams as faulty devices have them. */
  constructor({ seed, phone, network, clocks }: HostileOptions) {
    this.#random = seededRandom(seed);
    this.#phone = phone;
    this.#network = network;
    this.#acts = [
      () => this.#send(this.#bytes(this.#below(maxDatagramBytes))),
      () => this.#send(this.#changed(this.#rtp({}, this.#bytes(usualBytes)))),
      () => this.#rtpOfAnyType(),
      () => this.#framed(),
      () => this.#streamOf(this.#word()),
      () => this.#streamOf(phone.heard.at(-1)?.header.ssrc ?? 0),
      () => this.#leap(),
      () => this.#burst(),
      () => this.#stranger(),
      () => this.#sendRtcp(this.#bytes(this.#below(300))),
      () => this.#sendRtcp(this.#report()),
      () => this.#sendRtcp(this.#changed(this.#report())),
      () => this.#send(this.#report()),
      // Behind the others, and only where asked for: a seed must go on meaning what it did.
      ...(clocks ? [() => this.#wrongClock(), () => this.#keyStream()] : []),
    ];
  }

  /** Some of everything, for one tick; now and then nothing, for a while. */
  act(): void {
    const count = this.#below(6);
    for (let index = 0; index < count; index += 1) this.#pick(this.#acts)();
  }

  /** How many ticks to stay silent before the next. */
  pause(): number {
    return this.#random() < 0.05 ? this.#below(70) : 0;
  }

  /** Any payload of an agreed or another type, of any length, also none. */
  #rtpOfAnyType(): void {
    const length = this.#pick([0, 1, 4, usualBytes, this.#below(maxDatagramBytes - rtpHeaderBytes)]);
    const payloadType = this.#pick(payloadTypes);
    this.#send(this.#rtp({ payloadType, marker: this.#random() < 0.5 }, this.#bytes(length)));
  }

  /** Contributing sources, an extension, padding: sometimes longer than the packet. */
  #framed(): void {
    const packet = this.#rtp({ payloadType: this.#pick(audioTypes) }, this.#bytes(usualBytes));
    packet[0] = 0x80 | this.#below(0x40);
    if (this.#random() < 0.7) packet.set([0, this.#below(30)], 14 + 4 * (packet[0]! & 0x0f));
    if (this.#random() < 0.7) packet[packet.length - 1] = this.#below(40);
    this.#send(packet);
  }

  /** Packets in a row of another stream: a new source, or one that calls itself what we are called. */
  #streamOf(ssrc: number): void {
    const sequence = this.#below(0x10000);
    const timestamp = this.#word();
    const payloadType = this.#pick(audioTypes);
    for (let index = this.#below(8); index >= 0; index -= 1) {
      const fields = { ssrc, payloadType, sequence: (sequence + index) & 0xffff, timestamp };
      this.#send(this.#rtp(fields, this.#bytes(usualBytes)));
    }
  }

  /** Its own stream goes on elsewhere in sequence, in time, or in both. */
  #leap(): void {
    const phone = this.#phone;
    if (this.#random() < 0.6) phone.sequence = this.#below(0x10000);
    if (this.#random() < 0.6) phone.timestamp = this.#word();
    this.#send(this.#rtp({}, this.#bytes(usualBytes)));
  }

  /** What was held back comes at once. */
  #burst(): void {
    const payloadType = this.#pick(audioTypes);
    for (let count = this.#below(packetsOfABurst); count > 0; count -= 1) {
      this.#send(this.#rtp({ payloadType }, this.#bytes(this.#below(300))));
    }
  }

  /** Packets in a row whose timestamps follow another clock, or none. */
  #wrongClock(): void {
    const factor = this.#pick([0, 0.5, 1.01, 2, 6, -1]);
    const payloadType = this.#pick(audioTypes);
    const first = this.#word();
    for (let count = 0; count < 12; count += 1) {
      const timestamp = (first + Math.round(count * usualBytes * factor)) >>> 0;
      this.#send(this.#rtp({ payloadType, timestamp }, this.#bytes(usualBytes)));
    }
  }

  /** Keys beside the audio, or as if they were of it; their timestamps, ends and markers as chance has it. */
  #keyStream(): void {
    const ssrc = this.#pick([this.#phone.ssrc, 77, this.#word()]);
    let sequence = this.#below(0x10000);
    for (let count = this.#below(8); count >= 0; count -= 1) {
      const event = [this.#below(18), this.#below(256), this.#below(4), this.#below(256)];
      const timestamp = this.#pick([1000, 1160, this.#word()]);
      const fields = { payloadType: this.#pick([101, 102]), ssrc, timestamp, marker: this.#random() < 0.3 };
      this.#send(this.#rtp({ ...fields, sequence: sequence & 0xffff }, Uint8Array.from(event)));
      sequence += this.#pick([1, 1, 1, 2, -1]);
    }
  }

  #stranger(): void {
    const phone = this.#phone;
    const home = phone.at;
    phone.at = { address: this.#pick(["10.9.9.9", home.address]), port: 5000 + this.#below(3) };
    for (let count = this.#below(9); count > 0; count -= 1)
      this.#send(this.#rtp({}, this.#bytes(usualBytes)));
    phone.at = home;
  }

  /** A compound report that would be valid, with metrics behind it. */
  #report(): Uint8Array {
    const packet = new Uint8Array(400);
    const about = this.#phone.heard.at(-1)?.header.ssrc ?? this.#word();
    const length = writeRtcp(packet, {
      ssrc: this.#pick([this.#phone.ssrc, this.#word()]),
      cname: "hostile",
      wallMs: this.#word(),
      bye: this.#random() < 0.3,
      sending: this.#random() < 0.5,
      rtpTimestamp: this.#word(),
      packetsSent: this.#word(),
      octetsSent: this.#word(),
      sourceSsrc: about,
      fractionLost: this.#below(256),
      cumulativeLost: this.#below(0x1000000),
      extendedHighest: this.#word(),
      jitter: this.#word(),
      lastSenderReport: this.#word(),
      delaySinceLastSenderReport: this.#word(),
    });
    writeVoipMetrics(packet, length, this.#phone.ssrc, { ...emptyVoipMetrics(), ssrc: about });
    packet.set(this.#bytes(24), length + 16);
    return packet.slice(0, length + voipMetricsBytes);
  }

  /** A few bytes changed, and sometimes cut short or made longer. */
  #changed(packet: Uint8Array): Uint8Array {
    for (let count = 1 + this.#below(4); count > 0; count -= 1)
      packet[this.#below(packet.length)] = this.#below(256);
    const chance = this.#random();
    if (chance < 0.2) return packet.slice(0, this.#below(packet.length));
    return chance < 0.3 ? Uint8Array.of(...packet, ...this.#bytes(40)) : packet;
  }

  #rtp(fields: Partial<RtpHeader>, payload: Uint8Array): Uint8Array {
    const phone = this.#phone;
    const packet = new Uint8Array(rtpHeaderBytes + payload.length);
    const { ssrc } = phone;
    const sequence = phone.sequence & 0xffff;
    const timestamp = phone.timestamp >>> 0;
    writeRtpHeader(packet, { ...emptyRtpHeader(), ssrc, sequence, timestamp, ...fields });
    packet.set(payload, rtpHeaderBytes);
    phone.sequence += 1;
    phone.timestamp += usualBytes;
    return packet;
  }

  #send(packet: Uint8Array): void {
    this.sent += 1;
    if (looksLikeRtcp(packet)) this.sentLikeRtcp += 1;
    this.#network.send(packet, this.#phone.at, this.#phone.legAt);
  }

  #sendRtcp(packet: Uint8Array): void {
    this.sentRtcp += 1;
    this.#phone.sendRtcp(packet);
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#below(256));
  }

  #word(): number {
    return Math.floor(this.#random() * 2 ** 32);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[this.#below(values.length)]!;
  }
}
