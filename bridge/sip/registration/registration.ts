// Keeps one of our addresses registered at a registrar (RFC 3261 §10.2): carries out what the machine decides,
// with one Call-ID and increasing CSeq for its whole life, and removes its binding when it closes.
import { type Clock, Emitter, type Logger, type Timer } from "#common";
import type { Authenticate } from "../auth/index.ts";
import { createSequence, type RequestOptions, type RequestOutcome } from "../session/out-of-dialog.ts";
import type { Flow } from "../transport/index.ts";
import {
  leavingLimitMs,
  type RegistrationAction,
  type RegistrationEvent,
  type RegistrationState,
  stepRegistration,
  type Target,
} from "./machine.ts";
import { readResponse } from "./registrar-response.ts";

export interface RegistrationOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly send: (options: RequestOptions) => Promise<RequestOutcome>;
  /** `sip:pbx.example`: the domain whose registrar is asked. */
  readonly registrar: string;
  /** `sip:parley@pbx.example`: the address that is registered. */
  readonly address: string;
  /** The user part of our Contact. */
  readonly contactUser: string;
  /** Where requests are sent, in the order in which they are tried; at least one. */
  readonly hosts: readonly string[];
  readonly seconds: number;
  readonly authenticate?: Authenticate | undefined;
  readonly onFlow?: (flow: Flow) => void;
  readonly random?: () => number;
}

export interface RegistrationStatus {
  readonly state: RegistrationState["is"];
  /** The host where we are registered, or that is being asked. */
  readonly host: string | undefined;
  /** The URI that the host redirected us to, if it did. */
  readonly redirect: string | undefined;
  /** Seconds that were granted. */
  readonly granted: number | undefined;
  /** Why registering fails; undefined while it works. */
  readonly problem: string | undefined;
  /** The flow to the registrar, while registered. */
  readonly flow: Flow | undefined;
}

export class Registration {
  readonly events = new Emitter<{ changed: RegistrationStatus }>();
  readonly #options: RegistrationOptions;
  readonly #sequence = createSequence();
  readonly #closed = Promise.withResolvers<void>();
  #state: RegistrationState = { is: "idle" };
  #flow: Flow | undefined;
  #timer: Timer | undefined;
  /** The number of the latest request: answers to earlier ones are ignored. */
  #asked = 0;
  #wasRegistered = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  get status(): RegistrationStatus {
    const state = this.#state;
    const target = "target" in state ? state.target : undefined;
    return {
      state: state.is,
      host: target && this.#options.hosts[target.host],
      redirect: target?.redirect,
      granted: state.is === "registered" ? state.granted : undefined,
      problem: state.is === "waiting" ? state.detail : undefined,
      flow: state.is === "registered" ? this.#flow : undefined,
    };
  }

  start(): void {
    this.#feed({ on: "start" });
  }

  /** The registrar does not respond any more, or the connection to it is lost: registers again at once. */
  lost(): void {
    this.#feed({ on: "lost" });
  }

  /** Removes the binding, within a limit; resolves when that is settled. Idempotent. */
  close(): Promise<void> {
    this.#feed({ on: "close" });
    return this.#closed.promise;
  }

  #feed(event: RegistrationEvent): void {
    const { hosts, seconds, clock, random = Math.random } = this.#options;
    const before = this.#state;
    const step = stepRegistration(before, event, { hosts: hosts.length, seconds, random });
    if (step.state === before) return;
    this.#timer?.cancel();
    this.#state = step.state;
    if (step.state.is === "leaving")
      this.#timer = clock.after(leavingLimitMs, () => this.#feed({ on: "due" }));
    if (step.action) this.#act(step.action);
    this.#note(step.state);
    this.events.emit("changed", this.status);
    if (step.state.is === "closed") {
      this.#asked += 1;
      this.events.clear();
      this.#closed.resolve();
    }
  }

  #act(action: RegistrationAction): void {
    if (action.do === "wait") {
      this.#timer = this.#options.clock.after(action.ms, () => this.#feed({ on: "due" }));
    } else {
      void this.#send(action.target, action.seconds);
    }
  }

  async #send(target: Target, seconds: number): Promise<void> {
    const { send, registrar, address, contactUser, hosts, authenticate, onFlow } = this.#options;
    this.#asked += 1;
    const asked = this.#asked;
    const nextHop = target.redirect ?? hosts[target.host];
    const outcome = await send({
      method: "REGISTER",
      uri: target.redirect ?? registrar,
      from: { uri: address },
      to: address,
      contactUser,
      headers: [["Expires", String(seconds)]],
      sequence: this.#sequence,
      ...(nextHop !== undefined && { nextHop }),
      // A request that has been superseded is not sent again with credentials: only the later one counts.
      ...(authenticate && {
        authenticate: (...challenge) => (asked === this.#asked ? authenticate(...challenge) : undefined),
      }),
      ...(onFlow && { onFlow }),
    });
    if (asked !== this.#asked) return;
    this.#flow = outcome.flow;
    this.#feed({ on: "answer", answer: readResponse(outcome, { contactUser, seconds }) });
  }

  /** Logs the first success and each success after a failure, but no refreshes. */
  #note(state: RegistrationState): void {
    const { log } = this.#options;
    if (state.is === "registered") {
      const what = { host: this.status.host, seconds: state.granted };
      log[this.#wasRegistered ? "debug" : "info"](what, "registered");
      this.#wasRegistered = true;
    } else if (state.is === "waiting") {
      const { detail, failures, waitMs } = state;
      log.warn({ detail, failures, seconds: Math.round(waitMs / 1000) }, "not registered");
      this.#wasRegistered = false;
    }
  }
}
