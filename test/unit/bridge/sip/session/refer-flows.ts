// Random calls between two endpoints on a bad network, many at a time on one fake clock. Every flow is dealt its
// script by its own dice; what is left when everything should be over is returned in words, and nothing is the
// right answer. The same seed gives the same flows and the same network.

import { ok, type Result, silentLogger } from "#common";
import { createSipEndpoint } from "../../../../../bridge/sip/endpoint.ts";
import type { InboundInvite } from "../../../../../bridge/sip/session/inbound-invite.ts";
import type { Cause } from "../../../../../bridge/sip/session/reason.ts";
import type { Session } from "../../../../../bridge/sip/session/session.ts";
import type { SipEndpoint } from "../../../../../bridge/sip/sip-endpoint.ts";
import { createTransportLayer } from "../../../../../bridge/sip/transport/index.ts";
import { FakeClock } from "../../../../support/fake-clock.ts";
import { MemoryNetwork, seededRandom } from "../../../../support/network.ts";

const sdp = "v=0\r\n";
const startWithinMs = 20_000;
const shortTalkMs = 25_000;
/** Long enough for refreshes by the session timer. */
const longTalkMs = 150_000;
const sessionTimerSeconds = 90;
/** How long a side may be alone with a session: a BYE is repeated for 64*T1 … */
const aloneMs = 34_000;
/** … and when the network was down all that time, the session timer tells. */
const aloneAfterOutageMs = aloneMs + sessionTimerSeconds * 1000;
const restMs = 2 * aloneAfterOutageMs + 40_000;
/** Every third world has an outage now and then, in which nothing arrives. */
const outageMs = 45_000;
const betweenOutagesMs = 40_000;

export interface FlowsReport {
  /** What should not be: one line each, with the flow's number. */
  readonly faults: readonly string[];
  /** How many flows came so far, to show that the test tests something. */
  readonly answered: number;
  readonly cancelled: number;
  /** Calls that one side alone has ever had a session for. */
  readonly oneSided: number;
  readonly actions: Readonly<Record<string, number>>;
}

interface Side {
  readonly endpoint: SipEndpoint;
  readonly name: "a" | "b";
}

type Dice = () => number;
const chance = (dice: Dice, probability: number): boolean => dice() < probability;
const pick = <T>(dice: Dice, list: readonly T[]): T => list[Math.floor(dice() * list.length)]!;

/** One session as one side holds it. */
interface Held {
  readonly session: Session;
  readonly since: number;
  ends: number;
  endedAt: number;
}

class Flow {
  readonly number: number;
  readonly caller: Side;
  readonly callee: Side;
  readonly dice: Dice;
  readonly log: string[] = [];
  callerHeld: Held | undefined;
  calleeHeld: Held | undefined;
  offeredAnswer = false;
  cancelled = false;
  callId = "";
  /** Promises that must all settle. */
  open = 0;

  constructor(number: number, caller: Side, callee: Side, dice: Dice) {
    this.number = number;
    this.caller = caller;
    this.callee = callee;
    this.dice = dice;
  }
}

export async function runFlows(seed: number, count: number): Promise<FlowsReport> {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock, seed);
  const worldDice = seededRandom(seed * 7919 + 1);
  Object.assign(network.conditions, {
    loss: worldDice() * 0.25,
    duplication: worldDice() * 0.2,
    reordering: worldDice() * 0.3,
    reorderMs: 800,
    delayMs: 5 + worldDice() * 40,
  });
  const outages = seed % 3 === 0;
  if (outages) haveOutages(clock, network, worldDice);
  const sides: readonly [Side, Side] = [
    { name: "a", endpoint: endpoint(clock, network, "10.0.0.1", seed) },
    { name: "b", endpoint: endpoint(clock, network, "10.0.0.2", seed + 1) },
  ];
  for (const side of sides) await side.endpoint.listen();
  const actions: Record<string, number> = {};
  const flows: Flow[] = [];
  const byExtension = new Map<string, Flow>();
  for (let number = 0; number < count; number += 1) {
    const dice = seededRandom(seed * 100_003 + number);
    const [caller, callee] = chance(dice, 0.5) ? sides : [sides[1], sides[0]];
    const flow = new Flow(number, caller, callee, dice);
    flows.push(flow);
    byExtension.set(String(number), flow);
    clock.after(dice() * startWithinMs, () => call(clock, flow, actions));
  }
  for (const { endpoint: one } of sides) {
    one.onInvite = (invitation) => {
      const flow = byExtension.get(invitation.dialledNumber)!;
      answer(clock, flow, invitation, actions);
    };
    one.questions.onRefer = async () => ({ ok: false, error: { status: 603, text: "No" } });
    one.questions.onMessage = () => 200;
  }

  const until = startWithinMs + longTalkMs + restMs;
  for (let elapsed = 0; elapsed < until; elapsed += 10_000) {
    await clock.run(10_000);
    network.log.length = 0;
  }
  const faults = flows.flatMap((flow) =>
    faultsOf(flow, outages ? aloneAfterOutageMs : aloneMs).map((fault) => `flow ${flow.number}: ${fault}`),
  );
  for (const { name, endpoint: one } of sides) {
    const { transactions } = one.snapshot() as { transactions: Record<"clients" | "servers", object> };
    if (one.sessions !== 0) faults.push(`${name} still has ${one.sessions} dialogs`);
    for (const kind of ["clients", "servers"] as const) {
      const left = JSON.stringify(transactions[kind]);
      if (left !== "{}") faults.push(`${name} still has transactions: ${kind} ${left}`);
    }
  }
  if (clock.pending !== 0) faults.push(`${clock.pending} timers are armed`);
  const closing = sides.map((side) => side.endpoint.close({ status: 503, text: "Over" }));
  await clock.run(10_000);
  await Promise.all(closing);
  const answered = flows.filter(({ callerHeld }) => callerHeld).length;
  const cancelled = flows.filter((flow) => flow.cancelled).length;
  const oneSided = flows.filter((flow) => !flow.callerHeld !== !flow.calleeHeld).length;
  return { faults, answered, cancelled, oneSided, actions };
}

/** Ends before the time at which all must be quiet. */
function haveOutages(clock: FakeClock, network: MemoryNetwork, dice: Dice): void {
  const end = startWithinMs + longTalkMs;
  let at = 0;
  for (;;) {
    const from = at + dice() * betweenOutagesMs;
    const to = from + dice() * outageMs;
    if (to > end) return;
    clock.after(from, () => {
      network.lose = () => true;
    });
    clock.after(to, () => {
      network.lose = () => false;
    });
    at = to;
  }
}

function endpoint(clock: FakeClock, network: MemoryNetwork, address: string, seed: number): SipEndpoint {
  return createSipEndpoint({
    clock,
    log: silentLogger,
    transport: createTransportLayer({
      clock,
      logger: silentLogger,
      transports: [(receive) => network.transport({ addresses: [address], receive })],
      rateLimit: { perSecond: 1e9, burst: 1e9, sources: 10 },
    }),
    userAgent: "Parley/test",
    trusted: () => true,
    sessionTimer: { intervalSeconds: sessionTimerSeconds, minSeconds: sessionTimerSeconds },
    random: seededRandom(seed),
  });
}

function call(clock: FakeClock, flow: Flow, actions: Record<string, number>): void {
  const { caller, callee, dice } = flow;
  const address = callee.name === "a" ? "10.0.0.1" : "10.0.0.2";
  const attempt = caller.endpoint.call({
    to: `sip:${flow.number}@${address}`,
    from: { uri: `sip:caller@${caller.name === "a" ? "10.0.0.1" : "10.0.0.2"}` },
    offer: sdp,
    answerWithinSeconds: 5 + dice() * 40,
  });
  flow.callId = attempt.callId;
  if (chance(dice, 0.3)) {
    clock.after(dice() * 8000, () => {
      flow.cancelled = true;
      attempt.cancel({ status: 487, text: "Changed my mind" });
    });
  }
  flow.open += 1;
  void attempt.outcome.then((result) => {
    flow.open -= 1;
    if (!result.ok) return;
    flow.callerHeld = hold(clock, flow, result.value.session);
    act(clock, flow, flow.callerHeld, actions);
  });
}

function answer(
  clock: FakeClock,
  flow: Flow,
  invitation: InboundInvite,
  actions: Record<string, number>,
): void {
  const { dice } = flow;
  const fate = dice();
  if (chance(dice, 0.7)) clock.after(dice() * 1000, () => invitation.ring());
  if (chance(dice, 0.4)) {
    clock.after(dice() * 2000, () => {
      if (!flow.offeredAnswer) invitation.progress(sdp);
    });
  }
  const decideAt = dice() * 6000;
  // The rest is never answered: the caller cancels, or gives up.
  if (fate < 0.15) clock.after(decideAt, () => invitation.reject({ status: 486, text: "Busy" }));
  else if (fate < 0.95) {
    clock.after(decideAt, () => {
      flow.offeredAnswer = true;
      flow.open += 1;
      invitation.accept(sdp).then(
        (session) => {
          flow.open -= 1;
          flow.calleeHeld = hold(clock, flow, session);
          act(clock, flow, flow.calleeHeld, actions);
        },
        () => {
          flow.open -= 1;
        },
      );
    });
  }
}

/** The owner of a session: sometimes slow with its handlers and its answers, sometimes unwilling. */
function hold(clock: FakeClock, flow: Flow, session: Session): Held {
  const { dice } = flow;
  const now = clock.monotonic();
  const held: Held = { session, since: now, ends: session.ended ? 1 : 0, endedAt: now };
  session.events.on("ended", () => {
    held.ends += 1;
    held.endedAt = clock.monotonic();
  });
  const later = <T>(value: T): Promise<T> => {
    const wait = dice() * 300;
    return chance(dice, 0.5)
      ? Promise.resolve(value)
      : new Promise((resolve) => clock.after(wait, () => resolve(value)));
  };
  const refused: Result<string, Cause> = { ok: false, error: { status: 488, text: "No" } };
  const take = (): void => {
    session.handlers = {
      onOffer: () => later(chance(dice, 0.1) ? refused : ok(sdp)),
      onOfferWanted: () => later(sdp),
      onAnswer: () => later(undefined),
      onInfo: () => 200,
    };
  };
  if (chance(dice, 0.3)) clock.after(dice() * 1000, take);
  else take();
  return held;
}

const verbs = ["reoffer", "reoffer", "hold", "info", "refer"] as const;

/** Some verbs at some time, and in the end a BYE of one side or of both. */
function act(clock: FakeClock, flow: Flow, held: Held, actions: Record<string, number>): void {
  const { dice } = flow;
  const { session } = held;
  const run = (name: string, verb: () => Promise<unknown>) => {
    actions[name] = (actions[name] ?? 0) + 1;
    flow.open += 1;
    const done = () => {
      flow.open -= 1;
    };
    verb().then(done, done);
  };
  const many = Math.floor(dice() * 4);
  for (let index = 0; index < many; index += 1) {
    const verb = pick(dice, verbs);
    clock.after(dice() * 20_000, () => {
      if (session.ended) return;
      if (verb === "info") run(verb, () => session.info("application/dtmf-relay", "Signal=5\r\n"));
      else if (verb === "refer") run(verb, () => session.refer("sip:1@10.0.0.9"));
      else run(verb, () => session.reoffer());
    });
  }
  const isCaller = held === flow.callerHeld;
  // By the flow's number, so that the two sides need not agree: one of them, or both at about the same time.
  const ender = flow.number % 3;
  const talkMs = chance(dice, 0.2) ? longTalkMs : shortTalkMs;
  if (ender === 2 || (ender === 1) === isCaller) {
    clock.after(dice() * talkMs, () => run("bye", () => session.end({ status: 200, text: "Over" })));
  }
}

function faultsOf(flow: Flow, limitMs: number): string[] {
  const faults: string[] = [];
  const { callerHeld, calleeHeld } = flow;
  if (flow.open !== 0) faults.push(`${flow.open} promises are open`);
  for (const [name, held] of [
    ["caller", callerHeld],
    ["callee", calleeHeld],
  ] as const) {
    if (held && !held.session.ended) faults.push(`the ${name} still has a session`);
    if (held && held.ends !== 1) faults.push(`the ${name}'s session ended ${held.ends} times`);
  }
  const [first, second] = [callerHeld, calleeHeld].filter((held) => held !== undefined);
  if (first && second && Math.abs(first.endedAt - second.endedAt) > limitMs) {
    faults.push(`one side was alone for ${Math.abs(first.endedAt - second.endedAt)} ms`);
  }
  if (first && !second && first.endedAt - first.since > limitMs) {
    faults.push(`one side had a session by itself for ${first.endedAt - first.since} ms`);
  }
  if (callerHeld && !flow.offeredAnswer) faults.push("the caller was not answered");
  return faults;
}
