// The transaction layer (RFC 3261 §17): finds the transaction of every message, opens new ones, and answers by
// itself what needs no user: CANCEL (§9.2), merged requests (§8.2.2.2) and, when its table is full, everything
// new. It never looks into bodies, dialogs or routes.
//
//   transport → receive → request  → ACK · CANCEL · retransmission · merged · full · new → user
//                       → response → its client transaction, or the user as a stray
import { type Clock, errorMessage, type Logger, ParleyError } from "#common";
import { createResponse } from "../message/format.ts";
import { type SipMessage, SipRequest, type SipResponse } from "../message/message.ts";
import type { RepairCounters } from "../message/repairs.ts";
import type { Flow, TransportLayer } from "../transport/transport.ts";
import { Client } from "./client.ts";
import { runGuarded, type TransactionContext } from "./context.ts";
import { count, createCounters, methodLabel, type TransactionCounters } from "./counters.ts";
import { withVia } from "./hop-by-hop.ts";
import { clientKey, newBranch, responseKey, serverKeys, tagOf } from "./matching.ts";
import { Server } from "./server.ts";
import { ServerTransactions } from "./server-table.ts";
import { Stateless } from "./stateless.ts";
import type { ClientTransaction, TransactionLayer, TransactionUser } from "./transaction.ts";

export interface TransactionLayerOptions {
  readonly transport: TransportLayer;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Limit of live transactions of each side; a new request beyond it, or beyond the share of its source, is answered 503.
   * Default 20 000.
   */
  readonly maxTransactions?: number;
  /** Counts requests that are matched although they name their transaction wrongly. */
  readonly repairs?: RepairCounters;
}

export interface SipTransactionLayer extends TransactionLayer {
  readonly counters: TransactionCounters;
  /** Processes a message from the transport, which calls this by itself. */
  receive(message: SipMessage, flow: Flow): void;
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

/** Used before a user is set, and after the layer is closed. */
const noUser: TransactionUser = {
  onRequest: (transaction) => transaction.respond(createResponse(transaction.request, 503)),
  onAck: () => {},
  onStrayResponse: () => {},
};

class Layer implements SipTransactionLayer {
  user: TransactionUser = noUser;
  readonly counters = createCounters();
  readonly #options: TransactionLayerOptions;
  readonly #limit: number;
  readonly #context: TransactionContext;
  readonly #clients = new Map<string, Client>();
  readonly #servers: ServerTransactions;
  readonly #stateless: Stateless;
  #closed = false;

  constructor(options: TransactionLayerOptions) {
    this.#options = options;
    this.#limit = options.maxTransactions ?? 20_000;
    this.#servers = new ServerTransactions(this.#limit);
    this.#stateless = new Stateless({ ...options, counters: this.counters });
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
      servers: tally(this.#servers),
      counters: this.counters,
    };
  }

  request(request: SipRequest, flow: Flow): ClientTransaction {
    const branch = newBranch();
    const stamped = withVia(request, flow, this.#options.transport.advertised(flow), branch);
    return this.#open(clientKey(branch, request.method), stamped, flow);
  }

  repeat(invite: SipRequest, flow: Flow): ClientTransaction {
    return this.#open(clientKey(invite.via.params.get("branch") ?? "", invite.method), invite, flow);
  }

  sendAck(ack: SipRequest, flow: Flow): void {
    if (this.#closed) return;
    const stamped = withVia(ack, flow, this.#options.transport.advertised(flow), newBranch());
    count(this.counters.requestsSent, "ACK");
    this.#options.transport.sendRequest(stamped, flow).catch((error) => this.#sendFailed("ACK", error));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.user = noUser;
    for (const transaction of [...this.#clients.values(), ...this.#servers]) transaction.close();
    this.#clients.clear();
    this.#servers.clear();
  }

  receive(message: SipMessage, flow: Flow): void {
    if (this.#closed) return;
    if (message.kind === "response") this.#receiveResponse(message, flow);
    else if (message.method === "ACK") this.#receiveAck(message, flow);
    else if (message.method === "CANCEL") this.#receiveCancel(message, flow);
    else this.#receiveRequest(message, flow);
  }

  /** A connection is lost: transactions that wait for a response on it fail at once (RFC 3261 §8.1.3.1). */
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
    runGuarded(this.#options.logger, () => this.user.onStrayResponse(response, flow));
  }

  #receiveAck(ack: SipRequest, flow: Flow): void {
    count(this.counters.requestsReceived, "ACK");
    const server = this.#servers.find(ack) ?? this.#findByCall(ack, flow);
    if (!server) this.#deliverAck(ack, flow);
    else if (tagOf(ack.to.params) !== "") server.receiveAck(ack, flow);
    else server.receiveAck(withTagOf(server, ack), flow);
  }

  /** Finds the transaction of an ACK or a CANCEL by its headers other than Via. */
  #findByCall(request: SipRequest, flow: Flow): Server | undefined {
    const server = this.#servers.findByCall(request, flow);
    if (server) this.#options.repairs?.add("transaction");
    return server;
  }

  /** A CANCEL needs no state of its own: its retransmission finds the same INVITE and gets the same answer. */
  #receiveCancel(cancel: SipRequest, flow: Flow): void {
    count(this.counters.requestsReceived, "CANCEL");
    const server = this.#servers.find(cancel) ?? this.#findByCall(cancel, flow);
    if (!server) {
      this.counters.cancelsUnmatched += 1;
      this.#stateless.answer(cancel, flow, { status: 481 });
      return;
    }
    // The To tag should be that of the response to the INVITE (§9.2), if there is one.
    const tag = server.lastResponse?.to.params.get("tag");
    this.#stateless.answer(cancel, flow, { status: 200, ...(tag && { toTag: tag }) });
    server.receiveCancel(cancel);
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    const known = this.#servers.find(request);
    if (known) {
      known.receiveRetransmission();
      return;
    }
    count(this.counters.requestsReceived, methodLabel(request.method));
    if (this.#servers.merges(request)) {
      this.counters.merged += 1;
      this.#stateless.answer(request, flow, { status: 482 });
    } else if (!this.#servers.hasRoomFor(flow.remote.address)) {
      this.counters.overloaded += 1;
      this.#stateless.answerOverload(request, flow);
    } else if (this.user.isOverRate?.(request, flow)) {
      this.counters.turnedAway += 1;
      this.#stateless.answerOverload(request, flow);
    } else this.#accept(request, flow);
  }

  #accept(request: SipRequest, flow: Flow): void {
    const [id] = serverKeys(request);
    const server: Server = new Server(this.#context, {
      id,
      request,
      flow,
      deliver: () => this.#deliver(server),
      forget: () => this.#servers.remove(server),
    });
    this.#servers.add(server);
    server.begin();
  }

  #deliver(server: Server): void {
    const content = runGuarded(this.#options.logger, () => this.user.onRequest(server));
    if (!content && server.lastResponse === undefined)
      server.respond(this.#stateless.answerFor(server.request, 500));
  }

  #deliverAck(ack: SipRequest, flow: Flow): void {
    runGuarded(this.#options.logger, () => this.user.onAck(ack, flow));
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

  #sendFailed(what: string, error: unknown): void {
    this.counters.transportErrors += 1;
    this.#options.logger.debug({ what, err: errorMessage(error) }, "not sent");
  }
}

/** For an ACK that repeats the To of its INVITE instead of that of the response: the dialog is found by the tag. */
function withTagOf({ lastResponse }: Server, ack: SipRequest): SipRequest {
  const to = lastResponse?.headers.get("To");
  if (to === undefined) return ack;
  return new SipRequest(ack.method, ack.uri, ack.headers.clone().set("To", to), ack.body);
}

function tally(transactions: Iterable<{ readonly state: string }>): Record<string, number> {
  const states: Record<string, number> = {};
  for (const { state } of transactions) count(states, state);
  return states;
}
