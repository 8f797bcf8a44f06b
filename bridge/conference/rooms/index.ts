// The domain's door.
export { type Admission, type Refusal, tooManyGuesses, type WaitReason } from "./admission.ts";
export type { ExtensionRange } from "./extensions.ts";
export { type LocalNode, unlimitedNode } from "./host.ts";
export {
  type RecordingListField,
  type RoomListField,
  recordingListFields,
  recordingSearchFields,
  roomListFields,
  roomSearchFields,
} from "./list-fields.ts";
export type { LobbyPlace } from "./lobby.ts";
export {
  type Announcement,
  announcements,
  defaultRoomOptions,
  mostMembers,
  type RoomMember,
  type RoomOptions,
} from "./options.ts";
export type { Occupancy, RoomOnCall, RoomsSnapshot } from "./overview.ts";
export { type PinCaller, type PinCounters, PinGuard, type PinGuess, pinCaller } from "./pin-guard.ts";
export { qualityClass } from "./quality.ts";
export type { Recorder, RecordingOver, RecordingPlace } from "./recorder.ts";
export { noLibrary, type RecordingLibrary } from "./recordings.ts";
export type { RoomsRepository } from "./repository.ts";
export { createRooms, type RoomsOptions, type RoomsService } from "./rooms.ts";
export { type BookingStatus, bookingStatus, bookingStatuses } from "./schedule.ts";
export type { SpokenName } from "./spoken-names.ts";
export * from "./types.ts";
export type {
  Arrivals,
  Dismissal,
  EntryResult,
  Introduction,
  MoveFailure,
  Settled,
  Standing,
  ToggleOutcome,
  Visit,
  Visitor,
  VisitorConnection,
} from "./visit.ts";
