// What the roles of a room may do, enforced where it counts: who comes in, who is heard, who has a cell, what is recorded.
import { describe, expect, it } from "vitest";
import {
  defaultPermissions,
  effectivePermissions,
  type PermissionName,
  permissionNames,
  type RoomAccess,
} from "#conference/rooms";
import { memberWorld, value } from "../members/world.ts";

const without = (access: RoomAccess, ...names: PermissionName[]): Pick<RoomAccess, "permissions"> => ({
  permissions: {
    ...access.permissions,
    speaker: { ...access.permissions.speaker, ...Object.fromEntries(names.map((name) => [name, false])) },
  },
});

describe("permissions", () => {
  it("are fourteen, with the defaults of the two roles", () => {
    const denied = permissionNames.filter((name) => !defaultPermissions.speaker[name]);
    expect(permissionNames).toHaveLength(14);
    expect(Object.values(defaultPermissions.moderator)).toEqual(Array(14).fill(true));
    expect(denied).toEqual([
      "canRecord",
      "canDeleteRecordings",
      "canShareAccessLinks",
      "canMakeModerator",
      "canKickParticipants",
      "canEndMeeting",
    ]);
    expect(effectivePermissions(defaultPermissions, "speaker", { canRecord: true }).canRecord).toBe(true);
  });

  it("keep out who may not join, and not whom the room calls", async () => {
    const { rooms, room, inside } = await memberWorld();
    const made = await room();
    value(await rooms.update(made.id, { access: without(made.access, "canJoinMeeting") }));

    expect((await inside(made, { role: "participant" })).result).toMatchObject({ refusal: { status: 403 } });
    expect((await inside(made, { role: "participant", invited: true })).result).toMatchObject({
      kind: "entered",
    });
    expect((await inside(made, { role: "host" })).result).toMatchObject({ kind: "entered" });
  });

  it("taken from a role in the middle of a meeting silence its participants at once, and given back let them speak", async () => {
    const { rooms, room, inside } = await memberWorld();
    const made = await room();
    const host = await inside(made, { role: "host" });
    const { participant, leg } = await inside(made, { role: "participant" });

    value(
      await rooms.update(made.id, { access: without(made.access, "canPublishAudio", "canPublishVideo") }),
    );
    expect(participant.reasons).toEqual(["floor"]);
    expect([leg.muted, host.leg.muted]).toEqual([true, false]);
    expect(await rooms.setPosition(made.id, participant.id, 1)).toMatchObject({
      error: { code: "NOT_PERMITTED" },
    });
    expect(await rooms.arrange(made.id, [participant.id])).toMatchObject({
      error: { code: "NOT_PERMITTED" },
    });
    const late = await inside(made, { role: "participant" });
    expect(late.leg.muted).toBe(true);

    // A host may speak: those who become one, and the one who gets the chair, which takes it along again.
    value(await rooms.makeHost(made.id, late.participant.id));
    expect(late.participant).toMatchObject({ role: "host", reasons: [] });
    value(await rooms.giveChair(made.id, participant.id));
    expect(participant.reasons).toEqual([]);
    value(await rooms.giveChair(made.id, host.participant.id));
    expect(participant.reasons).toEqual(["floor"]);

    value(await rooms.update(made.id, { access: { permissions: made.access.permissions } }));
    expect(participant.reasons).toEqual([]);
    expect(leg.muted).toBe(false);
  });

  it("send away who may not be there any more", async () => {
    const { rooms, room, inside } = await memberWorld();
    const made = await room();
    const { dismissals, leg } = await inside(made, { role: "participant" });
    const host = await inside(made, { role: "host" });
    value(await rooms.update(made.id, { access: without(made.access, "canJoinMeeting") }));
    expect(dismissals).toMatchObject([{ status: 403, words: "kicked" }]);
    // Not heard any more while they hear why.
    expect([leg.room, host.leg.room]).toEqual([undefined, made.id]);
  });
});

describe("a room", () => {
  it("that is closed takes no caller in, hosts included, is offline, and lets its meeting go on", async () => {
    const { rooms, room, inside } = await memberWorld();
    const made = await room();
    await inside(made, { role: "participant" });
    value(await rooms.update(made.id, { closed: true }));

    expect(value(await rooms.status(made.id)).status).toBe("ON_CALL");
    expect((await inside(made, { role: "host" })).result).toMatchObject({
      refusal: { status: 480, text: "Conference closed", words: "locked" },
    });
    const [present] = value(await rooms.participants(made.id));
    value(await rooms.kick(made.id, present!.id));
    expect(value(await rooms.status(made.id)).status).toBe("OFFLINE");

    value(await rooms.update(made.id, { closed: false }));
    expect((await inside(made, { role: "participant" })).result).toMatchObject({ kind: "entered" });
  });

  it("in which recording is switched off is not recorded", async () => {
    const { rooms, room, inside } = await memberWorld();
    const made = await room();
    const config = { ...made.access.config, recording: { ...made.access.config.recording, enabled: false } };
    value(await rooms.update(made.id, { access: { config } }));
    await inside(made, { role: "host" });

    expect(await rooms.recordings.start(made.id)).toMatchObject({
      error: { code: "RECORDING_OFF", message: "recording is switched off in this room" },
    });
  });

  it("keeps its access in the database, with secrets of its own", async () => {
    const { rooms, room, store, clock } = await memberWorld();
    const made = await room();
    const other = await room();
    const date = new Date(clock.now() + 3_600_000).toISOString();
    const changed = value(await rooms.update(made.id, { closed: true, access: { autoDeletionDate: date } }));

    expect(await store.rooms.get(made.id)).toEqual(changed);
    expect(changed.access).toEqual({ ...made.access, autoDeletionDate: date });
    expect(await store.rooms.autoDeletionsUntil(date)).toEqual([made.id]);
    expect(await store.rooms.autoDeletionsUntil(new Date(clock.now()).toISOString())).toEqual([]);
    const secrets = [made, other].flatMap(({ access: { links } }) => [
      links.moderator.secret,
      links.speaker.secret,
    ]);
    expect(new Set(secrets).size).toBe(4);
  });
});
