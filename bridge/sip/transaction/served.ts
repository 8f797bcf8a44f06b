// The server transactions that live, by the keys under which a message finds its own (RFC 3261 §17.2.3), and the first
// paths of their requests: the same request by a second path is merged (§8.2.2.2).
import type { SipRequest } from "../message/message.ts";
import { mergeKey, serverKeys } from "./matching.ts";
import type { Server } from "./server.ts";

export class ServerTransactions {
  readonly #servers = new Map<string, Server>();
  readonly #firstPaths = new Set<string>();

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

  add(server: Server): void {
    this.#servers.set(server.id, server);
    const merge = mergeKey(server.request);
    if (merge !== undefined) this.#firstPaths.add(merge);
  }

  remove(server: Server): void {
    this.#servers.delete(server.id);
    const merge = mergeKey(server.request);
    if (merge !== undefined) this.#firstPaths.delete(merge);
  }

  clear(): void {
    this.#servers.clear();
    this.#firstPaths.clear();
  }
}
