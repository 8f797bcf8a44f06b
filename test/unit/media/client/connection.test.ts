// The controller's end of the control channel, over a pair of streams.
import { duplexPair } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { RecordingId, RoomId } from "#common";
import { type CommandName, limitOf } from "#media/protocol";
import { FakeClock, settle } from "#test/support";
import { Channel } from "../../../../media/channel/index.ts";
import { Connection } from "../../../../media/client/connection.ts";

const room = "r" as RoomId;
const recording = {
  room,
  recording: "rec" as RecordingId,
  path: "/x",
  format: "mp3",
  rate: 8000,
  kbps: 64,
  separate: false,
} as const;

let clock: FakeClock;
let connection: Connection;
let worker: Channel;
let asked: { readonly id: number; readonly command: CommandName }[];
let told: string[];

beforeEach(() => {
  clock = new FakeClock();
  [asked, told] = [[], []];
  const [ours, theirs] = duplexPair();
  worker = new Channel(theirs, {
    frame: (frame) => void asked.push(frame as (typeof asked)[number]),
    closed: () => {},
  });
  connection = new Connection(ours, {
    ...{ clock, requestMs: 5000 },
    onNotification: (name) => void told.push(name),
    onResult: (name) => void told.push(`${name} obeyed`),
    onClosed: (reason) => void told.push(reason),
  });
});

afterEach(() => {
  connection.close("the test is over");
  expect(clock.pending).toBe(0);
});

const outcomeOf = (request: Promise<unknown>) =>
  request.then(
    () => "obeyed",
    ({ code }: { readonly code: string }) => code,
  );

it("answers each request by its id, and tells of a reply before what follows it", async () => {
  const [first, second] = [connection.request("ping", {}), connection.request("room.open", { room })];
  await settle();
  worker.send({ id: asked[1]!.id, result: {} });
  worker.send({ notification: "recording.gap", data: { recording: recording.recording } });
  worker.send({ id: asked[0]!.id, error: { code: "INTERNAL", message: "a bug" } });
  worker.send({ id: 99, result: {} });
  expect(await Promise.all([outcomeOf(first), outcomeOf(second)])).toEqual(["INTERNAL", "obeyed"]);
  expect(told).toEqual(["room.open obeyed", "recording.gap"]);
});

it("waits as long as the protocol says for that command, for others as long as for most", async () => {
  expect([limitOf("recording.start"), limitOf("room.open")]).toEqual([30_000, undefined]);
  const outcomes: string[] = [];
  void outcomeOf(connection.request("room.open", { room })).then((code) => outcomes.push(`open ${code}`));
  void outcomeOf(connection.request("recording.start", recording)).then((code) =>
    outcomes.push(`record ${code}`),
  );
  void outcomeOf(connection.request("ping", {}, 100)).then((code) => outcomes.push(`ping ${code}`));
  await clock.run(4999);
  expect(outcomes).toEqual(["ping WORKER_TIMEOUT"]);
  await clock.run(1);
  expect(outcomes).toEqual(["ping WORKER_TIMEOUT", "open WORKER_TIMEOUT"]);
  await clock.run(24_999);
  expect(outcomes).toHaveLength(2);
  await clock.run(1);
  expect(outcomes.at(-1)).toBe("record WORKER_TIMEOUT");
});

it("refuses what waits, and what comes, when it ends", async () => {
  const waiting = outcomeOf(connection.request("ping", {}));
  worker.close("the process ended");
  expect(await waiting).toBe("WORKER_DOWN");
  expect(await outcomeOf(connection.request("ping", {}))).toBe("WORKER_DOWN");
  expect(told).toHaveLength(1);
});
