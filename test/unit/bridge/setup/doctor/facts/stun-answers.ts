// What a STUN server answers, written by hand for tests (RFC 8489 §5, §14).
export const cookie = 0x2112_a442;
export const [bindingSuccess, bindingError] = [0x0101, 0x0111];
export const [mappedAddress, errorCode, xorMappedAddress, software] = [0x0001, 0x0009, 0x0020, 0x8022];

export function attribute(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4 + ((value.length + 3) & ~3));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
}

/** To the request, or to a transaction. */
export function answerTo(request: Uint8Array, type: number, ...attributes: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(Buffer.concat(attributes).length, 2);
  header.writeUInt32BE(cookie, 4);
  header.set(request.length === 12 ? request : request.subarray(8, 20), 8);
  return Buffer.concat([header, ...attributes]);
}

/** Of an IPv4 address. */
export function address(text: string, port: number): Buffer {
  const value = Buffer.from([0, 1, 0, 0, ...text.split(".").map(Number)]);
  value.writeUInt16BE(port, 2);
  return value;
}

export function masked(value: Buffer): Buffer {
  const mask = Buffer.from([0, 0, 0x21, 0x12, 0x21, 0x12, 0xa4, 0x42]);
  return Buffer.from(value.map((byte, index) => byte ^ mask[index]!));
}

export const success = (request: Uint8Array, seen = "203.0.113.9", port = 4711): Buffer =>
  answerTo(request, bindingSuccess, attribute(xorMappedAddress, masked(address(seen, port))));

export const refusal = (request: Uint8Array, code: number): Buffer =>
  answerTo(
    request,
    bindingError,
    attribute(errorCode, Buffer.from([0, 0, Math.floor(code / 100), code % 100])),
  );
