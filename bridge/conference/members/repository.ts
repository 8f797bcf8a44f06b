// What the members need of a database.
import type { MemberId, ParticipantId, RoomId } from "#common";
import type { Member } from "./member.ts";

/** One field of a member that is unique in its room. */
export type MemberKey =
  | { readonly id: MemberId }
  | { readonly userId: string }
  | { readonly externalUserId: string }
  | { readonly linkSecret: string }
  | { readonly participantId: ParticipantId };

export interface MemberPage {
  /** The last one of the page before; absent: from the first one on. */
  readonly after?: Pick<Member, "createdAt" | "id">;
  readonly top: number;
}

export interface MembersRepository {
  /**
   * Inserts all of these members of the room (at least one) or none. `taken`: a member of the room has the id, user or external
   * user of one. `full`: the room would have more than `limit` members. `no room`: it is gone.
   */
  insert(
    room: RoomId,
    members: readonly Member[],
    limit: number,
  ): Promise<"inserted" | "taken" | "full" | "no room">;
  find(room: RoomId, key: MemberKey): Promise<Member | undefined>;
  count(room: RoomId): Promise<number>;
  /** Users among the moderators: those who can administer the room by themselves. */
  countAdmins(room: RoomId): Promise<number>;
  /** In the order in which they were added, then of their ids. */
  list(room: RoomId, page: MemberPage): Promise<readonly Member[]>;
  /** In all rooms, the latest first; at most `limit`. */
  ofUser(userId: string, limit: number): Promise<readonly Member[]>;
  /** The ids of all users who are a member of a room. */
  users(): Promise<readonly string[]>;
  /** Replaces name, base role, permissions and whether they have archived the room. False: there is no such member. */
  update(member: Member): Promise<boolean>;
  /** False: there was none. */
  delete(room: RoomId, id: MemberId): Promise<boolean>;
}
