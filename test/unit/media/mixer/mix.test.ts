// Who hears whom: every party has a tone of its own.
import { describe, expect, it } from "vitest";
import { Conference, prompt, room } from "../support/conference.ts";
import { peakLevel, Tone, toneLevel } from "../support/tones.ts";

const tones = [500, 850, 1350];
const amplitude = 6000;
const inaudible = -50;

async function threeParties() {
  const conference = new Conference();
  for (const hertz of tones) await conference.join({ tone: new Tone(hertz, amplitude) });
  conference.run(500);
  return conference;
}

describe("a room of three", () => {
  it("lets each hear the other two at their level, and not itself", async () => {
    const conference = await threeParties();
    const heard = conference.listen(1000);
    heard.forEach((audio, listener) => {
      expect(audio.length).toBe(8000);
      tones.forEach((hertz, speaker) => {
        const level = toneLevel(audio, hertz);
        if (speaker === listener) expect(level).toBeLessThan(inaudible);
        else expect(Math.abs(level - peakLevel(amplitude))).toBeLessThan(1);
      });
    });
  });

  it("does not let a muted party be heard, and lets it hear", async () => {
    const conference = await threeParties();
    conference.engine.muteLeg(conference.parties[0]!.leg, true);
    conference.run(40);
    const [first, second] = conference.listen(1000);
    expect(toneLevel(second!, tones[0]!)).toBeLessThan(inaudible);
    expect(toneLevel(first!, tones[1]!)).toBeGreaterThan(peakLevel(amplitude) - 1);
  });

  it("no longer hears who was closed, and frees the ports", async () => {
    const conference = await threeParties();
    const free = conference.network.openSockets;
    const stats = await conference.engine.closeLeg(conference.parties[0]!.leg);
    expect(stats.packetsReceived).toBe(25);
    expect(conference.network.openSockets).toBe(free - 2);
    const [, second] = conference.listen(1000);
    expect(toneLevel(second!, tones[0]!)).toBeLessThan(inaudible);
    expect(toneLevel(second!, tones[2]!)).toBeGreaterThan(peakLevel(amplitude) - 1);
  });

  it("does not mix what a held leg sends, and keeps a held leg that still listens informed", async () => {
    const conference = await threeParties();
    const [onHold, listening] = conference.parties;
    conference.engine.configureLeg(onHold!.leg, onHold!.phone.plan({ direction: "recvonly" }));
    conference.engine.configureLeg(listening!.leg, listening!.phone.plan({ direction: "sendonly" }));
    conference.run(40);
    const [held, listened, third] = conference.listen(1000);
    expect(held!.length).toBe(0);
    expect(toneLevel(third!, tones[0]!)).toBeLessThan(inaudible);
    expect(toneLevel(third!, tones[1]!)).toBeLessThan(inaudible);
    expect(toneLevel(listened!, tones[2]!)).toBeGreaterThan(peakLevel(amplitude) - 1);
  });
});

describe("a room of forty", () => {
  it("mixes its five speakers for the silent ones, whatever their codec and packet length", async () => {
    const conference = new Conference();
    const speakers = [400, 600, 900, 1200, 1700];
    for (const hertz of speakers) await conference.join({ tone: new Tone(hertz, 3000) });
    const lengths = [10, 20, 30, 40, 60] as const;
    for (let index = 5; index < 40; index += 1) {
      const codec = index % 2 === 0 ? "PCMU" : "PCMA";
      await conference.join({ codec, plan: { ptimeMs: lengths[index % 5]! } });
    }
    conference.run(600);
    const heard = conference.listen(1200);
    heard.slice(5).forEach((audio, index) => {
      expect(audio.length, `listener ${index}`).toBe(9600);
      for (const hertz of speakers) {
        expect(Math.abs(toneLevel(audio, hertz) - peakLevel(3000))).toBeLessThan(1);
      }
    });
  });
});

describe("what plays", () => {
  it("stands above the mix for the leg it plays to, and ends with a notification", async () => {
    const conference = await threeParties();
    const [first] = conference.parties;
    conference.engine.playToLeg(first!.leg, 7, prompt(500), { language: "en", loop: false });
    const [audio, other] = conference.listen(500);
    expect(toneLevel(audio!, 300)).toBeGreaterThan(toneLevel(audio!, tones[1]!) + 6);
    expect(toneLevel(other!, 300)).toBeLessThan(inaudible);
    expect(conference.notificationsNamed("leg.played")).toEqual([]);
    conference.run(40);
    expect(conference.notificationsNamed("leg.played")).toEqual([
      { leg: first!.leg, play: 7, outcome: "finished" },
    ]);
    const [after] = conference.listen(500);
    expect(Math.abs(toneLevel(after!, tones[1]!) - peakLevel(amplitude))).toBeLessThan(1);
  });

  it("is heard by the whole room, under the voices, when it plays to the room", async () => {
    const conference = await threeParties();
    conference.engine.playToRoom(room, prompt(500), "en");
    for (const audio of conference.listen(500)) expect(toneLevel(audio, 300)).toBeGreaterThan(-26);
  });

  it("goes on at a key, and stops when something else plays or when told to", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.call();
    const options = { language: "en", loop: true };
    conference.engine.playToLeg(leg, 1, prompt(100), options);
    conference.run(200);
    phone.key(5, 50, { start: true });
    phone.key(5, 100, { end: true });
    expect(conference.notificationsNamed("leg.played")).toEqual([]);
    conference.engine.playToLeg(leg, 2, prompt(100), options);
    conference.engine.stopLeg(leg);
    conference.engine.stopLeg(leg);
    expect(conference.notificationsNamed("leg.played")).toEqual([
      { leg, play: 1, outcome: "stopped" },
      { leg, play: 2, outcome: "stopped" },
    ]);
  });
});

describe("a participant alone", () => {
  it("hears a faint noise and not digital silence", async () => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(700) });
    conference.run(200);
    const [audio] = conference.listen(500);
    const rms = Math.sqrt(audio!.reduce((sum, sample) => sum + sample * sample, 0) / audio!.length);
    expect(rms).toBeGreaterThan(4);
    expect(rms).toBeLessThan(60);
    expect(toneLevel(audio!, 700)).toBeLessThan(inaudible);
  });

  it("is sent packets in no room as well", async () => {
    const conference = new Conference();
    const { phone } = await conference.call();
    conference.run(400);
    expect(phone.heard.length).toBe(20);
    const sequences = phone.heard.map(({ header }) => header.sequence);
    expect(
      sequences.every(
        (sequence, index) => index === 0 || ((sequence - sequences[index - 1]!) & 0xffff) === 1,
      ),
    ).toBe(true);
  });
});
