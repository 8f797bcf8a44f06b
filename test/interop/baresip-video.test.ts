// A baresip with a picture in a video room: its three bars are seen by another phone, and it is shown the room's picture.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { ParleyProcess } from "../support/parley.ts";
import { eventually } from "../support/phone/index.ts";
import { type Colour, VideoLine } from "../support/video/index.ts";
import { Baresip } from "./baresip.ts";
import { readPng } from "./png.ts";

/** The bars in the left half of a picture of two cells, and the phone in the right one. */
const spots = [
  [1 / 12, "red"],
  [3 / 12, "green"],
  [5 / 12, "blue"],
  [9 / 12, "yellow"],
] as const;

/** Which of those it is, bright or pale. */
function shade({ red, green, blue }: Colour): string {
  const bright = [red > 120, green > 120, blue > 120].map(Number).join("");
  return { "100": "red", "010": "green", "001": "blue", "110": "yellow" }[bright] ?? "another";
}

let parley: ParleyProcess;
let folder: string;
let baresip: Baresip | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-baresip-video-"));
  parley = await ParleyProcess.start({ env: { ROOMS_LOBBY_EXTENSION: "7999" } });
});
afterAll(async () => {
  await baresip?.stop();
  expect(await parley.stop()).toEqual({ code: 0, signal: null });
  await rm(folder, { recursive: true, force: true });
});

describe("a baresip in a video room", () => {
  it.each([
    ["in the clear", "6301", {}, "6301"],
    ["encrypted", "6302", { mediaEncryption: "srtp-mand" }, "6302"],
    ["from the lobby, where there is no picture", "6303", {}, "7999"],
    ["encrypted, from the lobby", "6304", { mediaEncryption: "srtp-mand" }, "7999"],
  ] as const)(
    "is seen, and sees the picture with everyone in it, itself too: %s",
    async (_, extension, how, dialled) => {
      const room = await parley.createRoom({
        ...{ mode: "VIDEO", extension_number: extension, layout: "LAYOUT2" },
        ...{ width: 640, height: 360, framerate: 10, bitrate: 768 },
      });
      const voice = { frequency: 620, levelDbov: -20 };
      const bars = await Baresip.start(join(folder, extension), "bars", voice, { video: true, ...how });
      baresip = bars;
      onTestFailed(() => {
        process.stderr.write(`${bars.output.slice(-3000)}\n${parley.logs.slice(-40).join("\n")}\n`);
      });
      await bars.dial(`sip:${dialled}@127.0.0.1:${parley.sip.port}`);
      await bars.established();
      if (dialled !== extension) await bars.type(`${extension}#`);
      await parley.attendance(room, 1);
      // Who shows something first has the first cell.
      await eventually(
        async () => (await parley.participant(room, "bars")).video.camera || undefined,
        () => "picture of baresip",
      );
      const camera = await VideoLine.open({ colour: "yellow", framerate: 10 });
      const call = await (await parley.phone("yellow")).call(extension, { video: [camera] });
      await call.answered();

      const expected = spots.map(([, name]) => name);
      const sees = (colourAt: (x: number, y: number) => Colour) =>
        spots.map(([x]) => shade(colourAt(x, 1 / 2)));
      let seen: string[] = [];
      const until = (who: string, look: () => Promise<string[]>) =>
        eventually(
          async () => {
            seen = await look();
            return seen.join() === expected.join() ? true : undefined;
          },
          () => `picture of ${expected} ${who}: ${seen}`,
        );
      await until("at the phone", async () => {
        const { picture } = camera;
        return picture ? sees((x, y) => picture.colourAt(x, y)) : [];
      });
      await until("at baresip", async () => {
        const picture = readPng(await bars.shown());
        return sees((x, y) => {
          const [red, green, blue] = picture.at(x, y);
          return { red, green, blue };
        });
      });
      await bars.command("hangup");
      await parley.attendance(room, 1);
      await bars.stop();
      await parley.hangUpAll();
    },
  );
});
