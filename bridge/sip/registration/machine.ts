// The life of one registration as a pure step function (RFC 3261 §10.2, back-off of RFC 5626 §4.5).
//
//   idle ─start─▶ registering ──granted──▶ registered ──due, lost──▶ registering
//                  │  ▲   └─unavailable: next host; 423: longer; 3xx: there─┘
//                  │  └────────────────────────due──────────┐
//                  └──refused, all hosts unavailable──▶ waiting
//   close: registered, registering ──▶ leaving ──answer, limit──▶ closed;  idle, waiting ──▶ closed
import type { RegistrarResponse } from "./registrar-response.ts";

export type RegistrationState =
  | { readonly is: "idle" }
  | Registering
  | {
      readonly is: "registered";
      readonly target: Target;
      readonly seconds: number;
      readonly granted: number;
    }
  | {
      readonly is: "waiting";
      readonly seconds: number;
      readonly failures: number;
      readonly detail: string;
      readonly waitMs: number;
    }
  | { readonly is: "leaving" }
  | { readonly is: "closed" };

interface Registering {
  readonly is: "registering";
  readonly target: Target;
  /** The interval that we ask for; a registrar may have raised it. */
  readonly seconds: number;
  /** Consecutive rounds in which all hosts failed. */
  readonly failures: number;
  /** Hosts that failed in this round. */
  readonly tried: number;
  readonly redirects: number;
}

export interface Target {
  /** Index among the hosts. */
  readonly host: number;
  /** The URI that this host has redirected us to. */
  readonly redirect?: string;
}

export type RegistrationEvent =
  | { readonly on: "start" }
  | { readonly on: "answer"; readonly answer: RegistrarResponse }
  | { readonly on: "due" }
  /** The registrar does not respond any more, or the connection to it is gone. */
  | { readonly on: "lost" }
  | { readonly on: "close" };

export type RegistrationAction =
  | { readonly do: "send"; readonly target: Target; readonly seconds: number }
  | { readonly do: "wait"; readonly ms: number };

export interface RegistrationRules {
  readonly hosts: number;
  readonly seconds: number;
  /** From 0 up to 1; spreads retries, so that a thousand bridges do not register at once. */
  readonly random: () => number;
}

type Step = { readonly state: RegistrationState; readonly action?: RegistrationAction };

const maxRedirects = 3;
const firstWaitMs = 30_000;
const maxWaitMs = 600_000;
const maxRetryAfterSeconds = 3600;
/** Time left for retransmissions and another host before a binding expires: longer than timer F (32 s). */
const marginMs = 40_000;
const minRefreshMs = 5000;
export const leavingLimitMs = 2000;

export function stepRegistration(
  state: RegistrationState,
  event: RegistrationEvent,
  rules: RegistrationRules,
): Step {
  if (event.on === "close") return close(state);
  switch (state.is) {
    case "idle":
      return event.on === "start" ? begin({ host: 0 }, rules.seconds, 0) : { state };
    case "registering":
      return event.on === "answer" ? onResponse(state, event.answer, rules) : { state };
    case "registered": {
      const { target, seconds } = state;
      if (event.on === "due") return begin(target, seconds, 0);
      // After a redirection, the host that redirected is asked again.
      return event.on === "lost" ? begin({ host: target.host }, seconds, 0) : { state };
    }
    case "waiting":
      return event.on === "due" ? begin({ host: 0 }, state.seconds, state.failures) : { state };
    case "leaving":
      return event.on === "answer" || event.on === "due" ? { state: { is: "closed" } } : { state };
    case "closed":
      return { state };
  }
}

function begin(target: Target, seconds: number, failures: number): Step {
  return send({ is: "registering", target, seconds, failures, tried: 0, redirects: 0 });
}

function send(state: Registering): Step {
  return { state, action: { do: "send", target: state.target, seconds: state.seconds } };
}

function onResponse(state: Registering, answer: RegistrarResponse, rules: RegistrationRules): Step {
  const { target } = state;
  switch (answer.kind) {
    case "granted": {
      const { seconds } = answer;
      return {
        state: { is: "registered", target, seconds: state.seconds, granted: seconds },
        action: { do: "wait", ms: refreshAfterMs(seconds, rules.random()) },
      };
    }
    case "too-brief":
      return send({ ...state, seconds: answer.minSeconds });
    case "moved": {
      const redirect = answer.to.find((uri) => uri !== target.redirect);
      if (redirect === undefined || state.redirects >= maxRedirects) {
        return tryNextHost(state, "redirected without end", undefined, rules);
      }
      return send({ ...state, target: { host: target.host, redirect }, redirects: state.redirects + 1 });
    }
    case "unavailable":
      return tryNextHost(state, answer.detail, answer.retryAfterSeconds, rules);
    case "refused":
      return wait(state, answer.detail, answer.retryAfterSeconds, rules);
  }
}

/** The next host in the given order, each once per round. */
function tryNextHost(
  state: Registering,
  detail: string,
  retryAfterSeconds: number | undefined,
  rules: RegistrationRules,
): Step {
  const tried = state.tried + 1;
  if (tried >= rules.hosts) return wait(state, detail, retryAfterSeconds, rules);
  const target = { host: (state.target.host + 1) % rules.hosts };
  return send({ ...state, target, tried, redirects: 0 });
}

function wait(
  { seconds, failures: before }: Registering,
  detail: string,
  retryAfterSeconds: number | undefined,
  { random }: RegistrationRules,
): Step {
  const failures = before + 1;
  const longest = Math.min(maxWaitMs, firstWaitMs * 2 ** Math.min(before, 16));
  const asked = Math.min(retryAfterSeconds ?? 0, maxRetryAfterSeconds) * 1000;
  const ms = Math.max(asked, longest * (0.5 + random() / 2));
  const state = { is: "waiting", seconds, failures, detail, waitMs: ms } as const;
  return { state, action: { do: "wait", ms } };
}

/** Four fifths of the time granted, early enough for a second host, with a random part so that clients do not refresh together. */
function refreshAfterMs(grantedSeconds: number, random: number): number {
  const granted = grantedSeconds * 1000;
  const latest = granted >= 2 * marginMs ? Math.min(granted * 0.8, granted - marginMs) : granted / 2;
  return Math.max(minRefreshMs, latest * (0.9 + random * 0.1));
}

function close(state: RegistrationState): Step {
  switch (state.is) {
    case "registered":
    case "registering":
      return {
        state: { is: "leaving" },
        action: { do: "send", target: state.target, seconds: 0 },
      };
    case "leaving":
      return { state };
    default:
      return { state: { is: "closed" } };
  }
}
