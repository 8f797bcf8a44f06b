// What the worker and the video process say to each other. Every message is an object with a `kind`; coded pictures
// go beside it as bytes. What comes from the process is checked: it decodes what strangers send.
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import type { LayoutName } from "../../../config/layouts/index.ts";
import type { VideoCodecName, VideoFormat } from "../types.ts";

/** The largest size, frame rate and bitrate of a room's picture. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly framerate: number;
}

export interface SceneSource {
  /** Undefined: nothing is sent, which is a card with the name. */
  readonly source: number | undefined;
  readonly name: string;
  readonly muted: boolean;
  readonly speaking: boolean;
  /** The picture fills its cell, and what stands out is cut off; otherwise it is seen whole, with bars. */
  readonly crop?: boolean;
}

/** The time of day in the picture. */
export interface SceneClock {
  /** IANA name. */
  readonly timezone: string;
  /** With seconds; otherwise hours and minutes. */
  readonly seconds: boolean;
}

/** The participants in the cells. Cells beyond the layout are ignored; missing ones are empty. */
export interface Scene {
  readonly layout: LayoutName;
  readonly cells: readonly (SceneSource | null)[];
  /** Written above the picture; empty: nothing is. */
  readonly title: string;
  /** Written into the upper right corner; absent: nothing is. */
  readonly clock?: SceneClock;
}

/** One stream of coded pictures of a canvas. */
export interface OutputFormat extends VideoFormat {
  readonly width: number;
  readonly height: number;
  readonly framerate: number;
  readonly kbps: number;
  /** H.264: no NAL unit is longer, as far as the encoder can help it. */
  readonly maxNalBytes?: number;
}

export type ToProcess =
  | { readonly kind: "canvas.open"; readonly canvas: number; readonly size: CanvasSize }
  | { readonly kind: "canvas.scene"; readonly canvas: number; readonly scene: Scene }
  | { readonly kind: "canvas.close"; readonly canvas: number }
  | {
      readonly kind: "source.open";
      readonly source: number;
      readonly codec: VideoCodecName;
      /** The source may send no pictures for a long time: a screen. */
      readonly still: boolean;
    }
  | {
      readonly kind: "source.frame";
      readonly source: number;
      readonly key: boolean;
      readonly timestamp: number;
    }
  | { readonly kind: "source.close"; readonly source: number }
  | {
      readonly kind: "output.open";
      readonly output: number;
      readonly canvas: number;
      readonly format: OutputFormat;
    }
  | { readonly kind: "output.key"; readonly output: number }
  | { readonly kind: "output.close"; readonly output: number }
  | { readonly kind: "snapshot"; readonly id: number; readonly canvas: number; readonly path: string }
  | { readonly kind: "ping" };

const count = Type.Integer({ minimum: 0 });

/** Since the process began. */
const Counters = Type.Object({
  /** Pictures of canvases that were due and not made, for want of time. */
  skipped: count,
  decoded: count,
  /** Coded pictures that the decoder refused. */
  decodeErrors: count,
  /** Coded pictures without a viewer, that wait for a key frame, or that are too many. */
  passedOver: count,
  encoded: count,
  /** Milliseconds, with fraction. */
  decodeMs: Type.Number(),
  composeMs: Type.Number(),
  encodeMs: Type.Number(),
  /** Processor time of the process in all its threads, milliseconds; as it was when this was sent. */
  cpuMs: Type.Number(),
});
export type VideoCounters = Static<typeof Counters>;

const fromProcess = Type.Union([
  /** The process takes messages. */
  Type.Object({ kind: Type.Literal("ready") }),
  /** A coded picture; its bytes are beside it. */
  Type.Object({
    kind: Type.Literal("frame"),
    output: count,
    key: Type.Boolean(),
    /** 90 kHz, 32 bits, on the monotonic clock of the system. */
    timestamp: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
    /** When the picture was made: CLOCK_MONOTONIC, milliseconds. */
    capturedAt: Type.Number(),
  }),
  Type.Object({ kind: Type.Literal("source.key"), source: count }),
  Type.Object({ kind: Type.Literal("snapshot"), id: count, error: Type.Optional(Type.String()) }),
  Type.Object({ kind: Type.Literal("pong"), counters: Counters }),
  Type.Object({ kind: Type.Literal("warning"), text: Type.String() }),
]);
export type FromProcess = Static<typeof fromProcess>;

const checker = Compile(fromProcess);

export const isFromProcess = (message: unknown): message is FromProcess => checker.Check(message);
