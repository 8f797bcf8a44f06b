// Webhooks and their deliveries in a real database.
import { expect, it } from "vitest";
import type { Delivery, Webhook } from "#services/webhooks";
import { FakeClock } from "#test/support";
import { openDatabase } from "../../../../../bridge/services/store/database.ts";
import { createWebhooksRepository } from "../../../../../bridge/services/store/webhooks-repository.ts";

const webhook = (id: string): Webhook => ({
  id,
  url: "https://example.com/hook",
  description: "Desk",
  types: ["room.*"],
  room: null,
  format: "meet",
  enabled: true,
  disabledReason: null,
  secrets: [{ secret: "whsec_AAAA", expiresAt: null }],
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  position: 7,
  skipped: 0,
});

const delivery = (id: string, changes: Partial<Delivery> = {}): Delivery => ({
  id,
  webhook: "w1",
  event: `event ${id}`,
  seq: 8,
  type: "room.created",
  createdAt: "2026-01-01T00:00:00.000Z",
  state: "delivered",
  nextAttemptAt: null,
  tries: 1,
  attempts: [{ at: "2026-01-01T00:00:00.000Z", status: 200, error: null, durationMs: 5, response: "ok" }],
  payload: "{}",
  ...changes,
});

it("keeps webhooks, their places and the last of their deliveries", async () => {
  const database = await openDatabase(":memory:", new FakeClock());
  const webhooks = createWebhooksRepository(database, 3);
  const first = webhook("w1");
  await webhooks.insert(first);
  await webhooks.insert(webhook("w2"));
  expect(await webhooks.all()).toEqual([first, webhook("w2")]);

  await webhooks.update({ ...first, enabled: false, disabledReason: "gone", position: 1 });
  const failing = delivery("d0", { state: "pending", nextAttemptAt: "2026-01-01T00:00:05.000Z" });
  await webhooks.save({ positions: [{ id: "w1", position: 9, skipped: 2 }], deliveries: [failing] });
  expect((await webhooks.all())[0]).toEqual({
    ...first,
    ...{ enabled: false, disabledReason: "gone", position: 9, skipped: 2 },
  });
  expect(await webhooks.pending("w1")).toEqual([failing]);
  expect(await webhooks.pending("w2")).toEqual([]);

  for (const id of ["d1", "d2", "d3", "d4", "d5"]) {
    await webhooks.save({ positions: [], deliveries: [delivery(id)] });
  }
  const kept = await webhooks.deliveries("w1", { skip: 0, top: 9 });
  expect([kept.count, kept.items.map(({ id }) => id)]).toEqual([4, ["d5", "d4", "d3", "d0"]]);
  expect(await webhooks.deliveries("w1", { skip: 1, top: 1, state: "delivered" })).toMatchObject({
    count: 3,
    items: [{ id: "d4" }],
  });

  await webhooks.giveUp("w1");
  expect(await webhooks.delivery("w1", "d0")).toEqual({ ...failing, state: "failed", nextAttemptAt: null });
  expect(await webhooks.delivery("w2", "d0")).toBeUndefined();
  await webhooks.delete("w1");
  expect((await webhooks.all()).map(({ id }) => id)).toEqual(["w2"]);
  expect((await webhooks.deliveries("w1", { skip: 0, top: 9 })).count).toBe(0);
  await database.destroy();
});
