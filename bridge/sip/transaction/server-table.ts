// The table of live server transactions, by the keys that match a message to its transaction (RFC 3261 §17.2.3), and the first
// paths of their requests: the same request by a second path is merged (§8.2.2.2). Their number is bounded, and shared
// among the sources that they come from: each may use up to four times the free places. One source alone can use four fifths of
// all, two can use four ninths each, and a further source still finds room.
import { sourceOf } from "#common";
import type { SipRequest } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { mergeKey, mergeKeyOf, serverKeys, tagOf } from "./matching.ts";
import type { Server } from "./server.ts";

/** How many times the number of free places one source may use. */
const shareOfFree = 4;

export class ServerTransactions {
  readonly #servers = new Map<string, Server>();
  readonly #firstPaths = new Map<string, Server>();
  /** Number of transactions of each source. */
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

  /**
   * The transaction of an ACK or a CANCEL whose Via is not that of its INVITE: some clients make a new branch for it, or write the
   * address learnt from `received` meanwhile. Compared by Call-ID, From tag and CSeq; only for the sender of the INVITE.
   */
  findByCall(request: SipRequest, flow: Flow): Server | undefined {
    const { method, callId, from, to, cseq } = request;
    const invite = { callId, fromTag: tagOf(from.params), cseq: cseq.number, method: "INVITE" };
    const server = this.#firstPaths.get(mergeKeyOf(invite));
    if (server?.flow.remote.address !== flow.remote.address) return undefined;
    if (method !== "ACK" || tagOf(to.params) === "") return server;
    // The ACK of a 2xx has a branch of its own (RFC 3261 §13.2.2.4) and finds its dialog by its tag.
    return server.state === "completed" && server.awaits(request) ? server : undefined;
  }

  /** Whether the request is already being served on another path. */
  merges(request: SipRequest): boolean {
    const merge = mergeKey(request);
    return merge !== undefined && this.#firstPaths.has(merge);
  }

  /** Whether there is room for one more transaction from that address. */
  hasRoomFor(address: string): boolean {
    const free = this.#limit - this.#servers.size;
    return (this.#ofSource.get(sourceOf(address)) ?? 0) < shareOfFree * free;
  }

  add(server: Server): void {
    this.#servers.set(server.id, server);
    const source = sourceOf(server.flow.remote.address);
    this.#ofSource.set(source, (this.#ofSource.get(source) ?? 0) + 1);
    const merge = mergeKey(server.request);
    if (merge !== undefined) this.#firstPaths.set(merge, server);
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
