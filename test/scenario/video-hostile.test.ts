// Cameras that send what no decoder should be given: the others see and hear each other all the while, and no process
// of the bridge but the one for pictures may come to harm.
import { describe, expect, it } from "vitest";
import { seededRandom } from "../support/index.ts";
import { eventually, type Phone } from "../support/phone/index.ts";
import { childrenOf } from "../support/processes.ts";
import { type ColourName, VideoLine, type VideoLineOptions } from "../support/video/index.ts";
import { newExtension, tones, useParley } from "./use-parley.ts";

const parley = useParley();
const seed = 16;
const random = seededRandom(seed);
const below = (most: number) => Math.floor(random() * most);

/** One way or another to spoil a coded picture. */
function spoiled(data: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(data);
  switch (below(5)) {
    case 0: {
      for (let count = 1 + below(30); count > 0; count -= 1) copy[below(copy.length)] = below(256);
      return copy;
    }
    case 1:
      return copy.subarray(0, 5 + below(copy.length));
    case 2: {
      // Sizes and ids stand at the beginning: parameter sets, and the header of VP8.
      for (let count = 1 + below(4); count > 0; count -= 1)
        copy[4 + below(Math.min(60, copy.length - 4))] = below(256);
      return copy;
    }
    case 3:
      return Uint8Array.from({ length: 20 + below(3000) }, () => below(256));
    default:
      return copy;
  }
}

async function join(colour: ColourName, extension: string, options: Partial<VideoLineOptions> = {}) {
  const phone: Phone = await parley().phone(colour);
  const video = await VideoLine.open({ colour, framerate: 10, ...options });
  const call = await phone.call(extension, { video: [video] });
  await call.answered();
  return { call, video };
}

describe("a hostile camera", () => {
  it.each(["H264", "VP8"] as const)(`of %s harms nobody (seed ${seed})`, async (codec) => {
    const extension = newExtension();
    const picture = { width: 640, height: 360, framerate: 10, bitrate: 768, layout: "LAYOUT4" as const };
    await parley().createRoom({ mode: "VIDEO", extension_number: extension, ...picture });
    const red = await join("red", extension);
    const green = await join("green", extension, { codecs: ["VP8"] });
    const hostile = await join("blue", extension, { codecs: [codec], framerate: 30, nack: true });
    red.call.media.voice = [tones.alice];
    const { workers } = parley();
    await green.video.shows([
      [0.25, 0.25, "red"],
      [0.75, 0.25, "green"],
      [0.25, 0.75, "blue"],
    ]);

    hostile.video.damage = spoiled;
    const from = hostile.video.sent!.frames;
    await eventually(
      () => hostile.video.sent!.frames > from + 150 || undefined,
      () => "spoiled pictures",
    );
    for (let count = 0; count < 500; count += 1)
      hostile.video.sendRaw(Uint8Array.from({ length: 1 + below(1400) }, () => below(256)));
    red.video.colour = "yellow";

    await green.video.shows([
      [0.25, 0.25, "yellow"],
      [0.75, 0.25, "green"],
    ]);
    await green.call.ear.hearsExactly([tones.alice], [tones.bob.frequency]);
    hostile.video.damage = undefined;
    hostile.video.colour = "magenta";
    await green.video.shows([[0.25, 0.75, "magenta"]], 40_000);
    expect(parley().workers).toEqual(expect.arrayContaining([...workers]));
  });
});

it("the process for pictures is killed: voices go on, and the picture comes back", async () => {
  const extension = newExtension();
  const picture = { width: 640, height: 360, framerate: 10, bitrate: 768, layout: "LAYOUT2" as const };
  await parley().createRoom({ mode: "VIDEO", extension_number: extension, ...picture });
  const red = await join("red", extension);
  const green = await join("green", extension, { codecs: ["VP8"] });
  red.call.media.voice = [tones.alice];
  await green.video.shows([
    [0.25, 0.5, "red"],
    [0.75, 0.5, "green"],
  ]);
  const { workers } = parley();
  const [painter] = workers.flatMap((worker) => childrenOf(worker));

  process.kill(painter!, "SIGKILL");
  red.video.colour = "yellow";
  green.video.colour = "cyan";

  await green.call.ear.hearsExactly([tones.alice], [tones.bob.frequency]);
  for (const { video } of [red, green])
    await video.shows([
      [0.25, 0.5, "yellow"],
      [0.75, 0.5, "cyan"],
    ]);
  expect(parley().workers).toEqual(expect.arrayContaining([...workers]));
});
