// Pictures on the join page: browsers whose camera shows one colour, and what a page sees, read from the pixels of the room's
// picture.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { eventually } from "../support/phone/index.ts";
import { type ColourName, colours, nameOfColour, toYuv } from "../support/video/index.ts";
import { enter, openBrowser, patience } from "./join-pages.ts";

/** Parts of the picture's width and height. */
export type Place = readonly [across: number, down: number];
export type SeenColour = ColourName | "other";

export interface CameraOptions {
  readonly folder: string;
  readonly colour: ColourName;
  /** Hertz, of the microphone. */
  readonly tone: number;
  /** A command that the browser is started by. */
  readonly through?: readonly string[];
  /** As `openBrowser` takes it. */
  readonly endsWithSignals?: boolean;
}

/** A browser whose camera shows one colour for ever. */
export async function openBrowserWithCamera({
  folder,
  colour,
  tone,
  through = [],
  endsWithSignals = true,
}: CameraOptions): Promise<Browser> {
  const [width, height] = [640, 360];
  const [luma, blue, red] = toYuv(colours[colour]).map(Math.round);
  const chroma = (width * height) / 4;
  const frame = [
    ...[Buffer.from("FRAME\n"), Buffer.alloc(width * height, luma)],
    ...[Buffer.alloc(chroma, blue), Buffer.alloc(chroma, red)],
  ];
  const file = join(folder, `${colour}.y4m`);
  const header = `YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420jpeg\n`;
  await writeFile(file, Buffer.concat([Buffer.from(header), ...frame, ...frame]));
  return openBrowser({
    folder,
    tone,
    through,
    endsWithSignals,
    args: [`--use-file-for-fake-video-capture=${file}`],
  });
}

/** From the lobby into the room, with the camera on. */
export async function enterSeen(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Start camera", exact: true }).click();
  await page.getByLabel("Your camera").waitFor();
  await enter(page, name);
}

type IsRight = (seen: readonly SeenColour[]) => boolean;

/** Waits until what the page sees at these places is as it should be. */
export async function looks(
  page: Page,
  places: readonly Place[],
  isRight: IsRight,
  what: string,
): Promise<void> {
  let last: readonly (readonly number[])[] = [];
  await eventually(
    async () => {
      last = await page.evaluate(`probe.colours(${JSON.stringify(places)})`);
      return (last.length > 0 && isRight(last.map(nameOf))) || undefined;
    },
    () => `${what} in a page that sees ${JSON.stringify(last)}`,
    patience,
  );
}

export const sees = (page: Page, place: Place, wanted: SeenColour): Promise<void> =>
  looks(page, [place], ([seen]) => seen === wanted, `${wanted} at ${place}`);

const nameOf = ([red = 0, green = 0, blue = 0]: readonly number[]): SeenColour =>
  nameOfColour({ red, green, blue }, 60) ?? "other";
