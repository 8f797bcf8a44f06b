// What a list of rooms may be asked about.
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
} as const satisfies Record<string, ScalarType>;

export type RoomListField = keyof typeof roomListFields;

export const roomSearchFields = [
  "subject",
  "extensionNumber",
  "numbers",
  "externalInvitees",
] as const satisfies readonly RoomListField[];
