// The audio engine of a media worker: rooms, legs and the tick. One method for each command of the control
// channel; notifications go to the sink it was given. Knows nothing of SDP, of frames on a socket, or of files.
//
//   tick: legs in no room, then each room: listen → sum → speak

import { type LegId, ParleyError, type RecordingId, type RoomId, within } from "#common";
import { Ticker } from "../clock/index.ts";
import {
  type Agreed,
  type LegCheckpoint,
  type LegVolume,
  type NotificationSink,
  PlaySource,
  QuietLegs,
} from "../leg/index.ts";
import type { PlaybackOptions } from "../playback/index.ts";
import {
  type LegStats,
  latenessBoundsMs,
  type Notification,
  type PlayItem,
  type RoomScene,
  type VideoLimits,
  type WorkerHealth,
} from "../protocol.ts";
import type { CaptureOrder, DumpOrder, RecordingOrder } from "../record/index.ts";
import type { AudioPlan, LocalVideo } from "../sdp/index.ts";
import { tickMs } from "../tick.ts";
import { VideoRooms } from "../video/canvas/index.ts";
import { Captures } from "./captures.ts";
import { Dumps } from "./dumps.ts";
import { healthOf } from "./health.ts";
import { Legs } from "./legs.ts";
import { LoadMeter } from "./load-meter.ts";
import { NotificationQueue } from "./notification-queue.ts";
import {
  type CreateLegOptions,
  type EngineOptions,
  type LegPlayOptions,
  noGc,
  noPrecedence,
} from "./options.ts";
import type { Room } from "./room.ts";
import { RoomRecordings } from "./room-recordings.ts";
import { lowestRate, Rooms } from "./rooms.ts";
import { TickFailures } from "./tick-failures.ts";

/** The highest rate of prompts: they are recorded at no higher one. */
const promptRate = 16_000;
/** More legs than a worker can carry. */
const maxQuietLegs = 2048;
/** Ticks that are caught up after a stall: as many as a jitter buffer holds. */
const maxCatchUp = 10;
/** A slow disk must not delay the hand-over to the successor; frames that are not written by then are lost. */
const drainRecordingsMs = 2000;

/** The local port of a new leg, and the SSRC and CNAME of its packets. */
export interface CreatedLeg {
  readonly port: number;
  readonly rtcpPort: number;
  readonly stream: { readonly ssrc: number; readonly cname: string };
  /** Absent: the leg cannot have video. */
  readonly video?: readonly LocalVideo[];
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #quietLegs: QuietLegs;
  readonly #rooms: Rooms;
  readonly #pictures: VideoRooms;
  readonly #legs: Legs;
  readonly #notifications: NotificationQueue;
  readonly #recordings: RoomRecordings;
  readonly #captures: Captures;
  readonly #dumps: Dumps;
  readonly #ticker: Ticker;
  readonly #load: LoadMeter;
  #closing: Promise<void> | undefined;
  readonly #tickFailures: TickFailures;
  #ticks = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#quietLegs = new QuietLegs(options.maxQuietLegs ?? maxQuietLegs);
    this.#rooms = new Rooms(this.#quietLegs);
    this.#notifications = new NotificationQueue(options.notify);
    const { startCompositor, videoGuard: guard } = options;
    this.#pictures = new VideoRooms({
      ...{ clock: options.clock, log: options.log, startCompositor, guard },
      notify: this.#notifications.tell,
      pollSockets: options.pollVideoSockets,
    });
    this.#tickFailures = new TickFailures(options.log);
    this.#legs = new Legs({
      ...{ engine: options, quietLegs: this.#quietLegs, pictures: this.#pictures },
      ...{ notify: this.#tell, failures: this.#tickFailures },
      onCreated: (leg) => {
        this.#rooms.takeOut(leg);
        this.#wake();
      },
    });
    const { log, notify, startWritingThread: startThread } = options;
    this.#recordings = new RoomRecordings({ log, notify, startThread, pictures: this.#pictures });
    this.#captures = new Captures({ log, notify, files: options.clips });
    this.#dumps = new Dumps({ clock: options.clock, log, notify });
    this.#ticker = new Ticker({
      clock: options.clock,
      tickMs,
      maxCatchUp,
      lateBoundsMs: latenessBoundsMs,
      sleep: options.sleep,
      tick: (at) => this.mixOnce(at),
    });
    this.#load = new LoadMeter({
      ...{ clock: options.clock, ticker: this.#ticker },
      videoMs: () => this.#pictures.health().cpuMs,
      ...options.load,
    });
  }

  /** Starts the tick, which runs while there is something to mix. */
  start(): void {
    this.#ticker.start();
  }

  /** With `video` the room has a picture. For an open room it changes the picture's limits, or with null closes the picture. */
  openRoom(id: RoomId, video?: VideoLimits | null): void {
    this.#rooms.open(id);
    if (video) this.#pictures.open(id, video);
    else if (video === null) this.#pictures.closePicture(id);
  }

  /** Throws NO_SUCH_ROOM, or WRONG_STATE when the room has no picture. */
  setScene(id: RoomId, scene: RoomScene): void {
    this.#room(id);
    this.#pictures.setScene(id, scene);
  }

  /** Writes the room's picture into a new file, JPEG. Rejects as `setScene` throws. */
  async snapshot(id: RoomId, path: string): Promise<void> {
    this.#room(id);
    await this.#pictures.snapshot(id, path);
  }

  /** Makes the next picture that is sent to the leg a key frame. No effect without video. */
  requestKeyFrame(id: LegId): void {
    this.#legs.get(id);
    this.#pictures.requestKeyFrame(id);
  }

  /** The legs stay and are sent silence. No effect when there is no such room. */
  closeRoom(id: RoomId): void {
    const room = this.#rooms.byId.get(id);
    if (room) this.#recordings.stopIn(room);
    this.#pictures.close(id);
    this.#rooms.close(id);
  }

  /**
   * Plays the items to all legs of the room, after those that already play. The promise of a play with passing clips resolves
   * when their files may be removed.
   */
  playToRoom(id: RoomId, items: readonly PlayItem[], language: string): Promise<void> | undefined {
    const room = this.#room(id);
    const source = this.#source(items, { rate: room.rate, language, loop: false });
    this.#wake();
    if (!room.play(source)) this.#options.log.warn({ room: id }, "too much waits to be played; dropped");
    return source.opened;
  }

  /** Resolves once the room is being recorded; `recording.ended` ends it, also when the room closes. */
  startRecording(id: RoomId, order: RecordingOrder): Promise<void> {
    this.#wake();
    return this.#recordings.start(id, this.#room(id), order);
  }

  /** No effect when the recording does not run. */
  stopRecording(recording: RecordingId): void {
    this.#recordings.stop(recording);
  }

  /** Binds an even RTP port and the RTCP port above it. Rejects with NO_PORTS or WRONG_STATE. */
  async createLeg(id: LegId, bindAddress: string, options: CreateLegOptions = {}): Promise<CreatedLeg> {
    const leg = await this.#legs.create(id, bindAddress, options);
    const video = leg.video?.local;
    return { port: leg.port, rtcpPort: leg.port + 1, stream: leg.stream, ...(video && { video }) };
  }

  /** Allows video on the leg; returns the local ports of its media lines, none if rooms have no pictures. Rejects with NO_PORTS. */
  async allowVideo(id: LegId, video: NonNullable<CreateLegOptions["video"]>): Promise<readonly LocalVideo[]> {
    return this.#legs.allowVideo(id, video);
  }

  /** Binds separate ports for the first `pairs` media lines of video; returns the ports of all. Rejects with NO_PORTS. */
  async bindVideo(id: LegId, pairs: number): Promise<readonly LocalVideo[]> {
    const { video } = this.#legs.get(id);
    await video?.bind(pairs);
    return video?.local ?? [];
  }

  /**
   * Applies the result of offer/answer; on renegotiation too, without a gap.
   */
  configureLeg(id: LegId, plan: AudioPlan, agreed: Agreed = {}): void {
    const leg = this.#legs.get(id);
    leg.configure(plan, agreed);
    this.#rooms.formatChanged(leg);
  }

  /** Puts the leg into the room's mix, and takes it out of its previous room. */
  joinLeg(id: LegId, roomId: RoomId): void {
    const leg = this.#legs.get(id);
    const room = this.#room(roomId);
    if (!leg.format) throw new ParleyError("WRONG_STATE", `leg ${id} has agreed on no codec yet`);
    this.#rooms.move(leg, room);
    this.#pictures.move(id, roomId);
  }

  leaveLeg(id: LegId): void {
    this.#rooms.takeOut(this.#legs.get(id));
    this.#pictures.move(id, undefined);
  }

  /** A muted leg is not summed; it still hears and its keys still count. */
  muteLeg(id: LegId, muted: boolean): void {
    const leg = this.#legs.get(id);
    leg.wake();
    leg.muted = muted;
  }

  setVolume(id: LegId, volume: LegVolume): void {
    this.#legs.get(id).setVolume(volume);
  }

  /** Plays to this leg alone, above the mix; a running play is stopped. `leg.played` reports the end. */
  playToLeg(id: LegId, play: number, items: readonly PlayItem[], options: LegPlayOptions): void {
    const { language, loop } = options;
    const leg = this.#legs.get(id);
    const rate = leg.format?.audio.rate ?? lowestRate;
    leg.play({ id: play, source: this.#source(items, { rate, language, loop }), background: loop });
  }

  stopLeg(id: LegId): void {
    this.#legs.get(id).stop();
  }

  /** Starts a capture; `leg.captured` reports the end. Throws WRONG_STATE or CANNOT_RECORD. */
  captureLeg(id: LegId, order: CaptureOrder): void {
    this.#captures.start(this.#legs.get(id), order);
  }

  /** Ends the capture and keeps what was said until now; no effect when none runs. */
  finishCapture(id: LegId): void {
    this.#captures.finish(this.#legs.get(id));
  }

  /** Resolves once the dump runs; `leg.dumped` reports its end. Rejects with WRONG_STATE or CANNOT_RECORD. */
  async dumpLeg(id: LegId, order: DumpOrder): Promise<void> {
    await this.#dumps.start(this.#legs.get(id), order);
  }

  /** Resolves when the file is closed, at once when no dump runs. */
  async stopDump(id: LegId): Promise<void> {
    await this.#dumps.stop(this.#legs.get(id));
  }

  /** Sends DTMF digits; throws WRONG_STATE when the far end has not negotiated events, or too many wait. */
  sendDtmf(id: LegId, digits: string): void {
    if (this.#legs.get(id).sendDtmf(digits)) return;
    throw new ParleyError("WRONG_STATE", `the far end of leg ${id} takes no keys, or none more now`);
  }

  legStats(id: LegId): LegStats {
    return this.#legs.get(id).stats();
  }

  /** The checkpoint from which another process can continue the leg; undefined: there is no such leg. */
  legCheckpoint(id: LegId): LegCheckpoint | undefined {
    return this.#legs.byId.get(id)?.checkpoint();
  }

  /** Sets the range of RTP ports, when the process replaces that of another worker. Only before the first leg. */
  usePorts(min: number, max: number): void {
    this.#options.ports.use(min, max);
  }

  /** The open rooms and the running recordings. */
  contents(): { rooms: RoomId[]; recordings: RecordingId[] } {
    return { rooms: [...this.#rooms.byId.keys()], recordings: this.#recordings.running };
  }

  /** Frees the ports; resolves with the last statistics once the sockets are gone. */
  async closeLeg(id: LegId): Promise<LegStats> {
    const leg = this.#legs.get(id);
    this.#legs.byId.delete(id);
    this.#captures.drop(leg);
    this.#rooms.remove(leg);
    this.#pictures.move(id, undefined);
    const dumped = this.#dumps.stop(leg);
    const closing = this.#legs.close(leg);
    await dumped;
    return closing;
  }

  /**
   * Runs one tick of 20 ms; called by the ticker, and directly by tests. `now`: when it was due, monotonic milliseconds. Throws
   * when a room fails in every tick: the process must then end.
   */
  mixOnce(now = this.#options.clock.monotonic()): void {
    const tick = this.#ticks;
    this.#ticks += 1;
    this.#notifications.hold();
    this.#options.pollSockets?.();
    this.#quietLegs.beginTick();
    const { ticking } = this.#rooms;
    for (let index = 0; index < ticking.length; index += 1) {
      try {
        ticking[index]!.tick(now, tick);
      } catch (error) {
        this.#onTickFailure(ticking[index]!, tick, error);
      }
    }
    this.#notifications.release();
    if (this.#legs.byId.size === 0 && this.#rooms.rest) this.#ticker.rest();
  }

  get legs(): number {
    return this.#legs.byId.size;
  }

  /** The number of quiet legs; see `QuietLegs`. */
  get quietLegs(): number {
    return this.#quietLegs.count;
  }

  /** Called once a second: load, stalls and pauses are those since the last call. */
  health(): WorkerHealth {
    const { ports, gc = noGc, realTime = noPrecedence } = this.#options;
    const rooms = this.#rooms.byId.size;
    const [ticker, { byId: legs, totals }] = [this.#ticker, this.#legs];
    const load = this.#load.take();
    this.#pictures.judge(load);
    this.#recordings.watch();
    const video = this.#pictures.health();
    const tickFailures = this.#tickFailures.count;
    return healthOf({ legs, rooms, ticker, tickFailures, totals, ports, gc, realTime, load, video });
  }

  /**
   * Prepares the hand-over to another process: ends the recordings while it still mixes, within `withinMs` and `drainRecordingsMs`,
   * and then ends the mixing. The legs keep their state and their ports.
   */
  async drain(withinMs: number): Promise<void> {
    const limitMs = Math.max(0, Math.min(withinMs, drainRecordingsMs));
    await within(this.#recordings.close(), { clock: this.#options.clock, limitMs });
    this.#ticker.stop();
  }

  /** Stops the tick and closes every leg; idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#legs.end();
    this.#ticker.stop();
    for (const id of [...this.#legs.byId.keys()]) void this.closeLeg(id);
    await this.#legs.closed();
    await this.#dumps.close();
    for (const id of [...this.#rooms.byId.keys()]) this.closeRoom(id);
    this.#rooms.closeAll();
    this.#pictures.end();
    await this.#recordings.close();
  }

  /** Resumes the tick. After a rest one tick number is left out, so that nothing continues audio from before the rest. */
  #wake(): void {
    if (this.#ticker.wake()) this.#ticks += 1;
  }

  /** Receives the notifications of the legs. */
  readonly #tell: NotificationSink = (name, data) => {
    this.#notifications.tell(name, data);
    if (name !== "leg.talking") return;
    const { leg, talking } = data as Notification<"leg.talking">;
    this.#pictures.setTalking(leg, talking);
  };

  #source(items: readonly PlayItem[], options: PlaybackOptions): PlaySource {
    const rate = Math.min(options.rate, promptRate);
    return new PlaySource(this.#options.playback.create(items, { ...options, rate }), rate);
  }

  #room(id: RoomId): Room {
    const room = this.#rooms.byId.get(id);
    if (!room) throw new ParleyError("NO_SUCH_ROOM", `there is no room ${id}`);
    return room;
  }

  /** A tick that fails must not silence the other rooms. */
  #onTickFailure(room: Room, tick: number, error: unknown): void {
    this.#tickFailures.note(room, { id: this.#rooms.idOf(room), tick, error });
  }
}
