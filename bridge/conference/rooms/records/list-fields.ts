// The fields by which lists of rooms and of recordings can be filtered and ordered.
import type { ScalarType } from "#common";

/** The fields of a room that a list may filter and order by. PINs are not among them: they would be guessed. */
export const roomListFields = {
  id: "text",
  extensionNumber: "text",
  mode: "text",
  control: "text",
  height: "number",
  width: "number",
  bitrate: "number",
  framerate: "number",
  layout: "text",
  subject: "text",
  language: "text",
  capacity: "number",
  enableRecording: "boolean",
  enablePrompt: "boolean",
  timezone: "text",
  createdAt: "instant",
  scheduledStartAt: "instant",
  scheduledEndAt: "instant",
  numbers: "text",
  externalInvitees: "text",
  closed: "boolean",
  owner: "text",
  autoDeletionDate: "instant",
} as const satisfies Record<string, ScalarType>;

export type RoomListField = keyof typeof roomListFields;

export const roomSearchFields = [
  "subject",
  "extensionNumber",
  "numbers",
  "externalInvitees",
] as const satisfies readonly RoomListField[];

/** `duration` in whole seconds, `fileSize` in bytes; both 0 while the recording runs. */
export const recordingListFields = {
  id: "text",
  roomId: "text",
  roomSubject: "text",
  roomExtensionNumber: "text",
  meetingId: "text",
  answeredAt: "instant",
  endedAt: "instant",
  duration: "number",
  fileSize: "number",
  read: "boolean",
} as const satisfies Record<string, ScalarType>;

export type RecordingListField = keyof typeof recordingListFields;

export const recordingSearchFields = [
  "roomSubject",
  "roomExtensionNumber",
] as const satisfies readonly RecordingListField[];
