// Public interface of members: persons known to a room in advance, and the roles in which they come in.
export * from "./member.ts";
export {
  type HolderTerms,
  type MemberChangeTerms,
  Members,
  type MembersEvents,
  type MembersOptions,
  maxMembersOfRoom,
  type OpenedLink,
  type TokenHolder,
} from "./members.ts";
export type { MemberKey, MemberPage, MembersRepository } from "./repository.ts";
export {
  type RoomMaker,
  type RoomRequest,
  type UserRoomProblem,
  UserRooms,
  type UserRoomsOptions,
} from "./user-rooms.ts";
