import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { cellRectangles, cutTo, type LayoutName } from "../../../../../config/layouts/index.ts";
import { Compositor } from "../../../../../media/video/process/compositor.ts";
import type {
  FromProcess,
  OutputFormat,
  Scene,
  SceneClock,
} from "../../../../../media/video/process/messages.ts";
import { type Colour, fill } from "../../../../../media/video/process/paint.ts";
import { FramePicture } from "../../../../../media/video/process/picture.ts";
import { Scaler } from "../../../../../media/video/process/scaler.ts";
import type { VideoCodecName } from "../../../../../media/video/types.ts";
import { FakeClock } from "../../../../support/fake-clock.ts";
import { isNear, TestCamera, TestScreen } from "../../../../support/video/index.ts";

const size = { width: 640, height: 360, framerate: 10 };
const palette: Colour[] = [
  [80, 90, 240],
  [145, 54, 34],
  [41, 240, 110],
  [210, 16, 146],
  [170, 166, 16],
  [107, 202, 222],
  [180, 128, 128],
  [120, 60, 160],
  [90, 160, 100],
];
const h264: OutputFormat = {
  ...{ codec: "H264", packetizationMode: 1, profileLevelId: "42e01f" },
  ...{ maxMacroblocks: 3600, maxMacroblocksPerSecond: 108_000, maxKbps: undefined },
  ...{ width: 640, height: 360, framerate: 10, kbps: 1000 },
};
const vp8: OutputFormat = { ...h264, codec: "VP8", profileLevelId: "", width: 320, height: 180 };

/** A compositor on a fake clock, cameras that feed it, and one screen an output. */
function start() {
  const clock = new FakeClock();
  /** How much later it is than the timers know. */
  let stalledMs = 0;
  const told: Exclude<FromProcess, { kind: "frame" }>[] = [];
  const screens = new Map<number, TestScreen>();
  const cameras = new Map<number, TestCamera>();
  const silent = new Set<number>();
  /** The output of each key frame. */
  const keys: number[] = [];
  const asked = new Set<number>();
  const compositor = new Compositor({
    clock: { ...clock, after: clock.after.bind(clock), monotonic: () => clock.monotonic() + stalledMs },
    send(message, bytes) {
      if (message.kind === "frame") {
        if (message.key) keys.push(message.output);
        screens.get(message.output)?.show({ ...message, data: bytes ?? Buffer.alloc(0) });
        return;
      }
      if (message.kind === "source.key") asked.add(message.source);
      told.push(message);
    },
  });
  const nothing = Buffer.alloc(0);
  compositor.receive({ kind: "canvas.open", canvas: 1, size }, nothing);
  onTestFinished(() => {
    compositor.close();
    for (const part of [...screens.values(), ...cameras.values()]) part.close();
  });
  return {
    told,
    keys,
    silent,
    compositor,
    camera(
      source: number,
      codec: VideoCodecName = "H264",
      { still = false, ...dimensions } = { width: 320, height: 180 } as {
        width: number;
        height: number;
        still?: boolean;
      },
    ) {
      cameras.get(source)?.close();
      const camera = new TestCamera({
        ...dimensions,
        codec,
        colour: palette[source] as Colour,
        framerate: 10,
      });
      cameras.set(source, camera);
      compositor.receive({ kind: "source.open", source, codec, still }, nothing);
    },
    output(output: number, format: OutputFormat) {
      screens.set(output, new TestScreen(format.codec));
      compositor.receive({ kind: "output.open", output, canvas: 1, format }, nothing);
      return screens.get(output) as TestScreen;
    },
    scene(layout: LayoutName, cells: Scene["cells"], title = "", clock?: SceneClock) {
      const scene = { layout, cells, title, ...(clock && { clock }) };
      compositor.receive({ kind: "canvas.scene", canvas: 1, scene }, nothing);
    },
    counters() {
      compositor.receive({ kind: "ping" }, nothing);
      const pong = told.findLast((message) => message.kind === "pong");
      if (pong?.kind !== "pong") throw new Error("no answer");
      return pong.counters;
    },
    /** The thread does nothing for so long. */
    stall(ms: number) {
      stalledMs += ms;
    },
    /** Pictures of all cameras, each 100 ms. */
    run(pictures: number) {
      for (let count = 0; count < pictures; count += 1) {
        for (const [source, camera] of cameras) {
          if (silent.has(source)) continue;
          const { data, key, timestamp } = camera.next(asked.delete(source) || undefined);
          compositor.receive({ kind: "source.frame", source, key, timestamp }, Buffer.from(data));
        }
        clock.advance(100);
      }
    },
  };
}

const who = (source: number | undefined, more: object = {}) => ({
  ...{ source, name: `Party ${source}`, muted: false, speaking: false },
  ...more,
});
const middleOf = (screen: TestScreen, layout: LayoutName, cell: number): Colour => {
  const rectangle = cellRectangles(layout, screen.size)[cell];
  if (!rectangle) throw new Error("no such cell");
  return screen.at(rectangle.x + rectangle.width / 2, rectangle.y + rectangle.height / 2);
};
const card: Colour = [48, 134, 124];
const black: Colour = [16, 128, 128];

describe("a composed picture", () => {
  beforeAll(() => Log.setLevel(AV_LOG_FATAL));

  it("shows every party in its cell, in all layouts, to viewers of H.264 and of VP8", () => {
    const room = start();
    for (let source = 0; source < 9; source += 1) room.camera(source, source % 2 === 0 ? "H264" : "VP8");
    const screens = [room.output(1, h264), room.output(2, vp8)];

    for (const layout of [1, 2, 3, 4, 6, 9] as const) {
      const cells = Array.from({ length: layout }, (_, cell) => who((cell + layout) % 9));
      room.scene(layout, cells);
      room.run(12);
      for (const screen of screens) {
        cells.forEach(({ source = 0 }, cell) => {
          const seen = middleOf(screen, layout, cell);
          expect(isNear(seen, palette[source] as Colour), `${layout}: ${cell}: ${seen}`).toBe(true);
        });
      }
    }
    expect(screens.map(({ size }) => size.width)).toEqual([640, 320]);
  });

  it("has a card for who sends nothing, and black where nobody is", () => {
    const room = start();
    room.camera(0);
    const screen = room.output(1, h264);
    room.scene(4, [who(0), who(undefined, { name: "" }), null]);
    room.run(3);

    expect(isNear(middleOf(screen, 4, 0), palette[0] as Colour)).toBe(true);
    expect(isNear(middleOf(screen, 4, 1), card)).toBe(true);
    expect(isNear(middleOf(screen, 4, 2), black)).toBe(true);
    expect(isNear(middleOf(screen, 4, 3), black)).toBe(true);
  });

  it("has a card for who has sent nothing for a second, and the picture again afterwards", () => {
    const room = start();
    room.camera(0);
    const screen = room.output(1, h264);
    room.scene(1, [who(0, { name: "" })]);
    room.run(3);
    room.silent.add(0);
    room.run(8);
    expect(isNear(middleOf(screen, 1, 0), palette[0] as Colour)).toBe(true);
    room.run(6);
    expect(isNear(middleOf(screen, 1, 0), card)).toBe(true);
    room.silent.delete(0);
    room.run(8);

    expect(isNear(middleOf(screen, 1, 0), palette[0] as Colour)).toBe(true);
  });

  it("keeps a screen that is repeated once a second only", () => {
    const room = start();
    room.camera(0, "VP8", { width: 320, height: 180, still: true });
    const screen = room.output(1, h264);
    room.scene(1, [who(0, { name: "" })]);
    room.run(3);
    for (let second = 0; second < 3; second += 1) {
      room.silent.add(0);
      room.run(11);
      room.silent.delete(0);
      room.run(1);
      expect(isNear(middleOf(screen, 1, 0), palette[0] as Colour)).toBe(true);
    }
    room.silent.add(0);
    room.run(36);
    expect(isNear(middleOf(screen, 1, 0), card)).toBe(true);
  });

  it("keeps what a cell shows until its next source has a picture, and never flashes", () => {
    const room = start();
    room.camera(0);
    room.camera(1);
    const screen = room.output(1, h264);
    room.scene(1, [who(0)]);
    room.run(5);
    room.scene(1, [who(1)]);
    const seen = Array.from({ length: 8 }, () => {
      room.run(1);
      return middleOf(screen, 1, 0);
    });

    const strange = seen.filter(
      (colour) => ![0, 1].some((source) => isNear(colour, palette[source] as Colour)),
    );
    expect(strange).toEqual([]);
    expect(isNear(seen.at(-1) as Colour, palette[1] as Colour)).toBe(true);
  });

  it("letterboxes pictures of another form, and follows sudden changes of size", () => {
    const room = start();
    room.camera(0, "H264", { width: 320, height: 240 });
    const screen = room.output(1, h264);
    room.scene(1, [who(0)]);
    room.run(4);
    expect(isNear(screen.at(20, 100), black)).toBe(true);
    expect(isNear(screen.at(320, 180), palette[0] as Colour)).toBe(true);

    room.camera(0, "H264", { width: 1280, height: 720 });
    room.run(6);
    expect(isNear(screen.at(20, 100), palette[0] as Colour)).toBe(true);
  });

  it("cuts off what does not have the form of its cell where it is to fill it, and follows the room's change of mind", () => {
    const room = start();
    room.camera(0, "H264", { width: 320, height: 240 });
    room.camera(1, "VP8", { width: 180, height: 320 });
    const screen = room.output(1, h264);
    room.scene(2, [who(0, { crop: true, name: "" }), who(1, { crop: true, name: "" })]);
    room.run(4);
    const corners = ([source, cell]: readonly [number, number]) => {
      const { x, y, width, height } = cellRectangles(2, screen.size)[cell]!;
      const [left, right, top, bottom] = [x + 6, x + width - 7, y + 6, y + height - 7];
      return [
        screen.at(left, top),
        screen.at(right, top),
        screen.at(left, bottom),
        screen.at(right, bottom),
      ].map((seen) => (isNear(seen, palette[source] as Colour) ? source : "-"));
    };
    expect([corners([0, 0]), corners([1, 1])]).toEqual([Array(4).fill(0), Array(4).fill(1)]);

    room.scene(2, [who(0, { name: "" }), who(1, { crop: true, name: "" })]);
    room.run(3);
    expect([corners([0, 0]), corners([1, 1])]).toEqual([Array(4).fill("-"), Array(4).fill(1)]);
  });

  it("shows the middle of a picture that is cut", () => {
    const picture = new FramePicture(64, 192);
    const part = new Scaler(64, 36);
    onTestFinished(() => {
      picture.free();
      part.free();
    });
    const bands: readonly Colour[] = [palette[0]!, palette[1]!, palette[2]!];
    for (const [band, colour] of bands.entries()) {
      fill(picture.picture, { x: 0, y: band * 64, width: 64, height: 64 }, colour);
    }
    const area = cutTo({ width: 64, height: 36 }, { width: 64, height: 192 });
    expect(area).toEqual({ x: 0, y: 78, width: 64, height: 36 });
    const { planes } = part.scalePart(picture.frame, area).picture;
    expect(planes.map(({ data, stride }, plane) => data[(plane ? 9 : 18) * stride + 10])).toEqual([
      ...palette[1]!,
    ]);
    expect(planes.map(({ data }) => data[0])).toEqual([...palette[1]!]);
  });

  it("has the time of day in its corner, which is drawn again when it is another", () => {
    const room = start();
    room.camera(0);
    const screen = room.output(1, h264);
    const ink = () => Array.from({ length: 90 }, (_, x) => screen.at(548 + x, 12)[0]);
    room.scene(1, [who(0, { name: "" })], "");
    room.run(3);
    expect(Math.max(...ink())).toBeLessThan(150);
    room.scene(1, [who(0, { name: "" })], "", { timezone: "Europe/Berlin", seconds: true });
    room.run(3);
    const first = ink();
    expect(Math.max(...first)).toBeGreaterThan(150);
    room.run(20);
    expect(ink()).not.toEqual(first);
    expect(isNear(screen.at(320, 180), palette[0] as Colour)).toBe(true);
  });

  it("frames who speaks, marks who is muted, names everybody and has a title", () => {
    const room = start();
    for (const source of [0, 1]) room.camera(source);
    const screen = room.output(1, h264);
    room.scene(2, [who(0, { speaking: true }), who(1, { muted: true, name: "" })], "Weekly");
    room.run(6);
    const [left, right] = cellRectangles(2, screen.size);
    if (!left || !right) throw new Error("no cells");

    expect(isNear(screen.at(left.x, left.y + 90), [150, 72, 60], 25)).toBe(true);
    expect(isNear(screen.at(right.x + 318, right.y + 90), palette[1] as Colour, 25)).toBe(true);
    // The name's box, in the lower left corner, inside the frame.
    expect(isNear(screen.at(left.x + 4, left.y + left.height - 6), [30, 128, 128], 25)).toBe(true);
    const muted = Array.from({ length: 16 }, (_, x) =>
      screen.at(right.x + 4 + x, right.y + right.height - 10),
    );
    expect(muted.some(([, , v]) => v > 170)).toBe(true);
    const title = Array.from({ length: 120 }, (_, x) => screen.at(260 + x, 10)[0]);
    expect(Math.max(...title)).toBeGreaterThan(150);
  });
});

describe("what nobody sees", () => {
  it("is not decoded: after the first picture its frames only tell that it goes on", () => {
    const room = start();
    room.camera(0);
    room.camera(1);
    room.output(1, h264);
    room.scene(1, [who(0)]);
    room.run(20);

    expect(room.counters()).toMatchObject({ decoded: 21, passedOver: 19, decodeErrors: 0 });
    expect(room.told.filter((message) => message.kind === "source.key")).toEqual([
      { kind: "source.key", source: 0 },
    ]);
  });

  it("is decoded from the next key frame on, which is asked for at once", () => {
    const room = start();
    room.camera(0);
    room.camera(1);
    const screen = room.output(1, h264);
    room.scene(1, [who(0)]);
    room.run(10);
    room.scene(1, [who(1)]);
    expect(room.told.at(-1)).toEqual({ kind: "source.key", source: 1 });
    room.run(2);

    expect(isNear(middleOf(screen, 1, 0), palette[1] as Colour)).toBe(true);
  });

  it("is not composed without outputs", () => {
    const room = start();
    room.camera(0);
    room.scene(1, [who(0)]);
    room.run(10);
    expect(room.counters()).toMatchObject({ encoded: 0, composeMs: 0, decoded: 1 });

    room.output(1, h264);
    room.run(5);
    room.compositor.receive({ kind: "output.close", output: 1 }, Buffer.alloc(0));
    const { encoded } = room.counters();
    room.run(5);
    expect(encoded).toBeGreaterThan(3);
    expect(room.counters().encoded).toBe(encoded);
  });
});

describe("time", () => {
  it("that was missed is skipped, and nothing is queued", () => {
    const room = start();
    room.output(1, h264);
    room.run(10);
    const { encoded } = room.counters();
    room.stall(950);
    room.run(1);

    expect(room.counters().skipped).toBe(9);
    expect(room.counters().encoded - encoded).toBe(1);
  });
});

describe("fewer pictures a second", () => {
  it("are made from now on by the same encoder, without a key frame", () => {
    const room = start();
    room.camera(0);
    const screen = room.output(1, h264);
    room.scene(1, [who(0)]);
    room.run(5);
    const { encoded } = room.counters();
    room.compositor.receive(
      { kind: "canvas.open", canvas: 1, size: { ...size, framerate: 5 } },
      Buffer.alloc(0),
    );
    room.run(10);
    expect(room.counters().encoded - encoded).toBe(5);
    expect(room.keys).toEqual([1]);
    expect(isNear(middleOf(screen, 1, 0), palette[0] as Colour)).toBe(true);
  });
});

describe("broken bitstreams", () => {
  it("are counted, ask for key frames within bounds, and leave others alone", () => {
    const room = start();
    room.camera(0);
    const screen = room.output(1, h264);
    const codecs = ["H264", "VP8"] as const;
    for (const [index, codec] of codecs.entries()) {
      room.compositor.receive(
        { kind: "source.open", source: 10 + index, codec, still: false },
        Buffer.alloc(0),
      );
    }
    room.scene(4, [who(0), who(10, { name: "" }), who(11, { name: "" })]);
    let state = 7;
    const noise = (length: number) =>
      Buffer.from(
        Array.from({ length }, () => {
          state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
          return state >> 16;
        }),
      );
    for (let round = 0; round < 50; round += 1) {
      for (const source of [10, 11]) {
        const frame = { kind: "source.frame", source, key: true, timestamp: round } as const;
        room.compositor.receive(frame, Buffer.concat([Buffer.of(0, 0, 0, 1, 0x67), noise(10 + round * 7)]));
      }
      room.run(1);
    }

    expect(isNear(middleOf(screen, 4, 0), palette[0] as Colour)).toBe(true);
    expect(room.counters().decodeErrors).toBeGreaterThan(20);
    const asked = room.told.filter((message) => message.kind === "source.key" && message.source >= 10);
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.length).toBeLessThanOrEqual(2 * 11);
  });

  it("of pictures that are too large are refused", () => {
    const room = start();
    room.output(1, h264);
    room.camera(0, "VP8", { width: 2048, height: 1200 });
    room.scene(1, [who(0)]);
    room.run(3);

    expect(room.counters()).toMatchObject({ decoded: 0 });
    expect(room.counters().decodeErrors).toBeGreaterThan(0);
  });
});

describe("a snapshot", () => {
  it("is a JPEG with those who are seen, though nobody watches, and nothing lies beside it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "parley-snapshot-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const room = start();
    room.camera(0);
    room.scene(1, [who(0)]);
    room.run(5);
    const path = join(folder, "picture.jpg");
    room.compositor.receive({ kind: "snapshot", id: 7, canvas: 1, path }, Buffer.alloc(0));
    room.run(5);
    await expect
      .poll(() => room.told.find((message) => message.kind === "snapshot"))
      .toEqual({ kind: "snapshot", id: 7 });

    const jpeg = await readFile(path);
    expect(jpeg.subarray(0, 3).toString("hex")).toBe("ffd8ff");
    expect(await readdir(folder)).toEqual(["picture.jpg"]);
    expect(room.counters().decoded).toBeGreaterThan(1);
  });

  it("of no picture, or to a place that is not there, is refused", async () => {
    const room = start();
    const path = "/nowhere/at/all.jpg";
    room.compositor.receive({ kind: "snapshot", id: 1, canvas: 2, path }, Buffer.alloc(0));
    room.compositor.receive({ kind: "snapshot", id: 2, canvas: 1, path }, Buffer.alloc(0));
    room.run(2);
    await expect.poll(() => room.told.filter((message) => message.kind === "snapshot")).toHaveLength(2);

    expect(room.told.filter((message) => message.kind === "snapshot")).toEqual([
      { kind: "snapshot", id: 1, error: "there is no such picture" },
      { kind: "snapshot", id: 2, error: expect.stringContaining("ENOENT") },
    ]);
  });
});
