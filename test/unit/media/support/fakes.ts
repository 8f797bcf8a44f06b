// An engine that notes what it was asked, and worker processes that live in memory: the real worker behind a
// stream pair, so that both ends of the control channel are the real ones.
import { type Duplex, duplexPair } from "node:stream";
import { type LegId, ParleyError, type RecordingId, type RoomId, silentLogger } from "#common";
import {
  type LegStats,
  type Notification,
  type NotificationName,
  noLoad,
  noRepairs,
  noVideoHealth,
  type PlayItem,
  protocolVersion,
  type RoomScene,
  type VideoLimits,
  type VideoStats,
  type WorkerHealth,
} from "#media/protocol";
import type { FakeClock } from "#test/support";
import { Channel } from "../../../../media/channel/index.ts";
import type { ProcessEnd, ProcessHandle, WorkerHost } from "../../../../media/client/options.ts";
import type { Agreed, CreateLegOptions, LegCheckpoint } from "../../../../media/mixer/index.ts";
import type { AudioPlan, LocalVideo, VideoPlan } from "../../../../media/sdp/index.ts";
import type { MediaEngine } from "../../../../media/worker/engine.ts";
import { Worker } from "../../../../media/worker/worker.ts";

/** Of a leg whose camera is received and that is sent a picture. */
export const pictures: VideoStats = {
  ...{ codecIn: "H264", codecOut: "VP8", width: 640, height: 360, receivedWidth: 1280, receivedHeight: 720 },
  ...{ packetsReceived: 1000, packetsLost: 100, packetsSent: 900, packetsRepeated: 0, packetsIgnored: 0 },
  ...{ framesDropped: 3, dropReason: "incomplete" },
  ...{ framesReceived: 150, framesSent: 150, keyFrameRequestsSent: 1, keyFrameRequestsReceived: 2 },
  ...{ kbpsIn: 1100, kbpsOut: 400, remoteLossPercent: null },
};

export const stats: LegStats = {
  encryption: null,
  codec: "PCMU",
  remote: null,
  packetsReceived: 1,
  packetsSent: 2,
  packetsLost: 0,
  packetsLate: 0,
  packetsIgnored: 0,
  packetsForged: 0,
  packetsReplayed: 0,
  packetsUnsent: 0,
  unsentReason: null,
  packetsUnreceived: 0,
  jitterMs: 0,
  bufferMs: 20,
  concealedMs: 0,
  levelDbov: -90,
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

export const health: WorkerHealth = {
  legs: 0,
  rooms: 0,
  ticks: 50,
  ticksSkipped: 0,
  tickFailures: 0,
  latenessP50Ms: 0,
  latenessP99Ms: 0,
  latenessMaxMs: 0,
  latenessBuckets: [],
  latenessSumMs: 0,
  tickCostP99Ms: 0,
  stallMs: 0,
  packetsReceived: 0,
  packetsSent: 0,
  packetsLost: 0,
  stunRefused: 0,
  dtlsRefused: 0,
  packetsIgnored: 0,
  packetsForged: 0,
  packetsReplayed: 0,
  packetsUnsent: 0,
  packetsUnreceived: 0,
  encryptedLegs: 0,
  concealedMs: 0,
  correctedMs: 0,
  clippedMs: 0,
  jitterMaxMs: 0,
  bufferMaxMs: 0,
  portsFree: 10,
  rssBytes: 0,
  heapUsedBytes: 0,
  heapTotalBytes: 0,
  externalBytes: 0,
  starvations: 0,
  gcPauses: 0,
  gcMs: 0,
  gcMaxMs: 0,
  realTime: false,
  echoes: 0,
  mosBuckets: [],
  mosSum: 0,
  repairs: noRepairs(),
  load: noLoad(),
  video: noVideoHealth(),
};

export const offerText = (port = 4000, ...more: string[]): string =>
  [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "c=IN IP4 127.0.0.1",
    "t=0 0",
    `m=audio ${port} RTP/AVP 0`,
    ...more,
    "",
  ].join("\r\n");

/** A DNS without names. */
export const noHostNames = { find: () => Promise.resolve(new Map<string, string>()) };

export class FakeEngine implements MediaEngine {
  /** What was asked, in order: `join a room-1`. */
  readonly asked: string[] = [];
  readonly plans = new Map<LegId, AudioPlan>();
  readonly legs = new Set<LegId>();
  /** Called inside commands of that name, where a real engine sends notifications. */
  during: Partial<Record<"configure" | "stop" | "close" | "drain", () => void>> = {};
  /** What draining may take, as it was told last. */
  drainMs: number | undefined;
  ports = 100;
  readonly video: readonly LocalVideo[] = [1, 2].map((line) => ({
    ...{
      port: 30_000 + 2 * line,
      rtcpPort: 30_001 + 2 * line,
      ssrc: line,
      rtxSsrc: line + 10,
      cname: "ours",
    },
  }));
  /** Where legs are, and how far they had come in another process. */
  readonly places = new Map<LegId, { readonly port: number }>();
  readonly resumed = new Map<LegId, NonNullable<Agreed["resumed"]>>();
  /** The ports that are wanted are another program's. */
  portsHeld = false;
  readonly videoPlans = new Map<LegId, readonly VideoPlan[]>();

  openRoom = (room: RoomId, video?: VideoLimits): void => {
    this.rooms.add(room);
    this.asked.push(`open ${room}${video ? ` ${video.width}x${video.height}` : ""}`);
  };
  setScene = (room: RoomId, scene: RoomScene): void => void this.asked.push(`scene ${room} ${scene.layout}`);
  snapshot = async (room: RoomId, path: string): Promise<void> =>
    void this.asked.push(`snapshot ${room} ${path}`);
  bindVideo = async (leg: LegId, pairs: number): Promise<readonly LocalVideo[]> => {
    this.asked.push(`bind video ${leg} ${pairs}`);
    return this.video;
  };
  allowVideo = async (leg: LegId, { pairs }: { readonly pairs: number }): Promise<readonly LocalVideo[]> => {
    this.asked.push(`allow video ${leg} ${pairs}`);
    return this.video;
  };
  requestKeyFrame = (leg: LegId): void => void this.asked.push(`key frame ${leg}`);
  closeRoom = (room: RoomId): void => {
    this.rooms.delete(room);
    this.asked.push(`close room ${room}`);
  };
  /** What a play to a room opens. */
  opened: Promise<void> | undefined;
  playToRoom(room: RoomId, items: readonly PlayItem[], language: string): Promise<void> | undefined {
    this.asked.push(`play to ${room} ${items.length} ${language}`);
    return this.opened;
  }

  async startRecording(room: RoomId, order: { recording: RecordingId }): Promise<void> {
    this.recordings.add(order.recording);
    this.asked.push(`record ${room} ${order.recording}`);
  }

  stopRecording = (recording: string): void => void this.asked.push(`stop recording ${recording}`);

  async createLeg(
    leg: LegId,
    _bindAddress: string,
    { video, place }: CreateLegOptions,
  ): Promise<{ port: number; rtcpPort: number; video?: readonly LocalVideo[] }> {
    await Promise.resolve();
    if (this.ports === 0) throw new ParleyError("NO_PORTS", "no ports are free");
    this.ports -= 1;
    this.legs.add(leg);
    const how = place ? ` at ${place.port}` : video ? ` with ${video.pairs} pairs` : "";
    this.asked.push(`create ${leg}${how}`);
    const port = this.portsHeld ? 31_000 : 30_000;
    this.places.set(leg, { port });
    return { port, rtcpPort: port + 1, ...(video && { video: this.video }) };
  }

  configureLeg(leg: LegId, plan: AudioPlan, { video = [], resumed }: Agreed = {}): void {
    this.during.configure?.();
    if (resumed) this.resumed.set(leg, resumed);
    this.videoPlans.set(leg, video);
    this.plans.set(leg, plan);
  }

  joinLeg(leg: LegId, room: RoomId): void {
    if (room === ("nowhere" as RoomId)) throw new ParleyError("NO_SUCH_ROOM", "there is no such room");
    if (room === ("cursed" as RoomId)) throw new TypeError("a bug");
    this.asked.push(`join ${leg} ${room}`);
  }

  leaveLeg = (leg: LegId): void => void this.asked.push(`leave ${leg}`);
  setVolume = (leg: LegId, volume: object): void =>
    void this.asked.push(`volume ${leg} ${JSON.stringify(volume)}`);
  sendDtmf = (leg: LegId, digits: string): void => void this.asked.push(`keys ${leg} ${digits}`);
  muteLeg = (leg: LegId, muted: boolean): void => void this.asked.push(`mute ${leg} ${muted}`);

  playToLeg(leg: LegId, play: number, items: readonly PlayItem[], options: { loop: boolean }): void {
    this.asked.push(`play ${play} to ${leg} ${items.length} ${options.loop ? "looped" : "once"}`);
  }

  stopLeg(leg: LegId): void {
    this.asked.push(`stop ${leg}`);
    this.during.stop?.();
  }

  captureLeg = (leg: LegId, order: { clip: string; maxMs: number }): void =>
    void this.asked.push(`capture ${leg} as ${order.clip} for ${order.maxMs}`);
  finishCapture = (leg: LegId): void => void this.asked.push(`finish capture of ${leg}`);

  dumpLeg = async (leg: LegId, order: { format: string; maxMs: number }): Promise<void> =>
    void this.asked.push(`dump ${order.format} of ${leg} for ${order.maxMs}`);
  stopDump = async (leg: LegId): Promise<void> => void this.asked.push(`stop dump of ${leg}`);

  legStats = (): LegStats => stats;
  legCheckpoint = (): LegCheckpoint | undefined => undefined;
  usePorts = (min: number, max: number): void => void this.asked.push(`ports ${min} ${max}`);
  readonly rooms = new Set<RoomId>();
  readonly recordings = new Set<RecordingId>();
  contents = () => ({ rooms: [...this.rooms], recordings: [...this.recordings] });

  async drain(withinMs: number): Promise<void> {
    this.drainMs = withinMs;
    this.during.drain?.();
    this.asked.push("drain");
  }

  async closeLeg(leg: LegId): Promise<LegStats> {
    this.during.close?.();
    this.legs.delete(leg);
    this.asked.push(`close ${leg}`);
    return stats;
  }

  health = (): WorkerHealth => health;
}

/** The processes that a host in memory has started, newest last. */
export class FakeHost implements WorkerHost {
  readonly processes: FakeProcess[] = [];
  /** How the next processes behave. */
  behaviour: "well" | "mute" | "wrong settings" | "never listens" = "well";
  /** Of the next processes: the ports that are wanted are another program's, or there are none. */
  portsHeld = false;
  noPorts = false;
  readonly #clock: FakeClock;
  #controller = { alive: true };

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** The control process is killed: it does nothing more, and the workers see its end. */
  killController(): void {
    this.#controller.alive = false;
    this.#controller = { alive: true };
    for (const process of this.processes) process.disconnect();
  }

  spawn(args: readonly string[]): ProcessHandle {
    const process = new FakeProcess(this.#clock, args, this.behaviour);
    process.engine.portsHeld = this.portsHeld;
    if (this.noPorts) process.engine.ports = 0;
    this.processes.push(process);
    if (this.behaviour === "wrong settings") process.end(2, "exited with code 2");
    return this.#handle(process);
  }

  find(pid: number, path: string): ProcessHandle | undefined {
    const found = this.processes.find((each) => each.alive && each.pid === pid && each.args.includes(path));
    return found && this.#handle(found);
  }

  #handle({ pid, ended, kill }: FakeProcess): ProcessHandle {
    const controller = this.#controller;
    const never = new Promise<ProcessEnd>(() => {});
    return {
      pid,
      ended: ended.then((end) => (controller.alive ? end : never)),
      kill: (signal) => controller.alive && kill(signal),
      release: () => {},
    };
  }

  async connect(path: string): Promise<Duplex> {
    const process = this.processes.findLast((each) => each.args.includes(path));
    if (!process?.alive || this.behaviour === "never listens") throw new Error("ECONNREFUSED");
    return process.accept();
  }

  get last(): FakeProcess {
    const last = this.processes.at(-1);
    if (!last) throw new Error("nothing was started");
    return last;
  }
}

let lastPid = 4710;
/** The first version of the protocol with `worker.drain`. */
const firstToDrain = 9;

export class FakeProcess {
  readonly pid = ++lastPid;
  readonly args: readonly string[];
  readonly ended: Promise<ProcessEnd>;
  readonly engine = new FakeEngine();
  readonly signals: string[] = [];
  /** A stalled worker reads nothing and answers nothing. */
  stalled: boolean;
  ignoresSigterm = false;
  /** Of the protocol; another one than ours is refused. */
  version: number = protocolVersion;
  alive = true;
  readonly #worker: Worker;
  readonly #end: (end: ProcessEnd) => void;
  #channel: Channel | undefined;

  constructor(clock: FakeClock, args: readonly string[], behaviour: string) {
    const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
    this.ended = promise;
    this.#end = resolve;
    this.args = args;
    this.stalled = behaviour === "mute";
    this.#worker = new Worker(this.engine, {
      clock,
      log: silentLogger,
      newSessionId: () => "7",
      hostNames: noHostNames,
    });
  }

  accept(): Duplex {
    const [near, far] = duplexPair();
    this.#channel = new Channel(far, {
      frame: (frame) => {
        if (this.stalled) return;
        const { command, params } = frame as { command?: string; params?: { protocolVersion: number } };
        if (command === "worker.drain" && this.version < firstToDrain) Object.assign(frame, { command: "?" });
        if (command === "hello" && params?.protocolVersion === protocolVersion) {
          params.protocolVersion += protocolVersion - this.version;
        }
        this.#worker.dispatcher.handle(frame);
      },
      closed: () => this.#worker.dispatcher.detach(),
    });
    this.#worker.dispatcher.attach(this.#channel);
    return near;
  }

  notify<Name extends NotificationName>(name: Name, data: Notification<Name>): void {
    this.#worker.notify(name, data);
  }

  /** The control process ends, and this one sees it. */
  disconnect(): void {
    this.#channel?.close("the control process is gone");
  }

  readonly kill = (signal: "SIGTERM" | "SIGKILL"): void => {
    this.signals.push(signal);
    if (signal === "SIGTERM" && this.ignoresSigterm) return;
    this.end(
      signal === "SIGTERM" ? 0 : null,
      signal === "SIGTERM" ? "exited with code 0" : "was killed by SIGKILL",
    );
  };

  end(code: number | null, reason: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.#worker.close();
    this.#channel?.close("the process ended");
    this.#end({ code, reason });
  }
}
