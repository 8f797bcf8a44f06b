// Datagrams as a pcap file that Wireshark and tcpdump read: the header of libpcap 2.4, in microseconds, and for each
// datagram a record with IP and UDP headers that are made here (link type 101, raw IP). Reads and writes no file.
import { plainAddress } from "./networks.ts";

const udpBytes = 8;
const udp = 17;
const hops = 64;
const rawIp = 101;
const snapLength = 65_535;
/** Behind the header of the record, which is in the order of this machine. */
const ipAt = 16;

/** What fits behind the larger of the two headers. */
export const maxPcapPayload = snapLength - 40 - udpBytes;

export function pcapHeader(): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(rawIp, 20);
  return header;
}

/** Where a datagram goes from, or to; both ends of one are of one family. */
export interface PcapEnd {
  readonly address: Uint8Array;
  readonly port: number;
}

/** Makes what stands before each datagram; the bytes are valid until the next one. */
export class PcapRecords {
  readonly #v4 = headersOf(20);
  readonly #v6 = headersOf(40);

  /** `micros`: when it passed, since 1970. `payload`: at most `maxPcapPayload` bytes. */
  headerOf(payload: Uint8Array, micros: number, from: PcapEnd, to: PcapEnd): Uint8Array {
    const { view, bytes, ipBytes } = from.address.length === 4 ? this.#v4 : this.#v6;
    const length = udpBytes + payload.length;
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
    const sum = pseudoHeader + sumOf(bytes, udpAt, bytes.length) + sumOf(payload, 0, payload.length);
    view.setUint16(udpAt + 6, checksum(sum) || 0xffff);
    return bytes;
  }
}

/** Of a literal as the kernel writes it: four bytes or sixteen. */
export function addressBytes(literal: string): Uint8Array {
  const address = plainAddress(literal);
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
