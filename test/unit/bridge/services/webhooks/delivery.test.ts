// What is sent, in which order, and what happens when no receiver takes it.
import { Webhook as Receiver } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { maxTries, waitAfter } from "../../../../../bridge/services/webhooks/schedule.ts";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.webhooks.close());

const day = 86_400_000;

describe("a webhook", () => {
  it("gets what it wants from its making on, in order, as the log tells it", async () => {
    const { happens, clock } = { happens: world.happens.bind(world), clock: world.clock };
    happens("before");
    await world.webhook({ types: ["server.online"] });
    await world.webhook({ room: "b" });
    happens("a", "down", "b", "c");
    await clock.run(2000);

    expect(world.story).toEqual(expect.arrayContaining(["a", "b", "b", "c"]));
    expect(world.sent).toHaveLength(4);
    const [stored] = await world.log.read(1, 1);
    expect(JSON.parse(world.sent[0]!.body)).toEqual(stored);
    expect(world.webhooks.list()).toMatchObject([
      { position: 5, pending: 0 },
      { position: 5, pending: 0 },
    ]);
    expect(world.webhooks.snapshot().attempts).toEqual({ succeeded: 4, failed: 0 });
  });

  it("signs as Standard Webhooks has it, with both secrets while one is replaced", async () => {
    const { id, secret } = await world.webhook();
    // The receiver's library looks at the real clock.
    const verify = (withSecret: string) => {
      const { body, headers } = world.sent.at(-1)!;
      const now = Date.now;
      Date.now = world.clock.now;
      try {
        return new Receiver(withSecret).verify(body, { ...headers });
      } finally {
        Date.now = now;
      }
    };
    world.happens("a");
    await world.clock.run(100);
    expect(verify(secret)).toMatchObject({ room: "a", type: "server.online" });
    expect(world.sent[0]!.headers["webhook-id"]).toBe(JSON.parse(world.sent[0]!.body).id);

    const rotated = await world.webhooks.rotateSecret(id);
    const next = rotated.ok ? rotated.value.secret : "";
    world.happens("b");
    await world.clock.run(100);
    expect(verify(secret)).toMatchObject({ room: "b" });
    expect(verify(next)).toMatchObject({ room: "b" });

    await world.clock.run(day);
    world.happens("c");
    await world.clock.run(100);
    expect(() => verify(secret)).toThrow();
    expect(verify(next)).toMatchObject({ room: "c" });
  });
});

describe("a receiver that fails", () => {
  it("gets everything in order when it is back soon", async () => {
    await world.webhook();
    let down = true;
    world.reply = () => ({ status: down ? null : 200 });
    world.happens("a", "b", "c");
    await world.clock.run(6000);
    expect(world.story).toEqual(["a", "a"]);
    down = false;
    await world.clock.run(30_000);
    expect(world.story).toEqual(["a", "a", "a", "b", "c"]);
  });

  it("does not hold up the others for ever, and gets what stepped aside first when it is back", async () => {
    const { id } = await world.webhook();
    let up = false;
    world.reply = () => ({ status: up ? 200 : 500 });
    world.happens("a", "b");
    await world.clock.run(100_000);
    expect(world.story).toEqual(["a", "a", "a", "b", "b", "b"]);
    expect(world.webhooks.get(id)).toMatchObject({ pending: 2, position: 2 });

    up = true;
    world.happens("c", "d");
    await world.clock.run(1000);
    expect(world.story.slice(6)).toEqual(["c", "a", "b", "d"]);
    expect(world.webhooks.get(id)).toMatchObject({ pending: 0, position: 4 });
  });

  it("shows for how long it has failed and how far it is behind, over a restart too", async () => {
    const { id: webhook } = await world.webhook();
    await world.webhook({ enabled: false });
    const queues = () => world.webhooks.snapshot().queues;
    expect(queues()).toEqual([{ webhook, behind: 0, failingSeconds: 0 }]);
    let status = 500;
    world.reply = () => ({ status });
    world.happens("a", "b", "c");
    await world.clock.run(20_000);
    expect(queues()).toEqual([{ webhook, behind: 2, failingSeconds: 20 }]);
    await world.clock.run(3600_000);
    expect(queues()).toEqual([{ webhook, behind: 0, failingSeconds: 3620 }]);

    await world.webhooks.close();
    await world.log.close();
    await world.start();
    const [{ failingSeconds } = { failingSeconds: 0 }] = queues();
    expect(failingSeconds).toBeGreaterThan(0);
    expect(failingSeconds).toBeLessThan(3600);
    status = 204;
    world.happens("d");
    await world.clock.run(1000);
    expect(queues()).toEqual([{ webhook, behind: 0, failingSeconds: 0 }]);
  });

  it("is not stopped by one event that it never takes", async () => {
    const { id } = await world.webhook();
    world.reply = ({ body }) => ({ status: body.includes("poison") ? 400 : 200 });
    world.happens("poison", "a");
    await world.clock.run(60_000);
    world.happens("b");
    await world.clock.run(3 * day);
    expect(world.story.filter((name) => name !== "poison")).toEqual(["a", "b"]);
    expect(world.story.filter((name) => name === "poison")).toHaveLength(maxTries);
    const failed = await world.webhooks.deliveries(id, { skip: 0, top: 9, state: "failed" });
    expect(failed).toMatchObject({ value: { count: 1, items: [{ tries: maxTries, nextAttemptAt: null }] } });
  });

  it("is asked again after seconds first and a day last, and is listened to when it wants more time", () => {
    const waits = Array.from({ length: maxTries }, (_, index) => waitAfter(index + 1, 0.5));
    expect(waits[0]).toBe(5000);
    expect(waits.at(-2)).toBe(day);
    expect(waits.at(-1)).toBeUndefined();
    expect(waitAfter(1, 0)).toBe(4000);
    expect(waitAfter(1, 1)).toBe(6000);
    expect(waitAfter(1, 0.5, 60_000)).toBe(60_000);
    expect(waitAfter(1, 0.5, 9 * day)).toBe(day);
  });

  it("is disabled by 410, and restarts with what happens after it was enabled", async () => {
    const { id } = await world.webhook();
    world.reply = () => ({ status: 410 });
    world.happens("a", "b");
    await world.clock.run(1000);
    expect(world.story).toEqual(["a"]);
    expect(world.webhooks.get(id)).toMatchObject({ enabled: false, disabledReason: "gone", pending: 0 });

    world.reply = () => ({ status: 200 });
    await world.webhooks.update(id, { enabled: true });
    world.happens("c");
    await world.clock.run(1000);
    expect(world.story).toEqual(["a", "c"]);
    expect(world.webhooks.get(id)).toMatchObject({ enabled: true, disabledReason: null });
    expect((await world.repository.all())[0]).toMatchObject({ enabled: true, position: 3 });
  });

  it("is disabled by the next 410 when that could not be stored at the first one", async () => {
    const { id } = await world.webhook();
    world.reply = () => ({ status: 410 });
    world.repository.before = () => {
      throw new Error("disk failed");
    };
    world.happens("a");
    await world.clock.run(1000);
    world.repository.before = () => {};
    world.happens("b");
    await world.clock.run(10_000);
    expect(world.webhooks.get(id)).toMatchObject({ enabled: false, disabledReason: "gone" });
  });

  it("misses only what the log has forgotten meanwhile, and that is counted", async () => {
    const { id } = await world.webhook();
    await world.webhooks.close();
    world.happens("a", "b", "c");
    await world.log.settled();
    await world.log.close();
    await world.disk.forget(2);
    await world.start();
    await world.clock.run(1000);
    expect(world.story).toEqual(["c"]);
    expect(world.webhooks.get(id)).toMatchObject({ skipped: 2, position: 3 });
  });
});

describe("after a crash", () => {
  it("what was not delivered is delivered, and what was tried goes on being tried", async () => {
    const { id } = await world.webhook();
    world.reply = ({ body }) => ({ status: body.includes("bad") ? 500 : 200 });
    world.happens("a", "bad");
    await world.clock.run(2000);
    expect(world.story).toEqual(["a", "bad"]);

    const never = Promise.withResolvers<never>();
    world.reply = () => never.promise;
    await world.clock.run(34_000);
    world.happens("c");
    await world.clock.run(100);
    await world.crash();

    world.sent.length = 0;
    world.reply = () => ({ status: 200 });
    await world.start();
    await world.clock.run(60_000);
    expect(world.story).toEqual(["bad", "c"]);
    const all = await world.webhooks.deliveries(id, { skip: 0, top: 9 });
    expect(all.ok && all.value.items.map(({ state }) => state)).toEqual([
      "delivered",
      "delivered",
      "delivered",
    ]);
  });

  it("what was delivered right before may come again, with the same id", async () => {
    await world.webhook();
    world.happens("a");
    await world.clock.run(100);
    const [first] = world.sent;
    await world.crash();
    await world.start();
    await world.clock.run(1000);
    expect(world.sent).toHaveLength(2);
    expect(world.sent[1]!.headers["webhook-id"]).toBe(first!.headers["webhook-id"]);
  });

  it("a disk that refuses for a while changes nothing for the receiver", async () => {
    const { id } = await world.webhook();
    world.repository.before = () => {
      throw new Error("disk full");
    };
    world.happens("a", "b");
    await world.clock.run(5000);
    world.repository.before = () => {};
    await world.clock.run(1000);
    expect(world.story).toEqual(["a", "b"]);
    expect(world.repository.webhooks.get(id)).toMatchObject({ position: 2 });
    expect(world.repository.kept.size).toBe(2);
  });
});

it("a log that cannot be read for a while stops nothing for good", async () => {
  await world.webhook();
  world.happens("a");
  await world.log.settled();
  const { read } = world.log;
  world.log.read = async () => {
    throw new Error("disk failed");
  };
  await world.clock.run(1000);
  world.log.read = read;
  world.happens("b");
  await world.clock.run(6000);
  expect(world.story).toEqual(["a", "b"]);
});

describe("by hand", () => {
  it("sends a test, also for a disabled webhook, and never again by itself", async () => {
    const { id } = await world.webhook({ enabled: false });
    world.reply = () => ({ status: 500 });
    expect(await world.webhooks.test(id)).toMatchObject({ value: { status: 500, error: "HTTP_500" } });
    expect(JSON.parse(world.sent[0]!.body)).toMatchObject({
      type: "webhook.test",
      seq: null,
      data: { webhook: id },
    });
    await world.clock.run(day);
    expect(world.sent).toHaveLength(1);
  });

  it("sends a delivery once more, whatever became of it", async () => {
    const { id } = await world.webhook();
    world.happens("a");
    await world.clock.run(1000);
    const list = async () => {
      const all = await world.webhooks.deliveries(id, { skip: 0, top: 9 });
      return all.ok ? all.value.items : [];
    };
    const [delivered] = await list();
    expect(await world.webhooks.redeliver(id, delivered!.id)).toMatchObject({ value: { status: 204 } });
    world.reply = () => ({ status: 500 });
    await world.webhooks.redeliver(id, delivered!.id);
    expect(await list()).toMatchObject([
      { state: "delivered", tries: 3, attempts: [{}, {}, { status: 500 }] },
    ]);

    world.happens("b");
    await world.clock.run(1000);
    const [pending] = await list();
    world.reply = () => ({ status: 200 });
    await world.webhooks.redeliver(id, pending!.id);
    await world.clock.run(day);
    expect(world.story).toEqual(["a", "a", "a", "b", "b"]);
    expect(await list()).toMatchObject([{ state: "delivered", tries: 2 }, {}]);

    await world.webhooks.update(id, { enabled: false });
    expect(await world.webhooks.redeliver(id, pending!.id)).toMatchObject({
      error: { code: "WEBHOOK_DISABLED" },
    });
    expect(await world.webhooks.redeliver(id, "none")).toMatchObject({
      error: { code: "DELIVERY_NOT_FOUND" },
    });
  });

  it("leaves nothing behind when it is destroyed in the middle of a request", async () => {
    const { id } = await world.webhook();
    world.reply = () => new Promise(() => {});
    world.happens("a");
    await world.clock.run(100);
    expect(await world.webhooks.destroy(id)).toEqual({ ok: true, value: undefined });
    await world.clock.run(1000);
    expect(world.webhooks.list()).toEqual([]);
    expect(world.repository.kept.size).toBe(0);
    expect(world.clock.pending).toBe(0);
  });
});
