// What becomes of the legs and rooms that the previous control process has left.
import { beforeEach, expect, it } from "vitest";
import { type LegId, noStateRecords, type RoomId, silentLogger } from "#common";
import type { LegRecord } from "../../../../media/client/snapshots.ts";
import type { MediaWorker } from "../../../../media/client/types.ts";
import { type LegListener, WorkerLegs } from "../../../../media/client/worker-legs.ts";
import { WorkerRecord } from "../../../../media/client/worker-record.ts";
import { WorkerResumption } from "../../../../media/client/worker-resumption.ts";

const [a, b, c] = ["a", "b", "c"] as [LegId, LegId, LegId];
const [room, other] = ["r", "s"] as [RoomId, RoomId];
const kept = {
  rooms: noStateRecords<never>(),
  legs: noStateRecords<never>(),
  checkpoints: noStateRecords<never>(),
};

const known = (more: Partial<LegRecord> = {}): LegRecord => ({
  ...{ state: "", facts: {}, mayHaveVideo: false, lastPlay: 0 },
  ...more,
});

let record: WorkerRecord;
let legs: WorkerLegs;
let asked: string[];
let told: string[];
let resumption: WorkerResumption;

beforeEach(() => {
  [asked, told] = [[], []];
  const left = {
    rooms: new Map([
      [room, { open: { room } }],
      [other, { open: { room: other } }],
    ]),
    legs: new Map([
      [a, known({ room, muted: true })],
      [b, known({ capture: { leg: b, clip: "x", patienceMs: 100, silenceMs: 100, maxMs: 100 } })],
      [c, known()],
    ]),
  };
  record = new WorkerRecord({ index: 0, stateRecords: kept, previous: left });
  legs = new WorkerLegs({
    log: silentLogger,
    onOccupied: () => told.push("occupied"),
    onVacated: () => told.push("vacated"),
  });
  const request = async (name: string, { leg, room }: { readonly leg?: LegId; readonly room?: RoomId }) =>
    void asked.push(`${name} ${leg ?? room}`);
  resumption = new WorkerResumption({
    ...{ record, legs, log: silentLogger },
    request: request as unknown as MediaWorker["request"],
  });
});

const listener = (id: LegId): LegListener => ({
  notify: (name) => void told.push(`${id} ${name}`),
  recovered: (moved) => void told.push(`${id} recovered${moved ? ", moved" : ""}`),
  lost: () => void told.push(`${id} lost`),
});
const resume = (id: LegId) => resumption.resumeLeg(id, () => listener(id));
const settle = () => resumption.settle((name, data) => void legs.notify(name, data));

it("gives each leg once, with what is known of it, and its room with it", async () => {
  let muted: boolean | undefined;
  const leg = resumption.resumeLeg(a, (record) => {
    muted = record.muted;
    return listener(a);
  });
  expect([leg !== undefined, muted, resume(a), resume("gone" as LegId)]).toEqual([
    ...[true, true, undefined, undefined],
  ]);
  await settle();
  expect(asked).toEqual(["leg.close b", "leg.close c", "room.close s"]);
});

it("ends a capture that is not waited for any more", () => {
  resume(b);
  expect(asked).toEqual(["leg.capture.finish b"]);
});

it("keeps rooms that were asked for or commanded, and says whether they are there", async () => {
  expect([resumption.resumeRoom(room), resumption.resumeRoom("gone" as RoomId)]).toEqual([true, false]);
  resumption.keepRoom(other);
  for (const id of [a, b, c]) resume(id);
  asked.length = 0;
  await settle();
  expect(asked).toEqual([]);
});

it("forgets what the worker does not have, and closes what only the worker has", async () => {
  resumption.compare({ legs: [a, "new" as LegId], rooms: [room, "fresh" as RoomId], recordings: [] });
  expect([[...record.legs.keys()], [...record.rooms.keys()], legs.size]).toEqual([[a], [room], 1]);
  expect([resume(b), resumption.resumeRoom(other), resume("new" as LegId)]).toEqual([
    ...[undefined, false, undefined],
  ]);
  resume(a);
  await settle();
  expect(asked).toEqual(["leg.close new", "room.close fresh"]);
});

it("tells nothing before everything is resumed: that it goes on elsewhere at first, the rest in its order", async () => {
  // Of the process that died: the next one finds out by itself whether they talk.
  resumption.hear({ name: "leg.talking", data: { leg: a, talking: true } });
  legs.recovered(a, true);
  legs.recovered(a, false);
  resume(a);
  resumption.hear({ name: "leg.held", data: { leg: a, held: true } });
  resumption.hear({ name: "leg.held", data: { leg: c, held: true } });
  expect(told).toEqual([]);
  await settle();
  expect(told).toEqual(["a recovered, moved", "a leg.held"]);
});

it("tells that the last leg is over when none is resumed", async () => {
  await settle();
  expect([told, legs.size]).toEqual([["vacated"], 0]);
});
