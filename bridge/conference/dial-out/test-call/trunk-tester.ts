// A test call over a trunk, from the first OPTIONS to the BYE, each step with a time limit; by the trunk's own rules and
// limits, and one at a time. The callee hears a tone for a few seconds.
//
//   rules, limits → OPTIONS → a large OPTIONS → INVITE → tone, then silence → on hold → back → BYE → findings
import {
  type Clock,
  delay,
  errorMessage,
  fail,
  type LegId,
  type Logger,
  newId,
  ok,
  type Result,
  within,
} from "#common";
import { EarlyAnswer } from "#conference/calls";
import type { RoomProblem } from "#conference/rooms";
import type { CreatedLeg, CreateLegOptions, LegSrtp, MediaLeg } from "#media/client";
import type { TrunkRoute, TrunkSettings, Trunks } from "#services/trunks";
import type { Cause, Flow, Session, SipEndpoint } from "#sip";
import type { DialBudget } from "../budget.ts";
import { type CallCapacity, refusalOfCapacity } from "../capacity.ts";
import { chooseTrunk } from "../choose-trunk.ts";
import { judgeTestCall } from "./judge.ts";
import type { MediaFact, OptionsFact, TestCallFacts, TestReport } from "./types.ts";

export interface TrunkTesterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly sip: Pick<SipEndpoint, "call" | "request" | "flowTo">;
  readonly capacity: CallCapacity;
  readonly trunks: Pick<Trunks, "routes" | "snapshot">;
  readonly settings: readonly TrunkSettings[];
  readonly budget: Pick<DialBudget, "refusal" | "recordPlaced" | "recordAnswered">;
  /** On any worker with capacity. */
  readonly createLeg: (options: CreateLegOptions) => Promise<CreatedLeg>;
  readonly mediaAddress: (flow: Flow) => { readonly bind: string; readonly advertised: string };
  readonly srtpOf: (route: TrunkRoute, flow: Flow) => LegSrtp;
}

type CallFacts = Pick<TestCallFacts, "call" | "media" | "hold" | "resume">;

const answerLimitMs = 8000;
/** Longer than the path MTU anywhere. */
const paddingBytes = 1500;
const maxRingSeconds = 40;
const toneMs = 3000;
const silenceMs = 2000;
const measureEveryMs = 250;
/** Time for the last of the tone to arrive. */
const settleMs = 700;
const silentDbov = -127;
const changeLimitMs = 10_000;
const byeLimitMs = 3000;

const finished: Cause = { status: 200, text: "Test call finished" };
const otherBranch: Cause = { status: 491, text: "Another branch of the call answered than had negotiated" };
const noAnswer: Cause = { status: 408, text: "No answer" };
const tone = [{ kind: "tone", name: "attention" }] as const;

export class TrunkTester {
  readonly #options: TrunkTesterOptions;
  #running = false;

  constructor(options: TrunkTesterOptions) {
    this.#options = options;
  }

  /** Resolves with undefined for an unknown trunk, with a failure when no call may be placed. */
  async run(trunk: string, number: string): Promise<Result<TestReport, RoomProblem> | undefined> {
    const { settings, budget, capacity, log } = this.#options;
    const found = settings.find(({ name }) => name === trunk);
    if (!found) return undefined;
    if (this.#running) return fail({ code: "ALREADY_DIALLING", message: "a test call is going on" });
    // A trunk that is down is called all the same, because the test is to find out why.
    const dialling = { numbers: [], unanswered: 0, maxUnanswered: 1 };
    const chosen = chooseTrunk(number, { over: [found], states: [], budget, dialling });
    if (!chosen.ok) return chosen;
    const refusal = refusalOfCapacity(capacity);
    if (refusal) return fail(refusal);
    const { dialled } = chosen.value;
    this.#running = true;
    try {
      log.info({ trunk, dialled }, "test call");
      const facts = await this.#meet(found, dialled);
      const findings = judgeTestCall(facts, found.srtp);
      const verdicts = Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));
      log.info({ trunk, dialled, verdicts }, "test call finished");
      return ok({ trunk, dialled, findings });
    } finally {
      this.#running = false;
    }
  }

  async #meet(settings: TrunkSettings, dialled: string): Promise<TestCallFacts> {
    const { trunks } = this.#options;
    const [route] = trunks.routes(settings.name, dialled, { displayName: "Test call" });
    const options = await this.#ask(settings, route!, 0);
    const large = options.answer && (await this.#ask(settings, route!, paddingBytes));
    const trunk = trunks.snapshot().find(({ name }) => name === settings.name);
    return {
      trunk: trunk ?? { status: "connecting", detail: "not started" },
      ...{ options, large, ...(await this.#call(settings, route!).catch((error) => this.#broken(error))) },
    };
  }

  /** No port is free, a worker died, or the description cannot be used. */
  #broken(error: unknown): CallFacts {
    this.#options.log.warn({ err: error }, "a test call broke off");
    return notAnswered({ status: 500, text: errorMessage(error) });
  }

  async #ask({ hosts }: TrunkSettings, { from }: TrunkRoute, padding: number): Promise<OptionsFact> {
    const { sip, clock } = this.#options;
    const headers = padding === 0 ? [] : [["X-Padding", "x".repeat(padding)] as const];
    const request = { method: "OPTIONS", uri: hosts[0], from, to: hosts[0], headers };
    const outcome = await within(sip.request(request), { clock, limitMs: answerLimitMs });
    if (!outcome?.response) return { bytes: padding, answer: undefined };
    const { status, reason: text, flow } = outcome;
    return { bytes: padding, answer: { status, text, protocol: flow?.protocol } };
  }

  async #call({ name, dialOut }: TrunkSettings, route: TrunkRoute): Promise<CallFacts> {
    const { sip, createLeg, mediaAddress, srtpOf, budget } = this.#options;
    const flow = await sip.flowTo(route.route ?? route.to).catch(() => undefined);
    if (!flow) return notAnswered({ status: 503, text: "The trunk's host cannot be reached" });
    const { bind, advertised } = mediaAddress(flow);
    const { leg, sdp } = await createLeg({
      ...{ id: newId<LegId>(), offer: null, bindAddress: bind, advertisedAddress: advertised },
      ...{ sipAddress: flow.remote.address, srtp: srtpOf(route, flow) },
      ...(route.codecs && { codecs: route.codecs }),
    });
    const early = new EarlyAnswer(() => leg);
    try {
      budget.recordPlaced(name);
      const { to, from, route: hop, headers = [], authenticate } = route;
      const attempt = sip.call({
        ...{ to, from, headers },
        ...(hop !== undefined && { route: hop }),
        ...(authenticate && { authenticate }),
        offer: sdp,
        onOffer: async (theirs, answered) => ok(await early.reoffer(theirs, answered)),
        answerWithinSeconds: Math.min(dialOut.ringSeconds, maxRingSeconds),
      });
      const outcome = await attempt.outcome;
      if (!outcome.ok) return notAnswered(outcome.error);
      const { session, answer } = outcome.value;
      const closed = budget.recordAnswered(name);
      try {
        if (!(await early.take(answer, session.remoteAddress))) return notAnswered(otherBranch);
        return { call: { answered: true }, ...(await this.#talk(leg, session)) };
      } finally {
        const { clock } = this.#options;
        await within(session.end(finished), { clock, limitMs: byeLimitMs });
        closed();
      }
    } finally {
      await leg.close();
    }
  }

  async #talk(leg: MediaLeg, session: Session): Promise<Pick<TestCallFacts, "media" | "hold" | "resume">> {
    let hold = false;
    session.handlers = {
      onOffer: async (offer, address) => ok(await leg.reoffer(offer, address)),
      onOfferWanted: () => (hold ? leg.offerHold() : leg.offer()),
      onAnswer: (answer) => leg.answer(answer, session.remoteAddress),
      onInfo: () => 200,
    };
    leg.play(tone, { language: "en", loop: true }).catch((err) => {
      this.#options.log.warn({ err }, "a test call has no tone");
    });
    const loudDbov = await this.#loudest(leg, toneMs);
    await leg.stop();
    // The far end may have written its reports so far before it was sent anything.
    const { reports: early } = await leg.stats();
    await delay(this.#options.clock, settleMs);
    const quietDbov = await this.#loudest(leg, silenceMs);
    hold = true;
    const held = await this.#change(session);
    hold = false;
    const resume = session.ended ? undefined : await this.#change(session);
    const stats = measured(await leg.stats());
    const media: MediaFact = { ...stats, lateReports: stats.reports - early, loudDbov, quietDbov };
    return { media, hold: held, resume };
  }

  async #loudest(leg: MediaLeg, forMs: number): Promise<number> {
    const { clock } = this.#options;
    const until = clock.monotonic() + forMs;
    let loudest = silentDbov;
    while (clock.monotonic() < until) {
      await delay(clock, measureEveryMs);
      const { packetsReceived, levelDbov } = await leg.stats();
      if (packetsReceived > 0) loudest = Math.max(loudest, levelDbov);
    }
    return loudest;
  }

  /** Why the far end refuses; null: it accepts. */
  async #change(session: Session): Promise<Cause | null> {
    const { clock } = this.#options;
    const result = await within(session.reoffer(), { clock, limitMs: changeLimitMs });
    if (!result) return noAnswer;
    return result.ok ? null : { status: result.error.status, text: result.error.text };
  }
}

function notAnswered({ status, text }: Cause): CallFacts {
  const call = { answered: false, cause: { status, text } } as const;
  return { call, media: undefined, hold: undefined, resume: undefined };
}

type MeasuredAtOnce = Omit<MediaFact, "lateReports" | "loudDbov" | "quietDbov">;

function measured(stats: Awaited<ReturnType<MediaLeg["stats"]>>): MeasuredAtOnce {
  const { codec, encryption, keyEventsAgreed: keyEvents, packetsReceived, lossPercent } = stats;
  const { reports, reportsOfAudio, remoteLossPercent } = stats;
  return {
    codec,
    encryption,
    keyEvents,
    packetsReceived,
    lossPercent,
    reports,
    reportsOfAudio,
    remoteLossPercent,
  };
}
