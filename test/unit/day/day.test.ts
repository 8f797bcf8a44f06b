// A day of 24 hours on a fake clock: more than a thousand calls, booked meetings one after the other, recordings that are
// kept for so long, a mail server and a receiver of webhooks that fail now and then. At the end of no hour there is more
// than at the end of the others, and after the day nothing of it is left.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#common";
import type { StoredRecording } from "#conference/recordings";
import { seededRandom, settle } from "#test/support";
import { type Conference, openConference, recordedFiles } from "./conference.ts";
import { keptHeap } from "./heap.ts";
import { hourMs, Program } from "./program.ts";

const startsAt = Date.UTC(2026, 2, 2, 0, 30);
const hours = 24;
/** By then whatever is made once is there. */
const warmHour = 7;
/** What optimised code and tables that fill up may take; to forget one call in twenty would cost more. */
const maxGrowth = 3_000_000;
const maxBytes = 1_000_000;
const mailsBetweenFailures = 10;
/** The receiver of webhooks is down from one to the other. */
const outage = [8, 11] as const;

type Snapshot = ReturnType<Conference["snapshot"]>;

interface Told {
  readonly type: string;
  readonly reason: string | undefined;
  readonly recording: string | undefined;
}

interface Page {
  readonly items: readonly { readonly type: string; readonly data: Partial<Told> }[];
  readonly next: number;
  readonly newest: number;
}

let conference: Conference;
/** At the end of each hour. */
const snapshots: Snapshot[] = [];
/** Bytes, after the first hours and after each of the last three. */
const heaps: number[] = [];
let hour = 0;
let earlier: StoredRecording;
const told: Told[] = [];
let records = 0;
let waiting = { mails: -1, webhooks: -1, behind: [-1] };
let left: Snapshot;

/** Of two days ago; a warning of its deletion was sent. */
async function recordedBefore(of: Conference): Promise<StoredRecording> {
  const before = (ms: number) => new Date(startsAt - ms).toISOString();
  const kept: StoredRecording = {
    ...{
      id: newId(),
      room: newId(),
      meeting: newId(),
      roomSubject: "Earlier",
      roomExtensionNumber: "8000",
      state: "finished",
      format: "wav",
    },
    ...{ answeredAt: before(47.75 * hourMs), endedAt: before(47.5 * hourMs), durationMs: 900_000 },
    ...{ path: "earlier/meeting", size: 10, sha256: null, tracks: [], posterBytes: 0, read: true },
    warnedAt: before(24 * hourMs),
    warnedFor: "expired",
  };
  const file = join(of.folder, "recordings", `${kept.path}.wav`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, "some sound");
  await of.store.recordings.insert(kept);
  return kept;
}

/** What the log holds behind what was read before; it forgets, and so is read every hour. */
async function readOn(after: number): Promise<number> {
  const page = await conference.ask<Page>(`/api/events?after=${after}&top=500&types=recording.*,room.*`);
  for (const { type, data } of page.items)
    told.push({ type, reason: data.reason, recording: data.recording });
  return page.next < page.newest ? readOn(page.next) : page.next;
}

beforeAll(async () => {
  let mails = 0;
  conference = await openConference({
    startsAt,
    recordings: {
      ...{ format: "wav", rate: 16_000, kbps: 64, separate: false, minFreeBytes: 0 },
      ...{ retentionDays: 2, maxBytes },
    },
    async deliver() {
      mails += 1;
      return mails % mailsBetweenFailures === 0 ? { kind: "failed", reason: "busy" } : { kind: "sent" };
    },
    receive: () => (hour >= outage[0] && hour < outage[1] ? 503 : 204),
  });
  earlier = await recordedBefore(conference);
  let lastRead = 0;
  const program = new Program(conference, seededRandom(24));
  await program.open();
  for (hour = 0; hour < hours; hour += 1) {
    await program.hour();
    lastRead = await readOn(lastRead);
    snapshots.push(conference.snapshot());
    conference.network.log.length = 0;
    if (hour === warmHour || hour >= hours - 3) heaps.push(await keptHeap());
  }
  await conference.clock.run(10);
  await readOn(lastRead);
  records = (await conference.ask<{ count: number }>("/api/call_records?top=1")).count;
  const { pending, queues } = conference.webhooks.snapshot();
  const behind = queues.map((queue) => queue.behind);
  waiting = { mails: await conference.invitations.waiting(), webhooks: pending, behind };
  await conference.close();
  await settle();
  left = conference.snapshot();
}, 240_000);

afterAll(() => conference?.remove());

const count = (type: string, reason?: string) =>
  told.filter((event) => event.type === type && (reason === undefined || event.reason === reason)).length;

describe("in a day", () => {
  it("people come and go by the hundreds, and each call has its record", () => {
    const { phones } = conference;
    expect(phones.placed).toBeGreaterThan(1000);
    for (const outcome of [
      "hung up",
      "487",
      "Wrong PIN",
      "Removed from the conference",
      "The booked time is over",
    ]) {
      expect(phones.outcomes.get(outcome), outcome).toBeGreaterThan(20);
    }
    const ended = [...phones.outcomes.values()].reduce((sum, some) => sum + some, 0);
    expect(ended).toBe(phones.placed);
    // The last one is of the participant who stayed for the whole day.
    expect(records).toBe(phones.placed - 1);
    expect(phones.outcomes.get("Server stopped")).toBe(1);
  });

  it("each meeting is warned, put off, ended, and followed by another one", () => {
    const { plays } = conference.workers.worker;
    // Five minutes before the first end, and before the end that it was put off to; the next meeting is shorter.
    expect(plays.get("digits/5")).toBe(3 * hours);
    expect(plays.get("digits/1")).toBe(2 * hours);
    expect(count("room.ended")).toBe(2 * hours);
    expect(count("room.deleted")).toBe(hours);
  });

  it("each meeting is recorded, and recordings leave by age and by space, after a warning", () => {
    expect(count("recording.started")).toBe(2 * hours);
    expect(count("recording.stopped")).toBe(2 * hours);
    expect(count("recording.failed")).toBe(0);
    expect(count("recording.removed", "space")).toBeGreaterThan(10);
    expect(count("recording.removed", "expired")).toBeGreaterThan(0);
    const of = (type: string) =>
      told.filter((event) => event.type === type).map(({ recording }) => recording);
    const warned = new Set([...of("recording.warning"), earlier.id]);
    expect(of("recording.removed").filter((id) => !warned.has(id))).toEqual([]);
    expect(of("recording.removed")).toContain(earlier.id);
    expect(existsSync(join(conference.folder, "recordings", "earlier"))).toBe(false);
    // One more may have gone while the conference was closed.
    expect(recordedFiles(conference.folder).length).toBeLessThanOrEqual(
      2 * hours + 1 - count("recording.removed"),
    );
  });

  it("nothing waits for ever: mails, webhooks, events, records", () => {
    const { attempts } = conference.webhooks.snapshot();
    expect(waiting).toEqual({ mails: 0, webhooks: 0, behind: [0, 0] });
    expect(attempts.failed).toBeGreaterThan(3);
    expect(attempts.succeeded).toBeGreaterThan(1000);
    expect(conference.invitations.counters).toMatchObject({ failed: 0, sent: 9 * hours });
    const { newest, oldest, lost } = conference.eventLog.log.snapshot();
    expect(lost).toBe(0);
    expect(newest - oldest).toBeLessThan(2000);
    expect(conference.store.errors).toBe(0);
  });
});

describe("at the end of every hour", () => {
  it("there is as much as at the end of the others: one call, its room, and what serves them", () => {
    const [first] = snapshots;
    expect(first).toMatchObject({
      ...{ calls: 1, liveRooms: 1, visits: 1, legs: 1, dialogs: 1, dialogsOfPhones: 1 },
      ...{ recordings: 0, recordsWaiting: 0 },
    });
    for (const { timers: _timers, ...snapshot } of snapshots) expect(first).toMatchObject(snapshot);
    const timers = snapshots.map((snapshot) => snapshot.timers);
    expect(Math.max(...timers)).toBeLessThan(20);
  });

  it("the heap is hardly larger than after the first hours", () => {
    const [early, ...late] = heaps;
    // What is forgotten stays; what was being compiled when it was measured does not.
    expect(Math.min(...late) - early!).toBeLessThan(maxGrowth);
  });
});

it("afterwards nothing is left: no call, room, leg, dialog, timer, listener or open file", () => {
  expect(Object.entries(left).filter(([, some]) => some !== 0)).toEqual([]);
  // SQLite removes it with the last connection, unless a statement is still open.
  expect(existsSync(join(conference.folder, "parley.db-wal"))).toBe(false);
});
