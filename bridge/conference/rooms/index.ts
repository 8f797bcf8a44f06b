// The domain's door.

export type { LobbyPlace } from "./live/lobby.ts";
export { type LocalNode, unlimitedNode } from "./live/node.ts";
export { qualityClass } from "./live/quality-watch.ts";
export type { Recorder, RecordingOver, RecordingPlace } from "./live/recorder.ts";
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
} from "./live/visit.ts";
export type { Occupancy, RoomOnCall, RoomsSnapshot } from "./overview.ts";
export { type Admission, type Refusal, tooManyGuesses, type WaitReason } from "./policy/admission.ts";
export type { SpokenName } from "./policy/left-names.ts";
export { type PinCaller, type PinCounters, PinGuard, type PinGuess, pinCaller } from "./policy/pin-guard.ts";
export { type BookingStatus, bookingStatus, bookingStatuses } from "./policy/schedule.ts";
export { noLibrary, type RecordingLibrary } from "./recordings.ts";
export type { ExtensionRange } from "./records/extensions.ts";
export {
  type RecordingListField,
  type RoomListField,
  recordingListFields,
  recordingSearchFields,
  roomListFields,
  roomSearchFields,
} from "./records/list-fields.ts";
export {
  type Announcement,
  announcements,
  defaultRoomOptions,
  mostMembers,
  type RoomMember,
  type RoomOptions,
} from "./records/options.ts";
export type { RoomsRepository } from "./records/repository.ts";
export * from "./records/types.ts";
export { createRooms, type RoomsOptions, type RoomsService } from "./rooms.ts";
