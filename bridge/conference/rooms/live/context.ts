// The dependencies of a live room: the services of the process, its own serial queue, and the function that stores lock and mute.
import type {
  Clock,
  Emitter,
  Logger,
  MeetingId,
  ParticipantId,
  RecordingId,
  RoomId,
  StateRecords,
} from "#common";
import type { Voice } from "#conference/speech";
import type { PictureStyle } from "../policy/picture-style.ts";
import type { PinGuard } from "../policy/pin-guard.ts";
import type { Scene } from "../policy/scene.ts";
import type { RoomsEvents } from "../records/events.ts";
import type { RoomSwitches } from "../records/room.ts";
import type { Placement } from "./placement.ts";
import type { Recorder } from "./recorder.ts";

/** Runs a job in the serial queue of one room. */
export type Run = <T>(job: () => Promise<T> | T) => Promise<T>;

/** A room with a meeting, saved for the next process as plain data. */
export interface ResumedRoom {
  readonly meeting: MeetingId;
  /** The participants inside, in order of joining. */
  readonly inside: readonly ParticipantId[];
  readonly recording: RecordingId | null;
  /** The layout and the source of each cell; null: there is no picture. */
  readonly scene: Pick<Scene, "layout" | "cells"> | null;
}

export interface RoomContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Emitter<RoomsEvents>;
  readonly placement: Placement;
  readonly pinGuard: PinGuard;
  readonly recorder: Recorder;
  readonly voice: Voice;
  /** Rooms of the mode VIDEO have a picture. */
  readonly video: boolean;
  /** The picture style of rooms that set none. */
  readonly picture: PictureStyle;
  /** Writes lock and mute to the database. */
  readonly keepSwitches: (id: RoomId, switches: RoomSwitches) => Promise<void>;
  /** The daemon ends: the meetings that end with it leave lock and mute as they are. */
  readonly stopping: () => boolean;
  /** The state that is kept for the next process. */
  readonly stateRecords: StateRecords<ResumedRoom>;
  readonly run: Run;
  /** Called when the last reason to keep the room in memory may have gone. */
  readonly onIdle: () => void;
}
