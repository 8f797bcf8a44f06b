// Which recordings are removed when, and how that is told before.
import { describe, expect, it } from "vitest";
import type { MeetingId, RecordingId, RoomId } from "#common";
import { noticeMs, planRetention } from "../../../../../bridge/conference/recordings/retention.ts";
import type { StoredRecording } from "../../../../../bridge/conference/recordings/types.ts";
import { settled, until, world } from "./world.ts";

const dayMs = 86_400_000;

const now = Date.UTC(2026, 5, 15);

function kept(id: string, ageDays: number, more: Partial<StoredRecording> = {}): StoredRecording {
  const endedAt = new Date(now - ageDays * dayMs).toISOString();
  return {
    id: id as RecordingId,
    room: "room" as RoomId,
    roomSubject: "Weekly",
    roomExtensionNumber: "8000",
    meeting: "meeting" as MeetingId,
    state: "finished",
    answeredAt: endedAt,
    endedAt,
    durationMs: 1000,
    format: "mp3",
    path: `room/${id}`,
    size: 100,
    sha256: "00",
    tracks: [],
    posterBytes: 0,
    read: false,
    warnedAt: null,
    warnedFor: null,
    ...more,
  };
}

const planned = (...given: Parameters<typeof planRetention>) => {
  const { warn, remove, clear } = planRetention(...given);
  return {
    warn: warn.map(
      ({ recording, reason, removedAfter }) =>
        `${recording.id} ${reason} ${(removedAfter - now) / 3_600_000}`,
    ),
    remove: remove.map(({ recording, reason }) => `${recording.id} ${reason}`),
    ...(clear.length > 0 && { clear: clear.map(({ id }) => id) }),
  };
};

describe("retention", () => {
  const warned = (warnedFor: "expired" | "space", ms = noticeMs[warnedFor]) => ({
    warnedAt: new Date(now - ms).toISOString(),
    warnedFor,
  });

  it("keeps everything unless told otherwise", () => {
    const all = [kept("old", 4000)];
    expect(planned(all, { retentionDays: 0, maxBytes: 0 }, now)).toEqual({ warn: [], remove: [] });
  });

  it("warns a day before the age is reached, and a day before anything goes", () => {
    const all = [
      kept("warned", 31, warned("expired")),
      kept("just-warned", 31, warned("expired", noticeMs.expired - 1)),
      kept("old", 31),
      kept("nearly", 29.5),
      kept("young", 28),
    ];
    expect(planned(all, { retentionDays: 30, maxBytes: 0 }, now)).toEqual({
      warn: ["old expired 24", "nearly expired 24"],
      remove: ["warned expired"],
    });
  });

  it("takes the oldest when all together are too large, tracks included, after an hour's notice", () => {
    const track = { participant: "p" as never, displayName: "", size: 50, sha256: null };
    const all = [
      kept("a", 5, warned("space")),
      kept("b", 4, { tracks: [track] }),
      kept("c", 3),
      kept("d", 2, { posterBytes: 30 }),
    ];
    expect(planned(all, { retentionDays: 0, maxBytes: 240 }, now)).toEqual({
      warn: ["b space 1"],
      remove: ["a space"],
    });
    expect(planned(all, { retentionDays: 0, maxBytes: 480 }, now)).toEqual({
      ...{ warn: [], remove: [], clear: ["a"] },
    });
    expect(planned(all, { retentionDays: 0, maxBytes: 479 }, now)).toEqual({ warn: [], remove: ["a space"] });
  });

  it("takes no warning for another cause, and none of a cause that has passed", () => {
    const days = { retentionDays: 30, maxBytes: 0 };
    const bytes = { retentionDays: 0, maxBytes: 150 };
    const crowded = (first: Partial<StoredRecording>) => [kept("a", 31, first), kept("b", 5)];
    expect(planned(crowded(warned("space")), days, now)).toEqual({ warn: ["a expired 24"], remove: [] });
    expect(planned(crowded(warned("expired")), bytes, now)).toEqual({ warn: ["a space 1"], remove: [] });
    expect(planned([kept("a", 5, warned("space"))], bytes, now)).toEqual({
      ...{ warn: [], remove: [], clear: ["a"] },
    });
    // Warned for want of room, and then old as well: it goes when it was said to.
    expect(planned(crowded(warned("space")), { ...days, maxBytes: 150 }, now)).toEqual({
      ...{ warn: [], remove: ["a space"] },
    });
  });

  it("warns again when there is too little room again, long after there was enough", async () => {
    const { clock, repository, recordings, story } = world({ maxBytes: 250 });
    const endedAt = (days: number) => new Date(clock.now() - days * dayMs).toISOString();
    const insert = (id: string, days: number) =>
      repository.insert(kept(id, 0, { answeredAt: endedAt(days), endedAt: endedAt(days) }));
    const sweep = async () => {
      clock.advance(600_000);
      await settled();
    };
    for (const [id, days] of [
      ["a", 3],
      ["b", 2],
      ["c", 1],
    ] as const)
      await insert(id, days);
    await recordings.recover();
    await until(() => story.length > 0);
    await repository.delete("c" as RecordingId);
    await sweep();
    await until(() => repository.kept.get("a" as RecordingId)?.warnedFor === null);
    for (let hours = 0; hours < 12; hours += 1) await sweep();
    await insert("d", 0);
    await sweep();
    await until(() => story.length > 1);
    expect(story).toEqual(["warning space", "warning space"]);
    expect(repository.kept.has("a" as RecordingId)).toBe(true);
    await recordings.close();
  });

  it("goes on by itself: a warning, a day later the removal, both told", async () => {
    const { clock, repository, recordings, story } = world({ retentionDays: 30 });
    const endedAt = new Date(clock.now() - 40 * dayMs).toISOString();
    await repository.insert(kept("old", 0, { endedAt, answeredAt: endedAt }));
    await recordings.recover();
    const pass = async (ms: number) => {
      for (let left = ms; left > 0; left -= 600_000) {
        clock.advance(600_000);
        await settled();
      }
    };
    await pass(dayMs - 600_000);
    expect(story).toEqual(["warning expired"]);
    await pass(1_200_000);
    await until(() => story.length > 1);
    expect(story).toEqual(["warning expired", "removed expired"]);
    expect(repository.kept.size).toBe(0);
    await recordings.close();
    expect(clock.pending).toBe(0);
  });
});
