// From the figures of a leg to findings: each rule with the figures that show it, how long a finding must show before it
// begins and be gone before it ends, and their order.
import { describe, expect, it } from "vitest";
import {
  type Diagnosis,
  diagnose,
  diagnoseEndedCall,
  findingsOf,
  type LegSample,
  noDiagnosis,
} from "#conference/rooms";
import type { LegStats } from "#media/protocol";
import { stats } from "../../../../media/support/fakes.ts";

/** Five seconds of a call without a fault: what is added to its counters. */
const added = { packetsReceived: 250, packetsSent: 250, reports: 1, reportsOfAudio: 1 };
type Counters = { -readonly [Name in keyof LegStats]?: LegStats[Name] };

/** A call whose figures go on by `more` in every interval of five seconds, with `now` as they are at its end. */
class CallFigures {
  #diagnosis: Diagnosis = noDiagnosis;
  #counters: Counters = {};
  #at = 0;

  constructor() {
    this.#take({}, {});
  }

  /** The codes after each of `intervals`. */
  go(
    intervals: number,
    more: Counters = {},
    sample: Partial<LegSample> & { readonly now?: Counters } = {},
  ): string[] {
    return Array.from({ length: intervals }, () => {
      this.#at += 5000;
      for (const [name, value] of Object.entries({ ...added, ...more })) {
        const counter = name as "packetsSent";
        this.#counters[counter] = (this.#counters[counter] ?? 0) + (value as number);
      }
      const { now, ...rest } = sample;
      this.#take(now ?? {}, rest);
      return this.codes;
    });
  }

  get codes(): string {
    return findingsOf(this.#diagnosis)
      .map(({ code }) => code)
      .join();
  }

  get findings() {
    return findingsOf(this.#diagnosis);
  }

  #take(now: Counters, rest: Partial<LegSample>): void {
    this.#diagnosis = diagnose(this.#diagnosis, {
      ...{ leg: "1", held: false, machine: undefined, at: this.#at },
      instant: new Date(this.#at).toISOString(),
      stats: { ...stats, ...this.#counters, ...now },
      ...rest,
    });
  }
}

const nothingComes = { packetsReceived: 0, reports: 0, reportsOfAudio: 0 };

describe("what is wrong with a call", () => {
  it("is nothing while its figures are as they should be", () => {
    expect(new CallFigures().go(30)).toEqual(Array(30).fill(""));
  });

  it.each<[string, Counters, Partial<LegSample> & { now?: Counters }]>([
    ["MEDIA_NOT_DECRYPTED", { packetsReceived: 0, packetsForged: 250 }, {}],
    ["MEDIA_NOT_SENT", { packetsUnsent: 250 }, { now: { unsentReason: "EPERM" } }],
    ["NO_AUDIO_OUT", { reportsOfAudio: 0 }, {}],
    ["MEDIA_IGNORED", { packetsIgnored: 240 }, {}],
    ["MACHINE_OVERLOADED", {}, { machine: { latenessP99Ms: 25, ticksSkipped: 0 } }],
    ["LOSS_IN", { packetsReceived: 240, packetsLost: 10 }, {}],
    ["LOSS_OUT", {}, { now: { remoteLossPercent: 5 } }],
    ["JITTER_IN", {}, { now: { jitterMs: 44 } }],
    ["JITTER_IN", { packetsLate: 5 }, {}],
    ["JITTER_IN", { concealedMs: 300 }, {}],
    ["JITTER_OUT", {}, { now: { remoteJitterMs: 80 } }],
    ["DELAY", {}, { now: { roundTripMs: 450 } }],
    ["ECHO_SOURCE", {}, { now: { echo: true, echoDelayMs: 240 } }],
    ["CLIPPING", { clippedMs: 400 }, {}],
    ["LOW_LEVEL", {}, { now: { voiceDbov: -45 } }],
    ["DTMF_INBAND", {}, { now: { keyEventsAgreed: true, keyTones: 1 } }],
  ])("%s shows in its figures, and passes with them", (code, more, sample) => {
    const call = new CallFigures();
    call.go(2);
    expect(call.go(5, more, sample).at(-1)).toBe(code);
    expect(call.findings[0]?.sentence).toMatch(/^[A-Z0-9].*\.$/);
    const { machine } = sample;
    const well = machine
      ? { machine: { latenessP99Ms: 1, ticksSkipped: 0 } }
      : { now: { voiceDbov: -22, remoteLossPercent: 0, remoteJitterMs: 1, roundTripMs: 20 } };
    expect(call.go(4, {}, well).at(-1)).toBe("");
  });

  it("says why our packets cannot be sent, and whether it is all of them", () => {
    const call = new CallFigures();
    call.go(1, { packetsUnsent: 24 }, { now: { unsentReason: "ENOBUFS" } });
    expect(call.findings).toEqual([]);
    call.go(1, { packetsUnsent: 30 }, { now: { unsentReason: "ENOBUFS" } });
    expect(call.findings).toMatchObject([{ code: "MEDIA_NOT_SENT", severity: "warning" }]);
    call.go(1, { packetsUnsent: 250 }, { now: { unsentReason: "EPERM" } });
    expect(call.findings).toMatchObject([
      { severity: "error", sentence: "Our packets cannot be sent: EPERM (250 in the last seconds)." },
    ]);
  });

  it("begins when it has shown twice, says its newest figure, and ends after three good intervals", () => {
    const call = new CallFigures();
    const lossy = { packetsReceived: 225, packetsLost: 25 };
    expect(call.go(1, { packetsReceived: 240, packetsLost: 10 })).toEqual([""]);
    expect(call.go(2, {})).toEqual(["", ""]);
    expect(call.go(2, { packetsReceived: 240, packetsLost: 10 })).toEqual(["", "LOSS_IN"]);
    const { since } = call.findings[0]!;
    call.go(1, lossy);
    expect(call.findings).toMatchObject([
      {
        severity: "error",
        since,
        sentence: "10 % of the phone's packets were lost on the way to the bridge.",
      },
    ]);
    // Milder than what begins it, not mild enough to end it.
    expect(call.go(3, { packetsReceived: 245, packetsLost: 5 }).at(-1)).toBe("LOSS_IN");
    expect(call.go(3, {})).toEqual(["LOSS_IN", "LOSS_IN", ""]);
  });

  it("names the direction of one-way audio, and whether anything has ever come", () => {
    const never = new CallFigures();
    expect(never.go(2, nothingComes)).toEqual(["", "NO_AUDIO_IN"]);
    expect(never.findings[0]).toMatchObject({
      severity: "error",
      sentence: expect.stringContaining("since the call began"),
    });
    expect(never.go(1)).toEqual([""]);

    const quiet = new CallFigures();
    quiet.go(2);
    quiet.go(2, { packetsReceived: 0 });
    expect(quiet.findings).toMatchObject([{ code: "NO_AUDIO_IN", severity: "warning" }]);
    quiet.go(1, nothingComes);
    expect(quiet.findings).toMatchObject([{ code: "NO_AUDIO_IN", severity: "error" }]);

    const deaf = new CallFigures();
    deaf.go(2);
    deaf.go(3, { reportsOfAudio: 0 });
    expect(deaf.findings).toMatchObject([{ code: "NO_AUDIO_OUT", severity: "error" }]);
  });

  it("expects nothing of a phone on hold, nor at once after it", () => {
    const call = new CallFigures();
    call.go(2);
    expect(call.go(4, nothingComes, { held: true })).toEqual(["", "", "", ""]);
    expect(call.go(2, nothingComes)).toEqual(["", ""]);
    expect(call.go(1, nothingComes)).toEqual(["NO_AUDIO_IN"]);
  });

  it("expects nothing of a participant who has agreed to listen only, and again what they agree to send", () => {
    const call = new CallFigures();
    expect(call.go(4, nothingComes, { now: { direction: "sendonly" } })).toEqual(["", "", "", ""]);
    expect(call.go(2, nothingComes, { now: { direction: "sendrecv" } })).toEqual(["", "NO_AUDIO_IN"]);
    expect(call.go(1, nothingComes, { now: { direction: "sendonly" } })).toEqual([""]);
  });

  it("is a clock that is wrong when it is corrected the same way for two minutes", () => {
    const fast = new CallFigures();
    expect(fast.go(23, { driftMs: -5 }).at(-1)).toBe("");
    fast.go(1, { driftMs: -5 });
    expect(fast.findings).toMatchObject([
      { code: "CLOCK_SKEW", sentence: "The phone's clock is too fast, by about 1000 parts in a million." },
    ]);
    // Neither is a bad network a clock, nor one adaptation to another delay.
    const late = new CallFigures();
    expect(late.go(30, { driftMs: 20, packetsLate: 1 }).join("")).toBe("");
    const once = new CallFigures();
    once.go(1, { driftMs: 160 });
    expect(once.go(40).join("")).toBe("");
  });

  it("tells timestamps that are wrong", () => {
    const call = new CallFigures();
    let audioTimestamps = 0;
    for (let interval = 0; interval < 2; interval += 1) {
      audioTimestamps += 250;
      call.go(1, {}, { now: { repairs: { ...stats.repairs, audioTimestamps } } });
    }
    expect(call.codes).toBe("WRONG_TIMESTAMPS");
  });

  it("comes with the worst first, and begins again with another leg", () => {
    const call = new CallFigures();
    call.go(2);
    call.go(
      3,
      { reportsOfAudio: 0, packetsLost: 10 },
      { now: { keyEventsAgreed: true, keyTones: 1, echo: true } },
    );
    expect(call.codes).toBe("NO_AUDIO_OUT,LOSS_IN,ECHO_SOURCE,DTMF_INBAND");
    call.go(1, { packetsForged: 250 }, { leg: "2" });
    expect(call.codes).toBe("NO_AUDIO_OUT,LOSS_IN,ECHO_SOURCE,DTMF_INBAND");
  });

  it("of a whole call is told from its last figures alone, however short it was", () => {
    const sample = {
      leg: "1",
      held: false,
      machine: undefined,
      at: 9000,
      instant: "2026-01-01T00:00:09.000Z",
    };
    const silent = { ...stats, packetsReceived: 0, packetsSent: 400 };
    expect(diagnoseEndedCall({ ...sample, stats: silent }, 8000).map(({ code }) => code)).toEqual([
      "NO_AUDIO_IN",
    ]);
    expect(diagnoseEndedCall({ ...sample, stats: silent }, 1000)).toEqual([]);
    const well = { ...silent, packetsReceived: 400 };
    expect(diagnoseEndedCall({ ...sample, stats: well }, 8000)).toEqual([]);
  });
});
