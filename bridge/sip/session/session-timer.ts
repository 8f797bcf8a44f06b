// Session timers (RFC 4028): the agreement of both sides, as pure functions over messages, and the timer that
// asks for refreshes and notices when none has come. It sends nothing itself.

import type { Clock, Timer } from "#common";
import { parseNumber, parseSessionExpires, type SessionExpires } from "../message/headers.ts";
import type { HeaderLines, Headers } from "../message/message.ts";
import { ifReadable } from "../message/syntax-error.ts";
import { transactionTimeout } from "../transaction/timers.ts";
import type { TimerSnapshot } from "./snapshot.ts";

export interface SessionTimerSettings {
  /** The interval that we ask for; 0 asks for none but accepts the peer's. */
  readonly intervalSeconds: number;
  /** The shortest interval that we accept, at least 90. */
  readonly minSeconds: number;
}

export interface TimerAgreement {
  readonly intervalSeconds: number;
  readonly refresher: "us" | "them";
  /** The timer is ours alone: the peer has not agreed to one, and ends no call when refreshes are missing. */
  readonly unilateral?: boolean;
}

/** RFC 4028 §5: no Min-SE may be smaller. */
const floorSeconds = 90;
/** Lower bound of an interval that a peer has granted against that rule. */
const shortestSeconds = 30;
/** A day: longer intervals are reduced to it, as a server may. */
const maxSeconds = 86_400;
/** Delay of our own refresh after a restart: SIP has to listen first. */
const resumedRefreshMs = 2000;
/** Time after a restart for the refresh that is due: the peer may repeat one that was not answered, and we send ours. */
const resumedExpiryMs = 2 * transactionTimeout;

/** Whether a request must be refused with 422, because its interval is shorter than we accept (§9). */
export function isIntervalTooShort(headers: Headers, settings: SessionTimerSettings): boolean {
  const wish = sessionExpires(headers);
  return wish !== undefined && wish.seconds < settings.minSeconds && headers.supports("timer");
}

/** The agreement with which we, as the server, answer a request (§9). Undefined: the session has no timer. */
export function agreeAsServer(request: Headers, settings: SessionTimerSettings): TimerAgreement | undefined {
  const theirMin = minSeconds(request);
  const asked = sessionExpires(request);
  // Without `Supported: timer` a proxy has added the header; too short an interval cannot be refused then, so it is ignored.
  const wish = asked && asked.seconds >= settings.minSeconds ? asked : undefined;
  const ours = settings.intervalSeconds > 0 ? Math.max(settings.intervalSeconds, theirMin) : undefined;
  const intervalSeconds = wish ? Math.max(Math.min(wish.seconds, ours ?? maxSeconds), theirMin) : ours;
  if (intervalSeconds === undefined) return undefined;
  const supports = request.supports("timer");
  const refresher = supports && wish?.refresher === "uac" ? "them" : "us";
  return { intervalSeconds, refresher, ...(!supports && !wish && { unilateral: true }) };
}

/** The headers of our 2xx for this agreement. */
export function answerHeaders(agreement: TimerAgreement | undefined): HeaderLines {
  if (!agreement) return [];
  const theyRefresh = agreement.refresher === "them";
  const value = `${agreement.intervalSeconds};refresher=${theyRefresh ? "uac" : "uas"}`;
  return theyRefresh
    ? [
        ["Session-Expires", value],
        ["Require", "timer"],
      ]
    : [["Session-Expires", value]];
}

/**
 * The headers of our request (§7.1, §7.4): the refresher stays the same. `demanded`: the Min-SE of a
 * 422, which is then also the Min-SE of our request, for every proxy on the path.
 */
export function requestHeaders(
  settings: SessionTimerSettings,
  agreement: TimerAgreement | undefined,
  demanded?: number,
): HeaderLines {
  const intervalSeconds = demanded ?? agreement?.intervalSeconds ?? settings.intervalSeconds;
  if (intervalSeconds === 0) return [];
  const refresher = agreement ? `;refresher=${agreement.refresher === "us" ? "uac" : "uas"}` : "";
  const minSeconds = Math.max(settings.minSeconds, floorSeconds, demanded ?? 0);
  return [
    ["Session-Expires", `${Math.max(intervalSeconds, minSeconds)}${refresher}`],
    ["Min-SE", String(minSeconds)],
  ];
}

/** The agreement that the 2xx to our request made (§7.2). If the peer does not support timers, we may refresh alone. */
export function agreeAsClient(response: Headers, settings: SessionTimerSettings): TimerAgreement | undefined {
  const granted = sessionExpires(response);
  const refresher = granted?.refresher === "uas" ? "them" : "us";
  if (granted && granted.seconds >= floorSeconds)
    return { intervalSeconds: Math.min(granted.seconds, maxSeconds), refresher };
  // An interval below the minimum of the RFC is kept if we refresh, down to `shortestSeconds`, since the peer expects refreshes in
  // that time. If the peer is to refresh, it is ignored, and we refresh at our own interval.
  if (granted && refresher === "us" && granted.seconds > 0)
    return { intervalSeconds: Math.max(granted.seconds, shortestSeconds), refresher };
  if (settings.intervalSeconds === 0) return undefined;
  return { intervalSeconds: settings.intervalSeconds, refresher: "us", unilateral: true };
}

/** The interval that a 422 demands (§7.3); undefined when it names none above the minimum of the RFC. */
export function demandedSeconds(response: Headers): number | undefined {
  const seconds = minSeconds(response);
  return seconds > floorSeconds ? seconds : undefined;
}

export interface TimerEvents {
  readonly refresh: () => void;
  readonly expire: () => void;
  /** Called when the result of `snapshot` has changed. */
  readonly changed?: () => void;
}

/**
 * Asks for refreshes at half the interval, and reports when the session has expired (§10). The side that refreshes starts the
 * timer for expiry only when the first refresh is due.
 */
export class SessionTimer {
  readonly #clock: Clock;
  readonly #refresh: () => void;
  readonly #expire: () => void;
  readonly #changed: () => void;
  #agreement: TimerAgreement | undefined;
  #expiresAt = 0;
  #refreshing: Timer | undefined;
  #expiring: Timer | undefined;

  constructor(clock: Clock, on: TimerEvents) {
    this.#clock = clock;
    this.#refresh = on.refresh;
    this.#expire = on.expire;
    this.#changed = on.changed ?? (() => {});
  }

  get agreement(): TimerAgreement | undefined {
    return this.#agreement;
  }

  /** Restarts the interval with the agreement in the 2xx that was just sent or received. */
  restart(agreement: TimerAgreement | undefined): void {
    this.stop();
    this.#agreement = agreement;
    this.#changed();
    if (!agreement) return;
    const { intervalSeconds } = agreement;
    this.#expiresAt = this.#clock.monotonic() + staleAfterMs(agreement);
    if (agreement.refresher === "us") this.#armRefresh(intervalSeconds * 500);
    else this.#armExpiry();
  }

  /** Undefined without an agreement. */
  snapshot(): TimerSnapshot | undefined {
    if (!this.#agreement) return undefined;
    const remainingMs = this.#expiresAt - this.#clock.monotonic();
    return { ...this.#agreement, expiresAt: Math.round(this.#clock.now() + remainingMs) };
  }

  /** Continues with the time that the previous process has left. The wall clock may have jumped in the meantime. */
  resume({ expiresAt, ...agreement }: TimerSnapshot): void {
    this.stop();
    this.#agreement = agreement;
    const { intervalSeconds, refresher } = agreement;
    const wholeMs = staleAfterMs(this.#agreement);
    const leftMs = Math.min(expiresAt - this.#clock.now(), wholeMs);
    this.#expiresAt = this.#clock.monotonic() + Math.max(leftMs, resumedExpiryMs);
    const refreshInMs = leftMs - wholeMs + intervalSeconds * 500;
    if (refresher === "us") this.#armRefresh(Math.max(refreshInMs, resumedRefreshMs));
    else this.#armExpiry();
  }

  /** The peer has refused a refresh, or another request of ours: it is alive, which is all that a unilateral timer checks. */
  refused(): void {
    if (this.#agreement?.unilateral) this.restart(this.#agreement);
  }

  /** A refresh has failed for now: tries again halfway to the expiry, unless a refresh is due anyway. */
  retry(): void {
    if (this.#agreement?.refresher !== "us" || this.#refreshing) return;
    const remainingMs = this.#expiresAt - this.#clock.monotonic();
    if (remainingMs > 10_000) this.#armRefresh(remainingMs / 2);
  }

  stop(): void {
    this.#refreshing?.cancel();
    this.#refreshing = undefined;
    this.#expiring?.cancel();
  }

  #armRefresh(delayMs: number): void {
    this.#refreshing?.cancel();
    this.#refreshing = this.#clock.after(delayMs, () => {
      this.#refreshing = undefined;
      this.#armExpiry();
      this.#refresh();
    });
  }

  #armExpiry(): void {
    this.#expiring?.cancel();
    this.#expiring = this.#clock.after(this.#expiresAt - this.#clock.monotonic(), this.#expire);
  }
}

/** Since the last refresh (RFC 4028 §10). */
const staleAfterMs = ({ intervalSeconds }: TimerAgreement): number =>
  (intervalSeconds - Math.min(32, intervalSeconds / 3)) * 1000;

/** An unreadable value counts as absent: a timer must never be the reason for losing a call. */
function sessionExpires(headers: Headers): SessionExpires | undefined {
  return ifReadable(() => headers.view("Session-Expires", parseSessionExpires));
}

const parseMinSe = (value: string): number => parseNumber(value.split(";")[0]!, "Min-SE");

function minSeconds(headers: Headers): number {
  const seconds = ifReadable(() => headers.view("Min-SE", parseMinSe)) ?? 0;
  return Math.min(seconds, maxSeconds);
}
