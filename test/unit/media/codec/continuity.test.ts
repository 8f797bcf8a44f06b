// Whatever changes while a participant listens to a steady tone: no gap and no click. A click is energy beside the
// tone; packets count the gaps.

import { describe, expect, it } from "vitest";
import type { AudioCodecName } from "../../../../media/codec/index.ts";
import { meanSquare } from "../../../../media/dsp/index.ts";
import { Conference, type Party } from "../support/conference.ts";
import { payloadTypes } from "../support/phone.ts";
import { worstResidual } from "../support/spectrum.ts";
import { Tone } from "../support/tones.ts";

const rates: Record<AudioCodecName, number> = { opus: 48_000, G722: 16_000, PCMA: 8000, PCMU: 8000 };
const hertz = 700;

function inOrder({ phone }: Party): boolean {
  return phone.heard.every(
    ({ header }, index) =>
      index === 0 || ((header.sequence - phone.heard[index - 1]!.header.sequence) & 0xffff) === 1,
  );
}

describe("the hand-over between a shared and a private encoder", () => {
  it.each(["G722", "opus"] as const)("does not click (%s)", async (codec) => {
    const conference = new Conference();
    const rate = rates[codec];
    await conference.join({ codec, tone: new Tone(hertz, 8000, rate) });
    const listener = await conference.join({ codec, tone: new Tone(1100, 2, rate) });
    await conference.join({ codec });
    conference.run(1000);
    const undisturbed = conference.listen(1000)[1]!;
    conference.listen(0);
    listener.tone = new Tone(1100, 8000, rate);
    conference.run(300);
    listener.tone = new Tone(1100, 2, rate);
    conference.run(3500);
    expect(inOrder(listener)).toBe(true);
    const across = listener.phone.takeAudio();
    expect(across.length).toBe((3800 * rate) / 1000);
    const floor = worstResidual(undisturbed, { hertz, rate });
    const residual = worstResidual(across, { hertz, rate });
    // Opus at 40 kbit/s itself leaves more than that beside a tone.
    expect(residual).toBeLessThan(Math.max(-40, floor + 1));
  });

  it("gives a leg of G.722 back to the shared encoder in the first quiet moment", async () => {
    const conference = new Conference();
    const speaker = await conference.join({ codec: "G722", tone: new Tone(hertz, 8000, 16_000) });
    const listener = await conference.join({ codec: "G722", tone: new Tone(1100, 8000, 16_000) });
    const silent = await conference.join({ codec: "G722" });
    conference.run(500);
    listener.tone = new Tone(1100, 2, 16_000);
    const lastPayloads = (): string[] =>
      [listener, silent].map(({ phone }) => Buffer.from(phone.heard.at(-1)!.payload).toString("hex"));
    conference.run(4000);
    expect(new Set(lastPayloads()).size).toBe(2);
    speaker.tone = undefined;
    conference.run(1000);
    expect(new Set(lastPayloads()).size).toBe(1);
  });
});

describe("the rate of a room", () => {
  /** What a listener's codec leaves beside the tone that it did not leave there before: the room's own is added. */
  async function floorOf(codec: AudioCodecName): Promise<number> {
    const conference = new Conference();
    const rate = rates[codec];
    const speaker = await conference.join({ codec, tone: new Tone(hertz, 8000, rate) });
    await conference.join({ codec });
    conference.engine.setVolume(speaker.leg, { speakDb: -1 });
    conference.run(1000);
    return worstResidual(conference.listen(1000)[1]!, { hertz, rate, besideHz: 300 });
  }

  it.each([
    ["PCMU", "opus"],
    ["PCMU", "G722"],
    ["G722", "opus"],
  ] as const)("of %s rises when %s comes and falls when it goes, without a click", async (codec, other) => {
    const conference = new Conference();
    const rate = rates[codec];
    await conference.join({ codec, tone: new Tone(hertz, 8000, rate) });
    const listener = await conference.join({ codec });
    conference.run(1000);
    conference.listen(0);
    const guest = await conference.join({ codec: other });
    conference.run(1000);
    const guestHeard = guest.phone.takeAudio();
    conference.engine.leaveLeg(guest.leg);
    conference.run(1000);
    expect(inOrder(listener)).toBe(true);
    const heard = listener.phone.takeAudio();
    expect(heard.length).toBe(2 * rate);
    // Nothing but what any change of level leaves in the codec: −37.5 dB in μ-law, −45 dB in G.722.
    const floor = await floorOf(codec);
    expect(floor).toBeLessThan(-37);
    expect(worstResidual(heard, { hertz, rate, besideHz: 300 })).toBeLessThan(Math.max(-40, floor + 3));
    const atGuest = worstResidual(guestHeard.subarray(rates[other] / 4), {
      hertz,
      rate: rates[other],
      besideHz: 300,
    });
    expect(atGuest).toBeLessThan(-37);
  });

  it("keeps the tone's level in passing, whatever its phase on the two ways", async () => {
    for (const tone of [440, 586, 822, 1058, 1294, 1884, 2238]) {
      const conference = new Conference();
      await conference.join({ tone: new Tone(tone, 8000) });
      await conference.join();
      conference.run(600);
      conference.listen(0);
      const guest = await conference.join({ codec: "opus" });
      conference.run(400);
      conference.engine.leaveLeg(guest.leg);
      conference.run(400);
      const heard = conference.parties[1]!.phone.takeAudio();
      for (let at = 0; at + 80 <= heard.length; at += 20) {
        const level = Math.sqrt(2 * meanSquare(heard.subarray(at, at + 80)));
        expect(level, `${tone} Hz`).toBeGreaterThan(8000 * 0.85);
      }
    }
  });
});

describe("a far end that changes its codec in mid-call", () => {
  it.each([
    ["PCMU", "PCMA"],
    ["PCMU", "G722"],
    ["G722", "opus"],
    ["opus", "PCMU"],
  ] as const)("%s to %s is heard without a gap", async (before, after) => {
    const conference = new Conference();
    const speaker = await conference.join({ codec: before, tone: new Tone(hertz, 8000, rates[before]) });
    const listener = await conference.join({ codec: "PCMU" });
    conference.run(1000);
    conference.listen(0);
    conference.run(400);
    speaker.phone.codecName = after;
    speaker.tone = new Tone(hertz, 8000, rates[after]);
    conference.run(600);
    const heard = listener.phone.takeAudio();
    expect(heard.length).toBe(8000);
    const quietest = Math.min(
      ...Array.from({ length: 99 }, (_, index) =>
        Math.sqrt(
          heard.subarray(index * 80, index * 80 + 160).reduce((sum, one) => sum + one * one, 0) / 160,
        ),
      ),
    );
    expect(quietest).toBeGreaterThan(8000 / Math.SQRT2 / 3);
    expect(conference.engine.legStats(speaker.leg).concealedMs).toBeLessThanOrEqual(20);
  });

  it("is followed by what it is sent when it renegotiates, in one unbroken stream", async () => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(hertz, 8000) });
    const party = await conference.join();
    conference.run(1000);
    conference.listen(0);
    for (const codec of ["G722", "opus", "PCMA"] as const) {
      party.phone.codecName = codec;
      conference.engine.configureLeg(party.leg, party.phone.plan());
      conference.run(400);
    }
    expect(inOrder(party)).toBe(true);
    const types = [...new Set(party.phone.heard.map(({ header }) => header.payloadType))];
    expect(types).toEqual([payloadTypes.G722, payloadTypes.opus, payloadTypes.PCMA]);
    expect(party.phone.heard.length).toBe(60);
    expect(conference.engine.legStats(party.leg).codec).toBe("PCMA");
  });
});
