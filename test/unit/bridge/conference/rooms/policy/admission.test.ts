// Who is let in, asked for a PIN, told to wait or refused.
import { describe, expect, it } from "vitest";
import {
  admit,
  type EntryConditions,
  judgePin,
  problemOf,
  refusals,
} from "../../../../../../bridge/conference/rooms/policy/admission.ts";
import { defaultPermissions } from "../../../../../../bridge/conference/rooms/records/permissions.ts";

describe("admission", () => {
  const open: EntryConditions = {
    closed: false,
    permissions: defaultPermissions,
    locked: false,
    schedule: { phase: "open", now: 0, startsAt: undefined, timezone: "UTC" },
    allowEarlyJoin: false,
    present: 0,
    capacity: 2,
    adminPin: null,
    roomPin: null,
    members: [],
    waitForHost: false,
    hostPresent: false,
  };
  const locked = {
    kind: "refuse",
    refusal: { status: 403, text: "Conference locked", code: "ROOM_LOCKED", words: "locked" },
  };
  const full = {
    kind: "refuse",
    refusal: { status: 486, text: "Conference full", code: "ROOM_FULL", words: "full" },
  };
  const asHost = { kind: "enter", pass: { role: "host" } };
  const asParticipant = { kind: "enter", pass: { role: "participant" } };

  it("lets all callers in without a room PIN, whatever the admin PIN", () => {
    expect(admit(open)).toEqual(asParticipant);
    expect(admit({ ...open, adminPin: "999" })).toEqual(asParticipant);
  });

  it("asks for a room PIN, and takes the admin PIN at the same prompt", () => {
    const entry = { ...open, roomPin: "1234", adminPin: "999" };
    expect(admit(entry)).toEqual({ kind: "ask", pins: ["999", "1234"] });
    expect(judgePin(entry, "1234")).toEqual(asParticipant);
    expect(judgePin(entry, "999")).toEqual(asHost);
    expect(judgePin(entry, "12")).toEqual({ kind: "wrong" });
    expect(judgePin(entry, "")).toEqual({ kind: "wrong" });
  });

  it("refuses at a lock, before it looks at the capacity", () => {
    expect(admit({ ...open, locked: true, present: 2 })).toEqual(locked);
    expect(admit({ ...open, locked: true, roomPin: "1234" })).toEqual(locked);
  });

  it("asks at a lock whether it is a host, and only a host passes", () => {
    const entry = { ...open, locked: true, roomPin: "1234", adminPin: "999" };
    expect(admit(entry)).toEqual({ kind: "ask", pins: ["999", "1234"] });
    expect(judgePin(entry, "999")).toEqual(asHost);
    expect(judgePin(entry, "1234")).toEqual(locked);
    expect(judgePin(entry, "5555")).toEqual({ kind: "wrong" });
  });

  it("refuses when full, and has one seat more for a host", () => {
    const entry = { ...open, present: 2, roomPin: "1234", adminPin: "999" };
    expect(admit({ ...open, present: 2 })).toEqual(full);
    expect(admit(entry)).toEqual({ kind: "ask", pins: ["999", "1234"] });
    expect(judgePin(entry, "1234")).toEqual(full);
    expect(judgePin(entry, "999")).toEqual(asHost);
    expect(admit({ ...entry, present: 3 })).toEqual(full);
    expect(judgePin({ ...entry, present: 3 }, "999")).toEqual(full);
  });

  it("tells those who come too early when to call again: in a day at most", () => {
    const early = (seconds: number) =>
      admit({
        ...open,
        schedule: { phase: "early", now: 500, startsAt: 500 + 1000 * seconds, timezone: "UTC" },
      });
    const refusedFor = (retryAfter: number) => ({ kind: "refuse", refusal: { status: 480, retryAfter } });
    expect(early(1000.2)).toMatchObject(refusedFor(1001));
    expect(early(86_400)).toMatchObject(refusedFor(86_400));
    expect(early(86_401)).toMatchObject(refusedFor(86_400));
  });

  it("tells those who wait for the start how many minutes it is, a begun one counted and never none", () => {
    const waiting = (seconds: number) =>
      admit({
        ...open,
        schedule: { phase: "soon", now: 500, startsAt: 500 + 1000 * seconds, timezone: "UTC" },
      });
    const minutesLeft = (minutes: number) => ({
      kind: "wait",
      reason: "start",
      words: { kind: "begins in", minutes },
    });
    expect(waiting(61)).toMatchObject(minutesLeft(2));
    expect(waiting(60)).toMatchObject(minutesLeft(1));
    expect(waiting(0)).toMatchObject(minutesLeft(1));
  });

  it("lets in a caller who was typing when the room was opened", () => {
    expect(judgePin({ ...open, adminPin: "999" }, "5555")).toEqual(asParticipant);
  });
});

describe("a refusal, for the client who asked to have the participant let in", () => {
  it.each([
    [refusals.full, "ROOM_FULL"],
    [refusals.serverDisabled, "ROOM_OFFLINE"],
    [refusals.noWorker, "ROOM_OFFLINE"],
    [refusals.mediaFailed, "ROOM_OFFLINE"],
    [refusals.over, "ROOM_NOT_OPEN"],
    // Another refusal with the status of a full room.
    [{ ...refusals.notOpen, status: 486 as const }, "ROOM_NOT_OPEN"],
  ])("%o is %s", (refusal, code) => {
    expect(problemOf(refusal)).toMatchObject({ code });
  });
});
