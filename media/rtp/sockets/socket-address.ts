// Socket addresses between text and the kernel's bytes, both families. Text is what node:dgram writes: IPv6 in its
// short form, a link-local one with `%` and the interface. On an IPv6 socket an IPv4 peer is written as IPv4.
import { isIPv4 } from "node:net";
import { unmapped } from "#common";
import { AF_INET, AF_INET6, maxSockaddrBytes, sockaddrIn, sockaddrIn6 } from "./layout.ts";
import type { Libc } from "./libc.ts";
import { Memory } from "./memory.ts";

const textBytes = 64;
const mappedPrefix = "::ffff:";

/** On an IPv6 socket an IPv4 address is an IPv6 one (RFC 4291 §2.5.5.2). */
export function mapped(address: string): string {
  return isIPv4(address) ? mappedPrefix + address : address;
}

export class AddressCodec {
  readonly #libc: Libc;
  readonly #scratch: Memory;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#scratch = new Memory(libc, textBytes);
  }

  /** Writes a sockaddr of the socket's family; how long it is, or 0 where `address` is none of that family. */
  write(memory: Memory, family: number, port: number, address: string): number {
    const { bytes, view } = memory;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return 0;
    bytes.fill(0, 0, maxSockaddrBytes);
    view.setUint16(sockaddrIn.family, family, true);
    view.setUint16(sockaddrIn.port, port);
    if (family === AF_INET) {
      const written = this.#libc.inet_pton(AF_INET, address, memory.at(sockaddrIn.address));
      return written === 1 ? sockaddrIn.size : 0;
    }
    const [literal = "", zone] = mapped(address).split("%", 2);
    if (this.#libc.inet_pton(AF_INET6, literal, memory.at(sockaddrIn6.address)) !== 1) return 0;
    if (zone !== undefined) {
      const scope = this.#libc.if_nametoindex(zone);
      if (scope === 0) return 0;
      view.setUint32(sockaddrIn6.scope, scope, true);
    }
    return sockaddrIn6.size;
  }

  /** The address of the sockaddr that the kernel wrote at `offset`. Allocates its text. */
  read(memory: Memory, offset: number): string {
    const family = memory.view.getUint16(offset + sockaddrIn.family, true);
    if (family === AF_INET) return this.#text(AF_INET, memory.at(offset + sockaddrIn.address));
    const address = unmapped(this.#text(AF_INET6, memory.at(offset + sockaddrIn6.address)));
    const scope = memory.view.getUint32(offset + sockaddrIn6.scope, true);
    return scope === 0 ? address : `${address}%${this.#interface(scope)}`;
  }

  #text(family: number, address: number): string {
    const written = this.#libc.inet_ntop(family, address, this.#scratch.at(0), textBytes);
    return written === 0 ? "" : this.#scratchText();
  }

  #interface(scope: number): string {
    return this.#libc.if_indextoname(scope, this.#scratch.at(0)) === 0 ? String(scope) : this.#scratchText();
  }

  #scratchText(): string {
    const { bytes } = this.#scratch;
    return Buffer.from(bytes.buffer, 0, bytes.indexOf(0)).toString("latin1");
  }
}
