// One client transaction: carries out the actions of its machine (RFC 3261 §17.1) on a flow, notifies its user, and
// delays a CANCEL until a provisional response allows it (§9.1).
import { Emitter, errorMessage } from "#common";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { runGuarded, type TransactionContext } from "./context.ts";
import { count, methodLabel } from "./counters.ts";
import { ackFor, cancelFor } from "./hop-by-hop.ts";
import { type InviteClientState, startInviteClient, stepInviteClient } from "./invite-client.ts";
import { createMachine, type Machine } from "./machine.ts";
import { type NonInviteClientState, startNonInviteClient, stepNonInviteClient } from "./non-invite-client.ts";
import type { ClientAction, ClientEvent, TimerAction } from "./step.ts";
import type { ClientTransaction, ClientTransactionEvents } from "./transaction.ts";

type MachineAction = Exclude<ClientAction, TimerAction>;
type ClientMachine = Machine<InviteClientState | NonInviteClientState, ClientEvent>;

export class Client implements ClientTransaction {
  readonly id: string;
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly events = new Emitter<ClientTransactionEvents>();
  readonly #context: TransactionContext;
  readonly #machine: ClientMachine & { begin(): void };
  /** The response that the current step is about. */
  #response: SipResponse | undefined;
  #error: Error | undefined;
  #cancel: "none" | "wanted" | "sent" = "none";
  #cancelReason: string | undefined;

  /** `request` carries our Via; `forget` is called once, when the transaction has ended by itself. */
  constructor(
    context: TransactionContext,
    parts: { id: string; request: SipRequest; flow: Flow; forget(client: Client): void },
  ) {
    this.id = parts.id;
    this.request = parts.request;
    this.flow = parts.flow;
    this.#context = context;
    const { reliable } = parts.flow;
    const owner = {
      act: (action: MachineAction) => this.#act(action),
      onTimer: (timer: string) => count(context.counters.timersFired, timer),
      onTerminated: () => {
        parts.forget(this);
        this.#emit("terminated", undefined);
      },
    };
    this.#machine =
      parts.request.method === "INVITE"
        ? createMachine<InviteClientState, ClientEvent, MachineAction>(context.clock, {
            first: startInviteClient(reliable),
            step: (state, event) => stepInviteClient(state, event, reliable),
            ...owner,
          })
        : createMachine<NonInviteClientState, ClientEvent, MachineAction>(context.clock, {
            first: startNonInviteClient(reliable),
            step: (state, event) => stepNonInviteClient(state, event, reliable),
            ...owner,
          });
  }

  get state(): InviteClientState | NonInviteClientState {
    return this.#machine.state;
  }

  /** Whether a final response is outstanding. */
  get waiting(): boolean {
    const { state } = this;
    return state === "calling" || state === "trying" || state === "proceeding";
  }

  begin(): void {
    this.#machine.begin();
  }

  receive(response: SipResponse): void {
    const { counters } = this.#context;
    count(counters.responsesReceived, response.status);
    this.#response = response;
    const known = this.#machine.feed({ on: responseClass(response.status) });
    if (!known) counters.dropped += 1;
    this.#cancelIfAllowed();
  }

  cancel(reason?: string): void {
    if (this.request.method !== "INVITE" || this.#cancel !== "none") return;
    this.#cancel = "wanted";
    this.#cancelReason = reason;
    this.#cancelIfAllowed();
  }

  #cancelIfAllowed(): void {
    if (this.#cancel !== "wanted" || this.#machine.state !== "proceeding") return;
    this.#cancel = "sent";
    this.#machine.feed({ on: "cancel" });
  }

  /** Stops all timers and callbacks. */
  close(): void {
    this.#machine.close();
    this.events.clear();
  }

  /** The flow failed to send the request, or is lost. */
  fail(error: Error): void {
    this.#error = error;
    this.#machine.feed({ on: "transport-error" });
  }

  #act(action: MachineAction): void {
    const { counters } = this.#context;
    switch (action) {
      case "send-request":
        count(counters.requestsSent, methodLabel(this.request.method));
        this.#send(this.request);
        break;
      case "retransmit-request":
        counters.retransmissionsSent += 1;
        this.#send(this.request);
        break;
      case "send-ack":
        count(counters.requestsSent, "ACK");
        this.#send(ackFor(this.request, this.#response!));
        break;
      case "send-cancel":
        this.#context.sendCancel(cancelFor(this.request, this.#cancelReason), this.flow);
        break;
      case "deliver-response":
        this.#emit("response", { response: this.#response! });
        break;
      case "report-timeout":
        counters.timeouts += 1;
        this.#emit("timeout", undefined);
        break;
      case "report-transport-error":
        counters.transportErrors += 1;
        this.#emit("transportError", { error: this.#error! });
        break;
    }
  }

  #send(request: SipRequest): void {
    this.#context.transport.sendRequest(request, this.flow).catch((error: unknown) => {
      this.fail(error instanceof Error ? error : new Error(errorMessage(error)));
    });
  }

  #emit<Name extends keyof ClientTransactionEvents>(
    name: Name,
    payload: ClientTransactionEvents[Name],
  ): void {
    runGuarded(this.#context.logger, () => this.events.emit(name, payload));
  }
}

function responseClass(status: number): "1xx" | "2xx" | "300-699" {
  if (status < 200) return "1xx";
  return status < 300 ? "2xx" : "300-699";
}
