import { duplexPair } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { settle } from "#test/support";
import { Channel, encodeFrame, FrameReader } from "../../../../media/channel/index.ts";

describe("frames", () => {
  it("come out whole however the bytes are cut, two-byte letters included", () => {
    const bytes = Buffer.from(encodeFrame({ text: "häuser\n" }) + encodeFrame({ n: 2 }));
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const reader = new FrameReader();
      const frames: object[] = [];
      for (let at = 0; at < bytes.length; at += size)
        frames.push(...reader.push(bytes.subarray(at, at + size)));
      expect(frames, `cut every ${size}`).toEqual([{ text: "häuser\n" }, { n: 2 }]);
    }
  });

  it("are bounded, also while unfinished", () => {
    const reader = new FrameReader(100);
    reader.push(Buffer.alloc(60, "x"));
    expect(() => reader.push(Buffer.alloc(60, "x"))).toThrow("longer than 100 bytes");
  });

  it.each(["\n", "nonsense\n", "[1]\n", "null\n", "7\n"])("must be objects: %j", (line) => {
    expect(() => new FrameReader().push(Buffer.from(line))).toThrow("a frame is not");
  });
});

interface End {
  readonly channel: Channel;
  readonly frames: object[];
  readonly closed: string[];
}

function open(
  stream: ReturnType<typeof duplexPair>[0],
  limits?: ConstructorParameters<typeof Channel>[2],
): End {
  const frames: object[] = [];
  const closed: string[] = [];
  const handlers = {
    frame: (frame: object) => void frames.push(frame),
    closed: (reason: string) => void closed.push(reason),
  };
  return { channel: new Channel(stream, handlers, limits), frames, closed };
}

const small = { frameBytes: 1000, droppableBytes: 300, pendingBytes: 2000 };

describe("a channel", () => {
  it("carries frames both ways and tells each side once that it ended", async () => {
    const [left, right] = duplexPair();
    const near = open(left);
    const far = open(right);
    near.channel.send({ id: 1 });
    far.channel.send({ id: 1, result: {} });
    await settle();
    expect(far.frames).toEqual([{ id: 1 }]);
    expect(near.frames).toEqual([{ id: 1, result: {} }]);

    near.channel.close("enough");
    near.channel.close("again");
    await settle();
    await settle();
    expect(near.closed).toEqual(["enough"]);
    expect(far.closed).toHaveLength(1);
    near.channel.send({ id: 2 });
    expect(far.frames).toHaveLength(1);
  });

  it("writes the frames of one turn together, in order, and a large batch at once", async () => {
    const [left, right] = duplexPair();
    const near = open(left);
    const far = open(right);
    const write = vi.spyOn(left, "write");
    for (let id = 1; id <= 5; id += 1) near.channel.send({ id });
    expect(write).not.toHaveBeenCalled();
    await settle();
    await settle();
    expect(write).toHaveBeenCalledTimes(1);
    expect(far.frames).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 }]);
    near.channel.send({ text: "x".repeat(70_000) });
    expect(write).toHaveBeenCalledTimes(2);
  });

  it("writes what was sent before it is closed", async () => {
    const [left] = duplexPair();
    const near = open(left);
    const write = vi.spyOn(left, "write");
    near.channel.send({ id: 1 });
    near.channel.close("enough");
    expect(write).toHaveBeenCalledTimes(1);
    await settle();
    expect(write).toHaveBeenCalledTimes(1);
  });

  it("is closed by a frame over the bound", async () => {
    const [left, right] = duplexPair();
    const near = open(left);
    const far = open(right, small);
    near.channel.send({ text: "x".repeat(1001) });
    await settle();
    expect(far.closed).toEqual(["a frame is longer than 1000 bytes"]);
  });

  it("drops what may be dropped for a slow reader, and disconnects it when the rest piles up", () => {
    const [left] = duplexPair();
    const near = open(left, small);
    for (let count = 0; count < 20; count += 1) near.channel.sendDroppable({ health: "x".repeat(100) });
    expect(near.channel.dropped).toBeGreaterThan(10);
    expect(near.channel.open).toBe(true);
    for (let count = 0; count < 20; count += 1) near.channel.send({ reply: "x".repeat(100) });
    expect(near.closed).toEqual(["the peer left more than 2000 bytes unread"]);
  });
});
