// What a worker needs of the engine that mixes, in the words of the protocol.
import type { LegId, RecordingId, RoomId } from "#common";
import type { Agreed, CreateLegOptions, LegCheckpoint } from "../mixer/index.ts";
import type { LegStats, PlayItem, RoomScene, VideoLimits, WorkerHealth } from "../protocol.ts";
import type { CaptureOrder, DumpOrder, RecordingOrder } from "../record/index.ts";
import type { AudioPlan, LocalEnd, LocalVideo } from "../sdp/index.ts";

/** Failures are ParleyErrors with the protocol's codes. */
export interface MediaEngine {
  /** With `video` it has a picture; opening an open room changes the picture's limits, or with null closes it. */
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
  /** The leg may have video from now on. */
  allowVideo(leg: LegId, video: NonNullable<CreateLegOptions["video"]>): Promise<readonly LocalVideo[]>;
  /** Gives the first lines of video ports of their own; where all come to then. */
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
  /** Undefined: the leg is not there. */
  legCheckpoint(leg: LegId): LegCheckpoint | undefined;
  usePorts(min: number, max: number): void;
  /** The rooms that are open, and what is being recorded. */
  contents(): { readonly rooms: RoomId[]; readonly recordings: RecordingId[] };
  /** Recordings end with their files closed, as far as `withinMs` allows, and then the mixing; the legs keep their ports. */
  drain(withinMs: number): Promise<void>;
  closeLeg(leg: LegId): Promise<LegStats>;
  health(): WorkerHealth;
}
