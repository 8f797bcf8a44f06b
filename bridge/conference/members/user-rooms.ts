// Rooms that users make, through any API: the user owns the room and is its first admin, so that each API lists it among
// theirs. The operator limits how many rooms one user may be admin of.
import { fail, type MemberId, ok, type Result, type RoomId, SerialQueues } from "#common";
import type { AccessOf, Room, RoomFields, RoomProblem, Rooms } from "#conference/rooms";
import { isAdmin, type Member, type MemberProblem } from "./member.ts";
import type { Members } from "./members.ts";

export interface UserRoomsOptions {
  readonly rooms: Pick<Rooms, "create" | "destroy">;
  readonly members: Pick<Members, "add" | "roomsOf">;
  /** Rooms that one user may be admin of. */
  readonly maxRooms: number;
}

/** A user who makes a room; `name`: their name in the room. */
export interface RoomMaker {
  readonly id: string;
  readonly name: string;
}

export interface RoomRequest {
  readonly fields: RoomFields;
  readonly id?: RoomId;
  readonly accessOf?: AccessOf;
}

export type UserRoomProblem =
  | RoomProblem
  | MemberProblem
  | { readonly code: "TOO_MANY_ROOMS"; readonly message: string };

export class UserRooms {
  readonly #options: UserRoomsOptions;
  /** By user, so that the count stays correct until the room exists. */
  readonly #making = new SerialQueues<string>();

  constructor(options: UserRoomsOptions) {
    this.#options = options;
  }

  make(
    user: RoomMaker,
    wanted: RoomRequest,
  ): Promise<Result<{ readonly room: Room; readonly member: Member }, UserRoomProblem>> {
    return this.#making.run(user.id, () => this.#make(user, wanted));
  }

  async #make({ id: userId, name }: RoomMaker, { fields, id, accessOf }: RoomRequest) {
    const { rooms, members, maxRooms } = this.#options;
    const administered = (await members.roomsOf(userId)).filter(isAdmin).length;
    if (administered >= maxRooms) {
      const message = `One user is admin of at most ${maxRooms} rooms: end and leave others.`;
      return fail({ code: "TOO_MANY_ROOMS" as const, message });
    }
    const owned = { ...fields, access: { ...fields.access, owner: userId } };
    const room = await rooms.create(owned, id, accessOf);
    if (!room.ok) return room;
    const admin = { id: userId as MemberId, userId, name, baseRole: "moderator" as const };
    const added = await members.add(room.value.id, admin);
    if (added.ok) return ok({ room: room.value, member: added.value });
    await rooms.destroy(room.value.id);
    return added;
  }
}
