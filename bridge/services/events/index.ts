// Public interface of the event log.

export { type EventFilter, isEventPattern, type Matches, matcherOf } from "./filter.ts";
export { assertReadable, EventsGone, Follower } from "./follower.ts";
export { type EventLog, type EventLogSnapshot, openEventLog } from "./log.ts";
export { appendMissingEvents } from "./missing-events.ts";
export { openChangeOf, participantEvents } from "./open-events.ts";
export { type AccountSources, recordAccounts } from "./record-accounts.ts";
export { recordChat } from "./record-chat.ts";
export { recordRecordings } from "./record-recordings.ts";
export { type RoomState, RoomsRecorder, roomOnCall } from "./record-rooms.ts";
export { type BackupEvents, type BlockedSource, type LoginEvents, SystemRecorder } from "./record-system.ts";
export { recordVideoLoad, type VideoLoadOptions } from "./record-video-load.ts";
export { type Replay, type ReplayQuery, replay } from "./replay.ts";
export { resumeEvents } from "./resume.ts";
export { EventRetention } from "./retention.ts";
export * from "./types.ts";
export { chatMessageOnWire } from "./wire.ts";
