// Finds which of our addresses the kernel would use towards a remote one. A socket that listens on a wildcard does not
// say where a datagram arrived, so the routing table is asked: a UDP socket is connected, which sends nothing,
// and its own address read. Answers are kept for a while, in a table of fixed size.
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { BoundedMap, type Clock, ParleyError } from "#common";
import type { Transport } from "./transport.ts";

export interface LocalAddressOptions {
  readonly clock: Clock;
  /** Routes change: an older answer is asked for again. */
  readonly ttlMs?: number;
  readonly maxEntries?: number;
  /** Limit of concurrent queries; further ones are refused with TOO_MANY_ROUTES. */
  readonly maxPending?: number;
  /** Asks the kernel. Replaced in tests. */
  readonly probe?: (remote: string) => Promise<string>;
}

interface Answer {
  readonly address: string;
  readonly expires: number;
}

export class LocalAddresses {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #maxPending: number;
  readonly #probe: (remote: string) => Promise<string>;
  readonly #answers: BoundedMap<string, Answer>;
  readonly #pending = new Map<string, Promise<string>>();

  constructor(options: LocalAddressOptions) {
    this.#clock = options.clock;
    this.#ttlMs = options.ttlMs ?? 60_000;
    this.#answers = new BoundedMap({ most: options.maxEntries ?? 4096 });
    this.#maxPending = options.maxPending ?? 64;
    this.#probe = options.probe ?? askKernel;
  }

  /** The answer, if it is fresh. */
  known(remote: string): string | undefined {
    const answer = this.#answers.get(remote);
    return answer && answer.expires > this.#clock.monotonic() ? answer.address : undefined;
  }

  /** Rejects with the system error when there is no way to that address. */
  find(remote: string): Promise<string> {
    const known = this.known(remote);
    if (known !== undefined) return Promise.resolve(known);
    const asked = this.#pending.get(remote);
    if (asked) return asked;
    if (this.#pending.size >= this.#maxPending) {
      return Promise.reject(new ParleyError("TOO_MANY_ROUTES", "too many new remote addresses at once"));
    }
    const question = this.#ask(remote).finally(() => this.#pending.delete(remote));
    this.#pending.set(remote, question);
    return question;
  }

  async #ask(remote: string): Promise<string> {
    const address = await this.#probe(remote);
    this.#answers.set(remote, { address, expires: this.#clock.monotonic() + this.#ttlMs });
    return address;
  }
}

const discardPort = 9;

function askKernel(remote: string): Promise<string> {
  const socket = createSocket({ type: isIPv6(remote) ? "udp6" : "udp4", lookup: literalLookup });
  return new Promise<string>((resolve, reject) => {
    socket.on("error", reject);
    socket.connect(discardPort, remote, () => resolve(socket.address().address));
  }).finally(() => socket.close());
}

/** The families that a socket bound to that address can use. */
export function familiesOf(address: string, ipv6Only: boolean): Transport["families"] {
  if (!isIPv6(address)) return "IPv4";
  return address === "::" && !ipv6Only ? "both" : "IPv6";
}

/** A lookup function for addresses that are literals: needs no resolver and no thread. */
export const literalLookup = (
  hostname: string,
  _options: unknown,
  callback: (error: Error | null, address: string, family: number) => void,
): void => callback(null, hostname, isIPv6(hostname) ? 6 : 4);
