// Memory that the kernel is shown: one fixed ArrayBuffer and where it lies. The collector neither moves nor shrinks
// what an ArrayBuffer holds, and never frees it before the Memory is unreachable; so an address is good for as long
// as its Memory is held, and the caller of a system call holds the Memory of every address in it.
import type { Libc } from "./libc.ts";

export class Memory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same bytes as little-endian words, for what lies at a multiple of four. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly #address: number;

  constructor(libc: Pick<Libc, "addressOf">, size: number) {
    const buffer = new ArrayBuffer((size + 7) & ~7);
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.view = new DataView(buffer);
    this.#address = libc.addressOf(buffer);
  }

  /** The address of a byte inside, as a number that holds it exactly. */
  at(offset: number): number {
    if (offset < 0 || offset >= this.bytes.length) throw new RangeError(`${offset} lies outside the memory`);
    return this.#address + offset;
  }

  /** Writes the address of a byte of `target` where C expects a pointer. */
  point(offset: number, target: number): void {
    this.view.setBigUint64(offset, BigInt(this.at(target)), true);
  }
}
