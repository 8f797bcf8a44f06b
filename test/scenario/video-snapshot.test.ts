// A picture of a room over the API, and what the API says of who sends one.
import { expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { decodeJpeg, VideoLine } from "../support/video/index.ts";
import { newExtension, useParley } from "./use-parley.ts";

const parley = useParley();

/** Passes over errors that say so. */
const unless = (expected: RegExp) => (error: Error) => {
  if (!expected.test(error.message)) throw error;
  return undefined;
};

it("shows everybody in their cells, and there is none before and after the meeting", async () => {
  const extension = newExtension();
  const size = { width: 640, height: 360, framerate: 10, bitrate: 768 };
  const room = await parley().createRoom({
    ...{ mode: "VIDEO", extension_number: extension, layout: "LAYOUT2", ...size },
  });
  await expect(parley().snapshot(room)).rejects.toThrow(/409.*NO_PICTURE/s);

  for (const colour of ["red", "green"] as const) {
    const phone = await parley().phone(colour);
    const call = await phone.call(extension, { video: [await VideoLine.open({ colour, framerate: 10 })] });
    await call.answered();
  }
  const seen = await eventually(
    async () => {
      // 503 while the process that composes is starting.
      const taken = await parley().snapshot(room).catch(unless(/503/));
      if (!taken) return undefined;
      const picture = decodeJpeg(taken);
      const cells = [picture.nameAt(0.25, 0.5), picture.nameAt(0.75, 0.5)];
      return cells.join() === "red,green" ? [picture.width, picture.height] : undefined;
    },
    () => "both in the picture",
  );
  expect(seen).toEqual([640, 360]);
  expect((await parley().participant(room, "red")).video).toEqual({
    camera: true,
    screen: false,
    refused: false,
  });

  await parley().hangUpAll();
  await eventually(
    () =>
      parley()
        .snapshot(room)
        .then(
          () => undefined,
          (error: Error) => /NO_PICTURE/.test(error.message) || undefined,
        ),
    () => "no picture",
  );
});
