// Members: who is unique by what, as whom they come in, and what a change does to those who are in the room.
import { describe, expect, it } from "vitest";
import type { MemberId, RoomId } from "#common";
import { maxMembersOfRoom } from "#conference/members";
import { memberWorld, noMember, value } from "./world.ts";

describe("a member", () => {
  it("is found by each of their keys, in their room alone", async () => {
    const { members, room } = await memberWorld();
    const here = await room();
    const there = await room();
    const ada = value(
      await members.add(here.id, {
        name: "Ada",
        baseRole: "moderator",
        userId: "u1",
        externalUserId: "crm-7",
      }),
    );

    expect(ada.id).toMatch(/^ext-[0-9A-Za-z]{15}$/);
    expect(ada.linkSecret).toMatch(/^[0-9A-Za-z]{10}$/);
    const { id, userId, externalUserId, linkSecret, participantId } = ada;
    for (const key of [
      { id },
      { userId: userId! },
      { externalUserId: externalUserId! },
      { linkSecret },
      { participantId },
    ]) {
      expect(await members.find(here.id, key)).toEqual(ada);
      expect(await members.find(there.id, key)).toBeUndefined();
    }
    expect(await members.roomsOf("u1")).toEqual([ada]);
    expect(await members.count(here.id)).toBe(1);
  });

  it("is refused a second time, by id, user and external user", async () => {
    const { members, room } = await memberWorld();
    const { id } = await room();
    const first = {
      id: "ada" as MemberId,
      name: "Ada",
      baseRole: "speaker" as const,
      userId: "u1",
      externalUserId: "x1",
    };
    value(await members.add(id, first));

    for (const again of [
      { ...first, userId: "u2", externalUserId: "x2" },
      { ...first, id: "b" as MemberId, externalUserId: "x2" },
      { ...first, id: "b" as MemberId, userId: "u2" },
    ]) {
      expect(await members.add(id, again)).toMatchObject({ error: { code: "MEMBER_EXISTS" } });
    }
    expect(await members.add("none" as RoomId, first)).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
  });

  it("goes with the room", async () => {
    const { members, rooms, room } = await memberWorld();
    const { id } = await room();
    const ada = value(await members.add(id, { name: "Ada", baseRole: "speaker", userId: "u1" }));
    value(await rooms.destroy(id));

    expect(await members.get(id, ada.id)).toBeUndefined();
    expect(await members.roomsOf("u1")).toEqual([]);
  });

  it("is refused where the room is destroyed meanwhile", async () => {
    const { members, rooms, room } = await memberWorld();
    const { id } = await room();
    const { get } = rooms;
    rooms.get = async (wanted) => {
      const found = await get(wanted);
      await rooms.destroy(id);
      return found;
    };

    expect(await members.add(id, { name: "Ada", baseRole: "speaker" })).toMatchObject({
      error: { code: "ROOM_NOT_FOUND" },
    });
  });

  it("has a name of 64 characters at most, of which none is halved", async () => {
    const { members, room } = await memberWorld();
    const { id } = await room();
    const name = `${"x".repeat(63)}\u{1f600}y`;
    const ada = value(await members.add(id, { name, baseRole: "speaker" }));
    expect(ada.name).toBe(`${"x".repeat(63)}\u{1f600}`);
    const renamed = value(await members.update(id, ada.id, { name: "\u{1f600}".repeat(70) }));
    expect(renamed.name).toBe("\u{1f600}".repeat(64));
    expect(await members.get(id, ada.id)).toEqual(renamed);
  });

  it("of the users of a list is added with all others, or with none", async () => {
    const { members, store, room } = await memberWorld();
    const { id } = await room();
    const user = (userId: string) => ({ userId, name: userId, baseRole: "speaker" as const });
    const ada = value(await members.add(id, { ...user("ada"), baseRole: "moderator" }));
    const told: string[] = [];
    members.events.on("added", ({ member }) => told.push(member.name));

    const all = value(await members.addUsers(id, [user("bob"), user("ada"), user("bob"), user("eve")]));
    expect(all.map(({ name }) => name)).toEqual(["bob", "ada", "eve"]);
    expect(all[1]).toEqual(ada);
    expect(told).toEqual(["bob", "eve"]);

    const { insert } = store.members;
    store.members.insert = (to, some) => insert(to, some, 4);
    expect(await members.addUsers(id, [user("flo"), user("gus")])).toMatchObject({
      error: { code: "TOO_MANY_MEMBERS" },
    });
    expect(await members.count(id)).toBe(3);
    const taken = { ...user("hal"), id: ada.id };
    expect(await members.addUsers(id, [user("flo"), taken])).toMatchObject({
      error: { code: "TOO_MANY_MEMBERS" },
    });
    store.members.insert = insert;
    expect(await members.addUsers(id, [user("flo"), taken])).toMatchObject({
      error: { code: "MEMBER_EXISTS" },
    });
    expect(await members.count(id)).toBe(3);
    expect(told).toEqual(["bob", "eve"]);
  });

  it("is listed in the order of being added, from behind any other", async () => {
    const { clock, members, room } = await memberWorld();
    const { id } = await room();
    for (const name of ["A", "B", "C", "D"]) {
      value(await members.add(id, { name, baseRole: "speaker" }));
      if (name !== "B") clock.advance(10);
    }
    const all = await members.list(id, { top: 10 });
    const [first, second] = all;

    expect(all.map(({ name }) => name).sort()).toEqual(["A", "B", "C", "D"]);
    expect(first?.name).toBe("A");
    expect(await members.list(id, { after: first!, top: 1 })).toEqual([second]);
    expect(await members.list(id, { after: second!, top: 10 })).toEqual(all.slice(2));
  });

  it("has a limit in number", async () => {
    const { store, members, room } = await memberWorld();
    const { id } = await room();
    const ada = value(await members.add(id, { name: "Ada", baseRole: "speaker" }));

    expect(await store.members.insert(id, [{ ...ada, id: noMember }], 1)).toBe("full");
    expect(maxMembersOfRoom).toBe(1000);
  });

  it("is not there: nothing to change or to remove", async () => {
    const { members, room } = await memberWorld();
    const { id } = await room();

    expect(await members.update(id, noMember, { name: "B" })).toMatchObject({
      error: { code: "MEMBER_NOT_FOUND" },
    });
    expect(await members.remove(id, noMember)).toMatchObject({ error: { code: "MEMBER_NOT_FOUND" } });
    expect(await members.remove("none" as RoomId, noMember)).toMatchObject({
      error: { code: "ROOM_NOT_FOUND" },
    });
  });
});

describe("a member in the room", () => {
  it("is the participant that was promised, and another one on a second telephone", async () => {
    const { rooms, members, room, inside, memberInside } = await memberWorld();
    const there = await room();
    const { member, participant } = await memberInside(there, {
      ...{ name: "Ada", baseRole: "moderator", externalUserId: "crm-7" },
    });
    const pass = await members.passOf({
      room: there.id,
      role: "participant",
      displayName: "Eve",
      member: member.id,
    });
    const second = await inside(there, pass!);

    expect(participant.id).toBe(member.participantId);
    expect(second.participant.id).not.toBe(member.participantId);
    for (const info of value(await rooms.participants(there.id))) {
      expect(info).toMatchObject({
        displayName: "Ada",
        role: "host",
        memberId: member.id,
        externalUserId: "crm-7",
      });
    }
  });

  it("follows a change of role and permissions at once", async () => {
    const { rooms, members, room, memberInside } = await memberWorld();
    const { id, ...there } = await room();
    const { member, participant, leg } = await memberInside(
      { id, ...there },
      { name: "Ada", baseRole: "moderator" },
    );
    expect(participant).toMatchObject({ role: "host", chairman: true });

    value(
      await members.update(id, member.id, {
        baseRole: "speaker",
        customPermissions: { canPublishAudio: false },
      }),
    );
    expect(participant).toMatchObject({ role: "participant", chairman: false, reasons: ["floor"] });
    expect(leg.muted).toBe(true);
    expect(participant.permissions).toMatchObject({ canRecord: false, canPublishAudio: false });

    // Only a client that gives the permission can give them the floor.
    expect(await rooms.muteParticipant(id, participant.id, false)).toMatchObject({
      error: { code: "NOT_PERMITTED" },
    });
    expect(await rooms.muteSelf(id, participant.id, true)).toMatchObject({
      error: { code: "MUTED_BY_HOST" },
    });
    value(await rooms.mute(id, true));
    value(await rooms.mute(id, false));
    value(await rooms.update(id, { control: "MASTER" }));
    value(await rooms.update(id, { control: "FREE" }));
    expect(participant.reasons).toEqual(["floor"]);

    value(await members.update(id, member.id, { customPermissions: {} }));
    expect(participant.reasons).toEqual([]);
    expect(leg.muted).toBe(false);
  });

  it("is shown by another name as soon as they have it, inside and on the way in", async () => {
    const { rooms, members, room, memberInside } = await memberWorld();
    const there = await room();
    const { member } = await memberInside(there, { name: "Ada", baseRole: "speaker" });
    const told: string[] = [];
    rooms.events.on("participant.changed", ({ participant }) => told.push(participant.displayName));
    const names = async () => value(await rooms.participants(there.id)).map(({ displayName }) => displayName);

    value(await members.update(there.id, member.id, { archived: true }));
    expect(await names()).toEqual(["Ada"]);
    value(await members.update(there.id, member.id, { name: "Countess" }));
    expect(await names()).toEqual(["Countess"]);
    expect(told.at(-1)).toBe("Countess");
  });

  it("is sent away when removed, and when not to be there any more", async () => {
    const { rooms, members, revoked, room, memberInside } = await memberWorld();
    const there = await room();
    const ada = await memberInside(there, { name: "Ada", baseRole: "speaker" });
    const bob = await memberInside(there, { name: "Bob", baseRole: "speaker" });

    value(await members.remove(there.id, ada.member.id));
    expect(ada.dismissals).toMatchObject([{ status: 403 }]);
    expect(revoked).toEqual([{ room: there.id, holder: { member: ada.member.id } }]);
    const terms = {
      room: there.id,
      role: "participant",
      displayName: undefined,
      member: ada.member.id,
    } as const;
    expect(await members.passOf(terms)).toBeUndefined();

    value(await members.update(there.id, bob.member.id, { customPermissions: { canJoinMeeting: false } }));
    expect(bob.dismissals).toMatchObject([{ status: 403 }]);
    expect(value(await rooms.participants(there.id))).toEqual([]);
    const pass = await members.passOf({ ...terms, member: bob.member.id });
    const again = await rooms.arriveWith(there.extensionNumber, bob.participant.call, {
      room: there.id,
      pass: pass!,
    });
    expect(value(again).admit()).toMatchObject({ kind: "refuse", refusal: { status: 403 } });
  });
});

describe("a link", () => {
  it("opens the room as its role or as its member", async () => {
    const { members, rooms, room } = await memberWorld();
    const made = await room();
    const { moderator, speaker } = made.access.links;
    const ada = value(await members.add(made.id, { name: "Ada", baseRole: "speaker" }));

    expect(await members.openLink(made, moderator.secret)).toEqual({
      kind: "anonymous",
      baseRole: "moderator",
    });
    expect(await members.openLink(made, speaker.secret)).toEqual({ kind: "anonymous", baseRole: "speaker" });
    expect(await members.openLink(made, ada.linkSecret)).toEqual({ kind: "member", member: ada });
    expect(await members.openLink(made, "0123456789")).toBeUndefined();

    const links = { ...made.access.links, speaker: { ...speaker, enabled: false } };
    const changed = value(await rooms.update(made.id, { access: { links } }));
    expect(await members.openLink(changed, speaker.secret)).toBeUndefined();
    const terms = { room: made.id, role: "participant", displayName: "Guest", link: "speaker" } as const;
    expect(await members.passOf(terms)).toBeUndefined();
    expect(await members.passOf({ ...terms, role: "host", link: "moderator" })).toEqual({
      role: "host",
      name: "Guest",
    });
  });
});

describe("the id of a member's participant", () => {
  it("is another one while a leg of theirs still has it: on its way out, or moved to another room", async () => {
    const { members, room, memberInside, inside } = await memberWorld();
    const to = await room();
    const first = await memberInside(to, { name: "Ada", baseRole: "speaker" });
    expect(first.participant.id).toBe(first.member.participantId);
    const terms = {
      room: to.id,
      role: "participant",
      displayName: undefined,
      member: first.member.id,
    } as const;
    const pass = (await members.passOf(terms))!;
    await first.participant.leave("moved");
    const second = await inside(to, pass);
    expect(second.participant.id).not.toBe(first.participant.id);
    await second.participant.leave("gone");
    await first.leg.close();
    expect((await inside(to, pass)).participant.id).toBe(first.member.participantId);
  });
});

describe("a user who is gone", () => {
  it("is a member of no room, in however many they were", async () => {
    const { members, room } = await memberWorld();
    const [one, two] = [await room(), await room()];
    for (const { id } of [one, two])
      value(await members.add(id, { name: "Ada", baseRole: "speaker", userId: "u1" }));
    value(await members.add(one.id, { name: "Bob", baseRole: "speaker", userId: "u2" }));
    expect(await members.users()).toEqual(["u1", "u2"]);
    await members.removeUser("u1");
    expect([await members.roomsOf("u1"), await members.users()]).toEqual([[], ["u2"]]);
  });
});

describe("the last admin of a room", () => {
  it("stays where one must be kept, whoever else is a moderator without being a user", async () => {
    const { members, room } = await memberWorld();
    const { id } = await room();
    const ada = value(await members.add(id, { name: "Ada", baseRole: "moderator", userId: "u1" }));
    const bob = value(await members.add(id, { name: "Bob", baseRole: "speaker", userId: "u2" }));
    value(await members.add(id, { name: "Cy", baseRole: "moderator" }));
    const keep = { keepAdmin: "always" } as const;

    expect(await members.remove(id, ada.id, keep)).toMatchObject({ error: { code: "LAST_ADMIN" } });
    const demoted = members.update(id, ada.id, { baseRole: "speaker" }, keep);
    expect(await demoted).toMatchObject({ error: { code: "LAST_ADMIN" } });
    expect((await members.get(id, ada.id))?.baseRole).toBe("moderator");
    value(await members.update(id, ada.id, { name: "Ada L." }, keep));
    value(await members.update(id, bob.id, { baseRole: "moderator" }, keep));
    value(await members.update(id, ada.id, { baseRole: "speaker" }, keep));
    value(await members.remove(id, ada.id, keep));
    expect(await members.remove(id, bob.id, keep)).toMatchObject({ error: { code: "LAST_ADMIN" } });
  });

  it("stays in a room that has an owner, and goes from one that has none, where the rule is for those alone", async () => {
    const { members, rooms, room } = await memberWorld();
    const { id } = await room();
    const ada = value(await members.add(id, { name: "Ada", baseRole: "moderator", userId: "u1" }));
    const keep = { keepAdmin: "owned" } as const;
    value(await rooms.update(id, { access: { owner: "u1" } }));
    expect(await members.remove(id, ada.id, keep)).toMatchObject({ error: { code: "LAST_ADMIN" } });
    const demoted = members.update(id, ada.id, { baseRole: "speaker" }, keep);
    expect(await demoted).toMatchObject({ error: { code: "LAST_ADMIN" } });
    value(await rooms.update(id, { access: { owner: null } }));
    value(await members.update(id, ada.id, { baseRole: "speaker" }, keep));
    value(await members.remove(id, ada.id, keep));
  });

  it("goes where none must be kept", async () => {
    const { members, room } = await memberWorld();
    const { id } = await room();
    const ada = value(await members.add(id, { name: "Ada", baseRole: "moderator", userId: "u1" }));
    value(await members.update(id, ada.id, { baseRole: "speaker" }));
    value(await members.remove(id, ada.id));
    expect(await members.count(id)).toBe(0);
  });
});

describe("the owner of a room", () => {
  async function ownedRoom() {
    const world = await memberWorld();
    const { id } = await world.room({ access: { owner: "u1" } });
    const add = async (userId: string, baseRole: "moderator" | "speaker") =>
      value(await world.members.add(id, { name: userId, baseRole, userId }));
    const owner = async () => (await world.rooms.get(id))?.access.owner;
    return { ...world, id, owner, ada: await add("u1", "moderator"), add };
  }

  it.each(["removed", "demoted"])(
    "owns nothing any more once %s: another admin does, who is a user and stays",
    async (how) => {
      const { members, id, owner, ada, add } = await ownedRoom();
      value(await members.add(id, { name: "Link", baseRole: "moderator" }));
      await add("u2", "speaker");
      const bob = await add("u3", "moderator");
      const end = async (member: MemberId) => {
        if (how === "removed") value(await members.remove(id, member));
        else value(await members.update(id, member, { baseRole: "speaker" }));
      };

      await end(ada.id);
      expect(await owner()).toBe("u3");
      await end(bob.id);
      expect(await owner()).toBeNull();
    },
  );

  it("is none of those who are removed with them", async () => {
    const { members, id, owner, ada, add } = await ownedRoom();
    const bob = await add("u2", "moderator");
    await add("u3", "moderator");
    value(await members.removeAll(id, [ada.id, bob.id]));
    expect(await owner()).toBe("u3");
  });

  it("stays when another admin goes, and when what changes is something else", async () => {
    const { members, id, owner, ada, add } = await ownedRoom();
    const bob = await add("u2", "moderator");
    value(await members.update(id, ada.id, { name: "Ada L." }));
    value(await members.remove(id, bob.id));
    expect(await owner()).toBe("u1");
  });

  it("is another one when the user is gone", async () => {
    const { members, owner, add } = await ownedRoom();
    await add("u2", "moderator");
    await members.removeUser("u1");
    expect(await owner()).toBe("u2");
  });
});

describe("a user who is disabled", () => {
  it("is sent away, comes in no more, and is let in again once enabled", async () => {
    const { members, disabled, revoked, rooms, room, memberInside } = await memberWorld();
    const to = await room();
    const other = await room();
    const { member, dismissals } = await memberInside(to, { name: "Ada", baseRole: "speaker", userId: "u1" });
    await memberInside(to, { name: "Bob", baseRole: "speaker", userId: "u2" });
    const there = value(await members.add(other.id, { name: "Ada", baseRole: "speaker", userId: "u1" }));
    const terms = { room: to.id, role: "participant", displayName: undefined, member: member.id } as const;

    disabled.add("u1");
    await members.dismissUser("u1");
    expect(dismissals).toHaveLength(1);
    expect(value(await rooms.participants(to.id)).map(({ displayName }) => displayName)).toEqual(["Bob"]);
    expect(revoked.map(({ room: id, holder }) => [id, holder.member]).sort()).toEqual(
      [
        [to.id, member.id],
        [other.id, there.id],
      ].sort(),
    );
    expect(await members.openLink(to, member.linkSecret)).toBeUndefined();
    expect(await members.passOf(terms)).toBeUndefined();
    expect(await members.get(to.id, member.id)).toEqual(member);

    disabled.delete("u1");
    expect(await members.openLink(to, member.linkSecret)).toEqual({ kind: "member", member });
    expect(await members.passOf(terms)).toMatchObject({ name: "Ada" });
  });
});
