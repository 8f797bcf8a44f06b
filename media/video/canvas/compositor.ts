// What makes pictures of pictures, as the worker sees it: a process that decodes, composes and encodes, and may die without
// taking audio along. Everything is addressed by numbers that are never reused while the worker lives.
import type { VideoLimits } from "../../protocol.ts";
import type { VideoCodecName, VideoFormat, VideoFrame } from "../types.ts";

/** The number of cells in a picture. */
export type Layout = 1 | 2 | 3 | 4 | 6 | 9;

export interface Cell {
  /** Undefined: nothing is sent, and a card with the name is shown. */
  readonly source: number | undefined;
  readonly name: string;
  readonly muted: boolean;
  readonly speaking: boolean;
  /** Pictures fill their cells and are cut. */
  readonly crop?: boolean;
}

export interface Scene {
  readonly layout: Layout;
  /** Null: an empty cell. */
  readonly cells: readonly (Cell | null)[];
  /** Empty: none. */
  readonly title: string;
  /** The time of day, in that time zone. */
  readonly clock?: { readonly timezone: string; readonly seconds: boolean };
}

/** One encoder's terms. */
export interface OutputFormat extends VideoFormat {
  readonly width: number;
  readonly height: number;
  readonly framerate: number;
  readonly kbps: number;
  /** The largest NAL unit, for viewers that take each in one packet. */
  readonly maxNalBytes?: number;
}

export interface Compositor {
  /** Opening an open canvas changes its size. */
  openCanvas(canvas: number, size: VideoLimits): void;
  closeCanvas(canvas: number): void;
  setScene(canvas: number, scene: Scene): void;
  /** `still`: it may stand still, as a screen does. */
  openSource(source: number, codec: VideoCodecName, still: boolean): void;
  /** Dropped when the process does not keep up. */
  sendFrame(source: number, frame: VideoFrame): void;
  closeSource(source: number): void;
  openOutput(output: number, canvas: number, format: OutputFormat): void;
  requestKey(output: number): void;
  closeOutput(output: number): void;
  /** Writes the picture into a new file, JPEG. */
  snapshot(canvas: number, path: string): Promise<void>;
  close(): void;
  readonly figures: CompositorFigures;
}

/** Since the process began; absent: it has not told any. */
export interface CompositorFigures {
  readonly decoded?: number;
  readonly decodeErrors?: number;
  readonly encoded?: number;
  readonly skipped?: number;
  readonly decodeMs?: number;
  readonly composeMs?: number;
  readonly encodeMs?: number;
  readonly cpuMs?: number;
  /** On this side: coded pictures that it was not given, and times that it died. */
  readonly dropped: number;
  readonly deaths: number;
}

/** A coded picture of a canvas. */
export interface CanvasFrame extends VideoFrame {
  /** When it was composed, CLOCK_MONOTONIC milliseconds. */
  readonly capturedAt: number;
}

export interface CompositorListener {
  onFrame(output: number, frame: CanvasFrame): void;
  onKeyFrameNeeded(source: number): void;
  /** The process ends again and again while it decodes this source, which is not decoded any more. */
  onRefused(source: number): void;
  /** The process has died; it is restarted, and everything open is sent to it again. */
  onLost(): void;
}
