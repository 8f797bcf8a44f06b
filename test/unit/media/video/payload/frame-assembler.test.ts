// Streams over networks: order, loss, retransmission, markers and timestamps that are not to be relied on, restarts.
import { describe, expect, it } from "vitest";
import type { VideoPacket } from "../../../../../media/video/payload/index.ts";
import {
  annexB,
  deltaFrame,
  keyFrame,
  PacketWriter,
  pictureSet,
  Receiver,
  sequenceSet,
  slice,
  vp8Frame,
} from "./nal.ts";

const nack = { nack: true };
const later = (packets: readonly VideoPacket[], at: number) => packets.map((packet) => ({ ...packet, at }));

function start(options?: ConstructorParameters<typeof Receiver>[1], sequence?: number) {
  const receiver = new Receiver("H264", options);
  const writer = new PacketWriter("H264", sequence === undefined ? {} : { sequence });
  return { receiver, writer, assembler: receiver.assembler };
}

it("hands frames over as they were, across the end of the sequence numbers and of the timestamps", () => {
  const { receiver, writer } = start(undefined, 65_533);
  const frames = [keyFrame(500, 2 ** 32 - 3000), deltaFrame(300, 0), deltaFrame(50, 3000)];

  for (const frame of frames) receiver.insert(...writer.packets(frame));

  expect(receiver.frames).toEqual(frames);
  expect(receiver.keyFrameRequests).toBe(0);
});

it("hands a frame over with its last packet", () => {
  const { receiver, writer } = start();
  const packets = writer.packets(keyFrame(500));

  receiver.insert(...packets.slice(0, -1));
  expect(receiver.frames).toHaveLength(0);
  receiver.insert(packets.at(-1)!);
  expect(receiver.frames).toHaveLength(1);
});

it("copies what it keeps", () => {
  const { receiver, writer } = start();
  const buffer = Buffer.alloc(200);
  const frame = keyFrame(500);

  for (const packet of writer.packets(frame)) {
    buffer.set(packet.payload);
    receiver.insert({ ...packet, payload: buffer.subarray(0, packet.payload.length) });
  }

  expect(receiver.frames).toEqual([frame]);
});

it("puts packets in order, those before the first one as well, and drops second copies", () => {
  const { receiver, writer } = start();
  const frames = [keyFrame(300, 1), deltaFrame(300, 2)];
  const [a, b, c, d, ...rest] = frames.flatMap((frame) => writer.packets(frame));

  receiver.insert(b!, a!, a!, d!, d!, c!, ...rest.reverse(), b!);

  expect(receiver.frames).toEqual(frames);
  expect(receiver.dropped).toEqual([]);
});

describe("a hole", () => {
  it("is waited for 40 ms without retransmission; then frames are dropped until a key frame", () => {
    const { receiver, writer, assembler } = start();
    receiver.insert(...writer.packets(keyFrame(50, 1)));
    const [first, , ...rest] = writer.packets(deltaFrame(300, 2), 100);
    receiver.insert(first!, ...rest, ...writer.packets(deltaFrame(50, 3), 100));

    assembler.expire(139);
    expect([receiver.dropped, receiver.keyFrameRequests]).toEqual([[], 0]);
    assembler.expire(140);
    receiver.insert(...writer.packets(deltaFrame(50, 4), 140), ...writer.packets(keyFrame(50, 5), 140));

    expect(receiver.timestamps).toEqual([1, 5]);
    expect(receiver.missing).toEqual([]);
    expect(receiver.dropped).toEqual(["incomplete", "no key frame", "no key frame"]);
    expect(receiver.keyFrameRequests).toBe(1);
  });

  it("is asked for, three times at most, and filled within 150 ms with retransmission", () => {
    const { receiver, writer, assembler } = start(nack, 10);
    const frames = [keyFrame(50, 1), deltaFrame(300, 2), deltaFrame(50, 3)];
    const [key, delta, last] = frames.map((frame) => writer.packets(frame)) as [
      VideoPacket[],
      VideoPacket[],
      VideoPacket[],
    ];
    const lost = delta.splice(1, 2);
    receiver.insert(...key, ...later(delta, 100), ...later(last, 105));

    for (let now = 100; now < 250; now += 10) assembler.expire(now);
    const asked = lost.map((packet) => packet.sequence);
    expect(receiver.missing).toEqual([...asked, ...asked, ...asked]);
    receiver.insert(...later(lost, 249));

    expect(receiver.frames).toEqual(frames);
    expect(receiver.keyFrameRequests).toBe(0);
  });

  it("is given up after 150 ms with retransmission", () => {
    const { receiver, writer, assembler } = start(nack);
    receiver.insert(...writer.packets(keyFrame(50, 1)));
    const [, ...rest] = writer.packets(deltaFrame(300, 2), 100);
    receiver.insert(...rest);

    assembler.expire(249);
    expect(receiver.keyFrameRequests).toBe(0);
    assembler.expire(250);
    expect(receiver.keyFrameRequests).toBe(1);
  });

  it("that hid the end of a frame does not cost the key frame behind it", () => {
    for (const behind of [keyFrame(300, 3), keyFrame(20, 3)]) {
      const { receiver, writer, assembler } = start();
      receiver.insert(...writer.packets(keyFrame(50, 1)), ...writer.packets(deltaFrame(300, 2)).slice(0, -1));
      receiver.insert(...writer.packets(behind));

      assembler.expire(40);

      expect(receiver.timestamps).toEqual([1, 3]);
    }
  });

  it("that hid the end of a frame does not cost a key frame that begins in an unusual way", () => {
    const { receiver, writer, assembler } = start();
    receiver.insert(...writer.packets(keyFrame(50, 1)));
    const delta = writer.packets(deltaFrame(300, 2));
    receiver.insert(delta[0]!, delta.at(-1)!);
    const prefix = Uint8Array.of(0x6e, 0x40, 0x80);
    receiver.insert(
      writer.packet(prefix, { timestamp: 3, marker: false }),
      writer.packet(slice(true, 50), { timestamp: 3, marker: true }),
    );

    assembler.expire(40);

    const { data } = receiver.frames.at(-1)!;
    expect(data).toEqual(annexB(sequenceSet, pictureSet, prefix, slice(true, 50)));
    expect(receiver.timestamps).toEqual([1, 3]);
  });

  it("that hid the beginning of a key frame costs all of it and keeps its parameter sets", () => {
    const { receiver, writer, assembler } = start();
    const [sets, , ...rest] = writer.packets(keyFrame(300, 1));
    receiver.insert(sets!, ...rest);
    assembler.expire(40);
    receiver.insert(writer.packet(slice(true, 50), { timestamp: 2, marker: true }));

    expect(receiver.timestamps).toEqual([2]);
  });

  it("of more packets than one question holds is asked for in several", () => {
    const { receiver, writer, assembler } = start(nack, 0);
    receiver.insert(...writer.packets(keyFrame(50, 1)));
    writer.sequence += 100;
    receiver.insert(...writer.packets(deltaFrame(50, 2)));

    assembler.expire(20);
    expect(receiver.missing).toHaveLength(64);
    assembler.expire(40);
    expect(new Set(receiver.missing).size).toBe(100);
  });
});

describe("a key frame", () => {
  it("is asked for at once when the first frame is none, then twice a second while packets come", () => {
    const { receiver, writer, assembler } = start();
    let asked = 0;
    for (let now = 0; now < 3000; now += 20) {
      receiver.insert(...writer.packets(deltaFrame(50, now * 90), now));
      assembler.expire(now);
      if (now === 0) asked = receiver.keyFrameRequests;
    }

    expect(asked).toBe(1);
    expect(receiver.keyFrameRequests).toBe(6);
    expect(receiver.frames).toEqual([]);
  });

  it("is not asked for while nothing comes", () => {
    const { receiver, writer, assembler } = start();
    receiver.insert(...writer.packets(deltaFrame(50)));
    for (let now = 0; now < 3000; now += 20) assembler.expire(now);

    expect(receiver.keyFrameRequests).toBe(1);
  });

  it("is asked for after half a second of packets that never make a frame", () => {
    const { receiver, writer, assembler } = start(nack);
    receiver.insert(...writer.packets(keyFrame(500)).slice(0, -1));
    assembler.expire(499);
    expect(receiver.keyFrameRequests).toBe(0);
    assembler.expire(500);
    expect(receiver.keyFrameRequests).toBe(1);
  });
});

describe("a sender", () => {
  it("that never sets the marker: a frame ends with the next timestamp", () => {
    const { receiver, writer } = start();
    const frames = [keyFrame(300, 1), deltaFrame(300, 2), deltaFrame(30, 3)];

    for (const frame of frames)
      receiver.insert(...writer.packets(frame).map((packet) => ({ ...packet, marker: false })));

    expect(receiver.frames).toEqual(frames.slice(0, 2));
  });

  it("that sets the marker in every packet: within a NAL unit it is not looked at", () => {
    const { receiver, writer } = start();
    for (let count = 0; count < 6; count += 1) {
      const packets = writer.packets(keyFrame(300, count));
      receiver.insert(...packets.map((packet) => ({ ...packet, marker: true })));
    }

    expect(receiver.frames).toEqual([0, 1, 2, 3, 4, 5].map((timestamp) => keyFrame(300, timestamp)));
    expect(receiver.dropped).toEqual([]);
  });

  it("that sets the marker in every packet: it is not looked at any more after two wrong ones", () => {
    const { receiver, writer } = start();
    const units = [slice(true, 30), slice(true, 20, 0x55, false)];
    receiver.insert(...writer.packets(keyFrame(30, 0)));
    for (let timestamp = 1; timestamp < 6; timestamp += 1)
      for (const unit of units) receiver.insert(writer.packet(unit, { timestamp, marker: true }));

    const whole = annexB(sequenceSet, pictureSet, ...units);
    expect(receiver.frames.slice(-2).map(({ data, timestamp }) => [timestamp, data])).toEqual([
      [3, whole],
      [4, whole],
    ]);
  });

  it.each(["H264", "VP8"] as const)("whose timestamps stand still: %s", (codec) => {
    const receiver = new Receiver(codec);
    const writer = new PacketWriter(codec);
    const frames =
      codec === "VP8"
        ? [vp8Frame(true, 300), vp8Frame(false, 300), vp8Frame(false, 20)]
        : [keyFrame(300), deltaFrame(300), deltaFrame(20)];

    for (const frame of frames) receiver.insert(...writer.packets(frame));

    expect(receiver.frames).toEqual(frames);
    expect(receiver.dropped).toEqual([]);
  });

  it("of VP8 whose timestamps stand still and that never sets the marker", () => {
    const receiver = new Receiver("VP8");
    const writer = new PacketWriter("VP8");
    const frames = [vp8Frame(true, 300), vp8Frame(false, 300), vp8Frame(false, 20)];

    for (const frame of frames)
      receiver.insert(...writer.packets(frame).map((packet) => ({ ...packet, marker: false })));

    expect(receiver.frames).toEqual(frames.slice(0, 2));
  });

  it("of H.264 whose timestamps stand still and whose markers are wrong", () => {
    const { receiver, writer } = start();
    const frames = [300, 310, 320, 330, 340].map((bytes) => keyFrame(bytes));

    for (const frame of frames)
      receiver.insert(...writer.packets(frame).map((packet) => ({ ...packet, marker: true })));

    expect(receiver.frames).toEqual(frames);
  });

  it("whose first frame fills the window is not disturbed by a packet from before it", () => {
    const receiver = new Receiver("VP8");
    const writer = new PacketWriter("VP8", { sequence: 500, maxBytes: 24 });
    const frame = vp8Frame(true, 20 * 1020);
    const packets = writer.packets(frame);
    expect(packets).toHaveLength(1020);

    receiver.insert(...packets.slice(0, -1), { ...packets[0]!, sequence: 480 }, packets.at(-1)!);

    expect(receiver.frames).toEqual([frame]);
  });

  it("whose timestamps jump in both directions", () => {
    const { receiver, writer } = start();
    const stamps = [5000, 4_000_000_000, 3000, 2999, 1_500_000_000];
    const frames = stamps.map((timestamp) => keyFrame(300, timestamp));

    for (const frame of frames) receiver.insert(...writer.packets(frame));

    expect(receiver.frames).toEqual(frames);
  });

  it.each([30_000, 800, -800, -30_000, 2000, -2000])(
    "that begins again, sequence numbers %i further",
    (jump) => {
      const receiver = new Receiver("VP8", nack);
      const { assembler } = receiver;
      const writer = new PacketWriter("VP8", { sequence: 40_000 });
      receiver.insert(...writer.packets(vp8Frame(true, 300, 1)));
      writer.sequence = (writer.sequence + jump) & 0xffff;
      let now = 0;
      for (let count = 0; count < 40; count += 1) {
        now += 40;
        receiver.insert(...writer.packets(vp8Frame(true, 300, 10 + count), now));
        assembler.expire(now);
      }

      const received = receiver.timestamps.slice(1);
      expect(received.length).toBeGreaterThan(20);
      expect(received).toEqual(Array.from(received, (_, index) => received[0]! + index));
      expect(received.at(-1)).toBe(49);
      if (Math.abs(jump) > 1023) expect(received[0]).toBe(10);
    },
  );

  it("that strays with one packet is not taken for a new beginning", () => {
    const { receiver, writer } = start();
    receiver.insert(...writer.packets(keyFrame(50, 1)));
    const [stray] = writer.packets(deltaFrame(50, 9));
    receiver.insert({ ...stray!, sequence: (stray!.sequence + 20_000) & 0xffff });
    receiver.insert({ ...stray!, sequence: (stray!.sequence + 30_000) & 0xffff });
    writer.sequence = stray!.sequence;
    receiver.insert(...writer.packets(deltaFrame(50, 2)));

    expect(receiver.timestamps).toEqual([1, 2]);
    expect(receiver.dropped).toEqual([]);
  });

  it("whose frames grow without end is dropped, and heard again with its next key frame", () => {
    const receiver = new Receiver("H264");
    const writer = new PacketWriter("H264", { maxBytes: 1200 });
    receiver.insert(...writer.packets(keyFrame(50, 1)));
    receiver.insert(...writer.packets(deltaFrame(1_100_000, 2)), ...writer.packets(keyFrame(50, 3)));

    expect(receiver.timestamps).toEqual([1, 3]);
    expect([receiver.dropped, receiver.keyFrameRequests]).toEqual([["too large"], 1]);
  });

  it("whose packets pile up behind a hole is bounded in bytes", () => {
    const { receiver, writer } = start(nack);
    receiver.insert(...writer.packets(keyFrame(50, 1)));
    writer.sequence += 1;
    const huge = new Uint8Array(60_000).fill(0x41);
    for (let count = 0; count < 40; count += 1)
      receiver.insert(writer.packet(huge, { timestamp: count, marker: true }));
    receiver.insert(...writer.packets(keyFrame(50, 100)));

    expect(receiver.dropped[0]).toBe("too large");
    expect(receiver.timestamps).toEqual([1, 100]);
  });
});

it("restart() forgets what waits and wants a key frame of the new source", () => {
  const { receiver, writer, assembler } = start();
  receiver.insert(...writer.packets(keyFrame(50, 1)), ...writer.packets(deltaFrame(300, 2)).slice(0, 2));
  assembler.restart();
  writer.sequence = 5;
  receiver.insert(...writer.packets(deltaFrame(50, 3)), ...writer.packets(keyFrame(50, 4)));

  expect(receiver.timestamps).toEqual([1, 4]);
  expect(receiver.keyFrameRequests).toBe(1);
});
