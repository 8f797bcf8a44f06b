// What a reader costs that stays for years.
import { expect, it } from "vitest";
import { Emitter } from "#common";
import { type EventLog, Follower } from "#services/events";
import { settle } from "#test/support";
import { keptHeap } from "../../../day/heap.ts";

it("keeps nothing of the events that it has handed out", async () => {
  const events = new Emitter<{ appended: undefined }>();
  let newest = 0;
  const log = {
    events,
    get newest() {
      return newest;
    },
    oldest: 1,
    read: async (after: number) => [{ seq: after + 1 }],
  } as unknown as EventLog;
  const follower = new Follower(log, 0, () => true);
  const follow = async (count: number) => {
    for (let event = 0; event < count; event += 1) {
      const next = follower.next();
      await settle();
      newest += 1;
      events.emit("appended", undefined);
      expect(await next).toHaveLength(1);
    }
  };

  await follow(500);
  const before = await keptHeap();
  await follow(5000);
  expect((await keptHeap()) - before).toBeLessThan(400_000);
  const last = follower.next();
  follower.close();
  expect(await last).toEqual([]);
});
