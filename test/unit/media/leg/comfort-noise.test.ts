// Comfort noise (RFC 3389) is silence on purpose: no loss, nothing made up, whether it was agreed on or not.
import { expect, it } from "vitest";
import { Conference } from "../support/conference.ts";
import { Tone } from "../support/tones.ts";

it.each([13, undefined])("comfort noise, agreed as %s, is neither loss nor sound", async (comfortNoise) => {
  const conference = new Conference();
  const party = await conference.join({ tone: new Tone(700), plan: { comfortNoise } });
  const listener = await conference.join();
  conference.run(1000);
  party.tone = undefined;
  for (let count = 0; count < 50; count += 1) {
    party.phone.sendPacket({ payloadType: 13 }, Uint8Array.of(70));
    party.phone.timestamp += 160;
    conference.run(20);
  }
  party.tone = new Tone(700);
  conference.run(1000);
  const stats = conference.engine.legStats(party.leg);
  expect(stats.packetsLost).toBe(0);
  expect(stats.packetsIgnored).toBe(0);
  expect(stats.concealedMs).toBeLessThanOrEqual(20);
  expect(listener.phone.takeAudio().length).toBeGreaterThan(0);
});
