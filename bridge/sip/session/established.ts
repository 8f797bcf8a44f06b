// An answered call: takes the requests of its dialog and passes each to the file of its method. The owner sees
// the Session of session.ts; all state is in the core.

import type { Emitter, Result } from "#common";
import { errorMessage } from "#common";
import type { Principal } from "../auth/principal.ts";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import { answerBye, sendBye } from "./bye.ts";
import { type CoreParts, SessionCore } from "./core.ts";
import { answerInfo, sendInfo } from "./info.ts";
import { askIfAlive } from "./liveness.ts";
import { answerReinvite, answerUpdate } from "./modify-in.ts";
import type { Cause } from "./reason.ts";
import { answerRefer } from "./refer-in.ts";
import { sendRefer } from "./refer-out.ts";
import { expire, refresh } from "./refresh.ts";
import { reoffer } from "./reinvite-out.ts";
import { reply, retrySoon } from "./replies.ts";
import type {
  IdentityChange,
  Liveness,
  ReferOptions,
  Referral,
  Session,
  SessionEvents,
  SessionHandlers,
} from "./session.ts";
import type { SessionSnapshot } from "./snapshot.ts";
import { answerMessage } from "./text-message.ts";
import type { DialogStatus, DialogUser, UserAgent } from "./user-agent.ts";

export class EstablishedSession implements Session, DialogUser {
  readonly core: SessionCore;
  /** Resolves when a 2xx of ours that established the session has been acknowledged, or never will be. */
  established: Promise<unknown> = Promise.resolve();
  lateAnswer: string | undefined;

  constructor(ua: UserAgent, parts: Omit<CoreParts, "timer">) {
    this.core = new SessionCore(ua, {
      ...parts,
      timer: { refresh: () => this.#refresh(), expire: () => expire(this.core) },
    });
    this.core.register(this);
  }

  get callId(): string {
    return this.core.dialog.callId;
  }

  get principal(): Principal | undefined {
    return this.core.principal;
  }

  get remoteAddress(): string {
    return this.flow.remote.address;
  }

  get flow(): Flow {
    return this.core.path.flow;
  }

  get ended(): boolean {
    return this.core.ended;
  }

  get identified(): IdentityChange | undefined {
    return this.core.connectedIdentity.change;
  }

  get events(): Emitter<SessionEvents> {
    return this.core.events;
  }

  get handlers(): SessionHandlers {
    return this.core.handlers;
  }

  set handlers(handlers: SessionHandlers) {
    if (!this.core.ended) this.core.handlers = handlers;
  }

  reoffer(): Promise<Result<void, Cause>> {
    return this.core.offers.run(() => reoffer(this.core));
  }

  askIfAlive(): Promise<Liveness> {
    return askIfAlive(this.core);
  }

  info(contentType: string, body: string): Promise<number> {
    return this.core.ended ? Promise.resolve(481) : sendInfo(this.core, contentType, body);
  }

  refer(to: string, { replacing, ...options }: ReferOptions = {}): Promise<Result<Referral, Cause>> {
    const replaced = replacing instanceof EstablishedSession ? replacing.core.dialog : undefined;
    return sendRefer(this.core, to, { ...options, replacing: replaced });
  }

  snapshot(): SessionSnapshot {
    return this.core.snapshot();
  }

  get status(): DialogStatus {
    return this.core.ended ? { kind: "ended" } : { kind: "confirmed", session: this };
  }

  async end(cause: Cause): Promise<void> {
    // The callee must not send BYE before its 2xx is acknowledged or given up (RFC 3261 §15).
    await this.established;
    await sendBye(this.core, cause);
  }

  async close(cause: Cause): Promise<void> {
    const off = this.core.ua.events.on("closed", () => {
      this.core.finish({ by: "local", cause });
      this.core.unregister();
    });
    await this.end(cause);
    off();
  }

  onAck(ack: SipRequest): void {
    const { acks, ua } = this.core;
    if (!acks.take(ack) && acks.takeMisnumbered(ack)) ua.repairs.add("transaction");
  }

  onRequest(transaction: ServerTransaction): void {
    const { core } = this;
    const { request } = transaction;
    // It must always be possible to hang up, even for a peer that has lost count of its CSeq.
    if (!core.dialog.acceptCSeq(request) && request.method !== "BYE") {
      reply(core.ua, transaction, 500, { headers: retrySoon(core.ua) });
      return;
    }
    const usage = core.usages.find((candidate) => candidate.matches(request));
    if (usage) usage.onRequest(transaction);
    else if (core.ended) {
      reply(core.ua, transaction, request.method === "BYE" ? 200 : 481);
    } else {
      const allow = request.headers.all("Allow");
      if (allow.length > 0) core.peerUpdates = allow.includes("UPDATE");
      this.#perform(transaction);
    }
  }

  #perform(transaction: ServerTransaction): void {
    const { core } = this;
    switch (transaction.request.method) {
      case "BYE":
        answerBye(core, transaction);
        break;
      case "INVITE":
        this.#run(transaction, answerReinvite(core, transaction));
        break;
      case "UPDATE":
        this.#run(transaction, answerUpdate(core, transaction));
        break;
      case "INFO":
        answerInfo(core, transaction);
        break;
      case "REFER":
        this.#run(transaction, answerRefer(core, this, transaction));
        break;
      case "MESSAGE":
        answerMessage(core.ua, transaction, this);
        break;
      case "OPTIONS":
        reply(core.ua, transaction, 200, { contactUser: core.contactUser });
        break;
      default:
        reply(core.ua, transaction, 481);
    }
  }

  #refresh(): void {
    refresh(this.core).catch((error) => {
      this.core.log.error({ error: errorMessage(error) }, "the session was not refreshed");
      this.core.timer.retry();
    });
  }

  #run(transaction: ServerTransaction, verb: Promise<void>): void {
    verb.catch((error) => {
      const { method } = transaction.request;
      this.core.log.error({ method, error: errorMessage(error) }, "a request inside the call failed");
      if (transaction.lastResponse === undefined) reply(this.core.ua, transaction, 500);
    });
  }
}
