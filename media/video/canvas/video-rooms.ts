// The rooms of a worker that have a picture, and the legs that may see and be seen. Between a leg's streams and the process that
// composes: what comes from either is given to the room that it concerns. Nothing here runs in the 20 ms tick; a timer of its own
// runs while there is video.
import {
  type Clock,
  type LegId,
  type Logger,
  machineTime,
  ParleyError,
  type RoomId,
  type Timer,
} from "#common";
import {
  type Notification,
  noVideoHealth,
  type RoomScene,
  type VideoHealth,
  type VideoLimits,
  type WorkerLoad,
} from "../../protocol.ts";
import type { PictureSize } from "../payload/index.ts";
import type { LegVideo, LegVideoListener, VideoLine } from "../stream/index.ts";
import type { VideoCodecName, VideoFrame } from "../types.ts";
import { Canvas } from "./canvas.ts";
import type { CanvasFrame, Compositor, CompositorListener } from "./compositor.ts";
import { LoadGuard } from "./load-guard.ts";
import type { Output, PictureSink } from "./output.ts";
import { PictureHold } from "./picture-hold.ts";

export interface VideoRoomsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly notify: (name: "leg.video", data: Notification<"leg.video">) => void;
  /** Absent: no room has a picture here. */
  readonly startCompositor?: ((listener: CompositorListener) => Compositor) | undefined;
  /** Rooms have less of their pictures while the machine is near its limit; by default they have all, however busy it is. */
  readonly guard?: boolean | undefined;
  /** Reads the sockets of video, where they are not read as packets come. */
  readonly pollSockets?: (() => void) | undefined;
  /** CLOCK_MONOTONIC, milliseconds. */
  readonly systemMonotonic?: () => number;
}

const pollEveryMs = 5;
/** In polls. */
const lookEvery = 4;
/** No picture is on its way from the compositor for longer. */
const maxAgeMs = 1000;

export class VideoRooms implements LegVideoListener {
  readonly #options: VideoRoomsOptions;
  readonly #compositor: Compositor | undefined;
  readonly #rooms = new Map<RoomId, Canvas>();
  /** The recorders of each room, whether it has a picture now or not. */
  readonly #recorders = new Map<
    PictureSink,
    { readonly room: RoomId; readonly size: PictureSize | undefined }
  >();
  /** Legs that may have video, and where each leg is. */
  readonly #videos = new Map<LegId, LegVideo>();
  readonly #legOfLine = new Map<VideoLine, LegVideo>();
  readonly #holds = new Map<VideoLine, PictureHold>();
  readonly #roomOf = new Map<LegId, RoomId>();
  readonly #sources = new Map<number, VideoLine>();
  readonly #outputs = new Map<number, Output>();
  readonly #guard = new LoadGuard();
  #lastNumber = 0;
  #timer: Timer | undefined;
  #polls = 0;

  constructor(options: VideoRoomsOptions) {
    this.#options = options;
    this.#compositor = options.startCompositor?.({
      onFrame: (output, frame) => this.#onCoded(output, frame),
      onKeyFrameNeeded: (source) =>
        this.#sources.get(source)?.receiving.needKeyFrame(this.#options.clock.monotonic()),
      onRefused: (source) => this.#refuse(source),
      onLost: () => {
        for (const canvas of this.#rooms.values()) canvas.forget();
      },
    });
  }

  /** Rooms may have a picture here. */
  get able(): boolean {
    return this.#compositor !== undefined;
  }

  /** The room has a picture of that size from now on. */
  open(id: RoomId, limits: VideoLimits): void {
    const compositor = this.#compositor;
    if (!compositor) return;
    const open = this.#rooms.get(id);
    if (open) {
      open.limits = limits;
      return;
    }
    const canvas = new Canvas({
      number: this.#nextNumber(),
      clock: this.#options.clock,
      nextNumber: this.#nextNumber,
      sources: this.#sources,
      outputs: this.#outputs,
      ...{ compositor, limits, step: this.#guard.step },
    });
    this.#rooms.set(id, canvas);
    for (const [sink, { room, size }] of this.#recorders) if (room === id) canvas.record(sink, size);
    for (const [leg, room] of this.#roomOf) {
      const video = room === id ? this.#videos.get(leg) : undefined;
      if (video) canvas.add(video);
    }
    this.#arm();
  }

  /** The room has no picture any more, and its legs stay. */
  closePicture(id: RoomId): void {
    this.#rooms.get(id)?.close();
    this.#rooms.delete(id);
  }

  /** Of a room without a picture nothing is closed. */
  close(id: RoomId): void {
    this.closePicture(id);
    for (const [leg, room] of this.#roomOf) if (room === id) this.#roomOf.delete(leg);
  }

  /** Throws WRONG_STATE when the room has no picture. */
  setScene(id: RoomId, scene: RoomScene): void {
    this.#room(id).setScene(scene);
  }

  /** Rejects with WRONG_STATE when the room has no picture. */
  async snapshot(id: RoomId, path: string): Promise<void> {
    await this.#room(id).snapshot(path);
  }

  health(): VideoHealth {
    const figures = this.#compositor?.figures;
    if (!figures) return noVideoHealth();
    const { decoded = 0, decodeErrors = 0, encoded = 0, skipped = 0, dropped, deaths } = figures;
    const { decodeMs = 0, composeMs = 0, encodeMs = 0, cpuMs = 0 } = figures;
    const open = { canvases: this.#rooms.size, sources: this.#sources.size, outputs: this.#outputs.size };
    const workMs = decodeMs + composeMs + encodeMs;
    const { step: degradation, limit } = this.#guard;
    return {
      ...{ ...open, decoded, decodeErrors, encoded, skipped, dropped, workMs, cpuMs, deaths },
      ...{ degradation, degradedBy: limit ?? null },
    };
  }

  /** Takes the load of the worker in its last second. */
  judge(load: WorkerLoad): void {
    if (!this.#options.guard || (this.#rooms.size === 0 && this.#guard.step === 0)) return;
    if (!this.#guard.judge(load)) return;
    for (const canvas of this.#rooms.values()) canvas.step = this.#guard.step;
  }

  /**
   * The sink gets the room's picture whenever it has one, until `endRecord`. `size`: of the picture as long as it is recorded; absent,
   * as it is now.
   */
  record(id: RoomId, sink: PictureSink, size?: PictureSize): void {
    this.#recorders.set(sink, { room: id, size });
    this.#rooms.get(id)?.record(sink, size);
  }

  endRecord(id: RoomId, sink: PictureSink): void {
    this.#recorders.delete(sink);
    this.#rooms.get(id)?.endRecord(sink);
  }

  /** The leg is in that room now; undefined: in none. */
  move(leg: LegId, room: RoomId | undefined): void {
    const before = this.#roomOf.get(leg);
    if (before === room) return;
    const video = this.#videos.get(leg);
    if (video && before !== undefined) this.#rooms.get(before)?.remove(video);
    if (room === undefined) this.#roomOf.delete(leg);
    else this.#roomOf.set(leg, room);
    if (video && room !== undefined) this.#rooms.get(room)?.add(video);
  }

  setTalking(leg: LegId, talking: boolean): void {
    this.#canvasOf(leg)?.setTalking(leg, talking);
  }

  requestKeyFrame(leg: LegId): void {
    const video = this.#videos.get(leg);
    if (video) for (const line of video.lines) this.#canvasOf(leg)?.requestKeyFrame(line);
  }

  onOpened(video: LegVideo): void {
    this.#videos.set(video.leg, video);
    for (const line of video.lines) {
      this.#legOfLine.set(line, video);
      this.#holds.set(line, this.#createHold(line, video));
    }
    this.#canvasOf(video.leg)?.add(video);
    this.#arm();
  }

  onClosed(video: LegVideo): void {
    this.#canvasOf(video.leg)?.remove(video);
    this.#videos.delete(video.leg);
    this.#roomOf.delete(video.leg);
    for (const line of video.lines) {
      this.#legOfLine.delete(line);
      this.#holds.get(line)?.close();
      this.#holds.delete(line);
    }
  }

  onFrame(line: VideoLine, frame: VideoFrame, codec: VideoCodecName): void {
    this.#holds.get(line)?.take(frame, codec);
  }

  onSending(line: VideoLine, sending: boolean): void {
    const leg = this.#legOfLine.get(line)?.leg;
    if (leg === undefined) return;
    const { width, height } = sending ? line.receiving.size : { width: 0, height: 0 };
    const { content, isRefused: refused } = line;
    this.#options.notify("leg.video", { leg, content, sending, refused, width, height });
  }

  onKeyFrameRequested(line: VideoLine): void {
    this.#canvasWith(line)?.requestKeyFrame(line);
  }

  onPath(line: VideoLine, told: { readonly lossPercent?: number; readonly remb?: number }): void {
    this.#canvasWith(line)?.onPath(line, told);
  }

  onAgreed(line: VideoLine): void {
    this.#canvasWith(line)?.update(line);
  }

  /** Ends what composes. */
  end(): void {
    for (const id of [...this.#rooms.keys()]) this.close(id);
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#compositor?.close();
  }

  /** Its sender is known to the control process, and seen as a card with the name. */
  #refuse(source: number): void {
    const line = this.#sources.get(source);
    if (!line) return;
    const leg = this.#legOfLine.get(line)?.leg;
    const { content } = line;
    this.#options.log.warn(
      { leg, content, source },
      "pictures that end the video process again and again are refused",
    );
    line.refuse();
  }

  #createHold(line: VideoLine, video: LegVideo): PictureHold {
    return new PictureHold({
      clock: this.#options.clock,
      audioDelayMs: () => video.audioDelayMs,
      release: (frame, codec) => this.#canvasWith(line)?.onFrame(line, frame, codec),
    });
  }

  readonly #nextNumber = (): number => {
    this.#lastNumber += 1;
    return this.#lastNumber;
  };

  #onCoded(number: number, frame: CanvasFrame): void {
    const output = this.#outputs.get(number);
    if (!output) return;
    const { clock, systemMonotonic = machineTime } = this.#options;
    const ago = Math.min(maxAgeMs, Math.max(0, systemMonotonic() - frame.capturedAt));
    output.onFrame(frame, clock.monotonic() - ago);
  }

  #canvasOf(leg: LegId): Canvas | undefined {
    const room = this.#roomOf.get(leg);
    return room === undefined ? undefined : this.#rooms.get(room);
  }

  #canvasWith(line: VideoLine): Canvas | undefined {
    const video = this.#legOfLine.get(line);
    return video && this.#canvasOf(video.leg);
  }

  #room(id: RoomId): Canvas {
    const room = this.#rooms.get(id);
    if (!room) throw new ParleyError("WRONG_STATE", `room ${id} has no picture`);
    return room;
  }

  #arm(): void {
    this.#timer ??= this.#options.clock.after(pollEveryMs, this.#onTimer);
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    if (this.#videos.size === 0 && this.#rooms.size === 0) return;
    this.#arm();
    this.#options.pollSockets?.();
    this.#polls += 1;
    if (this.#polls % lookEvery !== 0) return;
    const now = this.#options.clock.monotonic();
    for (const video of this.#videos.values()) if (video.agreed) video.look(now);
    for (const canvas of this.#rooms.values()) canvas.look(now);
  };
}
