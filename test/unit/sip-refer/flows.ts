// Random calls between two endpoints on a bad network, many at a time on one fake clock. Every flow is dealt its
// script by its own dice; what is left when everything should be over is returned in words, and nothing is the
// right answer. The same seed gives the same flows and the same network.
import { ok, type Result, silentLogger } from "#common";
import { FakeClock, MemoryNetwork, seededRandom } from "#test/support";
import { createSipEndpoint } from "../../../bridge/sip/endpoint.ts";
import type { Cause, Invitation, Session, SipEndpoint } from "../../../bridge/sip/session/session.ts";
import { createTransportLayer } from "../../../bridge/sip/transport/index.ts";

const sdp = "v=0\r\n";
const startWithinMs = 20_000;
const talkMs = 60_000;
/** BYEs give up after 64*T1; a side that missed one is told by its session timer, 90 s. */
const restMs = 5 * 60_000 + 100_000;

export interface FlowsReport {
  /** What should not be: one line each, with the flow's number. */
  readonly faults: readonly string[];
  /** How many flows came so far, to show that the test tests something. */
  readonly answered: number;
  readonly cancelled: number;
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
  ends: number;
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
    one.onInvitation = (invitation) => {
      const flow = byExtension.get(invitation.dialledNumber)!;
      answer(clock, flow, invitation, actions);
    };
    one.questions.onRefer = async () => ({ ok: false, error: { status: 603, text: "No" } });
    one.questions.onMessage = () => 200;
  }

  const until = startWithinMs + talkMs + restMs;
  for (let elapsed = 0; elapsed < until; elapsed += 10_000) {
    await clock.run(10_000);
    network.log.length = 0;
  }
  const faults = flows.flatMap((flow) => faultsOf(flow).map((fault) => `flow ${flow.number}: ${fault}`));
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
  return { faults, answered, cancelled: flows.filter(({ cancelled }) => cancelled).length, actions };
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
    sessionTimer: { intervalSeconds: 90, minSeconds: 90 },
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

function answer(clock: FakeClock, flow: Flow, invitation: Invitation, actions: Record<string, number>): void {
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
  const held: Held = { session, ends: session.ended ? 1 : 0 };
  session.events.on("ended", () => {
    held.ends += 1;
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
  if (ender === 2 || (ender === 1) === isCaller) {
    clock.after(dice() * 25_000, () => run("bye", () => session.end({ status: 200, text: "Over" })));
  }
}

function faultsOf(flow: Flow): string[] {
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
  if (callerHeld && !flow.offeredAnswer) faults.push("the caller was answered by nobody");
  return faults;
}
