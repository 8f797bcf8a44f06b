// A room with pictures, and phones whose cameras send one colour each: what the scenarios of video share.
import type { ParleyProcess } from "../support/parley.ts";
import { type Call, type CallOptions, eventually } from "../support/phone/index.ts";
import {
  type ColourName,
  decodeJpeg,
  type Spot,
  VideoLine,
  type VideoLineOptions,
} from "../support/video/index.ts";
import { newExtension } from "./use-parley.ts";

/** Centres of the cells, fractions of the picture. */
export const centres: Readonly<Record<1 | 2 | 3 | 4 | 6 | 9, readonly (readonly [number, number])[]>> = {
  1: [[1 / 2, 1 / 2]],
  2: [
    [1 / 4, 1 / 2],
    [3 / 4, 1 / 2],
  ],
  3: [
    [1 / 2, 1 / 3],
    [1 / 3, 5 / 6],
    [2 / 3, 5 / 6],
  ],
  4: [
    [1 / 4, 1 / 4],
    [3 / 4, 1 / 4],
    [1 / 4, 3 / 4],
    [3 / 4, 3 / 4],
  ],
  6: [
    [1 / 3, 1 / 3],
    [5 / 6, 1 / 6],
    [5 / 6, 1 / 2],
    [1 / 6, 5 / 6],
    [1 / 2, 5 / 6],
    [5 / 6, 5 / 6],
  ],
  9: [1, 3, 5].flatMap((row) => [1, 3, 5].map((column) => [column / 6, row / 6] as const)),
};
export type Layout = keyof typeof centres;

/** The colours expected at the centres, cell 0 first. */
export const spots = (layout: Layout, ...colours: readonly Spot[2][]): Spot[] =>
  colours.map((colour, cell) => [...centres[layout][cell]!, colour]);

export interface VideoCaller {
  readonly call: Call;
  readonly video: VideoLine;
  /** Of the participant. */
  readonly id: string;
}

export class VideoRoom {
  readonly id: string;
  readonly #parley: ParleyProcess;
  readonly #extension: string;

  static async open(parley: ParleyProcess, layout: 0 | Layout): Promise<VideoRoom> {
    const extension = newExtension();
    const picture = { width: 640, height: 360, framerate: 10, bitrate: 768 };
    const id = await parley.createRoom({
      ...{ mode: "VIDEO", extension_number: extension, layout: `LAYOUT${layout}`, ...picture },
    });
    return new VideoRoom(parley, id, extension);
  }

  private constructor(parley: ParleyProcess, id: string, extension: string) {
    this.#parley = parley;
    this.id = id;
    this.#extension = extension;
  }

  /** The participant's name is the colour. */
  async join(
    colour: ColourName,
    options: Partial<VideoLineOptions> = {},
    how: CallOptions = {},
  ): Promise<VideoCaller> {
    const phone = await this.#parley.phone(colour);
    const video = await VideoLine.open({ colour, framerate: 10, ...options });
    const call = await phone.call(this.#extension, { ...how, video: [video, ...(how.video ?? [])] });
    await call.answered();
    return { call, video, id: (await this.#parley.participant(this.id, colour)).id };
  }

  /** Waits until the room's snapshot has these colours. */
  async snapshotShows(expected: readonly Spot[]): Promise<void> {
    let seen: Spot[2][] = [];
    await eventually(
      async () => {
        const picture = decodeJpeg(await this.#parley.snapshot(this.id));
        seen = expected.map(([x, y]) => picture.nameAt(x, y) ?? "other");
        return expected.every(([, , colour], at) => colour === seen[at]) || undefined;
      },
      () => `snapshot with ${JSON.stringify(expected)}: ${JSON.stringify(seen)}`,
    );
  }
}
