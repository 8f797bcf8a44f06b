// What one recvmsg brings: the datagram, its sender's address and the kernel's stamp, in one block of memory that all
// polled sockets share, because each datagram is dealt with before the next is read. The views on it are made once
// for each length that occurs.
import { maxDatagramBytes } from "../socket.ts";
import type { ArrivalClock } from "./arrival-clock.ts";
import {
  cmsghdr,
  iovec,
  MSG_TRUNC,
  maxSockaddrBytes,
  msghdr,
  SO_TIMESTAMPNS,
  SOL_SOCKET,
  timespec,
} from "./layout.ts";
import type { Libc } from "./libc.ts";
import { Memory } from "./memory.ts";

/** Where each part lies, all at multiples of eight. */
const header = 0;
const vector = header + 56;
const control = vector + 16;
const controlBytes = 64;
export const senderAt = control + controlBytes;
const data = senderAt + 32;

const nameLength = (header + msghdr.nameLength) >> 2;
const controlLength = (header + msghdr.controlLength) >> 2;
const flags = (header + msghdr.flags) >> 2;

export class Inbox {
  readonly memory: Memory;
  readonly #libc: Libc;
  readonly #header: number;
  readonly #views: (Uint8Array | undefined)[] = Array.from({ length: maxDatagramBytes + 1 });

  constructor(libc: Libc) {
    const memory = new Memory(libc, data + maxDatagramBytes);
    memory.point(header + msghdr.name, senderAt);
    memory.point(header + msghdr.vector, vector);
    memory.view.setBigUint64(header + msghdr.vectorLength, 1n, true);
    memory.point(header + msghdr.control, control);
    memory.point(vector + iovec.base, data);
    memory.view.setBigUint64(vector + iovec.length, BigInt(maxDatagramBytes), true);
    this.memory = memory;
    this.#libc = libc;
    this.#header = memory.at(header);
  }

  /** Receives one datagram; how long it is, or -1 and an errno. */
  receive(fd: number): number {
    const { words } = this.memory;
    words[nameLength] = maxSockaddrBytes;
    words[controlLength] = controlBytes;
    return this.#libc.recvmsg(fd, this.#header, 0);
  }

  /** The datagram did not fit. */
  get truncated(): boolean {
    return (this.memory.words[flags]! & MSG_TRUNC) !== 0;
  }

  /** The datagram, until the next is received. */
  packet(length: number): Uint8Array {
    this.#views[length] ??= this.memory.bytes.subarray(data, data + length);
    return this.#views[length];
  }

  /** When the datagram arrived. */
  arrival(clock: ArrivalClock): number {
    const { words } = this.memory;
    const stamped =
      words[controlLength]! >= cmsghdr.size + timespec.size &&
      words[(control + cmsghdr.level) >> 2] === SOL_SOCKET &&
      words[(control + cmsghdr.type) >> 2] === SO_TIMESTAMPNS;
    return stamped ? clock.read(this.memory, control + cmsghdr.size) : clock.now;
  }
}
