// Reads the frame headers of a stream of MP3 (ISO/IEC 11172-3 and 13818-3, layer III) to know how long it plays
// and where its last whole frame ends. Pieces come in order; nothing is decoded.

const headerBytes = 4;
/** A bit of the header: the frame is one byte longer; it has no checksum. */
const paddingBit = 1 << 9;
const noChecksumBit = 1 << 16;
/** kbit/s by the index in the header, for MPEG-1 and for its halves. */
const bitRates = {
  one: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  two: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const sampleRates = [44_100, 48_000, 32_000] as const;

interface Mp3Frame {
  readonly bytes: number;
  readonly samples: number;
  readonly rate: number;
}

/** The frame that begins with these four bytes; undefined when none does. */
export function readMp3Header(header: number): Mp3Frame | undefined {
  if (header >>> 21 !== 0x7ff) return undefined;
  const version = (header >>> 19) & 3;
  const isLayer3 = ((header >>> 17) & 3) === 1;
  const rate = sampleRates[(header >>> 10) & 3];
  const kbps = bitRates[version === 3 ? "one" : "two"][(header >>> 12) & 15];
  if (version === 1 || !isLayer3 || !rate || !kbps) return undefined;
  const divided = rate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const samples = version === 3 ? 1152 : 576;
  const padding = header & paddingBit ? 1 : 0;
  return { bytes: Math.floor(((samples / 8) * kbps * 1000) / divided) + padding, samples, rate: divided };
}

/** A silent frame in the format of `like`, the first four bytes of a frame: all bytes after its header are zero. */
export function silentMp3Frame(like: number): Buffer {
  const header = ((like | noChecksumBit) & ~paddingBit) >>> 0;
  const read = readMp3Header(header);
  if (!read) throw new Error("no MP3 frame");
  const frame = Buffer.alloc(read.bytes);
  frame.writeUInt32BE(header);
  return frame;
}

export class Mp3Walk {
  /** Bytes up to the end of the last whole frame. */
  wholeBytes = 0;
  durationMs = 0;
  /** Bytes that are no frame came where one should begin: the rest is not counted. */
  broken = false;
  /** Bytes seen, and where the next frame begins. */
  #seen = 0;
  #next = 0;
  #frame: Mp3Frame | undefined;
  #header = 0;
  #headerBytes = 0;

  take(piece: Uint8Array): void {
    const start = this.#seen;
    this.#seen += piece.length;
    while (!this.broken) {
      if (this.#frame) {
        if (this.#next > this.#seen) return;
        this.wholeBytes = this.#next;
        this.durationMs += (this.#frame.samples * 1000) / this.#frame.rate;
        this.#frame = undefined;
      }
      for (; this.#headerBytes < headerBytes; this.#headerBytes += 1) {
        const at = this.#next + this.#headerBytes - start;
        if (at >= piece.length) return;
        this.#header = ((this.#header << 8) | piece[at]!) >>> 0;
      }
      this.#frame = readMp3Header(this.#header);
      this.#headerBytes = 0;
      if (this.#frame) this.#next += this.#frame.bytes;
      else this.broken = true;
    }
  }
}
