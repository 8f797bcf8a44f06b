// The legs of a worker: one for each id, made and closed once, and none that its owner no longer asks for.
import { expect, it } from "vitest";
import { type LegId, silentLogger } from "#common";
import { FakeClock } from "#test/support";
import { type Leg, QuietLegs } from "../../../../media/leg/index.ts";
import { Legs, type LegsOptions } from "../../../../media/mixer/legs.ts";
import { TickFailures } from "../../../../media/mixer/tick-failures.ts";
import type { VideoLimits } from "../../../../media/protocol.ts";
import { PortPool } from "../../../../media/rtp/index.ts";
import { MemoryNetwork } from "../support/memory-network.ts";

const one = "one" as LegId;
const two = "two" as LegId;
const address = "10.0.0.1";
const unused = () => {
  throw new Error("not expected in this test");
};

function arrange() {
  const network = new MemoryNetwork();
  const created: Leg[] = [];
  const clock = new FakeClock();
  const legs = new Legs({
    engine: {
      ...{ clock, log: silentLogger, playback: { create: unused }, notify: unused },
      ...{ ports: new PortPool({ min: 40_000, max: 40_003, clock }), openSocket: network.openSocket },
    },
    quietLegs: new QuietLegs(4),
    notify: unused,
    pictures: { able: false } as LegsOptions["pictures"],
    failures: new TickFailures(silentLogger),
    onCreated: (leg) => created.push(leg),
  });
  return { clock, network, created, legs };
}

it("a leg is there when its ports are bound; its id is taken from the moment it is asked for", async () => {
  const { legs, created, network } = arrange();
  expect(() => legs.get(one)).toThrow(expect.objectContaining({ code: "NO_SUCH_LEG" }));
  const creating = legs.create(one, address, {});
  await expect(legs.create(one, address, {})).rejects.toMatchObject({ code: "WRONG_STATE" });
  const leg = await creating;
  expect([legs.get(one), created, network.openSockets]).toEqual([leg, [leg], 2]);
  await expect(legs.create(one, address, {})).rejects.toMatchObject({ code: "WRONG_STATE" });
  expect(
    await legs.allowVideo(one, { limits: {} as VideoLimits, pairs: 1 }),
    "no room has a picture",
  ).toEqual([]);
});

it("one that could not be made leaves its id free", async () => {
  const { clock, legs, created } = arrange();
  await legs.create(one, address, {});
  await legs.create(two, address, {});
  const three = "three" as LegId;
  await expect(legs.create(three, address, {})).rejects.toMatchObject({ code: "NO_PORTS" });
  legs.byId.delete(two);
  await legs.close(created[1]!);
  clock.advance(60_000);
  expect(await legs.create(three, address, {})).toBe(legs.get(three));
});

it("one that is still being made at the end is closed, and no other is made", async () => {
  const { legs, created, network } = arrange();
  const creating = legs.create(one, address, {});
  legs.end();
  await expect(creating).rejects.toMatchObject({ code: "WRONG_STATE" });
  await expect(legs.create(two, address, {})).rejects.toMatchObject({ code: "WRONG_STATE" });
  expect([created, legs.byId.size, network.openSockets]).toEqual([[], 0, 0]);
});

it("whoever waits for the end waits for those that are being closed", async () => {
  const { legs, network } = arrange();
  const leg = await legs.create(one, address, {});
  legs.byId.delete(one);
  const closing = legs.close(leg);
  await legs.closed();
  expect(network.openSockets).toBe(0);
  expect(await closing).toMatchObject({ packetsReceived: 0 });
});
