// An engine without legs runs no timer; with the first leg it ticks again.
import { expect, it } from "vitest";
import { type LegId, type RoomId, silentLogger } from "#common";
import { FakeClock } from "#test/support";
import { Engine } from "../../../../media/mixer/index.ts";
import { PortPool } from "../../../../media/rtp/index.ts";
import { MemoryNetwork } from "../support/memory-network.ts";

const leg = "leg" as LegId;

function startEngine() {
  const clock = new FakeClock();
  const network = new MemoryNetwork();
  const engine = new Engine({
    clock,
    log: silentLogger,
    ports: new PortPool({ clock, min: 20_000, max: 20_099 }),
    playback: { create: () => ({ read: () => true }) },
    notify: () => {},
    openSocket: network.openSocket,
  });
  engine.start();
  return { clock, engine };
}

it("rests after two seconds without legs, and ticks again for the first one", async () => {
  const { clock, engine } = startEngine();
  engine.openRoom("room" as RoomId);
  clock.advance(5000);
  expect(clock.pending).toBe(0);
  expect(engine.health().ticks).toBeLessThan(150);

  await engine.createLeg(leg, "127.0.0.1");
  const { ticks } = engine.health();
  clock.advance(1000);
  expect(engine.health().ticks).toBe(ticks + 50);

  await engine.closeLeg(leg);
  clock.advance(5000);
  expect(clock.pending).toBe(0);
  await engine.close();
});

it("ticks for what plays into an empty room", async () => {
  const { clock, engine } = startEngine();
  engine.openRoom("room" as RoomId);
  clock.advance(5000);
  const { ticks } = engine.health();
  engine.playToRoom("room" as RoomId, [{ kind: "music" }], "en");
  clock.advance(5000);
  expect(engine.health().ticks).toBe(ticks + 250);
  await engine.close();
  expect(clock.pending).toBe(0);
});
