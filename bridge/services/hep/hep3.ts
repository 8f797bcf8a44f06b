// One message in the encapsulation of HEP version 3, as capture servers (Homer) take it: `HEP3`, the length of all, then chunks
// of vendor, type, length and value. Pure.
//
//   0x01 family · 0x02 protocol · 0x03–0x06 addresses · 0x07, 0x08 ports · 0x09, 0x0a time · 0x0b SIP · 0x0c capture id
//   0x0e key · 0x0f message · 0x11 correlation id · 0x13 name of this node
import { addressBytes } from "#common";

/** What datagrams and the lengths of chunks leave room for. */
export const maxHepPayload = 60_000;
const maxTextBytes = 255;

const generic = 0;
const headBytes = 6;
const sip = 1;
const family = { v4: 2, v6: 10 } as const;
const udp = 17;
const tcp = 6;

export interface HepEnd {
  readonly address: string;
  readonly port: number;
}

export interface HepMessage {
  /** Wall clock, milliseconds. */
  readonly at: number;
  readonly from: HepEnd;
  readonly to: HepEnd;
  /** UDP; everything else goes over TCP. */
  readonly datagram: boolean;
  /** At most `maxHepPayload` bytes are sent. */
  readonly payload: Uint8Array;
  readonly correlationId: string;
}

export interface HepSender {
  readonly captureId: number;
  /** Empty: none. */
  readonly key: string;
  readonly node: string;
}

export function encodeHep3(message: HepMessage, { captureId, key, node }: HepSender): Uint8Array {
  const { at, datagram, payload, correlationId } = message;
  const [from, to] = sameFamily(addressBytes(message.from.address), addressBytes(message.to.address));
  const v4 = from.length === 4;
  const ms = Math.floor(at);
  const chunks = [
    chunk(0x01, uint(1, v4 ? family.v4 : family.v6)),
    chunk(0x02, uint(1, datagram ? udp : tcp)),
    chunk(v4 ? 0x03 : 0x05, from),
    chunk(v4 ? 0x04 : 0x06, to),
    chunk(0x07, uint(2, message.from.port)),
    chunk(0x08, uint(2, message.to.port)),
    chunk(0x09, uint(4, Math.floor(ms / 1000))),
    chunk(0x0a, uint(4, (ms % 1000) * 1000)),
    chunk(0x0b, uint(1, sip)),
    chunk(0x0c, uint(4, captureId)),
    ...(key === "" ? [] : [chunk(0x0e, text(key))]),
    chunk(0x11, text(correlationId)),
    ...(node === "" ? [] : [chunk(0x13, text(node))]),
    chunk(0x0f, payload.subarray(0, maxHepPayload)),
  ];
  const body = Buffer.concat(chunks);
  const head = Buffer.from("HEP3\0\0");
  head.writeUInt16BE(headBytes + body.length, 4);
  return Buffer.concat([head, body]);
}

/** A wildcard of the one family beside an address of the other. */
function sameFamily(from: Uint8Array, to: Uint8Array): [Uint8Array, Uint8Array] {
  if (from.length === to.length) return [from, to];
  const longer = Math.max(from.length, to.length);
  return from.length < to.length ? [new Uint8Array(longer), to] : [from, new Uint8Array(longer)];
}

function chunk(type: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt16BE(generic, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(headBytes + value.length, 4);
  return Buffer.concat([head, value]);
}

function uint(bytes: 1 | 2 | 4, value: number): Buffer {
  const out = Buffer.alloc(bytes);
  out.writeUIntBE(value, 0, bytes);
  return out;
}

const text = (value: string): Uint8Array => Buffer.from(value).subarray(0, maxTextBytes);
