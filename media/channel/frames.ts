// Newline-delimited JSON (UTF-8): one object a line. Cuts a byte stream into frames without ever holding more
// than one frame's bound of an unfinished line.
import { ParleyError } from "#common";
import { maxFrameBytes } from "../protocol.ts";

const newline = 0x0a;

export const encodeFrame = (frame: object): string => `${JSON.stringify(frame)}\n`;

export class FrameReader {
  readonly #limit: number;
  #unfinished: Buffer[] = [];
  #unfinishedBytes = 0;

  constructor(limit = maxFrameBytes) {
    this.#limit = limit;
  }

  /**
   * Returns the frames that `chunk` completes. Throws BAD_FRAME when a line is too long or is not a JSON object;
   * the stream must not be read further after that.
   */
  push(chunk: Buffer): object[] {
    const frames: object[] = [];
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      this.#keep(chunk.subarray(from, end));
      frames.push(this.#finish());
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return frames;
  }

  #keep(part: Buffer): void {
    this.#unfinishedBytes += part.length;
    if (this.#unfinishedBytes > this.#limit) {
      throw new ParleyError("BAD_FRAME", `a frame is longer than ${this.#limit} bytes`);
    }
    if (part.length > 0) this.#unfinished.push(part);
  }

  #finish(): object {
    const line = Buffer.concat(this.#unfinished).toString("utf8");
    this.#unfinished = [];
    this.#unfinishedBytes = 0;
    let frame: unknown;
    try {
      frame = JSON.parse(line);
    } catch (error) {
      throw new ParleyError("BAD_FRAME", "a frame is not JSON", { cause: error });
    }
    if (typeof frame !== "object" || frame === null || Array.isArray(frame)) {
      throw new ParleyError("BAD_FRAME", "a frame is not an object");
    }
    return frame;
  }
}
