// A bounded queue of 20 ms frames from the thread that mixes to the thread that writes, in shared memory: one
// writer, one reader, no locks, nothing allocated after its creation. When the reader falls behind, frames are
// refused and counted; every frame carries its position in time, so that the reader knows what is missing.
//
//   control words: next to write · next to read · refused · last position offered
//   slot: track · position · number of samples · samples …

const written = 0;
const read = 1;
const refused = 2;
const offered = 3;
const controlWords = 4;
const slotHeaderBytes = 12;
/** 20 ms at 48 kHz. */
const maxSamples = 960;
const slotBytes = slotHeaderBytes + maxSamples * 2;

/** What both threads are given. */
export interface SharedRing {
  readonly memory: SharedArrayBuffer;
  readonly slots: number;
}

/** `slots`: a power of two, so that counting may wrap around. */
export function createSharedRing(slots: number): SharedRing {
  return { memory: new SharedArrayBuffer(controlWords * 4 + slots * slotBytes), slots };
}

/** Takes one frame; `samples` is valid until it returns. */
export type FrameReader = (track: number, position: number, samples: Int16Array) => void;

export class FrameRing {
  readonly #slots: number;
  readonly #control: Int32Array;
  readonly #headers: Int32Array[] = [];
  readonly #frames: Int16Array[] = [];

  constructor({ memory, slots }: SharedRing) {
    this.#slots = slots;
    this.#control = new Int32Array(memory, 0, controlWords);
    for (let slot = 0; slot < slots; slot += 1) {
      const at = controlWords * 4 + slot * slotBytes;
      this.#headers.push(new Int32Array(memory, at, slotHeaderBytes / 4));
      this.#frames.push(new Int16Array(memory, at + slotHeaderBytes, maxSamples));
    }
  }

  /** Frames that found no room. */
  get refused(): number {
    return Atomics.load(this.#control, refused);
  }

  /** The latest position that was offered, taken or not. */
  get offered(): number {
    return Atomics.load(this.#control, offered);
  }

  /** The writer's: false when there is no room. `position` counts frames since the recording began; 48 kHz at most. */
  write(track: number, position: number, samples: Int16Array): boolean {
    const control = this.#control;
    Atomics.store(control, offered, position);
    const next = control[written]!;
    if (((next - Atomics.load(control, read)) | 0) >= this.#slots) {
      Atomics.add(control, refused, 1);
      return false;
    }
    const slot = (next >>> 0) % this.#slots;
    const header = this.#headers[slot]!;
    header[0] = track;
    header[1] = position;
    header[2] = samples.length;
    this.#frames[slot]!.set(samples);
    Atomics.store(control, written, (next + 1) | 0);
    return true;
  }

  /** The reader's: hands over what waits, at most `limit` frames; says how many. */
  read(take: FrameReader, limit = this.#slots): number {
    const control = this.#control;
    let taken = 0;
    while (taken < limit && Atomics.load(control, written) !== control[read]!) {
      const next = control[read]!;
      const slot = (next >>> 0) % this.#slots;
      const header = this.#headers[slot]!;
      take(header[0]!, header[1]!, this.#frames[slot]!.subarray(0, header[2]));
      Atomics.store(control, read, (next + 1) | 0);
      taken += 1;
    }
    return taken;
  }
}
