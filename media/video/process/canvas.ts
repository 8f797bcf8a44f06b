// One room's picture. Only what changed since the last time is drawn: a cell whose source has a new picture gets that
// picture; a cell that shows something else, or the same in another form, is drawn again. Must be freed.
import { isDeepStrictEqual } from "node:util";
import { cellRectangles, type Rectangle } from "../../../config/layouts/index.ts";
import { type CellPainter, pictureArea } from "./cell-painter.ts";
import { ClockText } from "./clock-text.ts";
import type { CanvasSize, Scene, SceneSource } from "./messages.ts";
import { colours, fill } from "./paint.ts";
import { FramePicture } from "./picture.ts";
import { Scaler } from "./scaler.ts";
import type { Source } from "./source.ts";

/** A cell that changes to a source without a picture keeps what it shows for so long, so that nothing flashes. */
const holdMs = 500;

const emptyScene: Scene = { layout: 1, cells: [], title: "" };

interface Cell {
  readonly rectangle: Rectangle;
  who: SceneSource | null;
  /** When another source was put here. */
  changedAt: number;
  /** What is drawn; undefined: nothing that counts. */
  drawn: Drawn | undefined;
}

interface Drawn {
  readonly who: SceneSource | null;
  /** Of the picture; undefined: a card. */
  readonly area: Rectangle | undefined;
  serial: number;
  /** Its name is there. */
  isWhole: boolean;
}

export class Canvas {
  #size: CanvasSize;
  readonly #painter: CellPainter;
  readonly #target: FramePicture;
  readonly #scaled = new Map<string, Scaler>();
  #scene = emptyScene;
  #cells: Cell[] = [];
  /** The title and the time that are drawn, and drawn whole. */
  #hasTitle = true;
  #clock: ClockText | undefined;
  #time = "";
  #hasTime = true;

  constructor(size: CanvasSize, painter: CellPainter) {
    this.#size = evenSize(size);
    this.#painter = painter;
    this.#target = new FramePicture(this.size.width, this.size.height);
    this.#arrange(emptyScene);
  }

  get size(): CanvasSize {
    return this.#size;
  }

  /** Takes over another framerate, where it is all that differs: false when the picture would be of another size. */
  follow(size: CanvasSize): boolean {
    const next = evenSize(size);
    if (next.width !== this.#size.width || next.height !== this.#size.height) return false;
    this.#size = next;
    return true;
  }

  get scene(): Scene {
    return this.#scene;
  }

  /** Those that are seen. */
  get sources(): number[] {
    return this.#cells.flatMap(({ who }) => (who?.source === undefined ? [] : [who.source]));
  }

  setScene(scene: Scene, now: number): void {
    const before = this.#scene;
    this.#scene = scene;
    const { clock } = scene;
    if (!isDeepStrictEqual(clock, this.#clock?.clock)) {
      this.#clock = clock && new ClockText(clock);
      this.#arrange(scene);
      return;
    }
    if (scene.layout !== before.layout || scene.title !== before.title) {
      this.#arrange(scene);
      return;
    }
    this.#cells.forEach((cell, index) => {
      const who = scene.cells[index] ?? null;
      if (who?.source !== cell.who?.source) cell.changedAt = now;
      cell.who = who;
    });
  }

  /** All names and the title are drawn. */
  get isWhole(): boolean {
    return this.#hasTitle && this.#hasTime && this.#cells.every(({ drawn }) => drawn?.isWhole);
  }

  /** Draws what is new. `time`: milliseconds since the epoch. */
  compose(sources: ReadonlyMap<number, Source>, now: number, time: number): FramePicture {
    this.#painter.begin();
    const clock = this.#clock?.at(time) ?? "";
    let changed = !this.#hasTitle || !this.#hasTime || clock !== this.#time;
    this.#time = clock;
    for (const cell of this.#cells) {
      const source = cell.who?.source === undefined ? undefined : sources.get(cell.who.source);
      if (this.#draw(cell, source, now)) changed = true;
    }
    if (changed) {
      const { title } = this.#scene;
      this.#hasTitle = title === "" || this.#painter.title(this.#target.picture, title);
      this.#hasTime = clock === "" || this.#painter.clock(this.#target.picture, clock);
    }
    return this.#target;
  }

  /** The picture as it was composed last, in that size. */
  inSize(width: number, height: number): FramePicture {
    if (width === this.size.width && height === this.size.height) return this.#target;
    const key = `${width}x${height}`;
    const scaler = this.#scaled.get(key) ?? new Scaler(width, height);
    this.#scaled.set(key, scaler);
    return scaler.scale(this.#target.frame);
  }

  /** Forgets sizes that no viewer is sent any more; `keys`: width, "x", height. */
  keepSizes(keys: ReadonlySet<string>): void {
    for (const [key, scaler] of this.#scaled) {
      if (keys.has(key)) continue;
      scaler.free();
      this.#scaled.delete(key);
    }
  }

  free(): void {
    this.keepSizes(new Set());
    this.#target.free();
  }

  #arrange(scene: Scene): void {
    const { width, height } = this.size;
    fill(this.#target.picture, { x: 0, y: 0, width, height }, colours.black);
    this.#cells = cellRectangles(scene.layout, this.size).map((rectangle, index) => ({
      rectangle,
      who: scene.cells[index] ?? null,
      changedAt: Number.NEGATIVE_INFINITY,
      drawn: undefined,
    }));
  }

  /** True when something was drawn. */
  #draw(cell: Cell, source: Source | undefined, now: number): boolean {
    const canvas = this.#target.picture;
    const { rectangle, who, drawn } = cell;
    const shape = source?.shape;
    if (!source || !shape) {
      if (source && drawn?.area && now - cell.changedAt < holdMs) return false;
      if (drawn?.isWhole && !drawn.area && isSame(drawn.who, who)) return false;
      if (!who) this.#painter.clear(canvas, rectangle);
      const isWhole = !who || this.#painter.card(canvas, rectangle, who);
      cell.drawn = { who, area: undefined, serial: 0, isWhole };
      return true;
    }
    const crop = who?.crop === true && source.canBeCut;
    const area = pictureArea(shape, rectangle, crop);
    const isKept = drawn?.area && isSame(drawn.who, who) && isSameArea(drawn.area, area);
    if (isKept && drawn.isWhole && drawn.serial === source.serial) return false;
    const scaled = source.scaled(area, crop);
    if (!scaled) return false;
    if (!isKept) this.#painter.clear(canvas, rectangle);
    this.#painter.picture(canvas, scaled.picture, area);
    const isWhole = !who || this.#painter.overlay(canvas, rectangle, who);
    cell.drawn = { who, area, serial: source.serial, isWhole };
    return true;
  }
}

function isSame(a: SceneSource | null, b: SceneSource | null): boolean {
  if (!a || !b) return a === b;
  const sameForm = a.muted === b.muted && a.speaking === b.speaking && a.crop === b.crop;
  return a.source === b.source && a.name === b.name && sameForm;
}

const isSameArea = (a: Rectangle, b: Rectangle): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

const evenSize = (size: CanvasSize): CanvasSize => ({
  ...size,
  width: floorEven(size.width),
  height: floorEven(size.height),
});

const floorEven = (value: number): number => Math.max(16, Math.floor(value / 2) * 2);
