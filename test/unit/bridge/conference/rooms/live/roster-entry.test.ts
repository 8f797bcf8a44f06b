// One participant of a roster by themselves: name, role, permissions, reasons for being muted, pictures, what is shown of them.
import { describe, expect, it } from "vitest";
import type { MemberId, ParticipantId } from "#common";
import { FakeLeg, FakeWorker } from "#test/support";
import { RosterEntry } from "../../../../../../bridge/conference/rooms/live/roster-entry.ts";
import type { Pass } from "../../../../../../bridge/conference/rooms/policy/admission.ts";
import { hidden } from "../../../../../../bridge/conference/rooms/policy/scene.ts";
import {
  defaultPermissions,
  type RolePermissions,
} from "../../../../../../bridge/conference/rooms/records/permissions.ts";
import { FakeCall } from "./fake-room.ts";

const joinedAt = "2026-01-01T00:00:00.000Z";

/** The roles of the room may change at any time: `room.roles`. */
function entryOf(pass: Partial<Pass> = {}) {
  const room: { roles: RolePermissions } = { roles: defaultPermissions };
  const leg = new FakeLeg("ada" as ParticipantId, new FakeWorker(0));
  const entry = new RosterEntry("ada" as ParticipantId, new FakeCall("Ada"), () => room.roles);
  entry.prepare(leg, { role: "participant", ...pass }, joinedAt);
  return { entry, leg, room };
}

const memberWith = (permissions: NonNullable<Pass["member"]>["permissions"]) => ({
  member: { id: "member-1" as MemberId, participantId: "ada" as ParticipantId, permissions },
});

describe("a roster entry", () => {
  it("has no leg before it is prepared", () => {
    const entry = new RosterEntry("ada" as ParticipantId, new FakeCall("Ada"), () => defaultPermissions);
    expect(() => entry.leg).toThrow("the participant has no leg in the room yet");
    expect([entry.displayName, entry.number]).toEqual(["Ada", "100"]);
  });

  it("shows the name of the pass, else the caller's, and a later one after a transfer", () => {
    expect(entryOf().entry.displayName).toBe("Ada");
    const { entry } = entryOf({ name: "Dr Lovelace", externalUserId: "u-7" });
    expect(entry.info()).toMatchObject({ displayName: "Dr Lovelace", joinedAt, externalUserId: "u-7" });
    entry.rename({ displayName: "Bob", number: "205" });
    expect(entry.info()).toMatchObject({ displayName: "Bob", number: "205" });
  });

  it("mutes the leg with the first reason and unmutes it with the last", async () => {
    const { entry, leg } = entryOf();
    expect(await entry.setReasons(["self"])).toBe(true);
    expect(await entry.setReasons(["self", "host"])).toBe(true);
    expect(await entry.setReasons(["self", "host"])).toBe(false);
    expect(leg.muted).toBe(true);
    expect(entry.info()).toMatchObject({ muted: true, muteReasons: ["self", "host"] });
    expect(await entry.setReasons([])).toBe(true);
    expect(leg.muted).toBe(false);
  });

  it("stays as it was when the worker does not mute the leg", async () => {
    const { entry, leg } = entryOf();
    leg.mute = () => Promise.reject(new Error("the worker is gone"));
    await expect(entry.setReasons(["host"])).rejects.toThrow("the worker is gone");
    expect(entry.reasons).toEqual([]);
  });

  it("keeps the reason floor while its permissions do not let it publish audio", async () => {
    const { entry } = entryOf(memberWith({ canPublishAudio: false }));
    entry.assumeReasons([]);
    expect(entry.reasons).toEqual(["floor"]);
    await entry.setReasons([]);
    expect(entry.reasons).toEqual(["floor"]);
    entry.follow({ role: "participant", permissions: {} });
    await entry.setReasons([]);
    expect(entry.reasons).toEqual([]);
  });

  it("has the permissions of its role in the room as it is now, of a moderator with the chair, overridden for a member", () => {
    const { entry, room } = entryOf(memberWith({ canWriteChat: false }));
    expect([entry.permissions.canKickParticipants, entry.permissions.canWriteChat]).toEqual([false, false]);
    entry.chairman = true;
    expect([entry.permissions.canKickParticipants, entry.permissions.canWriteChat]).toEqual([true, false]);
    entry.chairman = false;
    room.roles = {
      ...defaultPermissions,
      speaker: { ...defaultPermissions.speaker, canKickParticipants: true },
    };
    expect(entry.permissions.canKickParticipants).toBe(true);
    entry.promote();
    expect(entry.role).toBe("host");
  });

  it("speaks for the picture only while it is heard", async () => {
    const { entry } = entryOf();
    entry.talk(true, 100);
    expect(entry.forScene()).toMatchObject({ id: "ada", talkingSince: 100, spokeAt: 100 });
    await entry.setReasons(["self"]);
    expect(entry.talking).toBe(true);
    expect(entry.forScene()).toMatchObject({ talkingSince: undefined, spokeAt: 100 });
  });

  it("shows its cell, its camera and its screen, and none where it may not publish video", () => {
    const { entry, leg, room } = entryOf();
    leg.show("main");
    expect(entry.followPictures(100)).toBe(true);
    expect(entry.info()).toMatchObject({
      position: hidden,
      pinnedTo: null,
      video: { camera: true, screen: false, refused: false },
    });
    entry.videoCell = 2;
    expect(entry.info()).toMatchObject({ position: 2, pinnedTo: 2 });
    room.roles = {
      ...defaultPermissions,
      speaker: { ...defaultPermissions.speaker, canPublishVideo: false },
    };
    expect(entry.info()).toMatchObject({ position: hidden, pinnedTo: 2 });
    expect(entry.forScene()).toMatchObject({ pin: 2, canPublishVideo: false });
  });

  it("is shown as left from the moment it is stamped so", () => {
    const { entry } = entryOf();
    expect(entry.info()).toMatchObject({ state: "joined", leftAt: null });
    entry.stampLeft("2026-01-01T00:01:00.000Z");
    expect(entry.info()).toMatchObject({ state: "left", leftAt: "2026-01-01T00:01:00.000Z" });
  });
});
