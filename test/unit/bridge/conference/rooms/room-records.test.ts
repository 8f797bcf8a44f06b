// A room that is deleted: nothing of it goes on by itself.
import { expect, it } from "vitest";
import { settled, value, world } from "../recordings/world.ts";

it("waits no longer for participants whose recording a dead worker has interrupted", async () => {
  const { clock, rooms, room, enter, workers } = world();
  const before = clock.pending;
  const weekly = await room();
  const { worker } = await enter(weekly, "Ann");
  value(await rooms.recordings.start(weekly.id));
  workers.die(worker);
  await settled();
  expect(clock.pending).toBeGreaterThan(before);
  await rooms.destroy(weekly.id);
  await settled();
  expect(clock.pending).toBe(before);
});
