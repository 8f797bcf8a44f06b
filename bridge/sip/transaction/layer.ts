// The transaction layer (RFC 3261 §17): finds the transaction of every message, opens new ones, and answers by
// itself what needs no user: CANCEL (§9.2), merged requests (§8.2.2.2) and, when its table is full, everything
// new. It never looks into bodies, dialogs or routes.
//
//   transport → receive → request  → ACK · CANCEL · retransmission · merged · full · new → user
//                       → response → its client transaction, or the user as a stray
import { createHmac, randomBytes } from "node:crypto";
import { type Clock, errorMessage, type Logger, ParleyError } from "#common";
import { createResponse } from "../format.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message.ts";
import type { Flow, TransportLayer } from "../transport/transport.ts";
import { Client } from "./client.ts";
import { shield, type TransactionContext } from "./context.ts";
import { count, createCounters, methodLabel, type TransactionCounters } from "./counters.ts";
import { withVia } from "./hop.ts";
import { clientKey, mergeKey, newBranch, responseKey, serverKeys, tagOf } from "./matching.ts";
import { Server } from "./server.ts";
import { overloadRetryAfterSeconds } from "./timers.ts";
import type { ClientTransaction, TransactionLayer, TransactionUser } from "./transaction.ts";

export interface TransactionLayerOptions {
  readonly transport: TransportLayer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Live transactions of each side; a new request beyond them is answered 503. Default 20 000. */
  readonly maxTransactions?: number;
}

export interface SipTransactionLayer extends TransactionLayer {
  readonly counters: TransactionCounters;
  /** Live transactions by side and state, and the counters. */
  snapshot(): TransactionSnapshot;
}

export interface TransactionSnapshot {
  readonly clients: Readonly<Record<string, number>>;
  readonly servers: Readonly<Record<string, number>>;
  readonly counters: TransactionCounters;
}

/** Takes over `transport.receive` and `transport.lost`. */
export function createTransactionLayer(options: TransactionLayerOptions): SipTransactionLayer {
  const layer = new Layer(options);
  options.transport.receive = (message, flow) => layer.receive(message, flow);
  options.transport.lost = (flow) => layer.lost(flow);
  return layer;
}

/** Before there is a user, nobody is at home. */
const nobody: TransactionUser = {
  onRequest: (transaction) => transaction.respond(createResponse(transaction.request, 503)),
  onAck: () => {},
  onStrayResponse: () => {},
};

class Layer implements SipTransactionLayer {
  user: TransactionUser = nobody;
  readonly counters = createCounters();
  readonly #options: TransactionLayerOptions;
  readonly #limit: number;
  readonly #context: TransactionContext;
  readonly #clients = new Map<string, Client>();
  readonly #servers = new Map<string, Server>();
  /** The merge keys of requests that are being served: a second path to one of them is refused. */
  readonly #firstPaths = new Set<string>();
  readonly #tagSecret = randomBytes(16);
  #closed = false;

  constructor(options: TransactionLayerOptions) {
    this.#options = options;
    this.#limit = options.maxTransactions ?? 20_000;
    this.#context = {
      ...options,
      counters: this.counters,
      deliverAck: (ack, flow) => this.#deliverAck(ack, flow),
      sendCancel: (cancel, flow) => {
        const branch = cancel.via.params.get("branch") ?? "";
        this.#open(clientKey(branch, "CANCEL"), cancel, flow);
      },
    };
  }

  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  snapshot(): TransactionSnapshot {
    return {
      clients: tally(this.#clients.values()),
      servers: tally(this.#servers.values()),
      counters: this.counters,
    };
  }

  request(request: SipRequest, flow: Flow): ClientTransaction {
    const branch = newBranch();
    const hop = withVia(request, flow, this.#options.transport.advertised(flow), branch);
    return this.#open(clientKey(branch, request.method), hop, flow);
  }

  sendAck(ack: SipRequest, flow: Flow): void {
    if (this.#closed) return;
    const hop = withVia(ack, flow, this.#options.transport.advertised(flow), newBranch());
    count(this.counters.requestsSent, "ACK");
    this.#options.transport.sendRequest(hop, flow).catch((error) => this.#sendFailed("ACK", error));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.user = nobody;
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.close();
    this.#clients.clear();
    this.#servers.clear();
    this.#firstPaths.clear();
  }

  receive(message: SipMessage, flow: Flow): void {
    if (this.#closed) return;
    if (message.kind === "response") this.#receiveResponse(message, flow);
    else if (message.method === "ACK") this.#receiveAck(message, flow);
    else if (message.method === "CANCEL") this.#receiveCancel(message, flow);
    else this.#receiveRequest(message, flow);
  }

  /** Who waits for a response on a connection that has gone waits in vain (RFC 3261 §8.1.3.1). */
  lost(flow: Flow): void {
    for (const client of [...this.#clients.values()]) {
      if (client.waiting && client.flow.id === flow.id) {
        client.fail(new ParleyError("CONNECTION_LOST", "the connection has gone"));
      }
    }
  }

  #receiveResponse(response: SipResponse, flow: Flow): void {
    const key = responseKey(response);
    const client = key === undefined ? undefined : this.#clients.get(key);
    if (client) {
      client.receive(response);
      return;
    }
    this.counters.responsesUnmatched += 1;
    shield(this.#options.logger, () => this.user.onStrayResponse(response, flow));
  }

  #receiveAck(ack: SipRequest, flow: Flow): void {
    count(this.counters.requestsReceived, "ACK");
    const server = this.#find(ack);
    if (server) server.acknowledged(ack, flow);
    else this.#deliverAck(ack, flow);
  }

  /** A CANCEL needs no state of its own: its retransmission finds the same INVITE and gets the same answer. */
  #receiveCancel(cancel: SipRequest, flow: Flow): void {
    count(this.counters.requestsReceived, "CANCEL");
    const server = this.#find(cancel);
    if (!server) {
      this.counters.cancelsUnmatched += 1;
      this.#answer(cancel, flow, 481);
      return;
    }
    // The To tag should be that of the answer to the INVITE (§9.2), as far as there is one.
    const tag = server.lastResponse && tagOf(server.lastResponse.to.params);
    this.#answer(cancel, flow, 200, tag || undefined);
    server.cancelled(cancel);
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    const known = this.#find(request);
    if (known) {
      known.retransmitted();
      return;
    }
    count(this.counters.requestsReceived, methodLabel(request.method));
    const merge = mergeKey(request);
    if (merge !== undefined && this.#firstPaths.has(merge)) {
      this.counters.merged += 1;
      this.#answer(request, flow, 482);
    } else if (this.#servers.size >= this.#limit) {
      this.counters.overloaded += 1;
      this.#answer(request, flow, 503);
    } else this.#accept(request, flow, merge);
  }

  #accept(request: SipRequest, flow: Flow, merge: string | undefined): void {
    const [id] = serverKeys(request);
    const server: Server = new Server(this.#context, {
      id,
      request,
      flow,
      deliver: () => this.#deliver(server),
      forget: () => {
        this.#servers.delete(id);
        if (merge !== undefined) this.#firstPaths.delete(merge);
      },
    });
    this.#servers.set(id, server);
    if (merge !== undefined) this.#firstPaths.add(merge);
    server.begin();
  }

  #find(request: SipRequest): Server | undefined {
    const [own, ...others] = serverKeys(request);
    const server = this.#servers.get(own);
    if (server || others.length === 0) return server;
    return others.map((key) => this.#servers.get(key)).find((candidate) => candidate?.awaits(request));
  }

  #deliver(server: Server): void {
    const content = shield(this.#options.logger, () => this.user.onRequest(server));
    if (!content && server.lastResponse === undefined) server.respond(this.#answerFor(server.request, 500));
  }

  #deliverAck(ack: SipRequest, flow: Flow): void {
    shield(this.#options.logger, () => this.user.onAck(ack, flow));
  }

  #open(id: string, request: SipRequest, flow: Flow): Client {
    const client = new Client(this.#context, {
      id,
      request,
      flow,
      forget: () => void this.#clients.delete(id),
    });
    if (this.#closed || this.#clients.size >= this.#limit) {
      this.counters.overloaded += 1;
      const code = this.#closed ? "CLOSED" : "TOO_MANY_TRANSACTIONS";
      // The user subscribes after this returns.
      queueMicrotask(() => client.fail(new ParleyError(code, "no new transaction can be opened")));
      return client;
    }
    this.#clients.set(id, client);
    client.begin();
    return client;
  }

  /** Answers without keeping anything (RFC 3261 §8.2.7): the same request gets the same To tag again. */
  #answer(request: SipRequest, flow: Flow, status: number, toTag?: string): void {
    const response = this.#answerFor(request, status, toTag);
    if (status === 503) response.headers.append("Retry-After", String(overloadRetryAfterSeconds));
    count(this.counters.responsesSent, status);
    this.#options.transport
      .sendResponse(response, flow)
      .catch((error) => this.#sendFailed(String(status), error));
  }

  #answerFor(request: SipRequest, status: number, toTag?: string): SipResponse {
    const identity = [request.callId, tagOf(request.from.params), request.cseq.number].join(" ");
    const tag = createHmac("sha256", this.#tagSecret).update(identity).digest("hex").slice(0, 16);
    return createResponse(request, status, { toTag: toTag ?? tag });
  }

  #sendFailed(what: string, error: unknown): void {
    this.counters.transportErrors += 1;
    this.#options.logger.debug({ what, err: errorMessage(error) }, "not sent");
  }
}

function tally(transactions: Iterable<{ readonly state: string }>): Record<string, number> {
  const states: Record<string, number> = {};
  for (const { state } of transactions) count(states, state);
  return states;
}
