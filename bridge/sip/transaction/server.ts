// One server transaction: carries out the actions of its machine (RFC 3261 §17.2) on the flow that the request
// came on, and keeps the last response for retransmissions.
import { Emitter, errorMessage } from "#common";
import { createResponse } from "../message/format.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { runGuarded, type TransactionContext } from "./context.ts";
import { count } from "./counters.ts";
import { type InviteServerState, startInviteServer, stepInviteServer } from "./invite-server.ts";
import { createMachine, type Machine } from "./machine.ts";
import { tagOf } from "./matching.ts";
import { type NonInviteServerState, startNonInviteServer, stepNonInviteServer } from "./non-invite-server.ts";
import type { ServerAction, ServerEvent, TimerAction } from "./step.ts";
import { tryingDelay } from "./timers.ts";
import type { ServerTransaction, ServerTransactionEvents } from "./transaction.ts";

type MachineAction = Exclude<ServerAction, TimerAction>;
type ServerMachine = Machine<InviteServerState | NonInviteServerState, ServerEvent>;

export class Server implements ServerTransaction {
  readonly id: string;
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly events = new Emitter<ServerTransactionEvents>();
  readonly #context: TransactionContext;
  readonly #machine: ServerMachine & { begin(): void };
  readonly #deliver: () => void;
  #lastResponse: SipResponse | undefined;
  /** The response, ACK or error that the current step is about. */
  #response: SipResponse | undefined;
  #ack: { readonly request: SipRequest; readonly flow: Flow } | undefined;
  #error: Error | undefined;
  #cancelled = false;
  #complained = false;

  /** `deliver` hands the new transaction to the user; `forget` is called once, when it has ended by itself. */
  constructor(
    context: TransactionContext,
    parts: { id: string; request: SipRequest; flow: Flow; deliver(): void; forget(server: Server): void },
  ) {
    this.id = parts.id;
    this.request = parts.request;
    this.flow = parts.flow;
    this.#context = context;
    this.#deliver = parts.deliver;
    const { reliable } = parts.flow;
    const owner = {
      act: (action: MachineAction) => this.#act(action),
      onTimer: (timer: string) => count(context.counters.timersFired, timer),
      onTerminated: () => {
        parts.forget(this);
        this.#emit("terminated", undefined);
        this.#release();
      },
    };
    this.#machine =
      parts.request.method === "INVITE"
        ? createMachine<InviteServerState, ServerEvent, MachineAction>(context.clock, {
            first: startInviteServer(),
            step: (state, event) => stepInviteServer(state, event, reliable),
            ...owner,
          })
        : createMachine<NonInviteServerState, ServerEvent, MachineAction>(context.clock, {
            first: startNonInviteServer(),
            step: (state, event) => stepNonInviteServer(state, event, reliable),
            ...owner,
          });
  }

  get state(): InviteServerState | NonInviteServerState {
    return this.#machine.state;
  }

  get lastResponse(): SipResponse | undefined {
    return this.#lastResponse;
  }

  begin(): void {
    this.#machine.begin();
  }

  respond(response: SipResponse): void {
    this.#response = response;
    if (this.#machine.feed({ on: responseClass(response.status) })) return;
    this.#context.counters.dropped += 1;
    if (this.#complained) return;
    this.#complained = true;
    this.#context.logger.warn(
      { method: this.request.method, status: response.status, state: this.state },
      "a response came too late and was not sent",
    );
  }

  receiveRetransmission(): void {
    this.#context.counters.retransmissionsReceived += 1;
    this.#machine.feed({ on: "request" });
  }

  receiveAck(ack: SipRequest, flow: Flow): void {
    this.#ack = { request: ack, flow };
    if (!this.#machine.feed({ on: "ack" })) this.#context.counters.dropped += 1;
  }

  /** Whether the ACK answers our final response: for RFC 2543 peers the To tag decides (§17.2.3). */
  awaits(ack: SipRequest): boolean {
    const answered = this.#lastResponse;
    return answered !== undefined && tagOf(answered.to.params) === tagOf(ack.to.params);
  }

  /** Takes a matching CANCEL. It has no effect after a final response, and only once before it (§9.2). */
  receiveCancel(cancel: SipRequest): void {
    if (this.state !== "proceeding" || this.#cancelled) return;
    this.#cancelled = true;
    this.#emit("cancelled", { cancel });
  }

  /** Drops what was sent: the user may keep the transaction as long as a call lasts. */
  #release(): void {
    this.events.clear();
    this.#lastResponse = undefined;
    this.#response = undefined;
    this.#ack = undefined;
  }

  /** Stops all timers and callbacks. */
  close(): void {
    this.#machine.close();
    this.events.clear();
  }

  #act(action: MachineAction): void {
    const { counters } = this.#context;
    switch (action) {
      case "deliver-request":
        this.#deliver();
        break;
      case "send-response":
        this.#sendFirst(this.#response!);
        break;
      case "send-trying":
        this.#sendFirst(trying(this.request));
        break;
      case "retransmit-response":
        if (this.#lastResponse === undefined) break;
        counters.retransmissionsSent += 1;
        this.#send(this.#lastResponse);
        break;
      case "deliver-ack":
        this.#context.deliverAck(this.#ack!.request, this.#ack!.flow);
        break;
      case "report-unacknowledged":
        counters.unacknowledged += 1;
        this.#emit("unacknowledged", undefined);
        break;
      case "report-transport-error":
        counters.transportErrors += 1;
        this.#emit("transportError", { error: this.#error! });
        break;
    }
  }

  #sendFirst(response: SipResponse): void {
    const { counters } = this.#context;
    if (response === this.#lastResponse) counters.retransmissionsSent += 1;
    else count(counters.responsesSent, response.status);
    this.#lastResponse = response;
    this.#send(response);
  }

  #send(response: SipResponse): void {
    this.#context.transport.sendResponse(response, this.flow).catch((error: unknown) => {
      this.#error = error instanceof Error ? error : new Error(errorMessage(error));
      this.#machine.feed({ on: "transport-error" });
    });
  }

  #emit<Name extends keyof ServerTransactionEvents>(
    name: Name,
    payload: ServerTransactionEvents[Name],
  ): void {
    runGuarded(this.#context.logger, () => this.events.emit(name, payload));
  }
}

/** A 100 that says how long the request has waited, if it has a Timestamp (RFC 3261 §8.2.6.1). */
function trying(request: SipRequest): SipResponse {
  const response = createResponse(request, 100);
  const timestamp = response.headers.get("Timestamp");
  if (timestamp !== undefined) response.headers.set("Timestamp", `${timestamp} ${tryingDelay / 1000}`);
  return response;
}

function responseClass(status: number): "respond-1xx" | "respond-2xx" | "respond-300-699" {
  if (status < 200) return "respond-1xx";
  return status < 300 ? "respond-2xx" : "respond-300-699";
}
