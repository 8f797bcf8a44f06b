// What a leg says becomes a clip: when it begins and ends, what is in it, and what is left of it when the leg goes.
import { describe, expect, it } from "vitest";
import { errorCode } from "#common";
import { settle as turn } from "#test/support";
import type { CaptureOrder, ClipFiles } from "../../../../media/record/capture/index.ts";
import { levelDbov } from "../../../support/tones.ts";
import { Conference, type Party } from "../support/conference.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const order: CaptureOrder = { clip: "names/1", patienceMs: 2000, silenceMs: 400, maxMs: 4000 };
const rate = 16_000;
/** Of a sine of −20 dBov, as a peak against full scale. */
const speechLevel = -17;

/** Clips are made one a turn. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}

class Shelf implements ClipFiles {
  readonly clips = new Map<string, Int16Array>();
  readonly removed: string[] = [];
  before: () => Promise<void> | void = () => {};

  async write(clip: string, pcm: Int16Array): Promise<void> {
    await this.before();
    this.clips.set(clip, pcm);
  }

  async remove(clip: string): Promise<void> {
    this.removed.push(clip);
    this.clips.delete(clip);
  }
}

function setUp() {
  const shelf = new Shelf();
  const talk = new Conference({ clips: shelf });
  const captured = () => talk.notificationsNamed("leg.captured");
  /** Says a tone for a time and nothing from then on. */
  const say = (party: Party, hertz: number, ms: number, amplitude = 4634) => {
    party.tone = new Tone(hertz, amplitude, party.phone.format.rate);
    talk.run(ms);
    party.tone = undefined;
  };
  return { talk, shelf, captured, say };
}

describe("what a leg says", () => {
  it.each(["PCMU", "G722", "opus"] as const)(
    "is a clip without the silence around it, in %s",
    async (codec) => {
      const { talk, shelf, captured, say } = setUp();
      const party = await talk.call({ codec });
      talk.engine.captureLeg(party.leg, order);
      talk.run(500);
      say(party, 700, 1000);
      talk.run(1400);
      await settle();
      expect(captured()).toEqual([{ leg: party.leg, outcome: "captured", durationMs: expect.any(Number) }]);
      const clip = shelf.clips.get("names/1")!;
      expect(toneLevel(clip.subarray(rate * 0.2, rate * 0.9), 700, rate)).toBeCloseTo(speechLevel, 0);
      expect(levelDbov(clip.subarray(0, 32))).toBeLessThan(-40);
      expect(party.phone.takeAudio().length).toBeGreaterThan(0);
    },
  );

  it("is not heard by the room meanwhile, and the leg may be captured again", async () => {
    const { talk, captured, say } = setUp();
    const listener = await talk.join();
    const party = await talk.call();
    talk.engine.captureLeg(party.leg, order);
    listener.phone.takeAudio();
    say(party, 700, 800);
    talk.run(1500);
    await settle();
    expect(toneLevel(listener.phone.takeAudio(), 700)).toBeLessThan(-60);
    expect(talk.notificationsNamed("leg.talking"), "no notification").toEqual([]);
    talk.engine.captureLeg(party.leg, { ...order, clip: "names/2" });
    say(party, 700, 800);
    talk.engine.finishCapture(party.leg);
    await settle();
    expect(captured()).toHaveLength(2);
  });

  it("is brought to the level of speech within reason", async () => {
    const { talk, shelf, say } = setUp();
    const soft = await talk.call();
    const faint = await talk.call();
    const loud = await talk.call();
    talk.engine.captureLeg(soft.leg, { ...order, clip: "soft" });
    talk.engine.captureLeg(faint.leg, { ...order, clip: "faint" });
    talk.engine.captureLeg(loud.leg, { ...order, clip: "loud" });
    say(soft, 700, 600, 1500);
    say(faint, 700, 600, 260);
    say(loud, 700, 600, 28_000);
    talk.run(1500);
    await settle();
    const level = (clip: string) =>
      toneLevel(shelf.clips.get(clip)!.subarray(rate * 0.2, rate * 0.5), 700, rate);
    expect(level("soft")).toBeCloseTo(speechLevel, 0);
    expect(level("loud")).toBeCloseTo(speechLevel, 0);
    expect(level("faint")).toBeCloseTo(20 * Math.log10(260 / 32_768) + 15, 0);
  });

  it("ends at its bound, however long the leg talks", async () => {
    const { talk, shelf, captured, say } = setUp();
    const party = await talk.call();
    talk.engine.captureLeg(party.leg, order);
    say(party, 700, 6000);
    await settle();
    expect(captured()).toEqual([{ leg: party.leg, outcome: "captured", durationMs: 4000 }]);
    expect(shelf.clips.get("names/1")).toHaveLength(4 * rate);
  });

  it("ends when it is told to; again is no error", async () => {
    const { talk, captured, say } = setUp();
    const party = await talk.call();
    talk.engine.captureLeg(party.leg, order);
    say(party, 700, 1000);
    talk.engine.finishCapture(party.leg);
    talk.engine.finishCapture(party.leg);
    await settle();
    talk.engine.finishCapture(party.leg);
    expect(captured()).toMatchObject([{ outcome: "captured" }]);
  });

  it("is nothing when nothing comes, or only a click, which is not taken for the name", async () => {
    const { talk, shelf, captured, say } = setUp();
    const silent = await talk.call();
    const clicking = await talk.call();
    talk.engine.captureLeg(silent.leg, { ...order, clip: "silent" });
    talk.engine.captureLeg(clicking.leg, { ...order, clip: "clicking" });
    say(clicking, 700, 60);
    talk.run(1960);
    await settle();
    expect(captured()).toEqual([
      { leg: silent.leg, outcome: "nothing", durationMs: 0 },
      { leg: clicking.leg, outcome: "nothing", durationMs: 0 },
    ]);
    expect(shelf.clips.size).toBe(0);

    const late = await talk.call();
    talk.engine.captureLeg(late.leg, { ...order, clip: "late" });
    say(late, 300, 60);
    talk.run(1200);
    say(late, 700, 500);
    talk.run(1400);
    await settle();
    const clip = shelf.clips.get("late")!;
    expect(clip.length / rate).toBeLessThan(1);
    expect(toneLevel(clip, 300, rate)).toBeLessThan(-50);
  });

  it("is silence while the leg is muted or held, and keys are not heard in it", async () => {
    const { talk, shelf, captured, say } = setUp();
    const muted = await talk.call();
    const held = await talk.call({ plan: { direction: "sendonly" } });
    talk.engine.muteLeg(muted.leg, true);
    for (const { leg } of [muted, held]) talk.engine.captureLeg(leg, { ...order, clip: leg });
    muted.tone = new Tone(700);
    say(held, 700, 2100);
    await settle();
    expect(captured()).toMatchObject([{ outcome: "nothing" }, { outcome: "nothing" }]);

    const pressing = await talk.call();
    talk.engine.captureLeg(pressing.leg, order);
    say(pressing, 700, 600);
    for (let ms = 20; ms <= 200; ms += 20) {
      pressing.phone.key(11, ms, { start: ms === 20 });
      pressing.phone.say(new Tone(1477).next(160));
      talk.run(20);
    }
    talk.run(1400);
    await settle();
    expect(toneLevel(shelf.clips.get("names/1")!, 1477, rate)).toBeLessThan(-50);
  });
});

describe("a capture", () => {
  it("is one a leg", async () => {
    const { talk } = setUp();
    const { leg } = await talk.call();
    talk.engine.captureLeg(leg, order);
    expect(codeOf(() => talk.engine.captureLeg(leg, order))).toBe("WRONG_STATE");
  });

  it("needs a place for its clip", async () => {
    const talk = new Conference();
    const { leg } = await talk.call();
    expect(codeOf(() => talk.engine.captureLeg(leg, order))).toBe("CANNOT_RECORD");
  });

  it("that cannot be written has failed", async () => {
    const { talk, shelf, captured, say } = setUp();
    shelf.before = () => Promise.reject(new Error("ENOSPC"));
    const { leg } = await talk.call();
    talk.engine.captureLeg(leg, order);
    say(talk.parties[0]!, 700, 600);
    talk.engine.finishCapture(leg);
    await settle();
    expect(captured()).toEqual([{ leg, outcome: "failed", durationMs: 0 }]);
  });

  it("of a leg that closes leaves nothing and tells nothing, whenever that is", async () => {
    const { talk, shelf, captured, say } = setUp();
    const speaking = await talk.call();
    talk.engine.captureLeg(speaking.leg, order);
    say(speaking, 700, 600);
    await talk.engine.closeLeg(speaking.leg);

    const writing = await talk.call();
    const { promise: written, resolve } = Promise.withResolvers<void>();
    shelf.before = () => written;
    talk.engine.captureLeg(writing.leg, { ...order, clip: "half" });
    say(writing, 700, 600);
    talk.engine.finishCapture(writing.leg);
    await settle();
    await talk.engine.closeLeg(writing.leg);
    resolve();
    await settle();
    expect(captured()).toEqual([]);
    expect([...shelf.clips.keys()]).toEqual([]);
    expect(shelf.removed).toEqual(["half"]);
  });
});

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action();
    return undefined;
  } catch (error) {
    return errorCode(error);
  }
};
