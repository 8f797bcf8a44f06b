// What floods consist of, one message a number: SIP in the forms that strangers send it, and what comes to media ports.
import type { Address } from "../support/phone/index.ts";

/** Writes the message of that number, which comes from `from` and goes to `to`. */
export type WriteMessage = (count: number, from: Address, to: Address) => string | Uint8Array;

interface RequestParts {
  readonly method: string;
  /** Further header fields. */
  readonly more?: readonly string[];
}

/** A request of its own each time: another caller, another Call-ID. */
function request({ method, more = [] }: RequestParts): WriteMessage {
  return (count, { address, port }, to) => {
    const uri = `sip:99${count}@${to.address}:${to.port}`;
    const own = `<sip:${count}@${to.address}>`;
    return [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-flood-${count};rport`,
      "Max-Forwards: 70",
      `From: ${own};tag=${count}`,
      `To: ${method === "REGISTER" ? own : `<${uri}>`}`,
      `Call-ID: flood-${count}@${address}`,
      `CSeq: 1 ${method}`,
      `Contact: <sip:${count}@${address}:${port}>`,
      ...more,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
  };
}

/** By turns, what is wrong with the request: a header field without end, no Via, a length that is none, many Vias, a torn start. */
const faults: readonly ((text: string) => string)[] = [
  (text) => text.replace("Max-Forwards: 70", `X: ${"y".repeat(3000)}`),
  (text) => text.replace(/^Via: .*\r\n/m, ""),
  (text) => text.replace("Content-Length: 0", "Content-Length: -5"),
  (text) => text.replace(/^Via: .*\r\n/m, (via) => via.repeat(60)),
  (text) => text.replace("CSeq: 1", "CSeq: 99999999999999"),
  (text) => text.slice(0, 40),
  (text) => text.replace("SIP/2.0\r\n", "SIP/3.0\r\n"),
];

const invite = request({ method: "INVITE" });

export const sipFloods = {
  invite,
  scanner: request({ method: "INVITE", more: ["User-Agent: friendly-scanner"] }),
  garbage: (count: number) => `${count} is no SIP ${"x".repeat(400)}\r\n\r\n`,
  malformed: (count: number, from: Address, to: Address) =>
    faults[count % faults.length]!(String(invite(count, from, to))),
  register: request({ method: "REGISTER", more: ["Expires: 3600"] }),
  options: request({ method: "OPTIONS" }),
} satisfies Record<string, WriteMessage>;

const random32 = () => Math.floor(Math.random() * 2 ** 32);

/** A packet of loud PCMU in one stream that goes on from packet to packet. */
const ssrc = random32();
function rtp(count: number, bytes: number): Uint8Array {
  const packet = Buffer.alloc(bytes, 0x80);
  packet.writeUInt16BE(0x8000, 0);
  packet.writeUInt16BE(count & 0xffff, 2);
  packet.writeUInt32BE((count * 160) >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

/** A binding request with names that nobody has (RFC 8489 §5). */
function stun(count: number): Uint8Array {
  const packet = Buffer.alloc(28 + 32);
  packet.writeUInt16BE(1, 0);
  packet.writeUInt16BE(packet.length - 20, 2);
  packet.writeUInt32BE(0x2112_a442, 4);
  packet.writeUInt32BE(count, 16);
  packet.writeUInt16BE(0x0006, 20);
  packet.writeUInt16BE(9, 22);
  packet.write("some:body", 24);
  packet.writeUInt16BE(0x0008, 36);
  packet.writeUInt16BE(20, 38);
  return packet;
}

/** The first record of a handshake, with a ClientHello's head and nothing in it (RFC 6347 §4.1). */
function dtls(count: number): Uint8Array {
  const packet = Buffer.alloc(13 + 12 + 100);
  packet.set([22, 0xfe, 0xfd]);
  packet.writeUInt32BE(count, 7);
  packet.writeUInt16BE(packet.length - 13, 11);
  packet.set([1, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 100], 13);
  return packet;
}

/** A receiver's report and a goodbye of a stream that is not there (RFC 3550 §6.4.2, §6.6). */
function rtcp(count: number): Uint8Array {
  const packet = Buffer.alloc(16);
  packet.writeUInt32BE(0x80c9_0001, 0);
  packet.writeUInt32BE(count, 4);
  packet.writeUInt32BE(0x81cb_0001, 8);
  packet.writeUInt32BE(count, 12);
  return packet;
}

export const mediaFloods = {
  rtp: (count: number) => rtp(count, 172),
  large: (count: number) => rtp(count, 1472),
  rtcp,
  stun,
  dtls,
} satisfies Record<string, WriteMessage>;

export type SipFlood = keyof typeof sipFloods;
export type MediaFlood = keyof typeof mediaFloods;
export const floods: Readonly<Record<SipFlood | MediaFlood, WriteMessage>> = { ...sipFloods, ...mediaFloods };
