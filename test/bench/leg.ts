// RTP of one phone of the benchmark. Sending copies a prepared payload behind a header, receiving counts and
// looks for the marker: nothing is decoded, nothing is allocated for a packet beyond what dgram does.
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { frameSamples, markerOffset } from "./payloads.ts";

const headerBytes = 12;
const packetBytes = headerBytes + frameSamples;
/** A packet may still be on its way through the kernel while the next is written. */
const packetBuffers = 4;
const samplesPerMs = 8;

/** The marker that is on its way, shared by all legs. */
export interface Marker {
  /** Counts markers; 0 is none yet. */
  number: number;
  sentAtMs: number;
  talker: number;
}

export class Leg {
  received = 0;
  lost = 0;
  reordered = 0;
  sendErrors = 0;
  /** The last marker heard, and a sink for how long it took. */
  #heardMarker = 0;
  onMarker: (delayMs: number) => void = () => {};

  readonly #index: number;
  readonly #socket: Socket;
  readonly #marker: Marker;
  readonly #packets: readonly Buffer[];
  #next = 0;
  #sequence = Math.floor(Math.random() * 65536);
  #timestamp = Math.floor(Math.random() * 2 ** 32);
  #expected = -1;

  static async open(index: number, marker: Marker): Promise<Leg> {
    const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 18 });
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new Leg(index, socket, marker);
  }

  private constructor(index: number, socket: Socket, marker: Marker) {
    this.#index = index;
    this.#socket = socket;
    this.#marker = marker;
    const ssrc = Math.floor(Math.random() * 2 ** 32);
    this.#packets = Array.from({ length: packetBuffers }, () => {
      const packet = Buffer.alloc(packetBytes);
      packet[0] = 0x80;
      packet.writeUInt32BE(ssrc, 8);
      return packet;
    });
    socket.on("message", (data) => this.#receive(data));
    socket.on("error", () => {
      this.sendErrors += 1;
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async connect(port: number): Promise<void> {
    this.#socket.connect(port, "127.0.0.1");
    await once(this.#socket, "connect");
  }

  send(payload: Uint8Array): void {
    const packet = this.#packets[this.#next]!;
    this.#next = (this.#next + 1) % packetBuffers;
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(this.#timestamp, 4);
    packet.set(payload, headerBytes);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + frameSamples) >>> 0;
    this.#socket.send(packet);
  }

  /** Forgets the counts: the warm-up is over. */
  reset(): void {
    this.received = 0;
    this.lost = 0;
    this.reordered = 0;
    this.sendErrors = 0;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(data: Buffer): void {
    if (data.length < packetBytes || (data[1]! & 0x7f) !== 0) return;
    this.received += 1;
    const sequence = data.readUInt16BE(2);
    if (this.#expected >= 0 && sequence !== this.#expected) {
      const ahead = (sequence - this.#expected) & 0xffff;
      if (ahead < 0x8000) this.lost += ahead;
      else this.reordered += 1;
    }
    this.#expected = (sequence + 1) & 0xffff;
    const marker = this.#marker;
    if (marker.number === this.#heardMarker || marker.talker === this.#index) return;
    const offset = markerOffset(data, headerBytes);
    if (offset < 0) return;
    this.#heardMarker = marker.number;
    this.onMarker(performance.now() + offset / samplesPerMs - marker.sentAtMs);
  }
}
