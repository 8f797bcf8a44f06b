// The other side of ICE for tests: writes checks and reads responses, as the RFCs have them (RFC 8489, RFC 8445).
import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";

export interface CheckParts {
  readonly username: string;
  readonly password: string;
  readonly nominates?: boolean;
  /** It leaves the choice to the other side. */
  readonly controlled?: boolean;
}

const attributeOf = (type: number, value: Uint8Array): Buffer => {
  const bytes = Buffer.alloc(4 + ((value.length + 3) & ~3));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
};

export const transaction = Buffer.from("0102030405060708090a0b0c", "hex");

export function writeCheck({
  username,
  password,
  nominates = false,
  controlled = false,
}: CheckParts): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(1, 0);
  header.writeUInt32BE(0x2112_a442, 4);
  header.set(transaction, 8);
  const attributes = [attributeOf(0x0006, Buffer.from(username)), attributeOf(0x0024, Buffer.alloc(4, 1))];
  if (nominates) attributes.push(attributeOf(0x0025, Buffer.alloc(0)));
  if (controlled) attributes.push(attributeOf(0x8029, Buffer.alloc(8, 7)));
  const signed = Buffer.concat([header, ...attributes]);
  signed.writeUInt16BE(signed.length + 24 - 20, 2);
  const integrity = attributeOf(0x0008, createHmac("sha1", password).update(signed).digest());
  const all = Buffer.concat([signed, integrity]);
  all.writeUInt16BE(all.length + 8 - 20, 2);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(all) ^ 0x5354_554e) >>> 0);
  return Buffer.concat([all, attributeOf(0x8028, sum)]);
}

/** A keepalive (RFC 8445 §11), with a fingerprint alone. */
export function writeIndication(): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(0x0011, 0);
  header.writeUInt16BE(8, 2);
  header.writeUInt32BE(0x2112_a442, 4);
  header.set(transaction, 8);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(header) ^ 0x5354_554e) >>> 0);
  return Buffer.concat([header, attributeOf(0x8028, sum)]);
}

/** The error code of a response to `transaction`, intact by this password; undefined when it is none. */
export function readError(packet: Uint8Array, password: string): number | undefined {
  const bytes = Buffer.from(packet);
  if (!isIntactResponse(bytes, 0x0111, password) || bytes.readUInt16BE(20) !== 9) return undefined;
  return bytes[26]! * 100 + bytes[27]!;
}

/** Whether it is the success response to `transaction`, intact by this password; and the address in it. */
export function readResponse(packet: Uint8Array, password: string): string | undefined {
  const bytes = Buffer.from(packet);
  if (!isIntactResponse(bytes, 0x0101, password)) return undefined;
  const port = bytes.readUInt16BE(26) ^ 0x2112;
  const mask = Buffer.concat([Buffer.from("2112a442", "hex"), transaction]);
  const address = bytes.subarray(28, bytes.length - 32).map((byte, index) => byte ^ mask[index]!);
  return `${port} ${Buffer.from(address).toString("hex")}`;
}

function isIntactResponse(bytes: Buffer, type: number, password: string): boolean {
  if (bytes.readUInt16BE(0) !== type || !bytes.subarray(8, 20).equals(transaction)) return false;
  const fingerprintAt = bytes.length - 8;
  const integrityAt = fingerprintAt - 24;
  const sum = (crc32(bytes.subarray(0, fingerprintAt)) ^ 0x5354_554e) >>> 0;
  if (bytes.readUInt32BE(fingerprintAt + 4) !== sum) return false;
  const signed = Buffer.from(bytes.subarray(0, integrityAt));
  signed.writeUInt16BE(integrityAt + 24 - 20, 2);
  const expected = createHmac("sha1", password).update(signed).digest();
  return expected.equals(bytes.subarray(integrityAt + 4, fingerprintAt));
}
