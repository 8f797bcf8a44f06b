// The picture of one room: its sources, the participant in each cell, and the viewers of each encoder. A picture without
// viewers is not encoded; a participant who leaves is no source any more.
import { isDeepStrictEqual } from "node:util";
import type { Clock, LegId } from "#common";
import { lastWholeStep, type RoomScene, type SceneCell, type VideoLimits } from "../../protocol.ts";
import type { PictureSize } from "../payload/index.ts";
import { type LegVideo, maxPayloadBytes, type VideoLine } from "../stream/index.ts";
import type { VideoCodecName, VideoContent, VideoFormat, VideoFrame } from "../types.ts";
import type { Cell, Compositor, OutputFormat, Scene } from "./compositor.ts";
import { limitsAt } from "./load-guard.ts";
import { Output, type PictureSink } from "./output.ts";
import { isWithin, keyOf, outputFormat } from "./output-format.ts";
import { ViewerPath } from "./viewer-path.ts";

export interface CanvasOptions {
  readonly number: number;
  readonly clock: Clock;
  readonly compositor: Compositor;
  readonly limits: VideoLimits;
  /** The degradation of the room's limits under load (`load-guard.ts`). */
  readonly step: number;
  /** A number that was not used before in this worker. */
  readonly nextNumber: () => number;
  /** Receives what the compositor reports about each number. */
  readonly sources: Map<number, VideoLine>;
  readonly outputs: Map<number, Output>;
}

/** What records takes of H.264: every size that a room may have. Viewers who take as much share its encoder. */
const recordedFormat: VideoFormat = {
  ...{ codec: "H264", packetizationMode: 1, profileLevelId: "42e028" },
  ...{ maxMacroblocks: 8192, maxMacroblocksPerSecond: 245_760, maxKbps: undefined },
};

/**
 * Encoders of one picture. What more viewers would need one of their own share the nearest that is no more than they take; where there
 * is none so low, one is made for them up to the second bound, and beyond that they see nothing until another one ends.
 */
const usualOutputs = 8;
const maxOutputs = 12;

interface Source {
  readonly number: number;
  readonly codec: VideoCodecName;
  /** A key frame has come: the following pictures can be decoded. */
  begun: boolean;
}

interface Viewer {
  readonly path: ViewerPath;
  output: Output | undefined;
}

export class Canvas {
  readonly #options: CanvasOptions;
  #limits: VideoLimits;
  #step: number;
  /** The present limits of the room, degraded under load. */
  #now: VideoLimits;
  /** What encoders are made for. Where there are fewer pictures a second they stay as they are, and no key frame is due. */
  #encoded: VideoLimits;
  #scene: RoomScene | undefined;
  readonly #members = new Map<LegId, LegVideo>();
  readonly #talking = new Set<LegId>();
  readonly #sources = new Map<VideoLine, Source>();
  readonly #viewers = new Map<VideoLine, Viewer>();
  readonly #outputs = new Map<string, Output>();
  /** The recorders, and the encoder of each. */
  readonly #recorders = new Map<PictureSink, Output | undefined>();
  /** As it was when the first of them began; undefined: there is none. */
  #recordedSize: PictureSize | undefined;
  /** What was sent last no longer holds. */
  #changed = false;

  constructor(options: CanvasOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#step = options.step;
    this.#now = limitsAt(options.step, options.limits);
    this.#encoded = { ...this.#now, framerate: options.limits.framerate };
    options.compositor.openCanvas(options.number, this.#now);
  }

  /** Of another size from now on; while it is recorded, once that has ended. */
  set limits(limits: VideoLimits) {
    this.#limits = limits;
    this.#fit();
  }

  set step(step: number) {
    this.#step = step;
    this.#fit();
  }

  /** The sink gets the whole picture, in H.264, until it is taken out again. `size`: of the picture, unless another sink has one. */
  record(sink: PictureSink, size?: PictureSize): void {
    if (this.#recorders.has(sink)) return;
    this.#recorders.set(sink, undefined);
    this.#recordedSize ??= size;
    this.#fit();
    const { width, height } = this.#now;
    this.#recordedSize = { width, height };
    this.#encodeFor(sink);
  }

  endRecord(sink: PictureSink): void {
    const output = this.#recorders.get(sink);
    this.#recorders.delete(sink);
    if (this.#recorders.size === 0) this.#recordedSize = undefined;
    if (output) this.#leaveAsSink(output, sink);
    this.#fit();
  }

  setScene(scene: RoomScene): void {
    this.#scene = scene;
    this.#sendScene();
  }

  setTalking(leg: LegId, talking: boolean): void {
    if (talking) this.#talking.add(leg);
    else this.#talking.delete(leg);
    this.#changed = true;
  }

  snapshot(path: string): Promise<void> {
    return this.#options.compositor.snapshot(this.#options.number, path);
  }

  /** The leg sees and is seen from now on. */
  add(video: LegVideo): void {
    this.#members.set(video.leg, video);
    for (const line of video.lines) this.update(line);
  }

  remove(video: LegVideo): void {
    if (!this.#members.delete(video.leg)) return;
    this.#talking.delete(video.leg);
    for (const line of video.lines) {
      this.#unsee(line);
      this.#closeSource(line);
    }
  }

  /** Another format or direction was agreed on. */
  update(line: VideoLine): void {
    const { viewing } = line;
    // The canvas is what the camera's line is for; on the screen's there is nothing to show.
    if (line.content === "main" && viewing) this.#see(line);
    else this.#unsee(line);
  }

  /** A picture of one of its legs. */
  onFrame(line: VideoLine, frame: VideoFrame, codec: VideoCodecName): void {
    let source = this.#sources.get(line);
    if (source?.codec !== codec) {
      this.#closeSource(line);
      source = this.#openSource(line, codec);
    }
    if (!source.begun && !frame.key) {
      line.receiving.needKeyFrame(this.#options.clock.monotonic());
      return;
    }
    source.begun = true;
    this.#options.compositor.sendFrame(source.number, frame);
  }

  requestKeyFrame(line: VideoLine): void {
    this.#viewers.get(line)?.output?.requestKey();
  }

  onPath(
    line: VideoLine,
    { lossPercent, remb }: { readonly lossPercent?: number; readonly remb?: number },
  ): void {
    const viewer = this.#viewers.get(line);
    if (!viewer?.output) return;
    const { path } = viewer;
    const byLoss = lossPercent !== undefined && path.report(lossPercent);
    const byLimit = remb !== undefined && path.limit(remb, line.sentKbps);
    if (byLoss || byLimit) this.#see(line);
  }

  /** The compositor has died: it knows nothing any more of what was before. */
  forget(): void {
    const now = this.#options.clock.monotonic();
    for (const [line, source] of this.#sources) {
      source.begun = false;
      line.receiving.needKeyFrame(now);
    }
  }

  /** Every 20 ms. */
  look(now: number): void {
    if (this.#changed) this.#sendScene();
    for (const output of this.#outputs.values()) output.look(now);
  }

  close(): void {
    for (const video of [...this.#members.values()]) this.remove(video);
    for (const sink of [...this.#recorders.keys()]) this.endRecord(sink);
    this.#options.compositor.closeCanvas(this.#options.number);
  }

  /** After the limits, the step or the recorders have changed. The picture of a recording has one size, so the room keeps it. */
  #fit(): void {
    const step = this.#recorders.size > 0 ? Math.min(this.#step, lastWholeStep) : this.#step;
    const now = { ...limitsAt(step, this.#limits), ...this.#recordedSize };
    const encoded = { ...now, framerate: this.#limits.framerate };
    const { compositor, number } = this.#options;
    if (!isDeepStrictEqual(now, this.#now)) compositor.openCanvas(number, now);
    this.#now = now;
    if (isDeepStrictEqual(encoded, this.#encoded)) return;
    this.#encoded = encoded;
    for (const line of this.#viewers.keys()) this.#see(line);
    for (const sink of this.#recorders.keys()) this.#encodeFor(sink);
  }

  #openSource(line: VideoLine, codec: VideoCodecName): Source {
    const { compositor, nextNumber, sources } = this.#options;
    const source = { number: nextNumber(), codec, begun: false };
    this.#sources.set(line, source);
    sources.set(source.number, line);
    compositor.openSource(source.number, codec, line.content === "slides");
    this.#changed = true;
    return source;
  }

  #closeSource(line: VideoLine): void {
    const source = this.#sources.get(line);
    if (!source) return;
    this.#sources.delete(line);
    this.#options.sources.delete(source.number);
    this.#changed = true;
    this.#sendScene();
    this.#options.compositor.closeSource(source.number);
  }

  /** Puts a viewer among those of the encoder that fits it now. */
  #see(line: VideoLine): void {
    const format = line.viewing;
    if (!format) return;
    const viewer = this.#viewers.get(line) ?? { path: new ViewerPath(), output: undefined };
    this.#viewers.set(line, viewer);
    const wanted = outputFormat(format, this.#encoded, {
      tier: viewer.path.tier,
      maxNalBytes: maxPayloadBytes,
    });
    const before = viewer.output;
    const output = this.#sharedOutput(wanted);
    if (output === before) return;
    viewer.output = output;
    output?.add(line);
    if (before) this.#leave(before, line);
  }

  #encodeFor(sink: PictureSink): void {
    const before = this.#recorders.get(sink);
    const wanted = outputFormat(recordedFormat, this.#encoded, { tier: 0, maxNalBytes: maxPayloadBytes });
    const output = this.#outputFor(wanted);
    if (output === before) return;
    this.#recorders.set(sink, output);
    output.addSink(sink);
    if (before) this.#leaveAsSink(before, sink);
  }

  /** The encoder of that format or, where there are many, of the nearest below it. */
  #sharedOutput(wanted: OutputFormat): Output | undefined {
    if (this.#outputs.has(keyOf(wanted))) return this.#outputFor(wanted);
    // Those of the limits before are about to end.
    const others = [...this.#outputs.values()].filter(({ wantedAt }) => wantedAt === this.#encoded);
    if (others.length < usualOutputs) return this.#outputFor(wanted);
    const below = others.filter(({ format }) => isWithin(format, wanted));
    const [first, ...more] = below;
    if (first) return more.reduce((best, each) => (isLess(best.format, each.format) ? each : best), first);
    return others.length < maxOutputs ? this.#outputFor(wanted) : undefined;
  }

  /** The encoder of that format, which is there or is opened now. */
  #outputFor(format: OutputFormat): Output {
    const key = keyOf(format);
    const open = this.#outputs.get(key);
    if (open) {
      open.wantedAt = this.#encoded;
      return open;
    }
    const { compositor, nextNumber, outputs, number, clock } = this.#options;
    const id = nextNumber();
    const requestKey = () => compositor.requestKey(id);
    const output = new Output({ number: id, key, format, clock, requestKey });
    output.wantedAt = this.#encoded;
    this.#outputs.set(key, output);
    outputs.set(id, output);
    compositor.openOutput(id, number, format);
    return output;
  }

  #unsee(line: VideoLine): void {
    const viewer = this.#viewers.get(line);
    if (!viewer) return;
    this.#viewers.delete(line);
    if (viewer.output) this.#leave(viewer.output, line);
  }

  #leave(output: Output, line: VideoLine): void {
    output.remove(line);
    this.#closeUnseen(output);
  }

  #leaveAsSink(output: Output, sink: PictureSink): void {
    output.removeSink(sink);
    this.#closeUnseen(output);
  }

  #closeUnseen(output: Output): void {
    if (!output.unseen) return;
    output.close();
    this.#outputs.delete(output.key);
    this.#options.outputs.delete(output.number);
    this.#options.compositor.closeOutput(output.number);
    for (const [line, viewer] of this.#viewers) if (!viewer.output) this.#see(line);
  }

  #sendScene(): void {
    this.#changed = false;
    const scene = this.#scene;
    if (!scene) return;
    const { compositor, number } = this.#options;
    const { title = "", clock, crop = false } = scene;
    const cells = scene.cells.map((cell) => cell && this.#cellOf(cell, crop));
    const layout = scene.layout as Scene["layout"];
    compositor.setScene(number, { layout, cells, title, ...(clock && { clock }) });
  }

  /** Shared screens are shown whole, even when cameras' pictures are cut. */
  #cellOf({ leg, content, name, muted }: SceneCell, crop: boolean): Cell {
    const line = this.#members.get(leg)?.lines.find((each) => each.content === (content as VideoContent));
    const source = line && this.#sources.get(line)?.number;
    const speaking = this.#talking.has(leg) && !muted;
    return { source, name, muted, speaking, ...(crop && content === "main" && { crop }) };
  }
}

/** By size, then by bits, then by pictures a second. */
const isLess = (one: OutputFormat, other: OutputFormat): boolean =>
  (one.width - other.width || one.kbps - other.kbps || one.framerate - other.framerate) < 0;
