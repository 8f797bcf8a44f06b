// The members of rooms: added, changed, removed, one change of a room after the other. A change reaches those who are in
// the room at once; a removed member is sent away and loses all tokens. Also decides the identity in which a token or a link admits
// its holder: permissions are looked up when they are used.
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
import {
  isAdmin,
  type Member,
  type MemberChanges,
  type MemberProblem,
  type NewMember,
  type NewUserMember,
} from "./member.ts";
import type { MemberKey, MemberPage, MembersRepository } from "./repository.ts";

export type MembersEvents = {
  added: { readonly member: Member };
  changed: { readonly member: Member };
  /** Also when only the member is removed. Not emitted when the room is deleted. */
  removed: { readonly member: Member };
};

/** The holder of a join token: a member, the holder of an anonymous link, or another user. */
export interface TokenHolder {
  readonly member?: MemberId | undefined;
  /** Identifies all tokens that were renewed from one another. */
  readonly family?: string | undefined;
  readonly link?: BaseRole | undefined;
  /** A user who comes in without being a member: the owner of the room, or a user who may change every room. */
  readonly user?: string | undefined;
}

/** The contents of a token. */
export interface HolderTerms extends TokenHolder {
  readonly room: RoomId;
  readonly role: Role;
  readonly displayName: string | undefined;
}

/** What the secret of a link gives access to. */
export type OpenedLink =
  | { readonly kind: "member"; readonly member: Member }
  | { readonly kind: "anonymous"; readonly baseRole: BaseRole };

export interface MembersOptions {
  readonly repository: MembersRepository;
  readonly rooms: Pick<Rooms, "get" | "participants" | "kick" | "followMember" | "update" | "updateIdle">;
  /** Ends the tokens of a holder, and the sessions opened with them. */
  readonly revoke: (room: RoomId, holder: TokenHolder) => Promise<unknown>;
  /** Whether this user is disabled, and may not come in anywhere. */
  readonly isDisabled: (userId: string) => Promise<boolean>;
  readonly clock: Clock;
}

/**
 * `keepAdmin`: refused with LAST_ADMIN when no user would be left who is a moderator; `owned`: only in a room that has an
 * owner.
 */
export interface MemberChangeTerms {
  readonly keepAdmin?: "owned" | "always";
}

export const maxMembersOfRoom = 1000;
const maxRoomsOfUser = 1000;
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

  /** Adds all or none. Users who are members already stay as they are. Resolves with the members in the order of `users`. */
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
    return this.#options.repository.ofUser(userId, maxRoomsOfUser);
  }

  update(
    room: RoomId,
    id: MemberId,
    changes: MemberChanges,
    { keepAdmin }: MemberChangeTerms = {},
  ): Promise<Result<Member, MemberProblem>> {
    return this.#run(room, async () => {
      const { repository, rooms } = this.#options;
      const before = await repository.find(room, { id });
      if (!before) return this.#missing(room, id);
      const member: Member = { ...before, ...changes, name: cutName(changes.name ?? before.name) };
      if (isAdmin(before) && !isAdmin(member)) {
        if (await this.#mustKeep(room, 1, keepAdmin)) return lastAdmin;
        await this.#endOwnership(room, [before]);
      }
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

  /** Removes none of them when one is missing or has to stay. */
  removeAll(
    room: RoomId,
    ids: readonly MemberId[],
    { keepAdmin }: MemberChangeTerms = {},
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
      if (admins > 0 && (await this.#mustKeep(room, admins, keepAdmin))) return lastAdmin;
      await this.#endOwnership(room, leaving);
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

  /** Removes a deleted user from every room. */
  async removeUser(userId: string): Promise<void> {
    for (;;) {
      const memberships = await this.roomsOf(userId);
      const removed = [];
      for (const { roomId, id } of memberships) removed.push(await this.remove(roomId, id));
      // Without progress the same members would be found again.
      if (!removed.some(({ ok: gone }) => gone)) return;
    }
  }

  /** Ends all access that a disabled user's memberships have opened, in every room. They stay members, and come in again once enabled. */
  async dismissUser(userId: string): Promise<void> {
    for (const { roomId, id } of await this.roomsOf(userId)) {
      await this.#run(roomId, async () => {
        const member = await this.get(roomId, id);
        if (member) await this.#dismiss(member);
      });
    }
  }

  /** False while the user who is this member is disabled. */
  async mayEnter({ userId }: Member): Promise<boolean> {
    return userId === null || !(await this.#options.isDisabled(userId));
  }

  /**
   * Switches the anonymous links on and off, in a room without a meeting: callers who came by one that is
   * switched off are sent away.
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
    return member && (await this.mayEnter(member)) ? { kind: "member", member } : undefined;
  }

  /** The identity in which the holder of a token comes in; undefined: the token is no longer valid. */
  async passOf({ room, role, displayName, member, link, user }: HolderTerms): Promise<Pass | undefined> {
    if (member !== undefined) {
      const found = await this.get(room, member);
      return found && (await this.mayEnter(found)) ? passOfMember(found) : undefined;
    }
    if (user !== undefined && (await this.#options.isDisabled(user))) return undefined;
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
    switch (await repository.insert(room, members, maxMembersOfRoom)) {
      case "inserted":
        for (const member of members) this.events.emit("added", { member });
        return ok(undefined);
      case "taken":
        return fail({ code: "MEMBER_EXISTS", message: "this user is a member of the room already" });
      case "full":
        return fail({
          code: "TOO_MANY_MEMBERS",
          message: `a room has at most ${maxMembersOfRoom} members`,
        });
      case "no room":
        // Deleted since it was looked up: no other change has to be awaited.
        return roomNotFound(room);
    }
  }

  /** False: there was none. */
  async #remove(member: Member): Promise<boolean> {
    if (!(await this.#options.repository.delete(member.roomId, member.id))) return false;
    await this.#dismiss(member);
    this.events.emit("removed", { member });
    return true;
  }

  /** Sends away the participant who is inside as this member, and ends the tokens. */
  async #dismiss({ id, roomId: room }: Member): Promise<void> {
    const { rooms, revoke } = this.#options;
    const inside = await rooms.participants(room);
    for (const { memberId, id: participant } of inside.ok ? inside.value : []) {
      if (memberId === id) await rooms.kick(room, participant);
    }
    await revoke(room, { member: id });
  }

  /** Whether removing so many of the room's admins is refused. */
  async #mustKeep(room: RoomId, going: number, rule: MemberChangeTerms["keepAdmin"]): Promise<boolean> {
    const { repository, rooms } = this.#options;
    if (rule === undefined) return false;
    if (rule === "owned" && (await rooms.get(room))?.access.owner == null) return false;
    return (await repository.countAdmins(room)) <= going;
  }

  /** An owner who is no longer an admin loses the room: it goes to the admin who was added first, or to no one. */
  async #endOwnership(room: RoomId, going: readonly Member[]): Promise<void> {
    const { repository, rooms } = this.#options;
    const owner = (await rooms.get(room))?.access.owner ?? null;
    if (owner === null || going.every(({ userId }) => userId !== owner)) return;
    const goingIds = new Set(going.map(({ id }) => id));
    const others = await repository.list(room, { top: maxMembersOfRoom });
    const next = others.find((member) => isAdmin(member) && !goingIds.has(member.id));
    await rooms.update(room, { access: { owner: next?.userId ?? null } });
  }

  async #missing(room: RoomId, id: MemberId): Promise<{ ok: false; error: MemberProblem }> {
    return (await this.#options.rooms.get(room)) ? memberNotFound(id) : roomNotFound(room);
  }

  #run<T>(room: RoomId, job: () => Promise<T>): Promise<T> {
    return this.#queues.run(room, job);
  }
}

const passOfMember = (member: Member): Pass => ({
  ...{ role: roleOf(member.baseRole), name: member.name },
  member: { id: member.id, participantId: member.participantId, permissions: member.customPermissions },
  ...(member.externalUserId !== null && { externalUserId: member.externalUserId }),
});

const lastAdmin = fail<MemberProblem>({
  code: "LAST_ADMIN",
  message: "the last admin stays: make another one first",
});

const newMemberId = (): MemberId => `ext-${randomText(idLength)}` as MemberId;

const memberNotFound = (id: MemberId) =>
  fail<MemberProblem>({ code: "MEMBER_NOT_FOUND", message: `the room has no member ${id}` });

const roomNotFound = (id: RoomId) =>
  fail<MemberProblem>({ code: "ROOM_NOT_FOUND", message: `there is no room ${id}` });
