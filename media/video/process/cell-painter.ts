// What a cell looks like beside the picture in it: the name, the muted sign, the frame of the speaker, the
// card of a participant without video. All of it covers what is beneath, so that drawing it again over the same changes nothing.
import { placeWhole, type Rectangle, type Size } from "../../../config/layouts/index.ts";
import type { SceneSource } from "./messages.ts";
import { mutedSign } from "./muted-sign.ts";
import { blend, type Colour, colours, copy, fill, type Mask, outline } from "./paint.ts";
import type { Picture } from "./picture.ts";
import type { TextMasks } from "./text.ts";

/** Of the picture's width: of the title in the middle, and of the clock beside it. */
const titleShare = 0.7;
const clockShare = 0.15;
/** A new text takes some milliseconds. */
const textsAPicture = 1;

/** The position in the cell of a picture of this shape. */
export const pictureArea = (shape: Size, cell: Rectangle, crop = false): Rectangle =>
  crop ? cell : placeWhole(shape, cell);

export class CellPainter {
  readonly #texts: TextMasks;
  readonly #signs = new Map<number, Mask>();

  constructor(texts: TextMasks) {
    this.#texts = texts;
  }

  /** The background, which is what is seen around the picture. */
  clear(canvas: Picture, cell: Rectangle): void {
    fill(canvas, cell, colours.black);
  }

  picture(canvas: Picture, picture: Picture, area: Rectangle): void {
    copy(picture, canvas, area);
  }

  /** Called before each picture: only so many new names are rendered for it. */
  begin(): void {
    this.#texts.allow(textsAPicture);
  }

  /** False: a name is still missing, and it is to be drawn again. */
  overlay(canvas: Picture, cell: Rectangle, who: SceneSource): boolean {
    const size = even(clamp(cell.height / 13, 10, 36));
    const isWhole = this.#line(canvas, { within: cell, size, who, background: colours.box });
    this.#frame(canvas, cell, who);
    return isWhole;
  }

  /** False: as above. */
  card(canvas: Picture, cell: Rectangle, who: SceneSource): boolean {
    fill(canvas, cell, colours.card);
    // Cards side by side are told apart.
    outline(canvas, cell, frameWidth(cell), colours.black);
    const size = even(clamp(cell.height / 7, 12, 80));
    const isWhole = this.#line(canvas, { within: cell, size, who, background: colours.card, isCard: true });
    this.#frame(canvas, cell, who);
    return isWhole;
  }

  /** Over the upper edge of the whole picture, in its middle. False: as above. */
  title(canvas: Picture, text: string): boolean {
    return this.#caption(canvas, { text, share: titleShare, at: 1 / 2 });
  }

  /** In the upper right corner. False: as above. */
  clock(canvas: Picture, text: string): boolean {
    return this.#caption(canvas, { text, share: clockShare, at: 1 });
  }

  /** `share`: of the picture's width, at most; `at`: how far to the right, 0 … 1. */
  #caption(
    canvas: Picture,
    { text, share, at }: { readonly text: string; readonly share: number; readonly at: number },
  ): boolean {
    const size = even(clamp(canvas.height / 24, 10, 40));
    const gap = even(size / 2);
    const maxWidth = floorEven(canvas.width * share);
    const mask = this.#texts.render({ text, size, maxWidth: maxWidth - 2 * gap });
    if (!mask) return true;
    if (mask === "later") return false;
    const width = Math.min(maxWidth, mask.width + 2 * gap);
    const box = { x: floorEven((canvas.width - width) * at), y: 0, width, height: mask.height };
    if (box.height > canvas.height) return true;
    fill(canvas, box, colours.box);
    blend(canvas, mask, { x: box.x + gap, y: 0, colour: colours.white, within: box });
    return true;
  }

  #line(
    canvas: Picture,
    line: {
      readonly within: Rectangle;
      readonly size: number;
      readonly who: SceneSource;
      readonly background: Colour;
      readonly isCard?: boolean;
    },
  ): boolean {
    const { within: cell, size, who } = line;
    const gap = even(size / 3);
    const signWidth = who.muted ? size + gap : 0;
    const room = floorEven(cell.width * 0.94) - 2 * gap - signWidth;
    const text = room > size ? this.#texts.render({ text: who.name, size, maxWidth: room }) : undefined;
    const mask = text === "later" ? undefined : text;
    if (!mask && !who.muted) return text !== "later";
    const width = Math.min(cell.width, (mask?.width ?? 0) + signWidth + 2 * gap);
    const height = Math.min(cell.height, even(size * 1.4));
    const box = line.isCard
      ? {
          x: cell.x + floorEven((cell.width - width) / 2),
          y: cell.y + floorEven((cell.height - height) / 2),
          width,
          height,
        }
      : { x: cell.x, y: cell.y + cell.height - height, width, height };
    fill(canvas, box, line.background);
    if (who.muted) {
      const y = box.y + floorEven((height - size) / 2);
      blend(canvas, this.#sign(size), { x: box.x + gap, y, colour: colours.red, within: cell });
    }
    if (mask) {
      blend(canvas, mask, { x: box.x + gap + signWidth, y: box.y, colour: colours.white, within: cell });
    }
    return text !== "later";
  }

  #frame(canvas: Picture, cell: Rectangle, { speaking }: SceneSource): void {
    if (speaking) outline(canvas, cell, frameWidth(cell), colours.green);
  }

  #sign(size: number): Mask {
    const sign = this.#signs.get(size) ?? mutedSign(size);
    this.#signs.set(size, sign);
    return sign;
  }
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
const even = (value: number): number => Math.ceil(value / 2) * 2;
const frameWidth = ({ height }: Rectangle): number => even(clamp(height / 90, 2, 8));
const floorEven = (value: number): number => Math.floor(value / 2) * 2;
