// Calls numbers for rooms: the extension of an account rings its telephones; for any other number it chooses a trunk that may
// dial it, within its limits, tries again after no answer or busy, and reports each step.
//
//   number → account, or rules → trunk that is up → budget → INVITE → ringing → answered → (1) → in the room

import {
  type Clock,
  delay,
  fail,
  type Logger,
  ok,
  type ParticipantId,
  type Result,
  type RoomId,
} from "#common";
import type { Calls, DialTarget, PlacedCall } from "#conference/calls";
import type { Room, RoomProblem } from "#conference/rooms";
import type { TrunkSettings, Trunks } from "#services/trunks";
import type { Cause } from "#sip";
import type { DialBudget } from "./budget.ts";
import { type CallCapacity, refusalOfCapacity } from "./capacity.ts";
import { chooseTrunk, type RoomDialling, refusalOfDialling } from "./choose-trunk.ts";
import { cleanNumber } from "./number-rules.ts";
import {
  type AccountTargets,
  type DialRoute,
  routeOverTrunk,
  routeToAccount,
  routeToTakeOver,
} from "./route.ts";

/** The progress of one number, over all tries. */
interface Step {
  readonly state: "dialling" | "ringing" | "answered" | "joined" | "waiting" | "failed";
  /** 1 for the first. */
  readonly attempt: number;
  /** The last SIP status and text. */
  readonly cause: Cause | undefined;
}

export interface DialRequest {
  readonly number: string;
  readonly displayName?: string | undefined;
  /** The participant who had the number called; undefined: the API. */
  readonly invitedBy?: ParticipantId | undefined;
}

export interface DialerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly trunks: Pick<Trunks, "routes" | "snapshot">;
  readonly settings: readonly TrunkSettings[];
  /** The telephones of an account; undefined when the number is no account's. */
  readonly accountTargets: AccountTargets;
  readonly calls: Pick<Calls, "place">;
  readonly budget: DialBudget;
  /** The current room; looked up before each further try. */
  readonly find: (room: RoomId) => Promise<Room | undefined>;
  /** Why the room would refuse a participant who is called; asked before each call. */
  readonly refusalOfInvited: (room: Room) => RoomProblem | undefined;
  readonly capacity: CallCapacity;
  /** Numbers that one room may try to reach at the same time; callees who have answered do not count. */
  readonly maxPerRoom: number;
}

/** A refusal within this time becomes the result of `invite`. */
const earlyRefusalMs = 1500;
/** No answer, busy, or not confirmed: a further try may succeed. */
const retryableStatuses: ReadonlySet<number> = new Set([408, 480, 486, 600]);

const notRegistered: Cause = { status: 480, text: "Not registered" };

interface Dialling extends DialRoute {
  readonly room: Room;
  readonly request: DialRequest;
  readonly gaveUp: AbortController;
  /** The call of the current try. */
  call: PlacedCall | undefined;
  /** The callee of the current try has answered, and is on the way into the room. */
  answered: boolean;
}

export class Dialer {
  readonly #options: DialerOptions;
  readonly #diallings = new Set<Dialling>();

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /** Resolves once the INVITE has been sent, or with the reason why it cannot be. */
  invite(room: Room, request: DialRequest): Promise<Result<void, RoomProblem>> {
    return this.#inviteOver(this.#options.settings, room, request);
  }

  /** As `invite`, for a host on the join page: over the trunks that hosts may dial over. */
  inviteForHost(room: Room, request: DialRequest): Promise<Result<void, RoomProblem>> {
    return this.#inviteOver(this.#trunksForHosts, room, request);
  }

  async #inviteOver(
    over: readonly TrunkSettings[],
    room: Room,
    request: DialRequest,
  ): Promise<Result<void, RoomProblem>> {
    const chosen = this.#choose(over, room, request.number);
    if (!chosen.ok) return chosen;
    const { call, running } = this.#begin(room, request, chosen.value);
    const { promise, resolve } = Promise.withResolvers<Result<void, RoomProblem>>();
    const settle = () => resolve(ok(undefined));
    const unsubscribe = call.events.on("progress", settle);
    const late = this.#options.clock.after(earlyRefusalMs, settle);
    void running.then((cause) => resolve(cause ? fail(refused(request.number, cause)) : ok(undefined)));
    const result = await promise;
    unsubscribe();
    late.cancel();
    return result;
  }

  /** Whether there is a trunk that hosts may dial over. */
  get forHosts(): boolean {
    return this.#trunksForHosts.some(({ dialOut }) => dialOut.allow.length > 0);
  }

  /** For a host who dials by keys or transfers: one call without further tries, whose progress the caller follows. */
  callForHost(room: Room, request: DialRequest): Result<PlacedCall, RoomProblem> {
    const chosen = this.#choose(this.#trunksForHosts, room, request.number);
    return chosen.ok ? ok(this.#begin(room, request, { ...chosen.value, retries: 0 }).call) : chosen;
  }

  /** Places a call that replaces one of a host's calls: no trunk is chosen, but all other limits apply. */
  takeOver(room: Room, request: DialRequest, target: DialTarget): Result<PlacedCall, RoomProblem> {
    const refusal = this.#refusalOfCall(room) ?? refusalOfDialling(request.number, this.#underWayFor(room));
    return refusal ? fail(refusal) : ok(this.#begin(room, request, routeToTakeOver(target)).call);
  }

  get #trunksForHosts(): readonly TrunkSettings[] {
    return this.#options.settings.filter(({ dialOut }) => dialOut.byHosts);
  }

  #begin(
    room: Room,
    request: DialRequest,
    chosen: DialRoute,
  ): { readonly call: PlacedCall; readonly running: Promise<Cause | undefined> } {
    const gaveUp = new AbortController();
    const dialling: Dialling = { ...chosen, room, request, gaveUp, call: undefined, answered: false };
    this.#diallings.add(dialling);
    const call = this.#place(dialling, 1);
    const running = this.#run(dialling, call).finally(() => this.#diallings.delete(dialling));
    return { call, running };
  }

  /** Numbers that a room tries to reach or waits to try again. */
  get count(): number {
    return [...this.#diallings].filter(({ answered }) => !answered).length;
  }

  /** Stops trying; ringing calls are cancelled. A callee who has answered is a caller like any other. */
  close(): void {
    for (const { gaveUp, call, answered } of this.#diallings) {
      gaveUp.abort();
      if (!answered) call?.cancel({ status: 503, text: "Server stopped" });
    }
  }

  #choose(over: readonly TrunkSettings[], room: Room, typed: string): Result<DialRoute, RoomProblem> {
    const { trunks, budget, accountTargets } = this.#options;
    const refusal = this.#refusalOfCall(room);
    if (refusal) return fail(refusal);
    const dialling = this.#underWayFor(room);
    const account = routeToAccount(cleanNumber(typed) ?? "", room, accountTargets);
    const free = account && refusalOfDialling(typed, dialling);
    if (free) return fail(free);
    if (account) return account.targets().length > 0 ? ok(account) : fail(refused(typed, notRegistered));
    const chosen = chooseTrunk(typed, { over, states: trunks.snapshot(), budget, dialling });
    return chosen.ok ? ok(routeOverTrunk(chosen.value, room, trunks)) : chosen;
  }

  #underWayFor(room: Room): RoomDialling {
    const own = [...this.#diallings].filter((one) => one.room.id === room.id);
    return {
      numbers: own.map(({ request }) => request.number),
      unanswered: own.filter(({ answered }) => !answered).length,
      maxUnanswered: this.#options.maxPerRoom,
    };
  }

  #refusalOfCall(room: Room): RoomProblem | undefined {
    const { refusalOfInvited, capacity } = this.#options;
    return refusalOfInvited(room) ?? refusalOfCapacity(capacity);
  }

  /** From the first call to the last try; resolves with the cause of the failure, or undefined once the callee has joined. */
  async #run(dialling: Dialling, first: PlacedCall): Promise<Cause | undefined> {
    const { trunk, gaveUp, room, retries, retrySeconds } = dialling;
    const { clock, find, budget } = this.#options;
    let call = first;
    for (let attempt = 1; ; attempt += 1) {
      const cause = await this.#follow(dialling, call, attempt);
      if (!cause) return undefined;
      const again = attempt <= retries && retryableStatuses.has(cause.status) && !gaveUp.signal.aborted;
      this.#report(dialling, { attempt, state: again ? "waiting" : "failed", cause });
      if (!again) return cause;
      await delay(clock, retrySeconds * 1000, gaveUp.signal).catch(() => {});
      const now = gaveUp.signal.aborted ? undefined : await find(room.id);
      if (!now || this.#refusalOfCall(now) || (trunk !== undefined && budget.refusal(trunk))) {
        this.#report(dialling, { attempt, state: "failed", cause });
        return cause;
      }
      call = this.#place(dialling, attempt + 1);
    }
  }

  #place(dialling: Dialling, attempt: number): PlacedCall {
    const { room, trunk, ringSeconds, confirm, parallel, request } = dialling;
    const { calls, budget } = this.#options;
    // Every trunk has a host, and an account that has no telephone is not called.
    const targets = dialling.targets() as readonly DialTarget[] as [DialTarget, ...DialTarget[]];
    if (trunk !== undefined) budget.recordPlaced(trunk);
    const call = calls.place({
      room: room.id,
      ...request,
      trunk,
      targets,
      parallel,
      ringSeconds,
      confirm,
    });
    dialling.call = call;
    this.#report(dialling, { attempt, state: "dialling", cause: undefined });
    return call;
  }

  /** One call; resolves with the cause of its failure, or undefined once the callee has joined. */
  async #follow(dialling: Dialling, call: PlacedCall, attempt: number): Promise<Cause | undefined> {
    let rang = false;
    const unsubscribe = call.events.on("progress", ({ status }) => {
      if (rang || status <= 100) return;
      rang = true;
      this.#report(dialling, { attempt, state: "ringing", cause: { status, text: "Ringing" } });
    });
    const outcome = await call.outcome;
    unsubscribe();
    if (!outcome.ok) return outcome.error;
    const { trunk } = dialling;
    if (trunk !== undefined) void call.closed.then(this.#options.budget.recordAnswered(trunk));
    this.#report(dialling, { attempt, state: "answered", cause: { status: 200, text: "OK" } });
    dialling.answered = true;
    const entered = await call.entered;
    dialling.answered = entered.ok;
    if (!entered.ok) return entered.error;
    this.#report(dialling, { attempt, state: "joined", cause: undefined });
    return undefined;
  }

  #report({ room, request, trunk }: Dialling, { state, attempt, cause }: Step): void {
    const { status, text } = cause ?? {};
    const { number, invitedBy } = request;
    const about = { room: room.id, trunk, number, invitedBy, attempt, state, status, text };
    this.#options.log.info(about, "dial-out");
  }
}

const refused = (number: string, { status, text }: Cause): RoomProblem => ({
  code: "DIAL_OUT_FAILED",
  message: `${number} could not be reached: ${status} ${text}`,
});
