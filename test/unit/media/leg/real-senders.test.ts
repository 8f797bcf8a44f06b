// Packets as real phones, gateways and relays send them, against a whole leg: keys beside the audio, timestamps that are
// a little or altogether wrong, sources that only send.

import { describe, expect, it } from "vitest";
import type { AudioCodecName } from "../../../../media/codec/index.ts";
import { createOffer, defaultCapabilities, planFromAnswer } from "../../../../media/sdp/index.ts";
import { Conference, type Party, room } from "../support/conference.ts";
import { Tone, toneLevel, toneToNoise } from "../support/tones.ts";

const hertz = 1004;

const told = (conference: Conference): string =>
  conference
    .notificationsNamed("leg.dtmf")
    .map((data) => (data as { digit: string }).digit)
    .join("");

/** What a press looks like on the wire, 20 ms a packet: how long it has been down, and whether it has ended. */
const press: readonly (readonly [ms: number, end: boolean])[] = [
  [20, false],
  [40, false],
  [60, false],
  [80, false],
  [100, true],
  [100, true],
  [100, true],
];

interface KeyStream {
  readonly ssrc: (key: number) => number | undefined;
  /** What is said while a key is down: the audio goes on, or rests. */
  readonly audio: boolean;
  /** Numbers of its own although the SSRC is the audio's. */
  readonly ownNumbers?: boolean;
  /** The same keys in the audio's stream too. */
  readonly twice?: boolean;
}

/** Presses `keys`, 100 ms each and as far apart, while the phone speaks or rests. */
function dial(conference: Conference, { phone }: Party, keys: string, stream: KeyStream): void {
  const tone = new Tone(hertz, 8000, phone.format.rate);
  let sequence = 40_000;
  let ticks = 0;
  const tick = (): void => {
    if (stream.audio) phone.say(tone.next((phone.format.rate * 20) / 1000));
    ticks += 1;
    conference.run(20);
  };
  for (const [index, key] of [...keys].entries()) {
    const timestamp = 7_000_000 + ticks * 160;
    press.forEach(([ms, end], at) => {
      const payload = Uint8Array.of(Number(key), end ? 0x8a : 0x0a, (ms * 8) >> 8, (ms * 8) & 0xff);
      const common = { payloadType: 101, marker: at === 0 };
      if (stream.twice) phone.sendPacket({ ...common, timestamp: phone.timestamp }, payload);
      const ssrc = stream.ssrc(index) ?? phone.ssrc;
      const before = phone.sequence;
      phone.sendPacket({ ...common, timestamp, ssrc, sequence }, payload);
      phone.sequence = before;
      sequence += 1;
      tick();
    });
    for (let rest = 0; rest < 3; rest += 1) tick();
  }
}

describe("keys in a stream of their own", () => {
  const streams: Record<string, KeyStream> = {
    "an SSRC of its own beside running audio": { ssrc: () => 77, audio: true },
    "an SSRC of its own while the audio rests": { ssrc: () => 77, audio: false },
    "another SSRC for every key": { ssrc: (key) => 1000 + key, audio: true },
    "the audio's SSRC with numbers of its own": { ssrc: () => undefined, audio: true, ownNumbers: true },
    "an SSRC of its own, and in the audio's stream as well": { ssrc: () => 77, audio: false, twice: true },
  };

  it.each(Object.entries(streams))("count, each press once: %s", async (_, stream) => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    conference.run(200);
    party.tone = undefined;
    dial(conference, party, "1223", stream);
    conference.run(300);
    expect(told(conference)).toBe("1223");
  });

  it("count before there is any audio, and leave the audio that follows alone", async () => {
    const conference = new Conference();
    const party = await conference.join();
    const other = await conference.join();
    dial(conference, party, "12", { ssrc: () => 77, audio: false });
    party.tone = new Tone(hertz);
    conference.run(400);
    expect(told(conference)).toBe("12");
    const [, heard] = conference.listen(1000);
    expect(toneToNoise(heard!, hertz)).toBeGreaterThan(30);
    expect(conference.engine.legStats(other.leg).packetsLost).toBe(0);
  });

  it("do not disturb the audio beside them, and are no losses of it", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    conference.run(1000);
    party.tone = undefined;
    dial(conference, party, "12", { ssrc: () => 77, audio: true });
    const { packetsLost, packetsLate, concealedMs, repairs } = conference.engine.legStats(party.leg);
    expect({ packetsLost, packetsLate, concealedMs }).toEqual({
      packetsLost: 0,
      packetsLate: 0,
      concealedMs: 0,
    });
    expect(repairs.keysBeside).toBe(14);
  });

  it("count from our far end alone", async () => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(hertz) });
    conference.run(200);
    const home = party.phone.at;
    party.phone.at = { address: "10.9.9.9", port: 4000 };
    const tone = party.tone;
    party.tone = undefined;
    dial(conference, party, "5", { ssrc: () => 77, audio: false });
    party.phone.at = home;
    party.tone = tone;
    expect(told(conference)).toBe("");
    expect(conference.engine.legStats(party.leg).repairs.keysBeside).toBe(0);
  });
});

/** The timestamp of packet `index`, whose right one is `right`. */
type Clock = (right: number, index: number) => number;

interface Heard {
  readonly toneToNoise: number;
  readonly bufferMs: number;
  readonly mos: number | null;
  readonly jitterMs: number;
  readonly restamped: number;
}

/** Ten seconds of a tone with these timestamps, as another participant hears the last two. */
async function hear(
  codec: AudioCodecName,
  clock: Clock,
  path: { lose?: (index: number) => boolean } = {},
): Promise<Heard> {
  const conference = new Conference();
  const party = await conference.join({ codec });
  await conference.join({ codec });
  const { phone, leg } = party;
  const { rate, clockRate } = phone.format;
  const tone = new Tone(hertz, 8000, rate);
  const units = (clockRate * 20) / 1000;
  const first = 2 ** 32 - 20_000;
  const say = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) {
      phone.timestamp = (first + clock(index * units, index)) >>> 0;
      phone.say(tone.next((rate * 20) / 1000), path.lose?.(index) ?? false);
      conference.run(20);
    }
  };
  say(0, 400);
  conference.parties[1]!.phone.takeAudio();
  say(400, 500);
  const heard = conference.parties[1]!.phone.takeAudio();
  const { bufferMs, mos, jitterMs, repairs } = conference.engine.legStats(leg);
  return {
    toneToNoise: toneToNoise(heard, hertz, rate),
    bufferMs,
    mos,
    jitterMs,
    restamped: repairs.audioTimestamps,
  };
}

const right: Clock = (stamp) => stamp;

describe("timestamps that are wrong", () => {
  const wholeMs =
    (unitsPerMs: number): Clock =>
    (stamp, index) =>
      Math.floor((stamp + (index % 3) * 2 * unitsPerMs) / unitsPerMs) * unitsPerMs;
  const cases: readonly (readonly [string, AudioCodecName, Clock])[] = [
    [
      "whole milliseconds that waver: 152, 160, 168",
      "PCMA",
      (stamp, index) => stamp + [0, -8, 0, 8][index % 4]!,
    ],
    ["the time of sending, up to 5 ms late", "PCMU", wholeMs(8)],
    ["a wavering clock of Opus: 953, 964", "opus", (stamp, index) => stamp + [0, -7, -3, 4][index % 4]!],
    ["a clock one part in a hundred fast", "PCMU", (stamp) => Math.round(stamp * 1.01)],
    ["twice as many units as it should be", "G722", (stamp) => stamp * 2],
    ["half as many units as it should be", "G722", (stamp) => stamp / 2],
    ["half as many units as it should be", "opus", (stamp) => stamp / 2],
    ["the units of a clock of 48 kHz", "PCMA", (stamp) => stamp * 6],
    ["counted in packets", "PCMU", (_, index) => index],
    ["always the same", "PCMU", () => 0],
    ["the same in two packets each", "PCMA", (_, index) => Math.floor(index / 2) * 320],
    ["the units of a clock of 8 kHz", "opus", (stamp) => stamp / 6],
    ["a leap of 100 ms in every second", "PCMA", (stamp, index) => stamp + Math.floor(index / 50) * 800],
    [
      "nothing that makes sense in every fourth packet",
      "G722",
      (stamp, index) => (index % 4 ? stamp : index),
    ],
    ["anything within 50 ms", "PCMU", (stamp, index) => stamp + ((index * 7919) % 801) - 400],
  ];

  it.each(cases)("%s (%s) sound like right ones", async (_, codec, clock) => {
    const [reference, heard] = [await hear(codec, right), await hear(codec, clock)];
    const enough = codec === "PCMA" || codec === "PCMU" ? 35 : reference.toneToNoise - 1;
    expect(heard.toneToNoise).toBeGreaterThanOrEqual(Math.min(enough, reference.toneToNoise - 0.5));
    expect(heard.bufferMs).toBeLessThanOrEqual(reference.bufferMs + 20);
    expect(heard.jitterMs).toBeLessThan(2);
    expect(heard.mos).toBe(reference.mos);
    // The rarest of these faults comes once a second.
    expect(heard.restamped).toBeGreaterThanOrEqual(9);
    expect(reference.restamped).toBe(0);
  });

  it("are mended where packets are lost between them as well", async () => {
    const lose = (index: number): boolean => index % 25 === 7 && index < 400;
    const heard = await hear("G722", (stamp) => stamp * 2, { lose });
    const reference = await hear("G722", right, { lose });
    expect(heard.toneToNoise).toBeGreaterThanOrEqual(reference.toneToNoise - 1);
    expect(heard.bufferMs).toBeLessThanOrEqual(reference.bufferMs + 20);
  });

  it("are believed again at once when they are right from now on", async () => {
    const heard = await hear("G722", (stamp, index) => (index < 15 ? stamp * 2 : stamp + 15 * 160));
    const reference = await hear("G722", right);
    expect(heard.toneToNoise).toBeGreaterThanOrEqual(reference.toneToNoise - 1);
    expect(heard.restamped).toBeLessThan(20);
  });
});

describe("a source that only sends", () => {
  it.each(["G722", "PCMA"] as const)("is heard by the room and is not on hold (%s)", async (codec) => {
    const conference = new Conference();
    const announcer = await conference.join({
      codec,
      tone: new Tone(hertz, 8000, codec === "G722" ? 16_000 : 8000),
      plan: { direction: "recvonly" },
    });
    const other = await conference.join({ tone: new Tone(500) });
    conference.run(500);
    const [sent, heard] = conference.listen(1000);
    expect(toneLevel(heard!, hertz)).toBeGreaterThan(-20);
    expect(sent!.length).toBe(0);
    expect(conference.notificationsNamed("leg.held")).toEqual([]);
    expect(conference.notificationsNamed("leg.talking")).toContainEqual({
      leg: announcer.leg,
      talking: true,
    });
    expect(conference.engine.legStats(other.leg).packetsLost).toBe(0);
  });

  it("is heard again after it was inactive, also when it began so", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(hertz), plan: { direction: "inactive" } });
    await conference.join();
    conference.run(500);
    const silence = toneLevel(conference.listen(500)[1]!, hertz);
    expect(silence).toBeLessThan(-60);
    conference.engine.configureLeg(leg, phone.plan({ direction: "recvonly" }));
    conference.run(500);
    expect(toneLevel(conference.listen(1000)[1]!, hertz)).toBeGreaterThan(-20);
    expect(conference.notificationsNamed("leg.held")).toEqual([
      { leg, held: true },
      { leg, held: false },
    ]);
  });

  it("is on hold, and its music unheard, once it has conversed: on this leg or on the one before", async () => {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(hertz) });
    await conference.join();
    conference.run(500);
    conference.engine.configureLeg(leg, phone.plan({ direction: "recvonly" }));
    conference.run(200);
    expect(toneLevel(conference.listen(1000)[1]!, hertz)).toBeLessThan(-60);
    expect(conference.notificationsNamed("leg.held")).toEqual([{ leg, held: true }]);

    const moved = await conference.call({
      tone: new Tone(1500),
      plan: { direction: "recvonly" },
      held: true,
    });
    conference.engine.joinLeg(moved.leg, room);
    conference.run(200);
    expect(toneLevel(conference.listen(1000)[1]!, 1500)).toBeLessThan(-60);
    expect(conference.notificationsNamed("leg.held")).toContainEqual({ leg: moved.leg, held: true });
  });
});

describe("keys by a payload type that was not agreed", () => {
  async function speak(packets: readonly (readonly number[])[], payloadType = 96) {
    const conference = new Conference();
    const { leg, phone } = await conference.join({ tone: new Tone(hertz) });
    conference.run(200);
    for (const bytes of packets) phone.sendPacket({ payloadType, timestamp: 5000 }, Uint8Array.from(bytes));
    conference.run(200);
    return { told: told(conference), stats: conference.engine.legStats(leg) };
  }

  const key = [
    [1, 0x0a, 0x01, 0x90],
    [1, 0x8a, 0x03, 0x20],
  ];

  it.each([96, 97, 110, 127])("count: %i", async (payloadType) => {
    const { told, stats } = await speak(key, payloadType);
    expect([told, stats.repairs.offeredNumbers]).toEqual(["1", 2]);
  });

  it.each([
    ["a static number", key, 34],
    ["another length", key.map((bytes) => [...bytes, 0]), 96],
    ["no key", key.map(([, ...bytes]) => [16, ...bytes]), 96],
    ["a reserved bit", key.map(([event, flags, ...bytes]) => [event!, flags! | 0x40, ...bytes]), 96],
    ["no duration", key.map(([event, flags]) => [event!, flags!, 0, 0]), 96],
  ] as const)("are none with %s", async (_, packets, payloadType) => {
    const { told, stats } = await speak(packets, payloadType);
    expect([told, stats.repairs.offeredNumbers]).toEqual(["", 0]);
  });
});

describe("numbers that we offered and the answer replaced", () => {
  const local = { address: "10.0.0.1", port: 20_000, rtcpPort: 20_001, sessionId: "7" };

  it.each([101, 96])("count for keys: %i, where 101 was offered and 96 answered", async (payloadType) => {
    const { state } = createOffer(defaultCapabilities, local);
    const answer = [
      ...["v=0", "o=- 1 1 IN IP4 10.0.1.1", "s=-", "c=IN IP4 10.0.1.1", "t=0 0"],
      ...["m=audio 4000 RTP/AVP 0 96", "a=rtpmap:96 telephone-event/8000", ""],
    ].join("\r\n");
    const agreed = planFromAnswer(answer, defaultCapabilities, local, state);
    if (!agreed.ok) throw new Error(agreed.error.message);
    const conference = new Conference();
    const { leg, phone } = await conference.join({ plan: agreed.value.plan, tone: new Tone(hertz) });
    conference.run(200);
    for (const ms of [50, 100]) {
      const payload = Uint8Array.of(1, ms === 100 ? 0x8a : 0x0a, (ms * 8) >> 8, (ms * 8) & 0xff);
      phone.sendPacket({ payloadType, timestamp: 5000 }, payload);
    }
    conference.run(100);
    expect(told(conference)).toBe("1");
    expect(conference.engine.legStats(leg).repairs.offeredNumbers).toBe(payloadType === 101 ? 2 : 0);
  });
});
