// Legs in a room: keys as tones, volumes, music under speech, automatic gain; seen from what others hear.
import { describe, expect, it } from "vitest";
import type { Notification } from "../../../../media/protocol.ts";
import { Conference, prompt, room } from "../support/conference.ts";
import { keyTone, toPcm } from "../support/keys.ts";
import { Tone, toneLevel } from "../support/tones.ts";

const without = { plan: { telephoneEvent: undefined } };

/** Says the samples, 20 ms a tick, then nothing but the line's silence for a while. */
function say(conference: Conference, at: number, pcm: Int16Array): void {
  const { phone } = conference.parties[at]!;
  for (let from = 0; from < pcm.length; from += 160) {
    const frame = new Int16Array(160);
    frame.set(pcm.subarray(from, from + 160));
    phone.say(frame);
    conference.run(20);
  }
}

const key = (name: string, ms: number): Int16Array => toPcm(keyTone(name, { onMs: ms }));
const silence = (ms: number): Int16Array => new Int16Array(ms * 8);
const keysOf = (conference: Conference) =>
  (conference.notificationsNamed("leg.dtmf") as Notification<"leg.dtmf">[]).map(
    ({ digit, via }) => `${digit} ${via}`,
  );

describe("a key as a tone in the audio", () => {
  it("is told once, as what it is, and the room hears next to nothing of it", async () => {
    const conference = new Conference();
    await conference.join(without);
    const listener = await conference.join();
    say(conference, 0, silence(300));
    listener.phone.heard.length = 0;

    say(conference, 0, key("7", 200));
    say(conference, 0, silence(300));

    expect(keysOf(conference)).toEqual(["7 inband"]);
    const heard = listener.phone.takeAudio();
    expect(heard.filter((sample) => Math.abs(sample) > 300).length / 8).toBeLessThan(10);
    expect(conference.notificationsNamed("leg.talking")).toEqual([]);
  });

  it("is looked for where events were agreed but never came, and no longer once one has come", async () => {
    const conference = new Conference();
    const party = await conference.join();
    say(conference, 0, silence(200));
    say(conference, 0, key("1", 100));
    say(conference, 0, silence(1500));
    expect(keysOf(conference)).toEqual(["1 inband"]);

    party.phone.key(2, 20, { start: true });
    party.phone.key(2, 60, { end: true });
    say(conference, 0, silence(300));
    say(conference, 0, key("3", 100));
    say(conference, 0, silence(300));

    expect(keysOf(conference)).toEqual(["1 inband", "2 rfc4733"]);
  });

  it("is one press with the event that follows it", async () => {
    const conference = new Conference();
    const party = await conference.join();
    say(conference, 0, silence(200));
    say(conference, 0, key("9", 160));
    party.phone.key(9, 20, { start: true });
    party.phone.key(9, 160, { end: true });
    say(conference, 0, silence(300));
    expect(keysOf(conference)).toEqual(["9 inband"]);

    party.phone.timestamp += 8000;
    party.phone.key(9, 20, { start: true });
    party.phone.key(9, 160, { end: true });
    say(conference, 0, silence(100));
    expect(keysOf(conference)).toEqual(["9 inband", "9 rfc4733"]);
  });

  it("means nothing in the music of a far end that holds us", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ plan: { telephoneEvent: undefined } });
    say(conference, 0, silence(200));
    const held = phone.plan({ telephoneEvent: undefined, direction: "recvonly" });
    conference.engine.configureLeg(leg, held);
    say(conference, 0, key("7", 200));
    say(conference, 0, silence(200));
    expect(keysOf(conference)).toEqual([]);
  });

  it("tells of a key also while something plays to the leg and no other leg hears it", async () => {
    const conference = new Conference();
    const { leg } = await conference.call(without);
    say(conference, 0, silence(200));
    conference.engine.playToLeg(leg, 5, prompt(5000), { language: "en", loop: false });
    say(conference, 0, key("#", 100));
    say(conference, 0, silence(200));
    expect(keysOf(conference)).toEqual(["# inband"]);
    expect(conference.notificationsNamed("leg.played")).toEqual([]);
  });
});

describe("volumes", () => {
  const threeParties = async () => {
    const conference = new Conference();
    const talker = await conference.join({ tone: new Tone(800, 4000) });
    const one = await conference.join();
    const other = await conference.join();
    for (const { phone } of [one, other]) phone.say(silence(20));
    conference.run(600);
    return { conference, talker, one, other };
  };

  it("makes the room quieter or louder for one leg alone", async () => {
    const { conference, one } = await threeParties();
    const [, before] = conference.listen(200).map((audio) => toneLevel(audio, 800));
    conference.engine.setVolume(one.leg, { listenDb: -12 });
    conference.run(300);
    const [, quieter, untouched] = conference.listen(200).map((audio) => toneLevel(audio, 800));
    expect(quieter! - before!).toBeCloseTo(-12, 0);
    expect(untouched! - before!).toBeCloseTo(0, 0);

    conference.engine.setVolume(one.leg, { listenDb: 6 });
    conference.run(500);
    const [, louder] = conference.listen(200).map((audio) => toneLevel(audio, 800));
    expect(louder! - before!).toBeCloseTo(6, 0);
  });

  it("makes one leg quieter for all others", async () => {
    const { conference, talker } = await threeParties();
    const [, before] = conference.listen(200).map((audio) => toneLevel(audio, 800));
    conference.engine.setVolume(talker.leg, { speakDb: -9 });
    conference.run(300);
    const [own, first, second] = conference.listen(200).map((audio) => toneLevel(audio, 800));
    expect(first! - before!).toBeCloseTo(-9, 0);
    expect(second! - before!).toBeCloseTo(-9, 0);
    expect(own).toBeLessThan(-60);
  });

  it("levels a faint voice when automatic gain is on, and not when it is off", async () => {
    const { conference, talker } = await threeParties();
    talker.tone = undefined;
    conference.engine.setVolume(talker.leg, { agc: true });
    const syllable = (): Int16Array => new Tone(500, 900).next(1600);
    for (let count = 0; count < 30; count += 1) {
      say(conference, 0, syllable());
      say(conference, 0, silence(100));
    }
    const stats = conference.engine.legStats(talker.leg);
    expect(stats.voiceDbov).toBeCloseTo(-34.2, 0);
    expect(stats.gainDb).toBeGreaterThan(8);
    conference.engine.setVolume(talker.leg, { agc: false });
    expect(conference.engine.legStats(talker.leg).gainDb).toBe(0);
  });
});

describe("automatic gain", () => {
  it("takes a voice that keys interrupt for no other than it was", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(500, 8000) });
    conference.engine.setVolume(party.leg, { agc: true });
    for (let press = 0; press < 8; press += 1) {
      party.tone = new Tone(500, 8000);
      conference.run(700);
      party.tone = undefined;
      for (let ms = 20; ms <= 100; ms += 20) {
        party.phone.key(6, ms, { start: ms === 20, end: ms === 100 });
        conference.run(20);
      }
      party.phone.timestamp += 800;
    }
    expect(conference.notificationsNamed("leg.dtmf")).toHaveLength(8);
    expect(conference.engine.legStats(party.leg).gainDb).toBe(0);
  });
});

describe("what plays to the room", () => {
  it("is heard in full without speech, 12 dB lower under a voice", async () => {
    const conference = new Conference();
    const talker = await conference.join();
    await conference.join();
    for (const { phone } of conference.parties) phone.say(silence(20));
    conference.run(200);
    conference.engine.playToRoom(room, prompt(4000), "en");
    conference.run(200);
    const [, full] = conference.listen(300).map((audio) => toneLevel(audio, 300));
    talker.tone = new Tone(900, 6000);
    conference.run(400);
    const [, ducked] = conference.listen(300).map((audio) => toneLevel(audio, 300));
    expect(ducked! - full!).toBeCloseTo(-12, 0);
  });
});
