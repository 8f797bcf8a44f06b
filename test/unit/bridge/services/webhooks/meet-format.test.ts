// Webhooks of the meet API: which events, in which form, with which signature.
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { RoomId } from "#common";
import { World } from "./world.ts";

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.webhooks.close());

const room = "board" as RoomId;
const recording = { recording: "r1", format: "mp3", duration: 0, file_size: 0 };

function happens(): void {
  world.happens("a");
  world.log.append({ type: "room.started", room, meeting: "m1", data: {} } as never);
  world.log.append({ type: "recording.started", room, meeting: "m1", data: recording } as never);
  world.log.append({
    type: "recording.stopped",
    room,
    meeting: "m1",
    data: { ...recording, reason: "stopped" },
  } as never);
  world.log.append({ type: "recording.recovered", room, meeting: "m1", data: recording } as never);
  world.log.append({
    type: "recording.failed",
    room,
    meeting: "m1",
    data: { ...recording, reason: "x" },
  } as never);
  world.log.append({ type: "room.ended", room, meeting: "m1", data: { duration: 1 } } as never);
}

it("are told five kinds of events, in order, with what the room or the recording looks like", async () => {
  world.meetData = async ({ type, room: roomId }) => ({ roomId, type });
  await world.webhook({ format: "meet" });
  happens();
  await world.clock.run(2000);

  const bodies = world.sent.map(({ body }) => JSON.parse(body));
  expect(bodies.map(({ event }) => event)).toEqual([
    "meetingStarted",
    "recordingStarted",
    "recordingEnded",
    "recordingUpdated",
    "recordingEnded",
    "meetingEnded",
  ]);
  expect(bodies[0]).toEqual({
    event: "meetingStarted",
    creationDate: expect.any(Number),
    data: { roomId: "board", type: "room.started" },
  });
  expect(world.webhooks.list()).toMatchObject([{ format: "meet", position: 7, pending: 0 }]);
});

it("are signed in hexadecimal over time and body, and as all webhooks are", async () => {
  world.meetData = async () => ({ roomId: "board" });
  const { secret } = await world.webhook({ format: "meet", types: ["room.started"] });
  happens();
  await world.clock.run(2000);

  const [{ headers, body } = { headers: {} as Record<string, string>, body: "" }] = world.sent;
  const time = headers["x-timestamp"];
  expect(world.sent).toHaveLength(1);
  expect(Number(time)).toBeGreaterThan(1e12);
  expect(headers["x-signature"]).toBe(createHmac("sha256", secret).update(`${time}.${body}`).digest("hex"));
  expect(headers["webhook-signature"]).toMatch(/^v1,/);
});

it("miss nothing when the database cannot be read for a while", async () => {
  world.meetData = async () => {
    throw new Error("disk failed");
  };
  await world.webhook({ format: "meet" });
  happens();
  await world.clock.run(1000);
  expect(world.sent).toEqual([]);
  world.meetData = async () => ({ roomId: "board" });
  await world.clock.run(6000);
  expect(world.sent.map(({ body }) => JSON.parse(body).event)).toHaveLength(6);
  expect(world.webhooks.list()).toMatchObject([{ position: 7, pending: 0 }]);
});

it("pass over what there is nothing to tell of any more", async () => {
  await world.webhook({ format: "meet" });
  happens();
  await world.clock.run(2000);
  expect(world.sent).toEqual([]);
  expect(world.webhooks.list()).toMatchObject([{ position: 7 }]);
});

it("beside them, the others are told as the log tells it, without that signature", async () => {
  await world.webhook({ types: ["room.*"] });
  happens();
  await world.clock.run(2000);
  expect(world.sent.map(({ body }) => JSON.parse(body).type)).toEqual(["room.started", "room.ended"]);
  expect(world.sent[0]!.headers).not.toHaveProperty("x-signature");
});

it("have a test that looks like the beginning of a meeting", async () => {
  world.meetData = async ({ type }) => (type === "webhook.test" ? { roomId: "sample" } : undefined);
  const { id } = await world.webhook({ format: "meet" });
  expect(await world.webhooks.test(id)).toMatchObject({ value: { status: 204 } });

  const [{ headers, body } = { headers: {} as Record<string, string>, body: "" }] = world.sent;
  expect(JSON.parse(body)).toEqual({
    ...{ event: "meetingStarted", creationDate: expect.any(Number), data: { roomId: "sample" } },
  });
  expect(headers["x-signature"]).toMatch(/^[0-9a-f]{64}$/);
});
