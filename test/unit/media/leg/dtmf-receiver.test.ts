// Keys by events and by tones: one press is one press, and tones stop counting once there are events.
import { describe, expect, it } from "vitest";
import { DtmfReceiver } from "../../../../media/leg/dtmf-receiver.ts";

const withEvents = { telephoneEvent: 101 };
const without = { telephoneEvent: undefined };

describe("the keys of a leg", () => {
  it("are looked for in the audio until the first event, and for ever where no events were agreed", () => {
    const keys = new DtmfReceiver();
    expect([keys.wantsTones(withEvents), keys.wantsTones(without)]).toEqual([true, true]);
    expect([keys.eventCame(0, 40), keys.eventCame(20, 40)]).toEqual([true, false]);
    expect([keys.wantsTones(withEvents), keys.wantsTones(without)]).toEqual([false, true]);
  });

  it("are looked for in the audio of a stream that has begun since", () => {
    const keys = new DtmfReceiver();
    keys.eventCame(0, 40);
    keys.begin();
    expect(keys.wantsTones(withEvents)).toBe(true);
    expect(keys.eventCame(20, 40)).toBe(true);
    expect(keys.wantsTones(withEvents)).toBe(false);
  });

  it("that come as a tone and as an event within a second are one press", () => {
    const keys = new DtmfReceiver();
    expect(keys.pressed("5", "inband", 0)).toBe(true);
    expect(keys.pressed("5", "rfc4733", 999)).toBe(false);
    expect(keys.pressed("5", "rfc4733", 1000)).toBe(true);
    expect([keys.tones, keys.events]).toEqual([1, 2]);
  });

  it("that come as an event first and are heard a little later are one press, and pressed again two", () => {
    const keys = new DtmfReceiver();
    const told = [
      ...[keys.pressed("1", "rfc4733", 0), keys.pressed("1", "inband", 180)],
      ...[keys.pressed("1", "rfc4733", 400), keys.pressed("1", "inband", 580)],
      ...[keys.pressed("1", "rfc4733", 800), keys.pressed("1", "rfc4733", 1000)],
    ];
    expect(told).toEqual([true, false, true, false, true, true]);
  });

  it("are two when they differ, or come further apart", () => {
    const keys = new DtmfReceiver();
    keys.pressed("5", "inband", 0);
    expect(keys.pressed("6", "rfc4733", 10)).toBe(true);
    keys.pressed("5", "inband", 100);
    expect(keys.pressed("5", "rfc4733", 1100)).toBe(true);
  });

  it("may still sound for as long as is buffered, and a little more", () => {
    const keys = new DtmfReceiver();
    expect(keys.soundAt(0)).toBe(false);
    keys.eventCame(1000, 60);
    expect([keys.soundAt(1179), keys.soundAt(1180)]).toEqual([true, false]);
  });
});
