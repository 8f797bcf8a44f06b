// How long a picture takes from a camera to a viewer, through a whole bridge: one party's camera alternates between two colours, a
// viewer decodes the room's picture, and each change is timed from before it is encoded until it has been decoded. The other parties
// send plain colours. The phones' own encoder and decoder are in the figure, and share the machine with the bridge.
//
//   chrt -r 1 node test/bench/glass-to-glass.ts [--parties 4,9] [--codecs H264,VP8] [--seconds 40]
import { parseArgs } from "node:util";
import { systemClock, delay as wait } from "#common";
import type { VideoCodecName } from "../../media/video/types.ts";
import { ParleyProcess } from "../support/parley.ts";
import { type ColourName, VideoLine } from "../support/video/index.ts";
import { percentile } from "./figures.ts";
import { formatRows } from "./table.ts";

const { values } = parseArgs({
  options: {
    parties: { type: "string", default: "4,9" },
    codecs: { type: "string", default: "H264,VP8" },
    seconds: { type: "string", default: "40" },
  },
});
const room = { mode: "VIDEO", width: 1280, height: 720, framerate: 15 } as const;
/** Not in step with the canvas, so that a change comes at any time of its period. */
const cameraFramerate = 14;
/** More than half a second: a change that is not seen before the next one to the same colour is missed. */
const framesOfColour = 8;
const changing = ["blue", "white"] as const;
const plain = ["red", "green", "yellow", "magenta", "cyan", "orange", "olive", "green"] as const;
/** Where the first party of a layout is. */
const firstCell = { 4: [0.25, 0.25], 9: [1 / 6, 1 / 6] } as const;

async function measure(parties: keyof typeof firstCell, codec: VideoCodecName): Promise<string[]> {
  const parley = await ParleyProcess.start();
  const lines: VideoLine[] = [];
  const join = async (name: string, line: VideoLine) => {
    lines.push(line);
    const call = await (await parley.phone(name)).call("7000", { video: [line] });
    await call.answered();
  };
  try {
    await parley.createRoom({ ...room, extension_number: "7000", layout: `LAYOUT${parties}` });
    const size = { codecs: [codec], width: room.width, height: room.height, direction: "sendonly" } as const;
    const camera = await VideoLine.open({ ...size, colour: "blue", framerate: cameraFramerate });
    await join("camera", camera);
    for (const colour of plain.slice(0, parties - 1)) {
      await join(colour, await VideoLine.open({ ...size, colour, framerate: room.framerate }));
    }
    const screen = await VideoLine.open({ colour: "red", codecs: [codec], direction: "recvonly" });
    await join("viewer", screen);
    const [x, y] = firstCell[parties];
    await screen.shows([[x, y, "blue"]], 60_000);

    const delays: number[] = [];
    const shownAt = new Map<ColourName, number>();
    let [frames, missed]: [number, number] = [0, 0];
    let before: ColourName = "blue";
    camera.paint = () => {
      const colour = changing[Math.floor(frames / framesOfColour) % changing.length]!;
      if (frames % framesOfColour === 0) {
        if (shownAt.has(colour)) missed += 1;
        shownAt.set(colour, performance.now());
      }
      frames += 1;
      return colour;
    };
    screen.onPicture = (picture) => {
      const colour = picture.nameAt(x, y);
      if (colour === undefined || colour === before) return;
      before = colour;
      const at = shownAt.get(colour);
      shownAt.delete(colour);
      if (at !== undefined) delays.push(performance.now() - at);
    };
    await wait(systemClock, Number(values.seconds) * 1000);
    const of = (part: number) => percentile(delays, part).toFixed(0);
    return [String(parties), codec, String(delays.length), String(missed), of(50), of(99), of(100)];
  } finally {
    for (const line of lines) line.close();
    await parley.stop();
  }
}

const rows = [["parties", "codec", "changes seen", "missed", "p50 ms", "p99 ms", "most ms"]];
for (const parties of values.parties.split(",").map(Number)) {
  if (!(parties in firstCell)) throw new Error("--parties takes 4 and 9");
  for (const codec of values.codecs.split(",") as VideoCodecName[]) {
    rows.push(await measure(parties as keyof typeof firstCell, codec));
  }
}
console.log(formatRows(rows));
