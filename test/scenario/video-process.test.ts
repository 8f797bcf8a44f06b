// The real video process: what two cameras send is seen by whoever watches, also after the process was killed or was
// sent what no decoder can read.
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { silentLogger, systemClock } from "#common";
import { cellRectangles } from "../../config/layouts/index.ts";
import { VideoProcess } from "../../media/video/canvas/index.ts";
import { type ProcessHandle, spawnVideoProcess } from "../../media/video/canvas/spawn.ts";
import type { VideoCodecName, VideoFormat } from "../../media/video/types.ts";
import { isNear, TestCamera, TestScreen } from "../support/video/index.ts";

const size = { width: 640, height: 360, framerate: 15, kbps: 1000 };
const red = [80, 90, 240] as const;
const green = [145, 54, 34] as const;
const format: Omit<VideoFormat, "codec" | "profileLevelId"> & typeof size = {
  ...{ packetizationMode: 1, maxMacroblocks: 3600, maxMacroblocksPerSecond: 108_000, maxKbps: undefined },
  ...size,
};
const formats = [
  { ...format, codec: "H264", profileLevelId: "42e01f" },
  { ...format, codec: "VP8", profileLevelId: "" },
] as const;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A red camera (H.264) and a green one (VP8) side by side, watched in both codecs. */
function start() {
  const asked = new Set<number>();
  const screens = formats.map(({ codec }) => new TestScreen(codec));
  const refused: number[] = [];
  let deaths = 0;
  let handle: ProcessHandle | undefined;
  const client = new VideoProcess({
    clock: systemClock,
    log: silentLogger,
    spawn: () => {
      handle = spawnVideoProcess();
      return handle;
    },
    listener: {
      onFrame: (output, frame) => screens[output]?.show(frame),
      onKeyFrameNeeded: (source) => asked.add(source),
      onRefused: (source) => refused.push(source),
      onLost: () => {
        deaths += 1;
      },
    },
  });
  const cameras = (
    [["H264", red] as const, ["VP8", green] as const] satisfies [VideoCodecName, unknown][]
  ).map(([codec, colour]) => new TestCamera({ codec, colour, width: 320, height: 180 }));
  client.openCanvas(1, size);
  client.openSource(0, "H264", false);
  client.openSource(1, "VP8", false);
  client.setScene(1, {
    layout: 2,
    cells: [0, 1].map((source) => ({ source, name: `${source}`, muted: false, speaking: false })),
    title: "",
  });
  formats.forEach((terms, output) => {
    client.openOutput(output, 1, terms);
  });
  const sending = setInterval(() => {
    cameras.forEach((camera, source) => {
      client.sendFrame(source, camera.next(asked.delete(source) || undefined));
    });
  }, 66);
  closers.push(() => {
    clearInterval(sending);
    client.close();
    for (const part of [...cameras, ...screens]) part.close();
  });
  const seen = () =>
    screens.map((screen) =>
      cellRectangles(2, size).map(({ x, y, width, height }) => screen.at(x + width / 2, y + height / 2)),
    );
  return {
    client,
    screens,
    deaths: () => deaths,
    refused,
    decoding: () => handle?.decoding(),
    /** Both viewers see both colours in pictures that are new. */
    async isSeen() {
      const before = screens.map(({ pictures }) => pictures);
      await expect
        .poll(
          () =>
            screens.every(({ pictures }, index) => pictures > (before[index] ?? 0) + 3) &&
            seen().every(([left, right]) => left && right && isNear(left, red) && isNear(right, green)),
          { timeout: 20_000, interval: 20 },
        )
        .toBe(true);
    },
  };
}

describe("the video process", () => {
  it("shows two cameras to viewers of both codecs", async () => {
    await start().isSeen();
  });

  it("says whose pictures it decodes at the moment", async () => {
    const room = start();
    await room.isSeen();
    const seen = new Set<number | undefined>();
    await expect
      .poll(() => [undefined, 0, 1].every((source) => seen.add(room.decoding()?.source).has(source)), {
        ...{ timeout: 20_000, interval: 1 },
      })
      .toBe(true);
    expect(room.refused).toEqual([]);
  });

  it("that is killed shows them again", async () => {
    const room = start();
    await room.isSeen();
    const { pid } = room.client;
    if (pid === undefined) throw new Error("no process");
    process.kill(pid, "SIGKILL");
    await expect.poll(room.deaths).toBe(1);
    await room.isSeen();

    expect(room.client.pid).not.toBe(pid);
  });

  it("that is sent noise by others goes on, or comes back", async () => {
    const room = start();
    await room.isSeen();
    let state = 1;
    const next = () => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
      return state >> 12;
    };
    const model = {
      H264: new TestCamera({ codec: "H264", colour: red, width: 320, height: 180 }),
      VP8: new TestCamera({ codec: "VP8", colour: red, width: 320, height: 180 }),
    };
    closers.push(() => [model.H264, model.VP8].forEach((camera) => void camera.close()));
    (["H264", "VP8"] as const).forEach((codec, index) => {
      room.client.openSource(10 + index, codec, false);
    });
    room.client.setScene(1, {
      layout: 4,
      cells: [0, 1, 10, 11].map((source) => ({ source, name: "", muted: false, speaking: false })),
      title: "",
    });
    for (let round = 0; round < 150; round += 1) {
      for (const [index, codec] of (["H264", "VP8"] as const).entries()) {
        const frame = model[codec].next(next() % 3 === 0 || undefined);
        const data = Buffer.from(frame.data);
        for (let flips = next() % 20; flips > 0; flips -= 1) data[next() % data.length] = next() & 0xff;
        const end = next() % 4 === 0 ? next() % data.length : data.length;
        room.client.sendFrame(10 + index, { ...frame, data: data.subarray(0, end), key: true });
      }
      await wait(10);
    }
    room.client.closeSource(10);
    room.client.closeSource(11);
    room.client.setScene(1, {
      layout: 2,
      cells: [0, 1].map((source) => ({ source, name: "", muted: false, speaking: false })),
      title: "",
    });

    await room.isSeen();
  });
});
