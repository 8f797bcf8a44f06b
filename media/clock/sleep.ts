// Sleep that is more exact than a timer of the event loop.

const neverChanged = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Blocks the calling thread, and with it its event loop, for `ms` milliseconds and some hundredths more. */
export function sleepThread(ms: number): void {
  Atomics.wait(neverChanged, 0, 0, ms);
}
