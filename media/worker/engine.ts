// The interface of the mixing engine that a worker's commands use.
import type { LegId, RecordingId, RoomId } from "#common";
import type { Agreed, CreateLegOptions, LegCheckpoint } from "../mixer/index.ts";
import type { LegStats, PlayItem, RoomScene, VideoLimits, WorkerHealth } from "../protocol.ts";
import type { CaptureOrder, DumpOrder, RecordingOrder } from "../record/index.ts";
import type { AudioPlan, LocalEnd, LocalVideo } from "../sdp/index.ts";

/** Failures are ParleyErrors with the protocol's codes. */
export interface MediaEngine {
  /** With `video` the room has a picture. For an open room it changes the picture's limits, or with null closes the picture. */
  openRoom(room: RoomId, video?: VideoLimits | null): void;
  setScene(room: RoomId, scene: RoomScene): void;
  /** Writes the room's picture into a new file, JPEG. */
  snapshot(room: RoomId, path: string): Promise<void>;
  closeRoom(room: RoomId): void;
  playToRoom(room: RoomId, items: readonly PlayItem[], language: string): Promise<void> | undefined;
  startRecording(room: RoomId, order: RecordingOrder): Promise<void>;
  stopRecording(recording: RecordingId): void;
  createLeg(
    leg: LegId,
    bindAddress: string,
    options: CreateLegOptions,
  ): Promise<Pick<LocalEnd, "port" | "rtcpPort" | "stream" | "video">>;
  configureLeg(leg: LegId, plan: AudioPlan, agreed?: Agreed): void;
  /** Allows video on the leg; returns the local ports of its media lines. */
  allowVideo(leg: LegId, video: NonNullable<CreateLegOptions["video"]>): Promise<readonly LocalVideo[]>;
  /** Binds separate ports for the first `pairs` media lines of video; returns the ports of all. */
  bindVideo(leg: LegId, pairs: number): Promise<readonly LocalVideo[]>;
  requestKeyFrame(leg: LegId): void;
  joinLeg(leg: LegId, room: RoomId): void;
  leaveLeg(leg: LegId): void;
  muteLeg(leg: LegId, muted: boolean): void;
  setVolume(
    leg: LegId,
    volume: { readonly listenDb?: number; readonly speakDb?: number; readonly agc?: boolean },
  ): void;
  playToLeg(
    leg: LegId,
    play: number,
    items: readonly PlayItem[],
    options: { readonly language: string; readonly loop: boolean },
  ): void;
  stopLeg(leg: LegId): void;
  captureLeg(leg: LegId, order: CaptureOrder): void;
  finishCapture(leg: LegId): void;
  dumpLeg(leg: LegId, order: DumpOrder): Promise<void>;
  stopDump(leg: LegId): Promise<void>;
  sendDtmf(leg: LegId, digits: string): void;
  legStats(leg: LegId): LegStats;
  /** Undefined: there is no such leg. */
  legCheckpoint(leg: LegId): LegCheckpoint | undefined;
  usePorts(min: number, max: number): void;
  /** The open rooms and the running recordings. */
  contents(): { readonly rooms: RoomId[]; readonly recordings: RecordingId[] };
  /** Ends the recordings, whose files are closed as far as `withinMs` allows, and then the mixing; the legs keep their ports. */
  drain(withinMs: number): Promise<void>;
  closeLeg(leg: LegId): Promise<LegStats>;
  health(): WorkerHealth;
}
