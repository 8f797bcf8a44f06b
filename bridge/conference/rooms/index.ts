// Public interface of the rooms.

export type { Arrivals } from "./arrivals.ts";
export type { ResumedRoom } from "./live/context.ts";
export type { LobbyPlace } from "./live/lobby.ts";
export { type LocalNode, unlimitedNode } from "./live/node.ts";
export type { Participant, ParticipantRoom, ParticipantSnapshot } from "./live/participant.ts";
export type { CallConnection, Dismissal, MoveFailure, ParticipantCall } from "./live/participant-call.ts";
export type { Recorder, RecordingEnd, RecordingPlace } from "./live/recorder.ts";
export type { MemberChange } from "./live/roster-entry.ts";
export type { Occupancy, RoomConference, RoomCounts, RoomOnCall } from "./overview.ts";
export type { ParticipantCommands } from "./participant-commands.ts";
export {
  type Admission,
  type AdmissionRefusal,
  type Introduction,
  type JoinResult,
  type MemberPass,
  type Pass,
  refusals,
  tooManyGuesses,
  type WaitReason,
} from "./policy/admission.ts";
export {
  type DeletionPolicies,
  type DeletionRefusal,
  type DeletionSuccess,
  deletionRefusals,
  deletionSuccesses,
  meetingPolicies,
  recordingPolicies,
} from "./policy/deletion.ts";
export {
  bySeverity,
  type Diagnosis,
  diagnose,
  diagnoseEndedCall,
  findingsOf,
  type LegSample,
  noDiagnosis,
} from "./policy/diagnosis.ts";
export type { SpokenName } from "./policy/left-names.ts";
export { type PinCaller, type PinCounters, PinGuard, type PinGuess, pinCaller } from "./policy/pin-guard.ts";
export { qualityClass } from "./policy/quality.ts";
export { type ReasonCode, reasonCodes } from "./policy/reason-codes.ts";
export { scheduleOf } from "./policy/schedule.ts";
export { videoLimitsOf } from "./policy/video-limits.ts";
export type { RecordingLibrary } from "./recordings.ts";
export * from "./records/access.ts";
export type { RoomsEvents } from "./records/events.ts";
export type { ExtensionRange } from "./records/extensions.ts";
export * from "./records/finding.ts";
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
  maxMembers,
  type PictureClock,
  type PictureFit,
  pictureClocks,
  pictureFits,
  type Role,
  type RoomMember,
  type RoomOptions,
  roles,
} from "./records/options.ts";
export * from "./records/participant-info.ts";
export * from "./records/permissions.ts";
export type { RoomProblem } from "./records/problem.ts";
export * from "./records/recording.ts";
export type { RoomsRepository } from "./records/repository.ts";
export * from "./records/room.ts";
export { createRooms, type RoomsOptions, type RoomsService } from "./rooms.ts";
export type {
  DeletionOutcome,
  DeletionProblem,
  DiallingHost,
  MoveTarget,
  Recordings,
  Rooms,
} from "./service.ts";
