// Media workers and legs that do nothing and remember everything. A test steers them: hold a reply back, refuse
// a command, press a key, end a prompt, let a worker die.
import { Emitter, type LegId, ParleyError, type RecordingId, type RoomId } from "#common";
import type {
  Captured,
  CaptureOptions,
  Dumped,
  DumpOptions,
  LegEvents,
  LegVolume,
  MediaLeg,
  MediaWorker,
  MediaWorkers,
  MediaWorkersEvents,
  PictureSize,
  PlayOptions,
  PlayOutcome,
  VideoContent,
  WorkerState,
} from "#media/client";
import {
  type CommandName,
  type CommandParams,
  type CommandResult,
  type LegFacts,
  type LegStats,
  noRepairs,
  type PlayItem,
  type VideoLimits,
  type WorkerHealth,
} from "#media/protocol";

const noStats: LegStats = {
  codec: null,
  encryption: null,
  remote: null,
  packetsReceived: 0,
  packetsSent: 0,
  packetsLost: 0,
  packetsLate: 0,
  packetsIgnored: 0,
  packetsForged: 0,
  packetsReplayed: 0,
  packetsUnsent: 0,
  unsentReason: null,
  packetsUnreceived: 0,
  jitterMs: 0,
  bufferMs: 0,
  concealedMs: 0,
  levelDbov: -127,
  remoteLossPercent: null,
  remoteJitterMs: null,
  roundTripMs: null,
  reports: 0,
  reportsOfAudio: 0,
  keyEvents: 0,
  keyTones: 0,
  keyEventsAgreed: false,
  lossPercent: 0,
  concealedPercent: 0,
  starvations: 0,
  correctedMs: 0,
  driftMs: 0,
  clippedMs: 0,
  voiceDbov: null,
  gainDb: 0,
  mos: null,
  meanMos: null,
  remoteMos: null,
  echo: false,
  echoDelayMs: null,
  repairs: noRepairs(),
  video: null,
};

export class FakeWorker implements MediaWorker {
  readonly index: number;
  state: WorkerState = "ready";
  readonly recoveries = 0;
  health: WorkerHealth | undefined;
  readonly notifications: MediaWorker["notifications"] = new Emitter();
  /** The name of every command, in order. */
  readonly commands: string[] = [];
  /** What was asked of it while it was down. */
  readonly refused: string[] = [];
  readonly legs: FakeLeg[] = [];
  /** Plays to whole rooms: the names of their items. */
  readonly played: string[] = [];
  /** How it was told to arrange pictures. */
  readonly scenes: CommandParams<"room.scene">[] = [];
  /** What it was told to record. */
  readonly recordingOrders: CommandParams<"recording.start">[] = [];
  /** What it was recording when we came back to it. */
  recordings: ReadonlySet<RecordingId> = new Set();
  /** A command that it does not obey. */
  refuse: CommandName | undefined;

  constructor(index: number) {
    this.index = index;
  }

  hasLeg(id: LegId): boolean {
    return this.legs.some((leg) => leg.id === id && !leg.closed);
  }

  async request<Name extends CommandName>(
    name: Name,
    params: CommandParams<Name>,
  ): Promise<CommandResult<Name>> {
    if (this.state !== "ready") {
      this.refused.push(name);
      throw new ParleyError("WORKER_DOWN", "the media worker is down");
    }
    if (name === this.refuse) throw new ParleyError("CANNOT_RECORD", `${name} is refused`);
    this.commands.push(name);
    if (name === "recording.start") this.recordingOrders.push(params as CommandParams<"recording.start">);
    if (name === "room.scene") this.scenes.push(params as CommandParams<"room.scene">);
    if (name === "room.play") this.played.push(...namesOf((params as { items: PlayItem[] }).items));
    return {} as CommandResult<Name>;
  }
}

export class FakeWorkers implements MediaWorkers {
  readonly workers: FakeWorker[];
  readonly events = new Emitter<MediaWorkersEvents>();

  constructor(count = 1) {
    this.workers = Array.from({ length: count }, (_, index) => new FakeWorker(index));
  }

  get healthy(): boolean {
    return this.workers.every(({ state }) => state === "ready");
  }

  /** The process dies: every leg is told, then the fleet. */
  die(worker: FakeWorker): void {
    worker.state = "down";
    for (const leg of worker.legs.splice(0)) leg.lose();
    this.events.emit("down", { worker, reason: "exited" });
  }

  /** The process died, and another one goes on. */
  recover(worker: FakeWorker): void {
    const how = { reason: "exited", tookMs: 100, legs: worker.legs.length, moved: 0, lost: 0 };
    this.events.emit("recovered", { worker, ...how });
  }

  respawn(worker: FakeWorker): void {
    worker.state = "ready";
    this.events.emit("up", { worker });
  }

  async settle(): Promise<void> {}
  async leave(): Promise<void> {}
  async close(): Promise<void> {}
}

interface Play {
  readonly items: readonly string[];
  readonly options: PlayOptions;
  end(outcome: PlayOutcome): void;
}

export class FakeLeg implements MediaLeg {
  readonly id: LegId;
  readonly worker: FakeWorker;
  readonly events = new Emitter<LegEvents>();
  /** Every command, in order: `join`, `mute true`, `play conf-getpin` … */
  readonly log: string[] = [];
  /** Of each play. */
  readonly languages: string[] = [];
  room: RoomId | undefined;
  muted = false;
  held = false;
  readonly pictures = new Map<VideoContent, PictureSize>();
  readonly refusedPictures = new Set<VideoContent>();
  encryption: string | null = null;
  dtls = false;
  facts: LegFacts = {};
  mayHaveVideo = false;
  /** What the worker measures of it. */
  measured: Partial<LegStats> = {};
  closed = false;
  lost = false;
  playing: Play | undefined;
  /** Plays end by themselves at once unless a test wants to end them. */
  autoplay = true;
  /** Where what is said now goes. */
  capturing: CaptureOptions | undefined;
  /** What becomes of a capture at once; undefined: it waits for `said`. */
  autocapture: Captured | undefined = { outcome: "nothing", durationMs: 0 };
  /** The file that is being written, and its end. */
  dumping: ({ readonly path: string } & PromiseWithResolvers<Dumped>) | undefined;
  #captured: ((captured: Captured) => void) | undefined;
  /** Called before a command is obeyed: may wait, may throw. */
  before: (command: string) => Promise<void> | void = () => {};

  constructor(id: LegId, worker: FakeWorker) {
    this.id = id;
    this.worker = worker;
    worker.legs.push(this);
  }

  /** The names of everything that was played to this leg alone. */
  get heard(): string[] {
    return this.log.filter((line) => line.startsWith("play ")).map((line) => line.slice(5));
  }

  async reoffer(offer: string): Promise<string> {
    await this.#obey(`reoffer ${offer}`);
    return `answer to ${offer}`;
  }

  async offerHold(): Promise<string> {
    return `${await this.offer()} on hold`;
  }

  async offer(video?: VideoLimits | null): Promise<string> {
    const without = video === null ? "offer without video" : "offer";
    await this.#obey(video ? `offer with video ${video.width}x${video.height}` : without);
    if (video !== undefined) this.mayHaveVideo = video !== null;
    return "another offer";
  }

  async answer(answer: string): Promise<void> {
    await this.#obey(`answer ${answer}`);
  }

  async join(room: RoomId): Promise<void> {
    await this.#obey("join");
    this.room = room;
  }

  async leave(): Promise<void> {
    await this.#obey("leave");
    this.room = undefined;
  }

  async mute(muted: boolean): Promise<void> {
    await this.#obey(`mute ${muted}`);
    this.muted = muted;
  }

  play(items: readonly PlayItem[], options: PlayOptions): Promise<PlayOutcome> {
    this.playing?.end("stopped");
    if (this.lost || this.closed) return Promise.resolve("lost");
    const names = namesOf(items);
    this.log.push(`play ${names.join(" ")}`);
    this.languages.push(options.language);
    return new Promise((resolve) => {
      const play: Play = {
        items: names,
        options,
        end: (outcome) => {
          if (this.playing === play) this.playing = undefined;
          resolve(outcome);
        },
      };
      this.playing = play;
      if (this.autoplay) play.end("finished");
    });
  }

  async stop(): Promise<void> {
    this.playing?.end("stopped");
  }

  async capture(options: CaptureOptions): Promise<Captured> {
    this.log.push("capture");
    if (this.lost || this.closed) return lost;
    this.capturing = options;
    const { promise, resolve } = Promise.withResolvers<Captured>();
    this.#captured = resolve;
    if (this.autocapture) this.said(this.autocapture);
    return promise;
  }

  async finishCapture(): Promise<void> {
    this.log.push("finish capture");
    if (this.capturing) this.said({ outcome: "captured", durationMs: 800 });
  }

  /** The capture is over. */
  said(captured: Captured): void {
    this.capturing = undefined;
    this.#captured?.(captured);
  }

  async dump({ path, format, maxMs }: DumpOptions): Promise<{ readonly ended: Promise<Dumped> }> {
    await this.#obey(`dump ${format} ${maxMs}`);
    this.dumping = { path, ...Promise.withResolvers<Dumped>() };
    return { ended: this.dumping.promise };
  }

  async stopDump(): Promise<void> {
    this.log.push("stop dump");
    this.dumping?.resolve({ outcome: "finished", missing: 0 });
  }

  async keyframe(): Promise<void> {
    await this.#obey("keyframe");
  }

  async sendDtmf(digits: string): Promise<void> {
    await this.#obey(`keys ${digits}`);
  }

  async stats(): Promise<LegStats> {
    await this.before("stats");
    const stats = { ...noStats, ...this.measured };
    this.events.emit("measured", stats);
    return stats;
  }

  async volume(volume: LegVolume): Promise<void> {
    await this.#obey(`volume ${JSON.stringify(volume)}`);
  }

  async close(): Promise<LegStats | undefined> {
    this.playing?.end("lost");
    this.said(lost);
    this.closed = true;
    return this.lost ? undefined : { ...noStats, ...this.measured };
  }

  /** Keys, as the far end presses them. */
  press(digits: string): void {
    for (const digit of digits) this.events.emit("dtmf", { digit });
  }

  talk(talking: boolean): void {
    this.facts = { ...this.facts, talking };
    this.events.emit("talking", { talking });
  }

  /** Pictures come of the camera or the screen, or cease to. */
  show(content: VideoContent, sending = true, size: PictureSize = { width: 640, height: 360 }): void {
    if (sending) this.pictures.set(content, size);
    else this.pictures.delete(content);
    this.events.emit("video", { content, sending });
  }

  /** No more pictures of the camera or the screen are decoded. */
  refuse(content: VideoContent): void {
    this.refusedPictures.add(content);
    this.show(content, false);
  }

  hold(held: boolean): void {
    this.held = held;
    this.events.emit("held", { held });
  }

  /** The worker is gone and this leg with it. */
  lose(): void {
    this.lost = true;
    this.playing?.end("lost");
    this.said(lost);
    this.events.emit("lost", { reason: "exited" });
  }

  async #obey(command: string): Promise<void> {
    this.log.push(command);
    await this.before(command);
    if (this.lost) throw new ParleyError("WORKER_DOWN", "the media worker is down");
    if (this.closed) throw new ParleyError("NO_SUCH_LEG", "the leg is closed");
  }
}

const lost: Captured = { outcome: "lost", durationMs: 0 };

const namesOf = (items: readonly PlayItem[]): string[] =>
  items.map((item) =>
    "name" in item ? (item.kind === "tone" ? `tone:${item.name}` : item.name) : item.kind,
  );
