// A room with a picture whose participants send no video: viewers, snapshot and recording show cards with their names.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import {
  type Colour,
  colourDistance,
  decodeJpeg,
  fromYuv,
  type Picture,
  readMp4,
  VideoLine,
} from "../support/video/index.ts";
import { newExtension, useParley } from "./use-parley.ts";
import { centres, type Layout } from "./video-room.ts";

const parley = useParley();

/** Of a card, beside its name. */
const card: Colour = { red: 31, green: 38, blue: 49 };
const isCard = (colour: Colour): boolean => colourDistance(colour, card) <= 8;
/** How far above the middle of its cell a card has no name, of the picture's height. */
const beside = { 1: 0.3, 2: 0.15, 3: 0.12, 4: 0.15, 6: 0.11, 9: 0.11 } as const;

const cornersOf = (layout: Layout) => centres[layout].map(([x, y]) => [x, y - beside[layout]] as const);

/** `cards`: how many of the cells are cards with a name, from the first on. The others are black. */
function shows(picture: Picture, layout: Layout, cards: number): boolean {
  return cornersOf(layout).every(([x, y], cell) => {
    const colour = picture.colourAt(x, y);
    return cell < cards
      ? isCard(colour) && hasName(picture, centres[layout][cell]!)
      : colourDistance(colour, { red: 0, green: 0, blue: 0 }) <= 8;
  });
}

/** Something bright is in the line of the name. */
function hasName(picture: Picture, [x, y]: readonly [number, number]): boolean {
  const [across, down] = [Math.round(x * picture.width), Math.round(y * picture.height)];
  for (let right = -30; right <= 30; right += 1) {
    for (let below = -8; below <= 8; below += 1) {
      if (picture.pixelAt(across + right, down + below)[0] > 150) return true;
    }
  }
  return false;
}

async function roomWithVoices(layout: 0 | Layout, names: readonly string[]) {
  const extension = newExtension();
  const picture = { width: 640, height: 360, framerate: 10, bitrate: 768 };
  const room = await parley().createRoom({
    ...{ mode: "VIDEO", extension_number: extension, layout: `LAYOUT${layout}`, ...picture },
  });
  const join = async (name: string, video: readonly VideoLine[] = []) => {
    const call = await (await parley().phone(name)).call(extension, { video: [...video] });
    await call.answered();
    return call;
  };
  for (const name of names) await join(name);
  return { room, join };
}

async function snapshotShows(room: string, layout: Layout, cards: number): Promise<void> {
  await eventually(
    async () => {
      const taken = await parley()
        .snapshot(room)
        .catch((error: Error) => {
          // 503 while the process that composes is starting.
          if (!/503/.test(error.message)) throw error;
        });
      if (!taken) return undefined;
      const shots = process.env["PARLEY_TEST_SCREENSHOTS"];
      if (shots) writeFileSync(join(shots, `cards-${layout}-${cards}.jpg`), taken);
      return shows(decodeJpeg(taken), layout, cards) || undefined;
    },
    () => `snapshot with ${cards} cards in ${layout} cells`,
  );
}

it("shows their cards to viewers, in the snapshot and in the recording", async () => {
  const { room, join: enter } = await roomWithVoices(0, ["Ada Lovelace", "Grace"]);
  const screen = await VideoLine.open({ colour: "red", direction: "recvonly", codecs: ["VP8"] });
  await enter("Edsger", [screen]);

  await snapshotShows(room, 3, 3);
  await eventually(
    () => (screen.picture && shows(screen.picture, 3, 3)) || undefined,
    () => "three cards, as a phone sees them",
  );
  await parley().startRecording(room);
  await snapshotShows(room, 3, 3);
  const { pictures } = screen.counts;
  // A still picture is sent again now and then.
  await eventually(
    () => screen.counts.pictures > pictures || undefined,
    () => "further picture",
  );
  await parley().commandRoom(room, "stop_recording");
  const recording = await eventually(
    async () => (await parley().recordings(room)).find(({ ended_at }) => ended_at !== null),
    () => "complete recording",
  );
  const folder = mkdtempSync(join(tmpdir(), "parley-cards-"));
  try {
    const path = join(folder, recording.file_name);
    const response = await parley().open(recording.file_url, AbortSignal.timeout(20_000));
    writeFileSync(path, Buffer.from(await response.arrayBuffer()));
    const last = readMp4(path, cornersOf(3)).pictures.at(-1);
    expect(last?.colours.map((colour) => isCard(fromYuv(colour)))).toEqual([true, true, true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("shows as many as there are cells", async () => {
  const { room, join: enter } = await roomWithVoices(4, ["Ada", "Grace"]);
  await snapshotShows(room, 4, 2);
  for (const name of ["Edsger", "Barbara", "Tony"]) await enter(name);
  await snapshotShows(room, 4, 4);
});

it("gives their place to the first camera", async () => {
  const { room, join: enter } = await roomWithVoices(0, ["Ada", "Grace"]);
  await snapshotShows(room, 2, 2);
  const camera = await VideoLine.open({ colour: "red", framerate: 10 });
  camera.sending = false;
  await enter("Edsger", [camera]);
  await snapshotShows(room, 3, 3);
  camera.sending = true;
  await camera.shows([
    [0.5, 0.5, "red"],
    [0.1, 0.5, "red"],
    [0.9, 0.5, "red"],
  ]);
});
