// The Binding request of STUN, and what is answered to it (RFC 8489 §5, §14). Pure. What came is checked before it is believed:
// its type, its length, the cookie, the transaction and the length of each attribute.
import { canonicalAddress, unmapped } from "#common";

export type BindingAnswer =
  /** How the server sees the client. */
  | { readonly outcome: "mapped"; readonly seen: { readonly address: string; readonly port: number } }
  /** The server answers with an error. */
  | { readonly outcome: "refused"; readonly code: number };

export const stunHeaderBytes = 20;
export const transactionBytes = 12;
const cookie = 0x2112_a442;
const bindingRequest = 0x0001;
const bindingSuccess = 0x0101;
const bindingError = 0x0111;
const mappedAddress = 0x0001;
const errorCode = 0x0009;
const xorMappedAddress = 0x0020;
const unmasked = Buffer.alloc(16);

export function writeBindingRequest(transaction: Uint8Array): Buffer {
  const request = Buffer.alloc(stunHeaderBytes);
  request.writeUInt16BE(bindingRequest, 0);
  request.writeUInt32BE(cookie, 4);
  request.set(transaction, 8);
  return request;
}

/** How long the message is that begins with this header, itself included; undefined where that is no STUN. */
export function stunLength(header: Buffer): number | undefined {
  if (header.length < stunHeaderBytes || header[0]! > 3 || header.readUInt32BE(4) !== cookie)
    return undefined;
  const length = header.readUInt16BE(2);
  return length % 4 === 0 ? stunHeaderBytes + length : undefined;
}

/** Undefined for what is no answer to that transaction, or is broken, or says nothing. */
export function readBindingAnswer(message: Buffer, transaction: Uint8Array): BindingAnswer | undefined {
  if (stunLength(message) !== message.length) return undefined;
  if (!message.subarray(8, stunHeaderBytes).equals(transaction)) return undefined;
  const type = message.readUInt16BE(0);
  if (type !== bindingSuccess && type !== bindingError) return undefined;
  let plain: BindingAnswer | undefined;
  for (let at = stunHeaderBytes; at + 4 <= message.length; ) {
    const [kind, length] = [message.readUInt16BE(at), message.readUInt16BE(at + 2)];
    const value = message.subarray(at + 4, at + 4 + length);
    if (value.length < length) return undefined;
    if (type === bindingError) {
      if (kind === errorCode) return refusalIn(value);
    } else if (kind === xorMappedAddress) {
      // The mask is the cookie and the transaction, as they stand in the header.
      return addressIn(value, message.subarray(4, stunHeaderBytes));
    } else if (kind === mappedAddress) {
      // Of servers of RFC 3489, which know no other.
      plain ??= addressIn(value, unmasked);
    }
    at += 4 + ((length + 3) & ~3);
  }
  return plain;
}

function addressIn(value: Buffer, mask: Buffer): BindingAnswer | undefined {
  const bytes = value.subarray(4).map((byte, index) => byte ^ mask[index % mask.length]!);
  const address = value[1] === 1 ? ipv4Of(bytes) : value[1] === 2 ? ipv6Of(bytes) : undefined;
  if (address === undefined) return undefined;
  return { outcome: "mapped", seen: { address, port: value.readUInt16BE(2) ^ mask.readUInt16BE(0) } };
}

const ipv4Of = (bytes: Uint8Array): string | undefined => (bytes.length === 4 ? bytes.join(".") : undefined);

function ipv6Of(bytes: Uint8Array): string | undefined {
  if (bytes.length !== 16) return undefined;
  const digits = Buffer.from(bytes).toString("hex");
  const address = canonicalAddress(digits.replace(/(....)(?!$)/g, "$1:"));
  return address && unmapped(address);
}

/** RFC 8489 §14.8: the hundreds, and the rest. */
function refusalIn(value: Buffer): BindingAnswer | undefined {
  const [hundreds = 0, rest = 0] = value.subarray(2);
  return value.length < 4 ? undefined : { outcome: "refused", code: (hundreds & 7) * 100 + (rest % 100) };
}
