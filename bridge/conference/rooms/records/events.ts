// The events of rooms and participants, for the rest of the bridge.
import type { MeetingId, RoomId } from "#common";
import type { ParticipantInfo } from "./participant-info.ts";
import type { RoomProblem } from "./problem.ts";
import type { Room, RoomStatus } from "./room.ts";

export type RoomsEvents = {
  "room.created": { readonly room: Room };
  "room.updated": { readonly room: Room };
  "room.deleted": { readonly room: Room };
  "meeting.started": { readonly room: Room; readonly meeting: MeetingId };
  "meeting.ended": { readonly room: Room; readonly meeting: MeetingId };
  "participant.joined": { readonly room: Room; readonly participant: ParticipantInfo };
  "participant.left": { readonly room: Room; readonly participant: ParticipantInfo; readonly reason: string };
  /** Emitted before they leave `room` and join the other one. */
  "participant.moved": { readonly room: Room; readonly participant: ParticipantInfo; readonly to: Room };
  "participant.changed": { readonly room: Room; readonly participant: ParticipantInfo };
  /** After a restart: lock and mute are on again as before. No change for readers of the events. */
  "room.restored": { readonly room: Room; readonly status: RoomStatus };
  "room.changed": { readonly room: Room; readonly status: RoomStatus };
  /** The recording that begins with the first participant could not begin, or go on after a restart. It is tried again. */
  "recording.refused": { readonly room: Room; readonly problem: RoomProblem };
  /** A key that was no part of a command; never while a PIN is asked for. */
  "participant.key": { readonly room: Room; readonly participant: ParticipantInfo; readonly digit: string };
  /** PINs from an address are delayed or refused. `room` undefined: conference numbers typed in the lobby. */
  "pin.guessed": { readonly room: RoomId | undefined; readonly source: string; readonly delayMs: number };
};
