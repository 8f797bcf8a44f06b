// Keeps one of our addresses registered at a registrar (RFC 3261 §10.2): carries out what the machine decides,
// with one Call-ID and counted CSeq for its whole life, and takes its binding back when it closes.
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
  /** `sip:parley@pbx.example`: whom we register. */
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
  /** The host we are registered at, or ask. */
  readonly host: string | undefined;
  /** Where it sent us, when it did. */
  readonly redirect: string | undefined;
  /** Seconds that were granted. */
  readonly granted: number | undefined;
  /** Why it does not work, while it does not. */
  readonly problem: string | undefined;
  /** The way to the registrar, while registered. */
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
  /** Names the latest request: answers to earlier ones are of no interest any more. */
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

  /** The registrar does not answer any more, or the connection to it has gone: registers again at once. */
  lost(): void {
    this.#feed({ on: "lost" });
  }

  /** Takes the binding back, within a limit; resolves when nothing is left of us. Idempotent. */
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
      // A request that has been overtaken is not tried again: the later one has the last word.
      ...(authenticate && {
        authenticate: (...challenge) => (asked === this.#asked ? authenticate(...challenge) : undefined),
      }),
      ...(onFlow && { onFlow }),
    });
    if (asked !== this.#asked) return;
    this.#flow = outcome.flow;
    this.#feed({ on: "answer", answer: readResponse(outcome, { contactUser, seconds }) });
  }

  /** The first success and each one after a failure is news, a refresh is not. */
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
