// Keys that we press at the far end: what it receives is what RFC 4733 says, and the same detector of ours hears it.
import { describe, expect, it } from "vitest";
import { TelephoneEvents } from "../../../../media/rtp/index.ts";
import { Conference, type Party } from "../support/conference.ts";
import { telephoneEvent } from "../support/phone.ts";
import { Tone } from "../support/tones.ts";

/** The keys in what the phone heard. */
function keysIn({ phone }: Party, payloadType: number, clockRate: number): string {
  const events = new TelephoneEvents(clockRate);
  let keys = "";
  phone.heard.forEach(({ header, payload }, index) => {
    if (header.payloadType !== payloadType) return;
    const packet = { ...header, payloadStart: 0, payloadEnd: payload.length };
    keys += events.receive(payload, packet, index * 20)?.digit ?? "";
  });
  return keys;
}

describe("keys that are sent", () => {
  it("are events in the audio's place, each once, in one unbroken stream", async () => {
    const conference = new Conference();
    await conference.join({ tone: new Tone(700) });
    const party = await conference.join();
    conference.run(200);
    party.phone.heard.length = 0;
    conference.engine.sendDtmf(party.leg, "4#D4");
    const arrivals: number[] = [];
    for (let ms = 20; ms <= 1200; ms += 20) {
      const before = party.phone.heard.length;
      conference.run(20);
      arrivals.push(...Array<number>(party.phone.heard.length - before).fill(ms));
    }
    expect(keysIn(party, telephoneEvent, 8000)).toBe("4#D4");
    const { heard } = party.phone;
    const gaps = heard.slice(1).filter(({ header }, index) => {
      return ((header.sequence - heard[index]!.header.sequence) & 0xffff) !== 1;
    });
    expect(gaps).toEqual([]);
    const first = heard.slice(0, 7);
    expect(first.map(({ header }) => header.payloadType)).toEqual(Array(7).fill(telephoneEvent));
    expect(first.map(({ header }) => header.marker)).toEqual([true, ...Array(6).fill(false)]);
    expect(new Set(first.map(({ header }) => header.timestamp)).size).toBe(1);
    expect(first.map(({ payload }) => (payload[2]! << 8) | payload[3]!)).toEqual([
      ...[160, 320, 480, 640, 800, 800, 800],
    ]);
    expect(arrivals.slice(0, 7)).toEqual([20, 40, 60, 80, 100, 120, 140]);
    expect(first.map(({ payload }) => payload[1]! >> 7)).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });

  it.each([
    [101, 8000],
    [103, 16_000],
    [102, 48_000],
  ])("use the clock of what was agreed: type %i, %i Hz", async (payloadType, clockRate) => {
    const conference = new Conference();
    const events = new Map([[payloadType, clockRate]]);
    const party = await conference.join({ codec: "opus", plan: { telephoneEvent: payloadType, events } });
    conference.run(100);
    party.phone.heard.length = 0;
    conference.engine.sendDtmf(party.leg, "9");
    conference.run(200);
    expect(keysIn(party, payloadType, clockRate)).toBe("9");
    const last = party.phone.heard.filter(({ header }) => header.payloadType === payloadType).at(-1)!;
    expect(((last.payload[2]! << 8) | last.payload[3]!) / clockRate).toBeCloseTo(0.1);
  });

  it("are refused where none were agreed, and when too many wait; then none of them is sent", async () => {
    const conference = new Conference();
    const deaf = await conference.join({ plan: { telephoneEvent: undefined, events: new Map() } });
    expect(() => conference.engine.sendDtmf(deaf.leg, "1")).toThrow(/takes no keys/);
    const party = await conference.join();
    conference.engine.sendDtmf(party.leg, "1".repeat(40));
    expect(() => conference.engine.sendDtmf(party.leg, "2".repeat(40))).toThrow(/none more/);
    conference.run(9000);
    expect(keysIn(party, telephoneEvent, 8000)).toBe("1".repeat(40));
  });
});
