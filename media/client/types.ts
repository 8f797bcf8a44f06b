// The media workers as the control process sees them. The implementation spawns one process a core, speaks
// the protocol of media/protocol.ts to it, and turns notifications into events of the leg they are about.
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
 * `standby`: its process has not been started, because the others have room. `recovering`: its process has died, another one is
 * about to go on with its legs, and commands wait.
 */
export type WorkerState = "standby" | "starting" | "ready" | "recovering" | "down" | "closed";

/** A worker has legs, and takes commands now or in a moment. */
export const isServing = ({ state }: { readonly state: WorkerState }): boolean =>
  state === "ready" || state === "recovering";

/** How another process has gone on for one that died. */
export interface Recovery {
  /** Why that died. */
  readonly reason: string;
  readonly tookMs: number;
  /** How many legs go on; `moved`: of these, on other ports; `lost`: how many do not. */
  readonly legs: number;
  readonly moved: number;
  readonly lost: number;
}

export interface MediaWorker {
  /** 0 … workers − 1; stays the same over respawns. */
  readonly index: number;
  readonly state: WorkerState;
  /** The last second's figures; undefined until the first arrives. */
  readonly health: WorkerHealth | undefined;
  /** How often another process has gone on for one that died. */
  readonly recoveries: number;
  /** Whether it has a leg of this id, or is making or closing one. */
  hasLeg(id: LegId): boolean;
  /** What its process was recording when we came back to it after a restart. */
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
   * All that the previous control process has left is resumed as far as it will be: legs and rooms that nobody has resumed are
   * closed (a room is resumed by `resumeRoom`, with a leg in it, or by any command), and what has happened in the meantime is told
   * now: digits, ends of plays and recordings, changes of state. Without effect where nothing was left.
   */
  settle(): Promise<void>;
  close(): Promise<void>;
  /**
   * Instead of `close`: the processes go on with their legs, for the next control process. Nothing that is asked from now on is
   * answered or refused.
   */
  leave(): Promise<void>;
}

/** Bounds of what is captured, in milliseconds; see the command `leg.capture`. */
export interface CaptureOptions {
  readonly clip: string;
  readonly patienceMs: number;
  readonly silenceMs: number;
  readonly maxMs: number;
}

export interface Captured {
  /** There is a clip only when it was `captured`. */
  readonly outcome: "captured" | "nothing" | "failed" | "lost";
  readonly durationMs: number;
}

/** What of a leg is dumped, and where to; see the command `leg.dump`. */
export type DumpOptions = Omit<CommandParams<"leg.dump">, "leg">;

export interface Dumped {
  /** `lost`: the worker died, and the file ends somewhere. */
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

/** What a leg may speak, in the order of its offers; an answer keeps the order of the offer. */
export type LegCodecs = Readonly<NonNullable<CommandParams<"leg.create">["codecs"]>>;

/** Whether a leg's packets are encrypted (SRTP); see the command `leg.create`. */
export type LegSrtp = NonNullable<CommandParams<"leg.create">["srtp"]>;

/** How loud a leg hears and is heard, dB within `volumeBounds`; what is absent stays as it is. */
export interface LegVolume {
  readonly listenDb?: number;
  readonly speakDb?: number;
  /** Automatic gain for what the leg says. */
  readonly agc?: boolean;
}

/** What is sent of video: the camera or the shared screen. */
export type VideoContent = Notification<"leg.video">["content"];

/** In pixels. */
export type PictureSize = Readonly<Pick<Notification<"leg.video">, "width" | "height">>;

export type LegEvents = {
  dtmf: { readonly digit: string };
  talking: { readonly talking: boolean };
  /** No packets for five seconds on a leg that should send, or packets again. */
  inbound: { readonly state: "silent" | "heard" };
  /** Neither RTP nor RTCP for so long, told every thirty seconds while that lasts; 0 once something comes again. */
  silent: { readonly silentMs: number };
  held: { readonly held: boolean };
  /** `pictures` or `refusedPictures` has changed. */
  video: { readonly content: VideoContent; readonly sending: boolean };
  /** Encrypted by that suite of SRTP from now on; null: in the clear. */
  secured: { readonly suite: string | null };
  /** No media will pass: DTLS failed, or ICE found no way or lost it. */
  failed: { readonly why: string };
  latched: { readonly remote: string };
  /** Another worker process goes on with it on other ports: the far end is to be made an offer. */
  moved: Record<never, never>;
  /** After each request for the figures. */
  measured: LegStats;
  /** The worker died, and no other process could go on: the leg is gone. Nothing follows. */
  lost: { readonly reason: string };
};

/** One media leg. Made by `createLeg`; the owner closes it. After `lost` every method resolves or rejects at once. */
export interface MediaLeg {
  readonly id: LegId;
  readonly worker: MediaWorker;
  readonly events: Emitter<LegEvents>;
  /** The far end has put us on hold. */
  readonly held: boolean;
  /** Video may be agreed on. */
  readonly mayHaveVideo: boolean;
  /** The pictures that come from it whole at this moment. */
  readonly pictures: ReadonlyMap<VideoContent, PictureSize>;
  /** The process that decodes has ended over them twice, so that it is not shown them any more. */
  readonly refusedPictures: ReadonlySet<VideoContent>;
  /** The suite of SRTP that its packets are encrypted by; null: they pass in the clear. */
  readonly encryption: string | null;
  /** Its keys come of a DTLS handshake. */
  readonly dtls: boolean;
  /** What its events have told of its state; of a leg that was resumed, those that the previous control process has seen. */
  readonly facts: Readonly<LegFacts>;
  /**
   * Answers a renegotiation; rejects with the worker's code and leaves the leg as it was. `sipAddress`: where the SIP
   * message came from; undefined: as before.
   */
  reoffer(offer: string, sipAddress?: string): Promise<string>;
  /** Our offer. `video`: video may be agreed on from now on, of that size at most; null: not for the time being. */
  offer(video?: VideoLimits | null): Promise<string>;
  /** Our offer that puts the far end on hold, until the next one. */
  offerHold(): Promise<string>;
  answer(answer: string, sipAddress?: string): Promise<void>;
  join(room: RoomId): Promise<void>;
  leave(): Promise<void>;
  mute(muted: boolean): Promise<void>;
  volume(volume: LegVolume): Promise<void>;
  /** Resolves when it has been heard or cut short; a new play cuts the running one. Never rejects for a lost leg. */
  play(items: readonly PlayItem[], options: PlayOptions): Promise<PlayOutcome>;
  stop(): Promise<void>;
  /**
   * Keeps what the leg says as a clip, until it is silent again or a bound is reached. Never rejects; once it is
   * `lost`, nothing more is written to that clip.
   */
  capture(options: CaptureOptions): Promise<Captured>;
  /** What was said until now is kept. */
  finishCapture(): Promise<void>;
  /**
   * Dumps the leg into a new file. Resolves once it runs, with the promise of its end, which is never rejected: the file is
   * closed then. Rejects with WRONG_STATE while one runs, with CANNOT_RECORD when the file cannot be made.
   */
  dump(options: DumpOptions): Promise<{ readonly ended: Promise<Dumped> }>;
  /** Ends the dump that runs; none running is no error. */
  stopDump(): Promise<void>;
  /** The next picture that it is sent is a key frame. */
  keyframe(): Promise<void>;
  /** Sends DTMF digits (`0`–`9 * # A`–`D`) to the far end; rejects with WRONG_STATE when it has not agreed to any. */
  sendDtmf(digits: string): Promise<void>;
  stats(): Promise<LegStats>;
  /** Ends it and resolves with its last statistics, of the whole call. Idempotent; undefined when the worker is gone. */
  close(): Promise<LegStats | undefined>;
}
