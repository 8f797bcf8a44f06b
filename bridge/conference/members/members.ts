// The members of rooms: added, changed, removed, one change of a room after the other. A change reaches those who are in
// the room at once; who is removed is sent away and has no token left. Says, too, as whom a token or a link lets its
// holder in: permissions are looked up when they are used.
import {
  type Clock,
  cutName,
  Emitter,
  equalInConstantTime,
  fail,
  type MemberId,
  newId,
  ok,
  type ParticipantId,
  type Result,
  type RoomId,
  randomText,
  SerialQueues,
} from "#common";
import {
  type BaseRole,
  baseRoles,
  linkSecretLength,
  type Pass,
  type Role,
  type Room,
  type RoomProblem,
  type Rooms,
  roleOf,
} from "#conference/rooms";
import type { Member, MemberChanges, MemberProblem, NewMember, NewUserMember } from "./member.ts";
import type { MemberKey, MemberPage, MembersRepository } from "./repository.ts";

export type MembersEvents = {
  added: { readonly member: Member };
  changed: { readonly member: Member };
  /** Also when the room goes on without them. Not when the room goes. */
  removed: { readonly member: Member };
};

/** Whom a join token was made for: a member, or the holder of an anonymous link. */
export interface TokenHolder {
  readonly member?: MemberId | undefined;
  /** All tokens that came of one another, by renewing. */
  readonly family?: string | undefined;
  readonly link?: BaseRole | undefined;
}

/** What a token says of its holder. */
export interface HolderTerms extends TokenHolder {
  readonly room: RoomId;
  readonly role: Role;
  readonly displayName: string | undefined;
}

/** What the secret of a link opens. */
export type OpenedLink =
  | { readonly kind: "member"; readonly member: Member }
  | { readonly kind: "anonymous"; readonly baseRole: BaseRole };

export interface MembersOptions {
  readonly repository: MembersRepository;
  readonly rooms: Pick<Rooms, "get" | "participants" | "kick" | "followMember" | "updateIdle">;
  /** Ends the tokens of a holder, and what was opened with them. */
  readonly revoke: (room: RoomId, holder: TokenHolder) => Promise<unknown>;
  readonly clock: Clock;
}

/** `keepAdmin`: refused with LAST_ADMIN when no user would be left who is a moderator. */
export interface MemberChangeTerms {
  readonly keepAdmin?: boolean;
}

export const mostMembersOfRoom = 1000;
const mostRoomsOfUser = 1000;
const idLength = 15;

export class Members {
  readonly events = new Emitter<MembersEvents>();
  readonly #options: MembersOptions;
  readonly #queues = new SerialQueues<RoomId>();

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  add(room: RoomId, fields: NewMember): Promise<Result<Member, MemberProblem>> {
    return this.#run(room, async () => {
      const member = this.#newMember(room, fields);
      const added = await this.#insert(room, [member]);
      return added.ok ? ok(member) : added;
    });
  }

  /** All of them or none. Users who are members already stay as they are. Answers the members in the order of `users`. */
  addUsers(room: RoomId, users: readonly NewUserMember[]): Promise<Result<readonly Member[], MemberProblem>> {
    return this.#run(room, async () => {
      const members = new Map<string, Member>();
      const missing: Member[] = [];
      for (const fields of users) {
        const { userId } = fields;
        if (members.has(userId)) continue;
        const there = await this.find(room, { userId });
        const member = there ?? this.#newMember(room, fields);
        if (!there) missing.push(member);
        members.set(userId, member);
      }
      const added = await this.#insert(room, missing);
      return added.ok ? ok([...members.values()]) : added;
    });
  }

  get(room: RoomId, id: MemberId): Promise<Member | undefined> {
    return this.find(room, { id });
  }

  find(room: RoomId, key: MemberKey): Promise<Member | undefined> {
    return this.#options.repository.find(room, key);
  }

  /** In the order in which they were added. */
  list(room: RoomId, page: MemberPage): Promise<readonly Member[]> {
    return this.#options.repository.list(room, page);
  }

  count(room: RoomId): Promise<number> {
    return this.#options.repository.count(room);
  }

  /** The memberships of a user, the latest first. */
  roomsOf(userId: string): Promise<readonly Member[]> {
    return this.#options.repository.ofUser(userId, mostRoomsOfUser);
  }

  update(
    room: RoomId,
    id: MemberId,
    changes: MemberChanges,
    { keepAdmin = false }: MemberChangeTerms = {},
  ): Promise<Result<Member, MemberProblem>> {
    return this.#run(room, async () => {
      const { repository, rooms } = this.#options;
      const before = await repository.find(room, { id });
      if (!before) return this.#missing(room, id);
      const member: Member = { ...before, ...changes, name: cutName(changes.name ?? before.name) };
      if (keepAdmin && isAdmin(before) && !isAdmin(member) && (await this.#isLastAdmin(room)))
        return lastAdmin;
      if (!(await repository.update(member))) return memberNotFound(id);
      const { baseRole, customPermissions } = member;
      await rooms.followMember(room, id, {
        ...{ role: roleOf(baseRole), permissions: customPermissions },
        ...(member.name !== before.name && { name: member.name }),
      });
      this.events.emit("changed", { member });
      return ok(member);
    });
  }

  /** A participant who is in the room as this member is sent away at once. */
  remove(room: RoomId, id: MemberId, terms: MemberChangeTerms = {}): Promise<Result<void, MemberProblem>> {
    return this.removeAll(room, [id], terms);
  }

  /** None of them when one is missing or has to stay. */
  removeAll(
    room: RoomId,
    ids: readonly MemberId[],
    { keepAdmin = false }: MemberChangeTerms = {},
  ): Promise<Result<void, MemberProblem>> {
    return this.#run(room, async () => {
      const { repository } = this.#options;
      const leaving: Member[] = [];
      for (const id of new Set(ids)) {
        const member = await repository.find(room, { id });
        if (!member) return this.#missing(room, id);
        leaving.push(member);
      }
      const admins = leaving.filter(isAdmin).length;
      if (keepAdmin && admins > 0 && (await repository.countAdmins(room)) <= admins) return lastAdmin;
      for (const member of leaving) {
        if (!(await this.#remove(member))) return this.#missing(room, member.id);
      }
      return ok(undefined);
    });
  }

  /** The ids of all users who are a member of a room. */
  users(): Promise<readonly string[]> {
    return this.#options.repository.users();
  }

  /** The user is gone: from every room. */
  async removeUser(userId: string): Promise<void> {
    for (;;) {
      const memberships = await this.roomsOf(userId);
      const removed = [];
      for (const { roomId, id } of memberships) removed.push(await this.remove(roomId, id));
      // The same ones would come again.
      if (!removed.some(({ ok: gone }) => gone)) return;
    }
  }

  /**
   * Switches the links without an account on and off, in a room without a meeting: callers who came by one that is
   * switched off have to go.
   */
  async switchLinks(
    room: RoomId,
    enabled: Readonly<Partial<Record<BaseRole, boolean>>>,
  ): Promise<Result<Room, RoomProblem>> {
    const { rooms, revoke } = this.#options;
    const changed = await rooms.updateIdle(room, ({ access: { links } }) => ({
      access: {
        links: {
          moderator: { ...links.moderator, enabled: enabled.moderator ?? links.moderator.enabled },
          speaker: { ...links.speaker, enabled: enabled.speaker ?? links.speaker.enabled },
        },
      },
    }));
    if (!changed.ok) return changed;
    for (const link of baseRoles) if (!changed.value.access.links[link].enabled) await revoke(room, { link });
    return changed;
  }

  /** Undefined: the secret opens nothing of this room. */
  async openLink(room: Room, secret: string): Promise<OpenedLink | undefined> {
    const { links } = room.access;
    const baseRole = baseRoles.find(
      (role) => links[role].enabled && equalInConstantTime(links[role].secret, secret),
    );
    if (baseRole !== undefined) return { kind: "anonymous", baseRole };
    const member = await this.find(room.id, { linkSecret: secret });
    return member && { kind: "member", member };
  }

  /** As whom the holder of a token comes in; undefined: the token is worth nothing any more. */
  async passOf({ room, role, displayName, member, link }: HolderTerms): Promise<Pass | undefined> {
    if (member !== undefined) {
      const found = await this.get(room, member);
      return found && passOfMember(found);
    }
    if (link !== undefined && !(await this.#options.rooms.get(room))?.access.links[link].enabled)
      return undefined;
    return { role, ...(displayName !== undefined && { name: displayName }) };
  }

  #newMember(room: RoomId, fields: NewMember): Member {
    return {
      ...{ id: fields.id ?? newMemberId(), participantId: newId<ParticipantId>(), roomId: room },
      ...{ name: cutName(fields.name), baseRole: fields.baseRole },
      ...{ userId: fields.userId ?? null, externalUserId: fields.externalUserId ?? null },
      customPermissions: fields.customPermissions ?? {},
      ...{ linkSecret: randomText(linkSecretLength), archived: false },
      createdAt: new Date(this.#options.clock.now()).toISOString(),
    };
  }

  async #insert(room: RoomId, members: readonly Member[]): Promise<Result<void, MemberProblem>> {
    const { repository, rooms } = this.#options;
    if (!(await rooms.get(room))) return roomNotFound(room);
    if (members.length === 0) return ok(undefined);
    switch (await repository.insert(room, members, mostMembersOfRoom)) {
      case "inserted":
        for (const member of members) this.events.emit("added", { member });
        return ok(undefined);
      case "taken":
        return fail({ code: "MEMBER_EXISTS", message: "this user is a member of the room already" });
      case "full":
        return fail({
          code: "TOO_MANY_MEMBERS",
          message: `a room has at most ${mostMembersOfRoom} members`,
        });
      case "no room":
        // Destroyed since it was looked up: that is no change of members, and waits for none.
        return roomNotFound(room);
    }
  }

  /** False: there was none. */
  async #remove(member: Member): Promise<boolean> {
    const { repository, rooms, revoke } = this.#options;
    const { id, roomId: room } = member;
    if (!(await repository.delete(room, id))) return false;
    const inside = await rooms.participants(room);
    for (const { memberId, id: participant } of inside.ok ? inside.value : []) {
      if (memberId === id) await rooms.kick(room, participant);
    }
    await revoke(room, { member: id });
    this.events.emit("removed", { member });
    return true;
  }

  async #isLastAdmin(room: RoomId): Promise<boolean> {
    return (await this.#options.repository.countAdmins(room)) <= 1;
  }

  async #missing(room: RoomId, id: MemberId): Promise<{ ok: false; error: MemberProblem }> {
    return (await this.#options.rooms.get(room)) ? memberNotFound(id) : roomNotFound(room);
  }

  #run<T>(room: RoomId, job: () => Promise<T>): Promise<T> {
    return this.#queues.run(room, job);
  }
}

export const passOfMember = (member: Member): Pass => ({
  ...{ role: roleOf(member.baseRole), name: member.name },
  member: { id: member.id, participantId: member.participantId, permissions: member.customPermissions },
  ...(member.externalUserId !== null && { externalUserId: member.externalUserId }),
});

const isAdmin = ({ userId, baseRole }: Member): boolean => userId !== null && baseRole === "moderator";

const lastAdmin = fail<MemberProblem>({
  code: "LAST_ADMIN",
  message: "the last admin stays: make another one first",
});

const newMemberId = (): MemberId => `ext-${randomText(idLength)}` as MemberId;

const memberNotFound = (id: MemberId) =>
  fail<MemberProblem>({ code: "MEMBER_NOT_FOUND", message: `the room has no member ${id}` });

const roomNotFound = (id: RoomId) =>
  fail<MemberProblem>({ code: "ROOM_NOT_FOUND", message: `there is no room ${id}` });
