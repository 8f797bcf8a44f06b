// Streams as real senders number and fill them: packets of types that nobody agreed on among the audio, numbers that restart
// a little behind, packets longer than usual.
import { describe, expect, it } from "vitest";
import { Conference, type Party } from "../support/conference.ts";
import { keyTone } from "../support/keys.ts";
import { Tone, toneLevel, toneToNoise } from "../support/tones.ts";

const hertz = 1004;

describe("packets of an unknown type in the stream that is heard", () => {
  it.each([
    ["comfort noise by the number of old drafts", 19, Uint8Array.of(70)],
    ["keepalives without content", 20, new Uint8Array(0)],
    ["a dynamic number that was not agreed", 120, Uint8Array.of(1, 2, 3)],
    ["packets of the agreed number without content", 0, new Uint8Array(0)],
  ])("are neither loss nor sound: %s", async (_, payloadType, payload) => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    await conference.join();
    conference.run(1000);
    party.tone = undefined;
    for (let count = 0; count < 50; count += 1) {
      party.phone.sendPacket({ payloadType }, payload);
      party.phone.timestamp += 160;
      conference.run(20);
    }
    party.tone = new Tone(hertz);
    conference.run(400);
    expect(toneToNoise(conference.listen(1000)[1]!, hertz)).toBeGreaterThan(35);
    const stats = conference.engine.legStats(party.leg);
    expect(stats.packetsLost).toBe(0);
    expect(stats.packetsIgnored).toBe(payloadType === 0 ? 0 : 50);
    expect(stats.packetsLate).toBe(0);
    expect(stats.concealedMs).toBeLessThanOrEqual(20);
  });

  it("leave the audio between them whole", async () => {
    const conference = new Conference();
    const party = await conference.join();
    await conference.join();
    const tone = new Tone(hertz);
    for (let count = 0; count < 150; count += 1) {
      if (count === 100) for (const { phone } of conference.parties) phone.takeAudio();
      if (count % 5 === 0) party.phone.sendPacket({ payloadType: 120 }, Uint8Array.of(1));
      party.phone.say(tone.next(160));
      conference.run(20);
    }
    expect(toneToNoise(conference.parties[1]!.phone.takeAudio(), hertz)).toBeGreaterThan(35);
    expect(conference.engine.legStats(party.leg)).toMatchObject({ packetsLost: 0, concealedMs: 0 });
  });

  it("are a stranger's when they come from elsewhere, and change nothing", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    conference.run(400);
    const home = party.phone.at;
    const { sequence } = party.phone;
    party.phone.at = { address: "10.9.9.9", port: 4000 };
    party.phone.sendPacket({ payloadType: 19, sequence: sequence + 20 }, Uint8Array.of(70));
    party.phone.at = home;
    party.phone.sequence = sequence;
    conference.run(400);
    expect(conference.engine.legStats(party.leg)).toMatchObject({ packetsLost: 0, packetsIgnored: 1 });
  });
});

describe("a sequence that begins again a little behind", () => {
  it.each([30, 60, 99])("is heard soon: %i packets", async (behind) => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    await conference.join();
    conference.run(2000);
    party.phone.sequence -= behind;
    conference.run(400);
    const [, heard] = conference.listen(200);
    expect(toneLevel(heard!, hertz)).toBeGreaterThan(-20);
  });
});

it.each([100, 2999])("a sequence that leaps ahead between two packets is no loss: by %i", async (packets) => {
  const conference = new Conference();
  const party = await conference.join({ tone: new Tone(hertz) });
  await conference.join();
  conference.run(1000);
  party.phone.sequence += packets;
  conference.run(400);
  const [, heard] = conference.listen(200);
  expect(toneLevel(heard!, hertz)).toBeGreaterThan(-20);
  expect(conference.engine.legStats(party.leg)).toMatchObject({ packetsLost: 0, packetsIgnored: 1 });
});

it.each(["PCMU", "G722"] as const)("packets of 160 ms are heard whole (%s)", async (codec) => {
  const conference = new Conference();
  const { phone, leg } = await conference.join({ codec });
  await conference.join({ codec });
  const tone = new Tone(hertz, 8000, phone.format.rate);
  for (let ms = 0; ms < 6000; ms += 20) {
    if (ms === 3000) for (const party of conference.parties) party.phone.takeAudio();
    if (ms % 160 === 0) phone.say(tone.next(phone.format.rate * 0.16));
    conference.run(20);
  }
  expect(toneToNoise(conference.parties[1]!.phone.takeAudio(), hertz, phone.format.rate)).toBeGreaterThan(25);
  expect(conference.engine.legStats(leg).concealedMs).toBeLessThanOrEqual(60);
});

/** Presses the 5 as a tone of 100 ms, between silences. */
function sayFive(conference: Conference, { phone }: Party): void {
  const samples = Int16Array.from([
    ...new Float64Array(800),
    ...keyTone("5", { onMs: 100 }),
    ...new Float64Array(1600),
  ]);
  for (let at = 0; at < samples.length; at += 160) {
    phone.say(samples.subarray(at, at + 160));
    conference.run(20);
  }
}

describe("keys as tones count", () => {
  it("of a device that takes over after one that has sent events", async () => {
    const conference = new Conference();
    const party = await conference.join();
    sayFive(conference, party);
    party.phone.key(1, 50, { start: true });
    party.phone.key(1, 80, { end: true });
    conference.run(1000);
    sayFive(conference, party);
    expect(conference.notificationsNamed("leg.dtmf")).toMatchObject([{ digit: "5" }, { digit: "1" }]);
    party.phone.ssrc += 1;
    sayFive(conference, party);
    expect(conference.notificationsNamed("leg.dtmf")).toMatchObject([
      ...[{ via: "inband" }, { via: "rfc4733" }, { digit: "5", via: "inband" }],
    ]);
  });
});

describe("events that are no keys", () => {
  it.each([
    ["a flash", 16],
    ["the tone of a fax", 36],
  ])("mute nothing and leave tones to be found: %s", async (_, event) => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    await conference.join();
    conference.run(1000);
    for (const { phone } of conference.parties) phone.takeAudio();
    for (let count = 0; count < 50; count += 1) {
      if (count % 5 === 0) party.phone.key(event, 50 + count);
      conference.run(20);
    }
    expect(toneLevel(conference.parties[1]!.phone.takeAudio(), hertz)).toBeGreaterThan(-20);
    expect(conference.notificationsNamed("leg.dtmf")).toEqual([]);
    expect(conference.engine.legStats(party.leg).packetsLost).toBe(0);
    party.tone = undefined;
    sayFive(conference, party);
    expect(conference.notificationsNamed("leg.dtmf")).toMatchObject([{ digit: "5", via: "inband" }]);
  });
});
