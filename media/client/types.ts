// The interfaces of the media workers and their legs for the control process. The implementation spawns one process a core,
// speaks the protocol of media/protocol.ts to it, and turns notifications into events of the leg that they are about.
import type { Emitter, LegId, RecordingId, RoomId } from "#common";
import type {
  CommandName,
  CommandParams,
  CommandResult,
  LegFacts,
  LegStats,
  Notification,
  NotificationName,
  PlayItem,
  VideoLimits,
  WorkerHealth,
} from "../protocol.ts";

/**
 * `standby`: its process has not been started, because the others have capacity. `recovering`: its process has died, a successor
 * is about to go on with its legs, and commands wait.
 */
export type WorkerState = "standby" | "starting" | "ready" | "recovering" | "down" | "closed";

/** Whether a worker takes commands for legs: it is ready, or its process is being replaced. */
export const isServing = ({ state }: { readonly state: WorkerState }): boolean =>
  state === "ready" || state === "recovering";

/** The result of replacing a process that died. */
export interface Recovery {
  /** Why the old process died. */
  readonly reason: string;
  readonly tookMs: number;
  /** The number of legs that go on; `moved`: how many of them are on other ports; `lost`: the number that do not go on. */
  readonly legs: number;
  readonly moved: number;
  readonly lost: number;
}

export interface MediaWorker {
  /** 0 … workers − 1; stays the same over respawns. */
  readonly index: number;
  readonly state: WorkerState;
  /** The last health report, one a second; undefined until the first arrives. */
  readonly health: WorkerHealth | undefined;
  /** How often a successor has replaced a process that died. */
  readonly recoveries: number;
  /** Whether it has a leg of this id, or is creating or closing one. */
  hasLeg(id: LegId): boolean;
  /** The recordings that ran in its process when this control process attached to it after a restart. */
  readonly recordings: ReadonlySet<RecordingId>;
  /**
   * Sends one command. Rejects with a ParleyError: the worker's own code, `WORKER_DOWN` when it dies or is not
   * up, `WORKER_TIMEOUT` when it does not answer in time.
   */
  request<Name extends CommandName>(name: Name, params: CommandParams<Name>): Promise<CommandResult<Name>>;
  readonly notifications: Emitter<{ [Name in NotificationName]: Notification<Name> }>;
}

export type MediaWorkersEvents = {
  up: { readonly worker: MediaWorker };
  /** The process died or stopped answering; its legs and rooms are gone. A respawn is under way. */
  down: { readonly worker: MediaWorker; readonly reason: string };
  /** The process died or stopped answering, and another one has gone on with its legs and rooms. */
  recovered: { readonly worker: MediaWorker } & Recovery;
};

export interface MediaWorkers {
  readonly workers: readonly MediaWorker[];
  readonly events: Emitter<MediaWorkersEvents>;
  /** True while every worker that was started is ready. */
  readonly healthy: boolean;
  /**
   * Ends the resumption of what the previous control process has left. Legs and rooms that were not resumed are closed (a room is
   * resumed by `resumeRoom`, with a leg in it, or by any command). Events of the time since then are emitted now: digits, ends of
   * plays and recordings, changes of state. No effect when nothing was left.
   */
  settle(): Promise<void>;
  close(): Promise<void>;
  /**
   * Instead of `close`: the processes go on with their legs, for the next control process. Later requests are never settled.
   */
  leave(): Promise<void>;
}

/** The bounds of a capture, in milliseconds; see the command `leg.capture`. */
export interface CaptureOptions {
  readonly clip: string;
  readonly patienceMs: number;
  readonly silenceMs: number;
  readonly maxMs: number;
}

export interface Captured {
  /** The clip exists only when the outcome is `captured`. */
  readonly outcome: "captured" | "nothing" | "failed" | "lost";
  readonly durationMs: number;
}

/** The format and the file of a dump; see the command `leg.dump`. */
export type DumpOptions = Omit<CommandParams<"leg.dump">, "leg">;

export interface Dumped {
  /** `lost`: the worker died, and the file is incomplete. */
  readonly outcome: "finished" | "failed" | "lost";
  /** Packets or ticks that were left out. */
  readonly missing: number;
}

export type PlayOutcome = "finished" | "stopped" | "lost";

export interface PlayOptions {
  /** BCP 47; the worker falls back to what its packs have. */
  readonly language: string;
  readonly loop?: boolean;
}

/** The audio codecs of a leg, in the order of its offers; an answer keeps the order of the offer. */
export type LegCodecs = Readonly<NonNullable<CommandParams<"leg.create">["codecs"]>>;

/** Whether a leg's packets are encrypted (SRTP); see the command `leg.create`. */
export type LegSrtp = NonNullable<CommandParams<"leg.create">["srtp"]>;

/** The volumes of a leg in both directions, dB within `volumeBounds`; absent fields are not changed. */
export interface LegVolume {
  readonly listenDb?: number;
  readonly speakDb?: number;
  /** Automatic gain of the leg's voice. */
  readonly agc?: boolean;
}

/** The kind of video: the camera or the shared screen. */
export type VideoContent = Notification<"leg.video">["content"];

/** In pixels. */
export type PictureSize = Readonly<Pick<Notification<"leg.video">, "width" | "height">>;

export type LegEvents = {
  dtmf: { readonly digit: string };
  talking: { readonly talking: boolean };
  /** No packets for five seconds on a leg that should send, or packets again. */
  inbound: { readonly state: "silent" | "heard" };
  /** Neither RTP nor RTCP for `silentMs`, emitted every thirty seconds while that lasts; 0 once packets come again. */
  silent: { readonly silentMs: number };
  held: { readonly held: boolean };
  /** `pictures` or `refusedPictures` has changed. */
  video: { readonly content: VideoContent; readonly sending: boolean };
  /** Packets are encrypted by this SRTP suite from now on; null: in the clear. */
  secured: { readonly suite: string | null };
  /** No media will pass: DTLS failed, or ICE found no working path or lost it. */
  failed: { readonly why: string };
  latched: { readonly remote: string };
  /** Another worker process goes on with the leg on other ports: the far end needs a new offer. */
  moved: Record<never, never>;
  /** The answer to each request for statistics. */
  measured: LegStats;
  /** The worker died, and no other process could go on: the leg is gone. Nothing follows. */
  lost: { readonly reason: string };
};

/** One media leg. Created by `createLeg`; the owner closes it. After `lost` every method resolves or rejects at once. */
export interface MediaLeg {
  readonly id: LegId;
  readonly worker: MediaWorker;
  readonly events: Emitter<LegEvents>;
  /** The far end has put us on hold. */
  readonly held: boolean;
  /** Whether video may be negotiated. */
  readonly mayHaveVideo: boolean;
  /** The video that is received without gaps at this moment, with its size. */
  readonly pictures: ReadonlyMap<VideoContent, PictureSize>;
  /** Video that has crashed the decoding process twice, and is not decoded any more. */
  readonly refusedPictures: ReadonlySet<VideoContent>;
  /** The SRTP suite that encrypts its packets; null: they are sent in the clear. */
  readonly encryption: string | null;
  /** Whether its keys come from a DTLS handshake. */
  readonly dtls: boolean;
  /** The leg's state by the events so far; for a resumed leg, by those that the previous control process has seen. */
  readonly facts: Readonly<LegFacts>;
  /**
   * Answers a renegotiation; rejects with the worker's code and leaves the leg as it was. `sipAddress`: where the SIP
   * message came from; undefined: as before.
   */
  reoffer(offer: string, sipAddress?: string): Promise<string>;
  /** Our offer. `video`: video may be negotiated from now on, within these limits; null: not for the time being. */
  offer(video?: VideoLimits | null): Promise<string>;
  /** Our offer that puts the far end on hold, until the next one. */
  offerHold(): Promise<string>;
  answer(answer: string, sipAddress?: string): Promise<void>;
  join(room: RoomId): Promise<void>;
  leave(): Promise<void>;
  mute(muted: boolean): Promise<void>;
  volume(volume: LegVolume): Promise<void>;
  /** Resolves when the items have been played or were stopped; a new play stops the running one. Never rejects for a lost leg. */
  play(items: readonly PlayItem[], options: PlayOptions): Promise<PlayOutcome>;
  stop(): Promise<void>;
  /**
   * Records the leg's voice as a clip, until it is silent again or a bound is reached. Never rejects; after the outcome
   * `lost` nothing more is written to that clip.
   */
  capture(options: CaptureOptions): Promise<Captured>;
  /** Ends the capture and keeps what was said until now. */
  finishCapture(): Promise<void>;
  /**
   * Dumps the leg into a new file. Resolves once the dump runs; `ended` resolves, and never rejects, when the file is closed.
   * Rejects with WRONG_STATE while another dump runs, with CANNOT_RECORD when the file cannot be created.
   */
  dump(options: DumpOptions): Promise<{ readonly ended: Promise<Dumped> }>;
  /** Ends the running dump; no effect when there is none. */
  stopDump(): Promise<void>;
  /** Makes the next picture that is sent to the leg a key frame. */
  keyframe(): Promise<void>;
  /** Sends DTMF digits (`0`–`9 * # A`–`D`) to the far end; rejects with WRONG_STATE when DTMF was not negotiated. */
  sendDtmf(digits: string): Promise<void>;
  stats(): Promise<LegStats>;
  /** Closes the leg; resolves with the statistics of the whole call, or undefined when the worker is gone. Idempotent. */
  close(): Promise<LegStats | undefined>;
}
