// The change between the mix that all share and one's own must not be heard. A steady tone is listened to
// while the listener begins to speak and falls silent again; a click would be energy beside the tone.
import { describe, expect, it } from "vitest";
import { Conference } from "../support/conference.ts";
import { Tone, toneToNoise } from "../support/tones.ts";

/** The tone against the rest in the worst 20 ms. */
function worstMoment(audio: Int16Array, hertz: number): number {
  let worst = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 160 <= audio.length; at += 80) {
    worst = Math.min(worst, toneToNoise(audio.subarray(at, at + 160), hertz));
  }
  return worst;
}

describe("the hand-over between a shared and a private mix", () => {
  it.each(["PCMU", "PCMA"] as const)("does not click (%s)", async (codec) => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(700, 8000) });
    const listener = await conference.join({ codec, tone: new Tone(1100, 2) });
    conference.run(1000);
    const undisturbed = conference.listen(1000)[1]!;

    const phone = conference.listen(0);
    expect(phone.length).toBe(2);
    listener.tone = new Tone(1100, 8000);
    conference.run(300);
    listener.tone = new Tone(1100, 2);
    conference.run(3500);
    const acrossBoth = listener.phone.takeAudio();

    const floor = worstMoment(undisturbed, 700);
    expect(floor).toBeGreaterThan(30);
    expect(acrossBoth.length).toBe(3800 * 8);
    expect(worstMoment(acrossBoth, 700)).toBeGreaterThan(floor - 3);
  });

  it("lets others hear a voice begin and end without a click", async () => {
    const conference = new Conference();
    const speaker = await conference.join({ tone: new Tone(900, 60) });
    await conference.join();
    conference.run(1000);
    speaker.tone = new Tone(900, 8000);
    const [, heard] = conference.listen(1000);
    const loudFrom = heard!.findIndex((sample) => Math.abs(sample) > 1000);
    expect(worstMoment(heard!.subarray(loudFrom + 80), 900)).toBeGreaterThan(30);
  });
});
