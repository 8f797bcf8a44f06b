// The decisions of the domain that need nothing but their arguments.
import { describe, expect, it } from "vitest";
import { newId, type ParticipantId } from "#common";
import { leastLoaded } from "../../../../../bridge/conference/rooms/live/placement.ts";
import {
  admit,
  type EntryConditions,
  judgePin,
} from "../../../../../bridge/conference/rooms/policy/admission.ts";
import { chairmanAmong } from "../../../../../bridge/conference/rooms/policy/chair.ts";
import {
  addReason,
  reasonsOfChairman,
  reasonsOnArrival,
  removeReason,
  toggleSelf,
} from "../../../../../bridge/conference/rooms/policy/mute.ts";
import { newRoom } from "../../../../../bridge/conference/rooms/records/defaults.ts";
import { ExtensionAllocator } from "../../../../../bridge/conference/rooms/records/extensions.ts";
import type { Role } from "../../../../../bridge/conference/rooms/records/options.ts";
import { defaultPermissions } from "../../../../../bridge/conference/rooms/records/permissions.ts";
import { checkFields, checkRoom } from "../../../../../bridge/conference/rooms/records/validate.ts";

describe("mute reasons", () => {
  const host = { role: "host", chairman: false } as const;
  const chairman = { role: "host", chairman: true } as const;
  const speaker = { role: "participant", chairman: false } as const;

  it("are on arrival what the room's mute and control say, sparing whom they spare", () => {
    const strict = { control: "MASTER", muted: true } as const;
    expect(reasonsOnArrival(speaker, strict)).toEqual(["room", "floor"]);
    expect(reasonsOnArrival(host, strict)).toEqual(["room"]);
    expect(reasonsOnArrival(chairman, strict)).toEqual([]);
    expect(reasonsOnArrival(speaker, { control: "FREE", muted: false })).toEqual([]);
  });

  it("are kept once each, in one order", () => {
    expect(addReason(["floor"], "self")).toEqual(["self", "floor"]);
    expect(addReason(["self"], "self")).toEqual(["self"]);
    expect(removeReason(["self", "floor"], "self")).toEqual(["floor"]);
  });

  it("let the own key toggle only while no other reason holds", () => {
    expect(toggleSelf([])).toEqual(["self"]);
    expect(toggleSelf(["self"])).toEqual([]);
    expect(toggleSelf(["host"])).toBeUndefined();
    expect(toggleSelf(["self", "room"])).toBeUndefined();
  });

  it("of a new chairman lose what spares chairmen", () => {
    expect(reasonsOfChairman(["self", "host", "room", "floor"])).toEqual(["self", "host"]);
  });
});

describe("the chair", () => {
  const one = (role: Role) => ({ id: newId<ParticipantId>(), role });

  it("goes to the first host, stays, and is inherited by the host who has been here longest", () => {
    const [guest, first, second] = [one("participant"), one("host"), one("host")];
    expect(chairmanAmong([guest], undefined)).toBeUndefined();
    expect(chairmanAmong([guest, first], undefined)).toBe(first.id);
    expect(chairmanAmong([guest, first, second], undefined)).toBe(first.id);
    expect(chairmanAmong([guest, first, second], second.id)).toBe(second.id);
    expect(chairmanAmong([guest, first], second.id)).toBe(first.id);
    expect(chairmanAmong([guest], first.id)).toBeUndefined();
  });
});

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

describe("the fields of a room", () => {
  const identity = { id: newId<never>(), extensionNumber: "8000", createdAt: "2026-01-01T00:00:00.000Z" };

  it.each([
    ["extensionNumber", "12"],
    ["extensionNumber", "12a4"],
    ["extensionNumber", "1".repeat(65)],
    ["mode", "audio"],
    ["control", "NONE"],
    ["layout", "LAYOUT5"],
    ["height", 143],
    ["width", 1921],
    ["bitrate", 1.5],
    ["framerate", 31],
    ["capacity", 0],
    ["capacity", 201],
    ["capacity", Number.NaN],
    ["subject", ""],
    ["subject", "a\nb"],
    ["subject", "x".repeat(65)],
    ["language", "en_US"],
    ["language", ""],
    ["timezone", "Mars/Olympus"],
    ["timezone", "+01:00"],
    ["adminPin", "12"],
    ["adminPin", "1234567"],
    ["roomPin", "12a"],
    ["enablePrompt", "yes"],
    ["scheduledStartAt", "2026-02-30T10:00:00Z"],
    ["scheduledStartAt", "2026-02-01 10:00"],
    ["scheduledEndAt", "2026-02-01T24:00:00Z"],
    ["numbers", "1".repeat(129)],
    ["internalInvitees", "abc"],
    ["internalInvitees", [1]],
    ["outboundCallerIds", [{ providerId: "" }]],
    ["outboundCallerIds", [{ providerId: "t", callerId: "+49;phone-context=x" }]],
    ["outboundCallerIds", [{ providerId: "t", callerId: "1?Replaces=2" }]],
    ["outboundCallerIds", [{ providerId: "t", callerId: "Board" }]],
    ["outboundCallerIds", [{ providerId: "t", callerId: "4+9" }]],
    ["customOptions", null],
  ])("refuse %s = %j and say which field it is", (field, value) => {
    const outcome = checkFields({ [field]: value });
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(outcome.error).toMatchObject({ code: "INVALID_FIELD", field });
  });

  it("are kept in one spelling", () => {
    const given = { language: "EN-us", scheduledStartAt: "2026-02-01T10:00:00+02:00", adminPin: null };
    expect(checkFields(given)).toEqual({
      ok: true,
      value: { language: "en-US", scheduledStartAt: "2026-02-01T08:00:00.000Z", adminPin: null },
    });
  });

  it("never show a PIN in a refusal", () => {
    const outcome = checkFields({ adminPin: "77" });
    expect(JSON.stringify(outcome)).not.toContain("77");
  });

  it("know no other names", () => {
    expect(checkFields({ colour: "red" } as object).ok).toBe(false);
    expect(checkFields({ toString: "red" } as object).ok).toBe(false);
  });

  it("must fit together", () => {
    const room = newRoom({}, identity);
    const [start, end] = ["2026-02-01T10:00:00.000Z", "2026-02-01T11:00:00.000Z"];
    expect(checkRoom({ ...room, scheduledStartAt: start, scheduledEndAt: end }).ok).toBe(true);
    expect(checkRoom({ ...room, scheduledStartAt: end, scheduledEndAt: start })).toMatchObject({
      error: { field: "scheduledEndAt" },
    });
    expect(checkRoom({ ...room, scheduledStartAt: end, scheduledEndAt: end }).ok).toBe(false);
    expect(checkRoom({ ...room, adminPin: "123", roomPin: "123" })).toMatchObject({
      error: { field: "adminPin" },
    });
  });
});

describe("extension numbers", () => {
  const firstFree = async (allocator: ExtensionAllocator) => (await allocator.free().next()).value;

  it("are the next free ones, going round", async () => {
    const taken = new Set(["8001"]);
    const allocator = new ExtensionAllocator({ first: 8000, last: 8003 }, async (numbers) => {
      return new Set(numbers.filter((number) => taken.has(number)));
    });
    const given: unknown[] = [];
    for (let count = 0; count < 3; count += 1) {
      const number = await firstFree(allocator);
      given.push(number);
      taken.add(String(number));
    }
    expect(given).toEqual(["8000", "8002", "8003"]);
    expect(await firstFree(allocator)).toBeUndefined();

    taken.delete("8002");
    expect(await firstFree(allocator)).toBe("8002");
  });

  it("are found behind more taken ones than are asked for at once", async () => {
    const allocator = new ExtensionAllocator({ first: 1000, last: 1999 }, async (numbers) => {
      return new Set(numbers.filter((number) => number !== "1950"));
    });
    expect(await firstFree(allocator)).toBe("1950");
  });
});

describe("placement", () => {
  const worker = (index: number, state: "ready" | "down") => ({ index, state });

  it("takes the ready worker with the fewest callers, the first among equals", () => {
    const loads = [0, 3, 1, 1];
    const load = ({ index }: { index: number }) => loads[index] ?? 0;
    const workers = [worker(0, "down"), worker(1, "ready"), worker(2, "ready"), worker(3, "ready")];
    expect(leastLoaded(workers, load)?.index).toBe(2);
    expect(leastLoaded([worker(0, "down")], load)).toBeUndefined();
  });
});
