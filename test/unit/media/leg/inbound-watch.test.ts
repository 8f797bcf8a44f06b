// Whether the far end is there, told once each time.
import { beforeEach, describe, expect, it } from "vitest";
import type { LegId } from "#common";
import { InboundWatch } from "../../../../media/leg/inbound-watch.ts";

let told: unknown[];
let watch: InboundWatch;

beforeEach(() => {
  told = [];
  watch = new InboundWatch("leg" as LegId, (name, data) => void told.push([name, data]));
});

const inbound = (state: "silent" | "heard") => ["leg.inbound", { leg: "leg", state }];
const silent = (silentMs: number) => ["leg.silent", { leg: "leg", silentMs }];

describe("audio that should come", () => {
  it("is told silent five seconds after the last packet, once, and heard with the next", () => {
    watch.expect(0);
    watch.look(4000, 4000);
    watch.look(8999, 4000);
    expect([told, watch.calm]).toEqual([[], true]);
    watch.look(9000, 4000);
    watch.look(9020, 4000);
    expect([told, watch.calm]).toEqual([[inbound("silent")], false]);
    watch.look(9040, 9030);
    watch.look(9060, 9050);
    expect([told, watch.calm]).toEqual([[inbound("silent"), inbound("heard")], true]);
  });

  it("is waited for again from when it is expected, also when none has come yet", () => {
    watch.expect(10_000);
    watch.look(14_999);
    expect(told).toEqual([]);
    watch.look(15_000);
    expect(told).toEqual([inbound("silent")]);
    // What is expected again is no sign of life.
    watch.expect(15_100);
    watch.look(15_120);
    expect(told).toEqual([inbound("silent")]);
  });
});

describe("a far end that gives no sign of life", () => {
  it("is told every thirty seconds, and not before something was agreed", () => {
    watch.lookForLife(100_000);
    expect(told).toEqual([]);
    watch.begin(100_000);
    watch.begin(120_000);
    watch.lookForLife(129_999);
    expect(told).toEqual([]);
    watch.lookForLife(130_000);
    watch.lookForLife(159_999);
    watch.lookForLife(160_000);
    expect(told).toEqual([silent(30_000), silent(60_000)]);
    expect(watch.calm).toBe(false);
  });

  it("is there again with RTP or with RTCP alone", () => {
    watch.begin(0);
    watch.lookForLife(30_000);
    watch.lookForLife(31_000, undefined, 30_990);
    expect(told).toEqual([silent(30_000), silent(0)]);
    watch.lookForLife(60_989, 20_000, 30_990);
    watch.lookForLife(60_990, 20_000, 30_990);
    watch.lookForLife(61_000, 60_995, 30_990);
    expect(told.slice(2)).toEqual([silent(30_000), silent(0)]);
    expect(watch.calm).toBe(true);
  });

  it("is told of whole half minutes where ticks were late", () => {
    watch.begin(0);
    watch.lookForLife(95_000);
    expect(told).toEqual([silent(90_000)]);
  });
});
