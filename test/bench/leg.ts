// RTP of one phone of the benchmark, on the bridge's own kind of socket. It is polled: a phone that sleeps in an event
// loop must be woken for each packet, and on loopback it is the sender, the bridge, who does the waking and pays.
// Sending copies a prepared payload behind a header, receiving counts; a few phones listen for the marker.
import { systemClock } from "#common";
import { formatOf } from "../../media/codec/index.ts";
import {
  type createPolledSockets,
  type MediaSocket,
  noSocketErrors,
  type SocketErrors,
} from "../../media/rtp/index.ts";
import { type SrtpSession, secureSockets } from "../../media/srtp/index.ts";
import { type Browser, extensionIds } from "./browser.ts";
import { type BenchCodec, Ear, frameMs } from "./payloads.ts";

type Sockets = Awaited<ReturnType<typeof createPolledSockets>>;

const headerBytes = 12;
/** A word of head and two of elements: the audio level, the number in the transport. */
const extensionBytes = 12;
const maxPacketBytes = headerBytes + extensionBytes + 1275;
const address = "127.0.0.1";

export const payloadTypes: Readonly<Record<BenchCodec, number>> = { PCMU: 0, G722: 9, opus: 107 };

/** The marker that is on its way through a room. */
export interface Marker {
  /** Counts markers; 0 is none yet. */
  number: number;
  sentAtMs: number;
  /** Who sent it. */
  talker: Leg | undefined;
}

export interface LegOptions {
  readonly codec: BenchCodec;
  /** Of the leg's room. */
  readonly marker: Marker;
  /** Listens for the marker, which would show so late, in milliseconds, if the bridge were a wire. */
  readonly ear: { readonly markerMs: number } | undefined;
  /** What encrypts its packets; undefined: nothing. */
  readonly srtp?: SrtpSession | undefined;
  /** It is one: its packets have header extensions. */
  readonly browser?: Browser | undefined;
}

/** Where it is bound, and what could not be sent or received there. */
interface Place {
  readonly socket: MediaSocket;
  readonly port: number;
  readonly errors: SocketErrors;
}

export class Leg {
  received = 0;
  lost = 0;
  reordered = 0;
  /** What the bridge added to the way of each marker heard, milliseconds. */
  delays: number[] = [];
  readonly marker: Marker;
  /** Where it listens. */
  readonly port: number;
  readonly #socket: MediaSocket;
  readonly #errors: SocketErrors;
  readonly #ear: Ear | undefined;
  readonly #markerMs: number;
  readonly #packet = Buffer.alloc(maxPacketBytes);
  readonly #payloadType: number;
  readonly #unitsPerPacket: number;
  readonly #browser: Browser | undefined;
  #transportSequence = 0;
  #remotePort = 0;
  #sequence = Math.floor(Math.random() * 65536);
  #timestamp = Math.floor(Math.random() * 2 ** 32);
  #expected = -1;
  #heardMarker = 0;

  static async open(sockets: Sockets, options: LegOptions): Promise<Leg> {
    let leg: Leg | undefined;
    const onPacket = (packet: Uint8Array, _: unknown, at = performance.now()) => leg?.receive(packet, at);
    let port = 0;
    const open = async (wanted: Parameters<Sockets["open"]>[0]) => {
      const socket = await sockets.open(wanted);
      port = socket.port;
      return socket;
    };
    const { srtp, browser } = options;
    const through = browser ? browser.sockets(open) : open;
    const secured = srtp ? secureSockets(through, srtp, systemClock) : through;
    const errors = noSocketErrors();
    const socket = await secured({ address, port: 0, errors, onPacket });
    leg = new Leg({ socket, port, errors }, options);
    return leg;
  }

  private constructor({ socket, port, errors }: Place, { codec, marker, ear, browser }: LegOptions) {
    this.#socket = socket;
    this.#errors = errors;
    this.#browser = browser;
    this.port = port;
    this.marker = marker;
    this.#ear = ear && new Ear(codec);
    this.#markerMs = ear?.markerMs ?? 0;
    this.#payloadType = payloadTypes[codec];
    this.#unitsPerPacket = (formatOf(codec).clockRate * frameMs) / 1000;
    this.#packet[0] = browser ? 0x90 : 0x80;
    if (browser) {
      this.#packet.writeUInt32BE(0xbede_0002, headerBytes);
      this.#packet[headerBytes + 4] = extensionIds.audioLevel << 4;
      this.#packet[headerBytes + 6] = (extensionIds.transportSequence << 4) | 1;
    }
    this.#packet[1] = this.#payloadType;
    this.#packet.writeUInt32BE(Math.floor(Math.random() * 2 ** 32), 8);
  }

  /** Datagrams that the kernel did not take or that were refused. */
  get errors(): number {
    return this.#errors.unsent + this.#errors.unreceived;
  }

  get listens(): boolean {
    return this.#ear !== undefined;
  }

  connect(port: number): void {
    this.#remotePort = port;
  }

  /** `level`: of the payload, −dBov. */
  send(payload: Uint8Array, level: number): void {
    const packet = this.#packet;
    const start = this.#browser ? headerBytes + extensionBytes : headerBytes;
    if (this.#browser) {
      packet[headerBytes + 5] = 0x80 | level;
      packet.writeUInt16BE(this.#transportSequence, headerBytes + 7);
      this.#transportSequence = (this.#transportSequence + 1) & 0xffff;
    }
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(this.#timestamp, 4);
    packet.set(payload, start);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + this.#unitsPerPacket) >>> 0;
    this.#socket.send(packet.subarray(0, start + payload.length), this.#remotePort, address);
  }

  /** Forgets the counts: the warm-up is over. */
  reset(): void {
    this.received = 0;
    this.lost = 0;
    this.reordered = 0;
    this.delays = [];
  }

  close(): Promise<void> {
    this.#browser?.close();
    return this.#socket.close();
  }

  /** `at`: when it came, by the kernel's stamp. */
  receive(packet: Uint8Array, at: number): void {
    if (packet.length <= headerBytes || (packet[1]! & 0x7f) !== this.#payloadType) return;
    this.received += 1;
    const sequence = (packet[2]! << 8) | packet[3]!;
    if (this.#expected >= 0 && sequence !== this.#expected) {
      const ahead = (sequence - this.#expected) & 0xffff;
      if (ahead < 0x8000) this.lost += ahead;
      else this.reordered += 1;
    }
    this.#expected = (sequence + 1) & 0xffff;
    if (this.#ear) this.#listen(packet.subarray(headerBytes), at);
  }

  #listen(payload: Uint8Array, at: number): void {
    const heardAt = this.#ear!.hear(payload);
    const { number, talker, sentAtMs } = this.marker;
    if (heardAt === undefined || number === this.#heardMarker || talker === this) return;
    this.#heardMarker = number;
    this.delays.push(at + heardAt - (sentAtMs + this.#markerMs));
  }
}
