// STUN Binding requests, their responses and Binding indications, as ICE uses them (RFC 8489 §5, §14; RFC 8445 §11, §16.1).
// Requests are read, never sent. Bounds are checked before anything is believed.
import { createHmac, timingSafeEqual } from "node:crypto";
import { isIPv6 } from "node:net";
import { crc32 } from "node:zlib";
import type { MediaAddress } from "../rtp/index.ts";

export interface BindingRequest {
  readonly transaction: Uint8Array;
  /** `OURS:THEIRS`, the names of both sides. */
  readonly username: string;
  /** The far end chooses this pair. */
  readonly nominates: boolean;
  /** The far end takes us for the side that chooses (RFC 8445 §7.1.3). */
  readonly isControlled: boolean;
  /** The offset of MESSAGE-INTEGRITY. */
  readonly integrityAt: number;
}

const headerBytes = 20;
const cookie = 0x2112_a442;
const bindingRequest = 0x0001;
const bindingIndication = 0x0011;
const bindingSuccess = 0x0101;
const bindingError = 0x0111;
const username = 0x0006;
const messageIntegrity = 0x0008;
const errorCode = 0x0009;
const xorMappedAddress = 0x0020;
const useCandidate = 0x0025;
const fingerprint = 0x8028;
const iceControlled = 0x8029;
const fingerprintMask = 0x5354_554e;
const integrityBytes = 20;
const maxBytes = 1280;
const maxUsernameLength = 513;

/** RFC 7983: what begins so is STUN, DTLS, or RTP and RTCP. */
export const isStun = (packet: Uint8Array): boolean => packet.length > 0 && packet[0]! < 4;
export const isDtls = (packet: Uint8Array): boolean => packet[0]! >= 20 && packet[0]! < 64;

/** Undefined for everything else: other messages, broken ones, and requests that prove nothing. */
export function readBindingRequest(packet: Uint8Array): BindingRequest | undefined {
  if (!isMessage(packet, bindingRequest)) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  let name = "";
  let nominates = false;
  let isControlled = false;
  for (let at = headerBytes; at + 4 <= packet.length; ) {
    const [type, length] = [view.getUint16(at), view.getUint16(at + 2)];
    const value = at + 4;
    if (value + length > packet.length) return undefined;
    if (type === messageIntegrity) {
      if (length !== integrityBytes || name === "") return undefined;
      const transaction = packet.slice(8, headerBytes);
      return { transaction, username: name, nominates, isControlled, integrityAt: at };
    }
    if (type === username && length <= maxUsernameLength) {
      name = Buffer.from(packet.buffer, packet.byteOffset + value, length).toString("latin1");
    }
    if (type === useCandidate) nominates = true;
    if (type === iceControlled) isControlled = true;
    at = value + ((length + 3) & ~3);
  }
  return undefined;
}

/** A keepalive of ICE (RFC 8445 §11): it asks for nothing, and proves nothing. */
export const isBindingIndication = (packet: Uint8Array): boolean => isMessage(packet, bindingIndication);

function isMessage(packet: Uint8Array, type: number): boolean {
  if (packet.length < headerBytes || packet.length > maxBytes || packet.length % 4 !== 0) return false;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  if (view.getUint16(0) !== type || view.getUint32(4) !== cookie) return false;
  return view.getUint16(2) === packet.length - headerBytes;
}

/** Whether the sender of the message knows `password`. */
export function isIntact(packet: Uint8Array, { integrityAt }: BindingRequest, password: string): boolean {
  const signed = Buffer.from(packet.slice(0, integrityAt));
  // The length is that of a message which ends with the integrity (RFC 8489 §14.5).
  signed.writeUInt16BE(integrityAt + 4 + integrityBytes - headerBytes, 2);
  const expected = createHmac("sha1", password).update(signed).digest();
  return timingSafeEqual(expected, packet.subarray(integrityAt + 4, integrityAt + 4 + integrityBytes));
}

/** The success response, which says where the request came from. */
export const writeBindingSuccess = (request: BindingRequest, from: MediaAddress, password: string): Buffer =>
  writeResponse(bindingSuccess, request, mappedAddress(from, request.transaction), password);

/** The response that has the far end take the other role and try again (RFC 8445 §7.3.1.1, §7.2.5.1). */
export function writeRoleConflict(request: BindingRequest, password: string): Buffer {
  const reason = "Role Conflict";
  const attribute = Buffer.alloc(4 + ((4 + reason.length + 3) & ~3));
  attribute.writeUInt16BE(errorCode, 0);
  attribute.writeUInt16BE(4 + reason.length, 2);
  attribute[6] = 4;
  attribute[7] = 87;
  attribute.write(reason, 8, "latin1");
  return writeResponse(bindingError, request, attribute, password);
}

/** With one attribute, integrity and fingerprint. */
function writeResponse(
  type: number,
  request: BindingRequest,
  attribute: Uint8Array,
  password: string,
): Buffer {
  const integrityAt = headerBytes + attribute.length;
  const fingerprintAt = integrityAt + 4 + integrityBytes;
  const message = Buffer.alloc(fingerprintAt + 8);
  message.writeUInt16BE(type, 0);
  message.writeUInt32BE(cookie, 4);
  message.set(request.transaction, 8);
  message.set(attribute, headerBytes);
  message.writeUInt16BE(fingerprintAt - headerBytes, 2);
  message.writeUInt16BE(messageIntegrity, integrityAt);
  message.writeUInt16BE(integrityBytes, integrityAt + 2);
  const signed = message.subarray(0, integrityAt);
  message.set(createHmac("sha1", password).update(signed).digest(), integrityAt + 4);
  message.writeUInt16BE(message.length - headerBytes, 2);
  message.writeUInt16BE(fingerprint, fingerprintAt);
  message.writeUInt16BE(4, fingerprintAt + 2);
  const sum = (crc32(message.subarray(0, fingerprintAt)) ^ fingerprintMask) >>> 0;
  message.writeUInt32BE(sum, fingerprintAt + 4);
  return message;
}

/** XOR-MAPPED-ADDRESS (RFC 8489 §14.2). */
function mappedAddress({ address, port }: MediaAddress, transaction: Uint8Array): Buffer {
  const v6 = isIPv6(address);
  const bytes = v6 ? bytesOfIPv6(address) : Uint8Array.from(address.split("."), Number);
  const attribute = Buffer.alloc(8 + bytes.length);
  attribute.writeUInt16BE(xorMappedAddress, 0);
  attribute.writeUInt16BE(4 + bytes.length, 2);
  attribute[5] = v6 ? 2 : 1;
  attribute.writeUInt16BE(port ^ (cookie >>> 16), 6);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(cookie, 0);
  mask.set(transaction, 4);
  bytes.forEach((byte, index) => {
    attribute[8 + index] = byte ^ mask[index]!;
  });
  return attribute;
}

function bytesOfIPv6(address: string): Uint8Array {
  const literal = address.split("%", 1)[0]!;
  const [head = "", tail] = literal.split("::");
  const words = (part: string | undefined) =>
    part
      ? part.split(":").flatMap((word) => {
          if (!word.includes(".")) return [Number.parseInt(word, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = word.split(".").map(Number);
          return [(a << 8) | b, (c << 8) | d];
        })
      : [];
  const [front, back] = [words(head), words(tail)];
  const all = [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}
