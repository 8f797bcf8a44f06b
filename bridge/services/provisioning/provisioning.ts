// Brings people of other applications into rooms: finds or makes the room, applies the owner's policy, makes a member and
// hands out tokens. Each of them is a member as every API knows them.
import { fail, type MemberId, ok, type ParticipantId, type Result, type RoomId, SerialQueue } from "#common";
import {
  type Member,
  type MemberProblem,
  type Members,
  maxMembersOfRoom,
  permissionsOf,
} from "#conference/members";
import {
  baseRoleOf,
  type ParticipantInfo,
  type Role,
  type Room,
  type RoomProblem,
  type RoomStatus,
  type Rooms,
  roleOf,
} from "#conference/rooms";
import type { MemberTokenSet, MemberTokens, RenewalProblem } from "./member-tokens.ts";
import { clientStartsRecording, hasPlace, type TenantPolicy } from "./policy.ts";

export interface Person {
  readonly displayName: string;
  readonly externalUserId?: string;
  /** Without it the policy decides. */
  readonly role?: Role;
}

export interface Provisioned {
  readonly member: Member;
  readonly room: Room;
  /** The room is one that callers can enter now. */
  readonly roomActive: boolean;
  readonly roomCreated: boolean;
  /** The participant was not there before. */
  readonly isNew: boolean;
  readonly tokens: MemberTokenSet;
  /** Whether the client shall start the recording. */
  readonly shouldStartRecording: boolean;
}

/** A person who is in the room or may come in. */
export interface ListedParticipant {
  readonly id: ParticipantId;
  readonly displayName: string;
  readonly externalUserId: string | null;
  readonly role: Role;
  /** Null while they are not inside. */
  readonly joinedAt: string | null;
}

export type ProvisioningProblem =
  | RoomProblem
  | MemberProblem
  | RenewalProblem
  | { readonly code: "ROOM_NAME_AMBIGUOUS" | "PERMISSION_DENIED"; readonly message: string };

export interface ProvisioningOptions {
  readonly rooms: Pick<Rooms, "get" | "list" | "create" | "status" | "participants" | "kick">;
  readonly members: Members;
  readonly tokens: MemberTokens;
  readonly policy: TenantPolicy;
}

interface Addition {
  readonly room: Room;
  readonly person: Person;
  /** The member of the room who asks; undefined: the operator does. */
  readonly asking: Member | undefined;
}

interface Admitted {
  readonly member: Member;
  readonly isNew: boolean;
  /** No place was taken before this participant. */
  readonly isFirst: boolean;
}

type Outcome<Value> = Promise<Result<Value, ProvisioningProblem>>;

const maxNameLength = 64;
/** An id of a room that was here once is no name for another. */
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export class Provisioning {
  readonly #options: ProvisioningOptions;
  /** Of everything that adds: two may want to make the same room, or to be its first. */
  readonly #additions = new SerialQueue();

  constructor(options: ProvisioningOptions) {
    this.#options = options;
  }

  get policy(): TenantPolicy {
    return this.#options.policy;
  }

  /** By its id, or by its name where only one room has it. */
  async find(reference: string): Outcome<Room> {
    const { rooms } = this.#options;
    const byId = await rooms.get(reference as RoomId);
    if (byId) return ok(byId);
    const filter = { kind: "compare", field: "subject", operator: "eq", value: reference } as const;
    const { items } = await rooms.list({ skip: 0, top: 2, filter });
    const [room, other] = items;
    if (!room) return fail({ code: "ROOM_NOT_FOUND", message: `There is no room ${reference}.` });
    if (other) {
      const message = `Several rooms have the name ${reference}: give the id of one.`;
      return fail({ code: "ROOM_NAME_AMBIGUOUS", message });
    }
    return ok(room);
  }

  /**
   * Each for themselves, in their order; the room is found or made once. A member of the room who asks adds others as participants,
   * as hosts with the permission `canMakeModerator`, and gets tokens of no other member.
   */
  add(
    reference: string,
    people: readonly Person[],
    asking?: Member,
  ): Outcome<readonly Result<Provisioned, ProvisioningProblem>[]> {
    return this.#additions.run(async () => {
      const found = await this.#findOrMake(reference);
      if (!found.ok) return found;
      const { room, roomCreated } = found.value;
      const results: Result<Provisioned, ProvisioningProblem>[] = [];
      for (const person of people) results.push(await this.#addTo({ room, person, asking }, roomCreated));
      return ok(results);
    });
  }

  /** Members in the order in which they were added, then the others who are inside. */
  async list({ id }: Room, activeOnly: boolean): Promise<readonly ListedParticipant[]> {
    const { members } = this.#options;
    const inside = await this.#inside(id);
    const byMember = new Map(inside.map((participant) => [participant.memberId, participant]));
    const known = (await members.list(id, { top: maxMembersOfRoom })).map((member) =>
      shownMember(member, byMember.get(member.id)),
    );
    const knownIds = new Set<string>(known.map(({ id: participant }) => participant));
    const others = inside.filter((participant) => !knownIds.has(participant.id)).map(shownCaller);
    return [...known.filter(({ joinedAt }) => !activeOnly || joinedAt !== null), ...others];
  }

  /** By the id of the participant that they are while they are inside. */
  member({ id }: Room, participantId: ParticipantId): Promise<Member | undefined> {
    return this.#options.members.find(id, { participantId });
  }

  /** A member is none any more, and has no token left; a caller is sent away. Fails with LAST_ADMIN as `Members.remove` does. */
  async remove(room: Room, participantId: ParticipantId): Outcome<void> {
    const { rooms, members } = this.#options;
    const known = (await this.member(room, participantId))?.id;
    const inside = (await this.#inside(room.id)).find(({ id }) => id === participantId)?.memberId;
    const member = known ?? inside ?? undefined;
    return member === undefined
      ? rooms.kick(room.id, participantId)
      : members.remove(room.id, member, { keepAdmin: "owned" });
  }

  /** Further tokens for a participant who was added; with a refresh token, those that follow it. */
  async renew(member: Member, refreshToken?: string): Outcome<MemberTokenSet> {
    const { tokens } = this.#options;
    return refreshToken === undefined ? this.#issue(member) : tokens.refresh(refreshToken, member);
  }

  async #issue(member: Member): Outcome<MemberTokenSet> {
    const { rooms, tokens } = this.#options;
    const issued = await tokens.issue(member);
    if (issued) return ok(issued);
    const { roomId, participantId } = member;
    return (await rooms.get(roomId))
      ? fail({ code: "PARTICIPANT_NOT_FOUND", message: `there is no participant ${participantId} any more` })
      : fail({ code: "ROOM_NOT_FOUND", message: `there is no room ${roomId} any more` });
  }

  async #findOrMake(reference: string): Outcome<{ readonly room: Room; readonly roomCreated: boolean }> {
    const { rooms, policy } = this.#options;
    const found = await this.find(reference);
    if (found.ok) return ok({ room: found.value, roomCreated: false });
    const mayMake = policy.allowEarlyJoin && !uuid.test(reference) && reference.length <= maxNameLength;
    if (found.error.code !== "ROOM_NOT_FOUND" || !mayMake) return found;
    const made = await rooms.create({ subject: reference });
    return made.ok ? ok({ room: made.value, roomCreated: true }) : made;
  }

  async #addTo(addition: Addition, roomCreated: boolean): Outcome<Provisioned> {
    const { rooms, policy } = this.#options;
    const { room } = addition;
    const status = await rooms.status(room.id);
    if (!status.ok) return status;
    const admitted = await this.#admit(addition, status.value.status);
    if (!admitted.ok) return admitted;
    const { member, isNew, isFirst } = admitted.value;
    const mayRecord = permissionsOf(member, room).canRecord && room.access.config.recording.enabled;
    const role = roleOf(member.baseRole);
    const issued = await this.#issue(member);
    if (!issued.ok) return issued;
    const asked = clientStartsRecording(policy.startRecording, { role, isFirst });
    return ok({
      ...{ member, room, roomCreated, isNew, roomActive: status.value.status !== "OFFLINE" },
      tokens: issued.value,
      // A room that records by itself needs no client for it.
      shouldStartRecording: asked && mayRecord && !status.value.recording && !room.enableRecording,
    });
  }

  /** The member that this external user is already, or another one if there is a place. */
  async #admit(addition: Addition, status: RoomStatus["status"]): Outcome<Admitted> {
    const { members, policy } = this.#options;
    const { room, person, asking } = addition;
    const { externalUserId, displayName: name } = person;
    const before = externalUserId === undefined ? undefined : await members.find(room.id, { externalUserId });
    const taken = await this.#places(room.id);
    if (before) taken.delete(before.id);
    const isFirst = taken.size === 0;
    const refused = refusalToMember(addition, before);
    if (refused) return fail(refused);
    if (before && policy.duplicates === "reject") return fail(isThere);
    // A member who asks has named themselves: they are not replaced by one whom nothing was forbidden.
    if (before && (asking || policy.duplicates === "return"))
      return ok({ member: before, isNew: false, isFirst });
    const refusal = refusalOf(room, status);
    if (refusal) return fail(refusal);
    const role = await this.#roleOf(addition);
    if (!hasPlace(room.capacity, taken.size, role)) return fail(noPlace);
    if (before) await members.remove(room.id, before.id);
    const fields = {
      name,
      baseRole: baseRoleOf(role),
      ...(externalUserId !== undefined && { externalUserId }),
    };
    const added = await members.add(room.id, fields);
    return added.ok ? ok({ member: added.value, isNew: true, isFirst }) : added;
  }

  /** The participants inside, and the holders of tokens that still open the room. */
  async #places(room: RoomId): Promise<Set<MemberId | ParticipantId>> {
    const inside = await this.#inside(room);
    const holders = await this.#options.tokens.holders(room);
    return new Set([...holders, ...inside.map(({ id, memberId }) => memberId ?? id)]);
  }

  /** The first whom the operator adds to a room without a host becomes one, unless a role is asked for. */
  async #roleOf({ room, person: { role }, asking }: Addition): Promise<Role> {
    if (role !== undefined || asking || !this.policy.firstIsHost) return role ?? "participant";
    if ((await this.#inside(room.id)).some((participant) => participant.role === "host"))
      return "participant";
    const known = await this.#options.members.list(room.id, { top: maxMembersOfRoom });
    return known.some(({ baseRole }) => roleOf(baseRole) === "host") ? "participant" : "host";
  }

  async #inside(room: RoomId): Promise<readonly ParticipantInfo[]> {
    const found = await this.#options.rooms.participants(room);
    return found.ok ? found.value : [];
  }
}

const isThere: ProvisioningProblem = {
  code: "MEMBER_EXISTS",
  message: "this external user is a participant of the room already",
};
const makesNoHosts: ProvisioningProblem = {
  code: "PERMISSION_DENIED",
  message: "This participant does not have the permission canMakeModerator.",
};
const noPlace: ProvisioningProblem = { code: "ROOM_FULL", message: "the room has no free place" };

/** What a member may not ask for: hosts without the permission to make them, and what belongs to another member. */
function refusalToMember(
  { room, person, asking }: Addition,
  before: Member | undefined,
): ProvisioningProblem | undefined {
  if (!asking) return undefined;
  const other = before?.id === asking.id ? undefined : before;
  const wantsHost = person.role === "host" || other?.baseRole === "moderator";
  if (wantsHost && !permissionsOf(asking, room).canMakeModerator) return makesNoHosts;
  return other && isThere;
}

function refusalOf({ closed }: Room, status: RoomStatus["status"]): RoomProblem | undefined {
  if (closed) return { code: "ROOM_NOT_OPEN", message: "the room is closed" };
  if (status === "OFFLINE") return { code: "ROOM_OFFLINE", message: "the room cannot be hosted now" };
  return undefined;
}

const shownMember = (
  { participantId, name, externalUserId, baseRole }: Member,
  inside: ParticipantInfo | undefined,
): ListedParticipant => ({
  ...{ id: participantId, displayName: inside?.displayName ?? name, externalUserId },
  ...{ role: inside?.role ?? roleOf(baseRole), joinedAt: inside?.joinedAt ?? null },
});

const shownCaller = ({
  id,
  displayName,
  externalUserId,
  role,
  joinedAt,
}: ParticipantInfo): ListedParticipant => ({ id, displayName, externalUserId, role, joinedAt });
