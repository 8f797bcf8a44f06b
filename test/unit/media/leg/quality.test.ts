// Figures: the E-model, how losses come, extended reports on the wire, and what a leg says of itself.
import { describe, expect, it } from "vitest";
import { mosOf, rating } from "../../../../media/dsp/index.ts";
import type { WorkerHealth } from "../../../../media/protocol.ts";
import {
  emptyVoipMetrics,
  LossRuns,
  readVoipMetrics,
  voipMetricsBytes,
  writeVoipMetrics,
} from "../../../../media/rtp/index.ts";
import { Conference } from "../support/conference.ts";
import { Tone } from "../support/tones.ts";

const mos = (loss: number, delayMs: number, codec = "PCMU"): number =>
  mosOf(rating({ codec, loss, delayMs }));

describe("the E-model", () => {
  it("gives a perfect call 4.4, and falls with loss and delay", () => {
    expect(mos(0, 0)).toBeCloseTo(4.41, 1);
    expect(mos(0.01, 50)).toBeGreaterThan(4.2);
    expect(mos(0.05, 50)).toBeGreaterThan(3.5);
    expect(mos(0.05, 50)).toBeLessThan(4.1);
    expect(mos(0.2, 50)).toBeLessThan(2.7);
    expect(mos(0, 500)).toBeLessThan(3);
    expect(mos(1, 2000)).toBe(1);
  });

  it("follows G.107's points from rating to score", () => {
    for (const [r, score] of [
      [90, 4.34],
      [80, 4.02],
      [70, 3.6],
      [60, 3.1],
      [50, 2.58],
    ] as const) {
      expect(mosOf(r)).toBeCloseTo(score, 1);
    }
  });

  it("counts losses in bursts for more than scattered ones", () => {
    const scattered = rating({ codec: "PCMA", loss: 0.05, delayMs: 40 });
    expect(rating({ codec: "PCMA", loss: 0.05, burstRatio: 3, delayMs: 40 })).toBeLessThan(scattered);
  });
});

describe("how losses come", () => {
  const runs = (pattern: string): LossRuns => {
    const made = new LossRuns();
    let missing = 0;
    for (const packet of pattern) {
      if (packet === "-") missing += 1;
      else {
        made.arrived(missing);
        missing = 0;
      }
    }
    return made;
  };
  const good = "x".repeat(40);

  it("a loss that stands alone belongs to the gap", () => {
    const { bursts, gapLosses, lost } = runs(`${good}-${good}-${good}`);
    expect({ bursts, gapLosses, lost }).toEqual({ bursts: 0, gapLosses: 2, lost: 2 });
  });

  it("losses less than sixteen packets apart are one burst, from the first to the last", () => {
    const { bursts, burstLosses, burstPackets } = runs(`${good}--xxxxx-xxxxxxxxxx-${good}`);
    expect({ bursts, burstLosses, burstPackets }).toEqual({ bursts: 1, burstLosses: 4, burstPackets: 19 });
  });

  it("every packet is in a burst or a gap", () => {
    const pattern = `${good}--xxx-${good}-${good}---${good}`;
    const { burstPackets, gapPackets } = runs(pattern);
    expect(burstPackets + gapPackets).toBe(pattern.length);
  });
});

describe("VoIP metrics in extended reports", () => {
  const told = {
    ...emptyVoipMetrics(),
    ssrc: 0xdead_beef,
    loss: 0.05,
    burstMs: 120,
    roundTripMs: 84,
    signalLevel: -19,
    rating: 88,
    mosListening: 4.2,
    mosConversational: 4.1,
    bufferMs: 60,
    maxBufferMs: 200,
  };
  const written = (): Uint8Array => {
    const out = new Uint8Array(voipMetricsBytes);
    expect(writeVoipMetrics(out, 0, 1, told)).toBe(voipMetricsBytes);
    return out;
  };

  it("are read as they were written", () => {
    const read = emptyVoipMetrics();
    expect(readVoipMetrics(written(), 0xdead_beef, read)).toBe(true);
    expect(read).toEqual({ ...told, loss: 12 / 256 });
  });

  it("follow RFC 3611's layout", () => {
    const bytes = written();
    expect([...bytes.subarray(0, 4)]).toEqual([0x80, 207, 0, 10]);
    expect([...bytes.subarray(8, 16)]).toEqual([7, 0, 0, 8, 0xde, 0xad, 0xbe, 0xef]);
    expect(bytes[28]).toBe(256 - 19);
    expect([...bytes.subarray(29, 36)]).toEqual([127, 127, 16, 88, 127, 42, 41]);
  });

  it("are not believed about another stream, nor beyond the packet", () => {
    const read = emptyVoipMetrics();
    expect(readVoipMetrics(written(), 1, read)).toBe(false);
    for (let length = 0; length < voipMetricsBytes; length += 1) {
      expect(readVoipMetrics(written().subarray(0, length), 0xdead_beef, read)).toBe(false);
    }
    const lying = written();
    lying[11] = 200;
    expect(readVoipMetrics(lying, 0xdead_beef, read)).toBe(false);
    const endless = new Uint8Array(1400).fill(0);
    endless.set([0x80, 207, 1, 93]);
    expect(readVoipMetrics(endless, 0xdead_beef, read)).toBe(false);
  });

  it("give no score that is none", () => {
    const bytes = written();
    bytes[34] = 0;
    bytes[35] = 51;
    bytes[32] = 120;
    const read = emptyVoipMetrics();
    readVoipMetrics(bytes, 0xdead_beef, read);
    expect([read.mosListening, read.mosConversational, read.rating]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("a leg's figures", () => {
  const talk = async (plan = {}) => {
    const conference = new Conference();
    const party = await conference.join({ tone: new Tone(500), plan });
    return { conference, party };
  };
  const xrIn = (packets: readonly Uint8Array[]): number =>
    packets.filter((packet) => packet.some((byte, at) => byte === 207 && packet[at - 1] === 0x80)).length;

  it("are good on a good line, after five seconds", async () => {
    const { conference, party } = await talk();
    expect(conference.engine.legStats(party.leg).mos).toBeNull();
    conference.run(5100);
    const stats = conference.engine.legStats(party.leg);
    expect(stats.mos).toBeGreaterThan(4.3);
    expect(stats.meanMos).toBe(stats.mos);
    expect(stats).toMatchObject({
      lossPercent: 0,
      starvations: 0,
      clippedMs: 0,
      echo: false,
      remoteMos: null,
    });
  });

  it("show loss, and recover with the line", async () => {
    const { conference, party } = await talk();
    for (let count = 0; count < 60; count += 1) {
      conference.run(80);
      party.phone.lose(160);
      conference.clock.advance(20);
      conference.engine.mixOnce();
    }
    const bad = conference.engine.legStats(party.leg);
    expect(bad.lossPercent).toBeCloseTo(20, 0);
    conference.run(1000);
    expect(conference.engine.legStats(party.leg).mos).toBeLessThan(3);
    conference.run(10_000);
    const better = conference.engine.legStats(party.leg);
    expect(better.mos).toBeGreaterThan(4.2);
    expect(better.meanMos).toBeLessThan(better.mos!);
  });

  it("count a voice that is too loud for the line", async () => {
    const { conference, party } = await talk();
    party.tone = new Tone(500, 32_767);
    conference.run(1000);
    expect(conference.engine.legStats(party.leg).clippedMs).toBeGreaterThan(500);
  });

  it("count a buffer that runs dry, once a time", async () => {
    const { conference, party } = await talk();
    for (let count = 0; count < 3; count += 1) {
      party.tone = new Tone(500);
      conference.run(1000);
      party.tone = undefined;
      conference.run(400);
    }
    expect(conference.engine.legStats(party.leg).starvations).toBe(3);
    expect(conference.engine.health().starvations).toBe(3);
  });

  it("suspect an echo: the phone sends back what it is sent", async () => {
    const { conference, party } = await talk();
    const mirror = await conference.join();
    const echoed: Int16Array[] = [];
    for (let tick = 0; tick < 50 * 16; tick += 1) {
      const syllable = (tick % 29) + (tick % 7) < 18;
      party.tone = new Tone(400 + (tick % 5), syllable ? 3000 + 900 * (tick % 11) : 40);
      mirror.phone.heard.length = 0;
      conference.run(20);
      const heard = mirror.phone.takeAudio();
      if (heard.length > 0) echoed.push(heard.map((sample) => sample / 4));
      if (echoed.length > 6) mirror.phone.say(echoed.shift()!);
    }
    expect(conference.engine.legStats(mirror.leg).echo).toBe(true);
    expect(conference.engine.legStats(party.leg).echo).toBe(false);
    expect(conference.engine.health().echoes).toBe(1);
  });

  it("reach the worker's health as counts of scores", async () => {
    const { conference } = await talk();
    conference.run(10_100);
    const { mosBuckets, mosSum }: WorkerHealth = conference.engine.health();
    expect(mosBuckets.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(mosBuckets.at(-1)).toBe(2);
    expect(mosSum / 2).toBeGreaterThan(4.3);
  });

  it("are told to a far end that announced extended reports, and to no other", async () => {
    const plain = await talk();
    plain.conference.run(12_000);
    expect(plain.party.phone.heardRtcp.length).toBeGreaterThan(0);
    expect(xrIn(plain.party.phone.heardRtcp)).toBe(0);
    const asked = await talk({ voipMetrics: true });
    asked.conference.run(12_000);
    expect(xrIn(asked.party.phone.heardRtcp)).toBe(asked.party.phone.heardRtcp.length);
  });

  it("take the far end's own score of our stream", async () => {
    const { conference, party } = await talk();
    conference.run(6000);
    const report = party.phone.heardRtcp[0]!;
    const ours = new DataView(report.buffer, report.byteOffset).getUint32(4);
    const theirs = new Uint8Array(8 + voipMetricsBytes);
    theirs.set([0x80, 201, 0, 1, 0, 0, 0, 9]);
    writeVoipMetrics(theirs, 8, 9, { ...emptyVoipMetrics(), ssrc: ours, mosConversational: 2.7 });
    party.phone.sendRtcp(theirs);
    expect(conference.engine.legStats(party.leg).remoteMos).toBe(2.7);
    party.phone.heardRtcp.length = 0;
    conference.run(8000);
    expect(xrIn(party.phone.heardRtcp)).toBeGreaterThan(0);
  });
});
