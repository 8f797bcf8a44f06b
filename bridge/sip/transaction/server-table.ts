// The table of live server transactions, by the keys that match a message to its transaction (RFC 3261 §17.2.3), and the first
// paths of their requests: the same request by a second path is merged (§8.2.2.2). Their number is bounded, and shared
// among the sources that they come from: each may have four times what is free. One source alone comes to four fifths of all,
// two to four ninths each, and a further source still finds room.
import { sourceOf } from "#common";
import type { SipRequest } from "../message/message.ts";
import { mergeKey, serverKeys } from "./matching.ts";
import type { Server } from "./server.ts";

/** How many times of what is free one source may have. */
const shareOfFree = 4;

export class ServerTransactions {
  readonly #servers = new Map<string, Server>();
  readonly #firstPaths = new Set<string>();
  /** How many there are of each source. */
  readonly #ofSource = new Map<string, number>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#servers.size;
  }

  [Symbol.iterator](): Iterator<Server> {
    return this.#servers.values();
  }

  /** The transaction of a retransmission, an ACK or a CANCEL. */
  find(request: SipRequest): Server | undefined {
    const [own, ...others] = serverKeys(request);
    const server = this.#servers.get(own);
    if (server || others.length === 0) return server;
    return others.map((key) => this.#servers.get(key)).find((candidate) => candidate?.awaits(request));
  }

  /** Whether the request is being served already, by another path. */
  merges(request: SipRequest): boolean {
    const merge = mergeKey(request);
    return merge !== undefined && this.#firstPaths.has(merge);
  }

  /** Whether one more of that address finds room. */
  hasRoomFor(address: string): boolean {
    const free = this.#limit - this.#servers.size;
    return (this.#ofSource.get(sourceOf(address)) ?? 0) < shareOfFree * free;
  }

  add(server: Server): void {
    this.#servers.set(server.id, server);
    const source = sourceOf(server.flow.remote.address);
    this.#ofSource.set(source, (this.#ofSource.get(source) ?? 0) + 1);
    const merge = mergeKey(server.request);
    if (merge !== undefined) this.#firstPaths.add(merge);
  }

  remove(server: Server): void {
    if (!this.#servers.delete(server.id)) return;
    const source = sourceOf(server.flow.remote.address);
    const left = this.#ofSource.get(source)! - 1;
    if (left > 0) this.#ofSource.set(source, left);
    else this.#ofSource.delete(source);
    const merge = mergeKey(server.request);
    if (merge !== undefined) this.#firstPaths.delete(merge);
  }

  clear(): void {
    this.#servers.clear();
    this.#firstPaths.clear();
    this.#ofSource.clear();
  }
}
