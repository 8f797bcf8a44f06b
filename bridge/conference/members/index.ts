// Public interface of members: whom rooms know in advance, and as whom they come in.
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
