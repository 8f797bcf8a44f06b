// The datagrams of a leg as a pcap file that Wireshark and tcpdump read: RTP and RTCP of both directions, each with the
// time, the addresses and the ports it had, in IP and UDP headers that are made here (link type 101, raw IP). What comes
// is kept as it came, strangers' packets included. The header of the file is that of libpcap 2.4, in microseconds.
import { type Clock, plainAddress } from "#common";
import type { FarEnd, LegDump } from "./dump.ts";
import type { DumpFile } from "./dump-file.ts";

const udpBytes = 8;
const udp = 17;
const hops = 64;
const rawIp = 101;
const snapLength = 65_535;
/** Behind the header of the record, which is in the order of this machine. */
const ipAt = 16;

export interface RtpDumpOptions {
  /** The address that the leg is bound to. */
  readonly address: string;
  readonly clock: Clock;
}

export function pcapHeader(): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(rawIp, 20);
  return header;
}

/** Where a datagram goes from, or to. */
interface End {
  address: Uint8Array;
  port: number;
}

export class RtpDump implements LegDump {
  readonly #file: DumpFile;
  readonly #clock: Clock;
  readonly #address: string;
  /** From monotonic to wall-clock milliseconds. */
  readonly #offsetMs: number;
  readonly #v4 = headersOf(20);
  readonly #v6 = headersOf(40);
  readonly #ours: End = { address: new Uint8Array(4), port: 0 };
  readonly #theirs: End = { address: new Uint8Array(4), port: 0 };
  /** The far address that `#theirs` has. */
  #far = "";

  constructor(file: DumpFile, { address, clock }: RtpDumpOptions) {
    this.#file = file;
    this.#clock = clock;
    this.#address = plainAddress(address);
    this.#offsetMs = clock.now() - clock.monotonic();
  }

  received(packet: Uint8Array, from: FarEnd, port: number, at = this.#clock.monotonic()): void {
    this.#between(from, port);
    this.#add(packet, at, [this.#theirs, this.#ours]);
  }

  sent(packet: Uint8Array, to: FarEnd, port: number): void {
    this.#between(to, port);
    this.#add(packet, this.#clock.monotonic(), [this.#ours, this.#theirs]);
  }

  said(): void {}

  heard(): void {}

  end(): void {}

  #between({ address, port }: FarEnd, ourPort: number): void {
    this.#theirs.port = port;
    this.#ours.port = ourPort;
    if (address === this.#far) return;
    this.#far = address;
    const theirs = addressBytes(plainAddress(address));
    const ours = addressBytes(this.#address);
    this.#theirs.address = theirs;
    // A socket that is bound to every address of both families.
    this.#ours.address = ours.length === theirs.length ? ours : new Uint8Array(theirs.length);
  }

  #add(packet: Uint8Array, at: number, [from, to]: readonly [End, End]): void {
    const headers = from.address.length === 4 ? this.#v4 : this.#v6;
    const { view, bytes, ipBytes } = headers;
    const length = udpBytes + packet.length;
    const micros = Math.round((this.#offsetMs + at) * 1000);
    view.setUint32(0, Math.floor(micros / 1_000_000), true);
    view.setUint32(4, micros % 1_000_000, true);
    view.setUint32(8, ipBytes + length, true);
    view.setUint32(12, ipBytes + length, true);
    if (ipBytes === 20) view.setUint16(ipAt + 2, ipBytes + length);
    else view.setUint16(ipAt + 4, length);
    const addressAt = ipAt + (ipBytes === 20 ? 12 : 8);
    bytes.set(from.address, addressAt);
    bytes.set(to.address, addressAt + to.address.length);
    const udpAt = ipAt + ipBytes;
    view.setUint16(udpAt, from.port);
    view.setUint16(udpAt + 2, to.port);
    view.setUint16(udpAt + 4, length);
    if (ipBytes === 20) {
      view.setUint16(ipAt + 10, 0);
      view.setUint16(ipAt + 10, checksum(sumOf(bytes, ipAt, udpAt)));
    }
    view.setUint16(udpAt + 6, 0);
    const pseudoHeader = udp + length + sumOf(bytes, addressAt, udpAt);
    const sum = pseudoHeader + sumOf(bytes, udpAt, bytes.length) + sumOf(packet, 0, packet.length);
    view.setUint16(udpAt + 6, checksum(sum) || 0xffff);
    this.#file.add(bytes, packet);
  }
}

/** What stands before a datagram: the record's header, then IP (20 bytes: version 4, 40: version 6) and UDP. */
function headersOf(ipBytes: 20 | 40) {
  const bytes = new Uint8Array(ipAt + ipBytes + udpBytes);
  const view = new DataView(bytes.buffer);
  if (ipBytes === 20) {
    view.setUint8(ipAt, 0x45);
    view.setUint8(ipAt + 8, hops);
    view.setUint8(ipAt + 9, udp);
  } else {
    view.setUint8(ipAt, 0x60);
    view.setUint8(ipAt + 6, udp);
    view.setUint8(ipAt + 7, hops);
  }
  return { bytes, view, ipBytes };
}

/** Of 16-bit words, the last one filled up with zero (RFC 1071). */
function sumOf(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 2) sum += (bytes[at]! << 8) | (at + 1 < to ? bytes[at + 1]! : 0);
  return sum;
}

function checksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/** Of a literal as the kernel writes it, without a zone. */
function addressBytes(address: string): Uint8Array {
  if (!address.includes(":")) return Uint8Array.from(address.split("."), Number);
  const [head = "", tail] = address.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...first, ...Array<string>(8 - first.length - last.length).fill("0"), ...last];
  return Uint8Array.from(
    groups.flatMap((group) => {
      const word = Number.parseInt(group, 16);
      return [word >>> 8, word & 0xff];
    }),
  );
}
