// Messages with bytes on a byte stream. One message:
//
//   4 bytes   length of what follows, big-endian
//   2 bytes   length of the head
//   head      JSON, UTF-8
//   the rest  bytes: a coded picture, or nothing
//
// Both lengths are bounded; what breaks a bound or is no JSON cannot be read on.
import { ParleyError } from "#common";

/** A coded picture of the largest size at the highest rate stays far below. */
export const maxMessageBytes = 4 << 20;

const lengthBytes = 4;
const headLengthBytes = 2;

export interface WireMessage {
  readonly head: unknown;
  /** Part of a larger buffer; keeping it keeps that as well. */
  readonly bytes: Buffer;
}

/** What goes before `bytes`. Throws BAD_FRAME when the message is too long. */
export function encodeHead(head: object, bytes = 0): Buffer {
  const json = Buffer.from(JSON.stringify(head), "utf8");
  const length = headLengthBytes + json.length + bytes;
  if (json.length > 0xffff || length > maxMessageBytes) {
    throw new ParleyError("BAD_FRAME", `a message of ${length} bytes is too long`);
  }
  const buffer = Buffer.allocUnsafe(lengthBytes + headLengthBytes + json.length);
  buffer.writeUInt32BE(length, 0);
  buffer.writeUInt16BE(json.length, lengthBytes);
  json.copy(buffer, lengthBytes + headLengthBytes);
  return buffer;
}

export class WireReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** How many are needed before there is anything to read. */
  #wanted = lengthBytes;

  /** The messages that `chunk` completes. Throws BAD_FRAME; the stream cannot be read on after that. */
  push(chunk: Buffer): WireMessage[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#wanted) return [];
    let buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#bytes);
    const messages: WireMessage[] = [];
    for (;;) {
      this.#wanted = lengthBytes;
      if (buffer.length < this.#wanted) break;
      const length = buffer.readUInt32BE(0);
      if (length < headLengthBytes || length > maxMessageBytes) {
        throw new ParleyError("BAD_FRAME", `a message says that it has ${length} bytes`);
      }
      this.#wanted = lengthBytes + length;
      if (buffer.length < this.#wanted) break;
      messages.push(decode(buffer.subarray(lengthBytes, this.#wanted)));
      buffer = buffer.subarray(this.#wanted);
    }
    this.#chunks = buffer.length > 0 ? [buffer] : [];
    this.#bytes = buffer.length;
    return messages;
  }
}

function decode(body: Buffer): WireMessage {
  const headEnd = headLengthBytes + body.readUInt16BE(0);
  if (headEnd > body.length) throw new ParleyError("BAD_FRAME", "a message is shorter than its head");
  try {
    const head: unknown = JSON.parse(body.toString("utf8", headLengthBytes, headEnd));
    return { head, bytes: body.subarray(headEnd) };
  } catch (error) {
    throw new ParleyError("BAD_FRAME", "the head of a message is not JSON", { cause: error });
  }
}
