// The work of the video process: sources are decoded, canvases composed when they are due, outputs encoded. A canvas
// that is late skips and never catches up. Everything is done on this thread, which is what the process is for.
//
//   source.frame → Source: decode ┐
//   timer of a canvas → Canvas: scale, compose, names → Output: encode → frame
import { type Clock, errorMessage, type Timer, unreachable } from "#common";
import { Canvas } from "./canvas.ts";
import { CellPainter } from "./cell-painter.ts";
import type { DecodingMark } from "./decoding-mark.ts";
import type { FromProcess, Scene, ToProcess, VideoCounters } from "./messages.ts";
import { CanvasEncoding } from "./output.ts";
import { jpegOf, writeWhole } from "./snapshot.ts";
import { Source } from "./source.ts";
import { TextMasks } from "./text.ts";

const sweepMs = 200;
/** The longest wait of a snapshot for the pictures of the participants in it. */
const snapshotWaitMs = 1000;
const ticksPerMs = 90;

export interface CompositorOptions {
  /** Its `monotonic` is CLOCK_MONOTONIC in milliseconds. */
  readonly clock: Clock;
  readonly send: (message: FromProcess, bytes?: Buffer) => void;
  /** Says whose pictures are being dealt with, should that be the last thing this process does. */
  readonly mark?: DecodingMark;
}

interface Snapshot {
  readonly id: number;
  readonly path: string;
  readonly latest: number;
}

interface OpenCanvas {
  canvas: Canvas;
  readonly snapshots: Snapshot[];
  timer: Timer | undefined;
  due: number;
}

export class Compositor {
  readonly #options: CompositorOptions;
  readonly #painter: CellPainter;
  readonly #sources = new Map<number, Source>();
  readonly #canvases = new Map<number, OpenCanvas>();
  readonly #outputs = new Map<number, CanvasEncoding>();
  readonly #counters: VideoCounters = {
    ...{ skipped: 0, decoded: 0, decodeErrors: 0, passedOver: 0, encoded: 0 },
    ...{ decodeMs: 0, composeMs: 0, encodeMs: 0, cpuMs: 0 },
  };
  #sweep: Timer | undefined;

  constructor(options: CompositorOptions) {
    this.#options = options;
    const onNoFont = () =>
      this.#warn("no font was found, pictures have no names: install fonts-dejavu-core and fonts-noto-core");
    this.#painter = new CellPainter(new TextMasks({ onNoFont }));
    this.#armSweep();
  }

  /** Messages about closed objects are ignored: messages of both directions may cross. */
  receive(message: ToProcess, bytes: Buffer): void {
    switch (message.kind) {
      case "canvas.open":
        this.#openCanvas(message);
        break;
      case "canvas.scene":
        this.#setScene(message.canvas, message.scene);
        break;
      case "canvas.close":
        this.#closeCanvas(message.canvas);
        break;
      case "source.open":
        this.#openSource(message);
        break;
      case "source.frame":
        this.#sources.get(message.source)?.receive(bytes, message.key);
        break;
      case "source.close":
        this.#sources.get(message.source)?.close();
        this.#sources.delete(message.source);
        break;
      case "output.open":
        this.#outputs.get(message.output)?.close();
        this.#outputs.set(message.output, new CanvasEncoding(message.canvas, message.format));
        this.#follow();
        break;
      case "output.key":
        this.#outputs.get(message.output)?.requestKey();
        break;
      case "output.close":
        this.#outputs.get(message.output)?.close();
        this.#outputs.delete(message.output);
        this.#follow();
        break;
      case "snapshot":
        this.#takeSnapshot(message);
        break;
      case "ping":
        this.#counters.cpuMs = processorTime();
        this.#options.send({ kind: "pong", counters: this.#counters });
        break;
      default:
        unreachable(message);
    }
  }

  close(): void {
    this.#sweep?.cancel();
    for (const output of this.#outputs.values()) output.close();
    for (const source of this.#sources.values()) source.close();
    for (const canvas of [...this.#canvases.keys()]) this.#closeCanvas(canvas);
  }

  /** A canvas of the same number is replaced when its size differs, and keeps its scene. */
  #openCanvas({ canvas: number, size }: ToProcess & { kind: "canvas.open" }): void {
    const open = this.#canvases.get(number);
    if (open?.canvas.follow(size)) return;
    const canvas = new Canvas(size, this.#painter);
    if (open) {
      canvas.setScene(open.canvas.scene, this.#options.clock.monotonic());
      open.canvas.free();
      open.canvas = canvas;
    } else {
      this.#canvases.set(number, { canvas, snapshots: [], timer: undefined, due: 0 });
    }
    this.#follow();
  }

  #setScene(number: number, scene: Scene): void {
    this.#canvases.get(number)?.canvas.setScene(scene, this.#options.clock.monotonic());
    this.#follow();
  }

  #closeCanvas(number: number): void {
    const open = this.#canvases.get(number);
    if (!open) return;
    this.#canvases.delete(number);
    open.timer?.cancel();
    for (const { id } of open.snapshots)
      this.#options.send({ kind: "snapshot", id, error: "the picture is gone" });
    open.canvas.free();
    this.#follow();
  }

  #openSource({ source, codec, still }: ToProcess & { kind: "source.open" }): void {
    const { clock, send, mark } = this.#options;
    this.#sources.get(source)?.close();
    const listener = { onKeyFrameNeeded: () => send({ kind: "source.key", source }) };
    const own = mark && { begin: () => mark.begin(source, clock.monotonic()), end: () => mark.end() };
    const options = { clock, codec, still, counters: this.#counters, listener, ...(own && { mark: own }) };
    this.#sources.set(source, new Source(options));
    this.#follow();
  }

  #takeSnapshot({ id, canvas: number, path }: ToProcess & { kind: "snapshot" }): void {
    const open = this.#canvases.get(number);
    if (!open) {
      this.#options.send({ kind: "snapshot", id, error: "there is no such picture" });
      return;
    }
    open.snapshots.push({ id, path, latest: this.#options.clock.monotonic() + snapshotWaitMs });
    this.#follow();
  }

  /** After anything that may change what is composed, and who is seen. */
  #follow(): void {
    const used = new Map<number, Set<string>>();
    for (const { canvas, format } of this.#outputs.values()) {
      const sizes = used.get(canvas) ?? new Set();
      used.set(canvas, sizes.add(`${format.width}x${format.height}`));
    }
    const seen = new Set<number>();
    for (const [number, open] of this.#canvases) {
      open.canvas.keepSizes(used.get(number) ?? new Set());
      if (used.has(number) || open.snapshots.length > 0) {
        for (const source of open.canvas.sources) seen.add(source);
        this.#start(number, open);
      } else {
        open.timer?.cancel();
        open.timer = undefined;
      }
    }
    for (const [number, source] of this.#sources) source.show(seen.has(number));
  }

  #start(number: number, open: OpenCanvas): void {
    if (open.timer) return;
    open.due = this.#options.clock.monotonic();
    this.#arm(number, open);
  }

  #arm(number: number, open: OpenCanvas): void {
    const { clock } = this.#options;
    open.timer = clock.after(Math.max(0, open.due - clock.monotonic()), () => {
      const period = 1000 / open.canvas.size.framerate;
      const late = Math.max(0, Math.floor((clock.monotonic() - open.due) / period));
      this.#counters.skipped += late;
      open.due += (late + 1) * period;
      this.#arm(number, open);
      this.#make(number, open);
    });
  }

  #make(number: number, open: OpenCanvas): void {
    const { clock } = this.#options;
    const capturedAt = clock.monotonic();
    try {
      open.canvas.compose(this.#sources, capturedAt, clock.now());
      this.#counters.composeMs += clock.monotonic() - capturedAt;
      for (const [id, output] of this.#outputs) {
        if (output.canvas === number && output.takes(open.canvas.size.framerate)) {
          this.#encode(id, { output, open, capturedAt });
        }
      }
      this.#finishSnapshots(open, capturedAt);
    } catch (error) {
      this.#warn(`a picture could not be made: ${errorMessage(error)}`);
    }
  }

  #encode(
    id: number,
    from: { readonly output: CanvasEncoding; readonly open: OpenCanvas; readonly capturedAt: number },
  ): void {
    const { clock, send } = this.#options;
    const { output, open, capturedAt } = from;
    const began = clock.monotonic();
    const ticks = Math.round(capturedAt * ticksPerMs);
    const { frame } = open.canvas.inSize(output.format.width, output.format.height);
    const coded = output.encode(frame, capturedAt, ticks);
    this.#counters.encodeMs += clock.monotonic() - began;
    if (!coded) return;
    this.#counters.encoded += 1;
    send({ kind: "frame", output: id, key: coded.key, timestamp: ticks % 2 ** 32, capturedAt }, coded.data);
  }

  #finishSnapshots(open: OpenCanvas, now: number): void {
    const { canvas } = open;
    const isWhole =
      canvas.isWhole && canvas.sources.every((source) => this.#sources.get(source)?.shape !== undefined);
    const done = open.snapshots.filter(({ latest }) => isWhole || now >= latest);
    if (done.length === 0) return;
    const kept = open.snapshots.filter((snapshot) => !done.includes(snapshot));
    open.snapshots.splice(0, open.snapshots.length, ...kept);
    const jpeg = jpegOf(canvas.inSize(canvas.size.width, canvas.size.height).frame);
    for (const { id, path } of done) {
      writeWhole(path, jpeg).then(
        () => this.#options.send({ kind: "snapshot", id }),
        (error) => this.#options.send({ kind: "snapshot", id, error: errorMessage(error) }),
      );
    }
    this.#follow();
  }

  #armSweep(): void {
    this.#sweep = this.#options.clock.after(sweepMs, () => {
      for (const source of this.#sources.values()) source.sweep();
      this.#armSweep();
    });
  }

  #warn(text: string): void {
    this.#options.send({ kind: "warning", text });
  }
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
