// Payloads of other senders, which our packetizer never writes, and what is no payload at all.
import { describe, expect, it } from "vitest";
import { annexB, keyFrame, PacketWriter, pictureSet, Receiver, sequenceSet, slice, vp8Frame } from "./nal.ts";

/** The payloads of one frame, as packets with the marker at the last. */
function receive(
  receiver: Receiver,
  writer: PacketWriter,
  timestamp: number,
  payloads: readonly Uint8Array[],
): void {
  payloads.forEach((payload, index) => {
    receiver.insert(writer.packet(payload, { timestamp, marker: index === payloads.length - 1 }));
  });
}

const bytes = (...values: readonly (number | Uint8Array)[]) =>
  Uint8Array.from(values.flatMap((value) => (typeof value === "number" ? [value] : [...value])));

describe("H.264", () => {
  const start = (options?: ConstructorParameters<typeof Receiver>[1]) => ({
    receiver: new Receiver("H264", options),
    writer: new PacketWriter("H264"),
  });

  it("puts parameter sets of the description before a key frame that came without", () => {
    const { receiver, writer } = start({ parameterSets: [sequenceSet, pictureSet], nack: false });

    receive(receiver, writer, 1, [slice(true, 50)]);

    expect(receiver.frames).toEqual([
      { data: annexB(sequenceSet, pictureSet, slice(true, 50)), key: true, timestamp: 1 },
    ]);
  });

  it("puts the parameter sets that came before in front of the next key frame, also when they were a frame", () => {
    const { receiver, writer } = start();

    receive(receiver, writer, 1, [sequenceSet, pictureSet]);
    receive(receiver, writer, 2, [slice(true, 50)]);
    receive(receiver, writer, 3, [sequenceSet, slice(true, 60)]);

    expect(receiver.timestamps).toEqual([2, 3]);
    expect(receiver.frames[0]?.data).toEqual(annexB(sequenceSet, pictureSet, slice(true, 50)));
    expect(receiver.frames[1]?.data).toEqual(annexB(sequenceSet, pictureSet, sequenceSet, slice(true, 60)));
    expect([receiver.dropped, receiver.frames.map(({ key }) => key)]).toEqual([[], [true, true]]);
  });

  it("takes a later set of the same id for the earlier one", () => {
    const { receiver, writer } = start({ parameterSets: [sequenceSet, pictureSet], nack: false });
    const other = sequenceSet.with(3, 0x20);

    receive(receiver, writer, 1, [other]);
    receive(receiver, writer, 2, [slice(true, 50)]);

    expect(receiver.frames[0]?.data).toEqual(annexB(other, pictureSet, slice(true, 50)));
  });

  it("asks for a key frame when the sets that one needs have never come", () => {
    const { receiver, writer } = start({ parameterSets: [sequenceSet], nack: false });

    receive(receiver, writer, 1, [slice(true, 50)]);

    expect(receiver.frames).toEqual([]);
    expect(receiver.keyFrameRequests).toBe(1);
    expect(receiver.dropped).toEqual(["no parameter sets"]);
  });

  it("reads STAP-A with slices, and FU-A that is start and end at once", () => {
    const { receiver, writer } = start();
    const aggregate = bytes(
      0x78,
      0,
      sequenceSet.length,
      sequenceSet,
      0,
      5,
      pictureSet,
      0,
      30,
      slice(true, 30),
    );

    receive(receiver, writer, 1, [aggregate]);
    receive(receiver, writer, 2, [bytes(0x5c, 0xc1, slice(false, 40).subarray(1))]);

    expect(receiver.frames.map((frame) => frame.data)).toEqual([
      annexB(sequenceSet, pictureSet, slice(true, 30)),
      annexB(slice(false, 40)),
    ]);
  });

  it("drops a frame in which a NAL unit stands among the fragments of another", () => {
    const { receiver, writer } = start();

    receive(receiver, writer, 1, [sequenceSet, pictureSet, slice(true, 30)]);
    receive(receiver, writer, 2, [bytes(0x5c, 0x81, 1, 2), slice(false, 9), bytes(0x5c, 0x41, 3)]);

    expect(receiver.timestamps).toEqual([1]);
    expect(receiver.dropped).toEqual(["malformed"]);
  });

  it("does not keep a parameter set that is larger than any", () => {
    const { receiver, writer } = start();
    const huge = bytes(sequenceSet, new Uint8Array(1200).fill(0x11));

    receive(receiver, writer, 1, [huge, pictureSet, slice(true, 30)]);
    receive(receiver, writer, 2, [slice(true, 30)]);

    expect(receiver.timestamps).toEqual([1]);
    expect(receiver.dropped).toContain("no parameter sets");
  });

  it("passes over NAL units of undefined types", () => {
    const { receiver, writer } = start();

    receive(receiver, writer, 1, [sequenceSet, pictureSet, bytes(0x1f, 1, 2), bytes(0, 1), slice(true, 30)]);

    expect(receiver.frames[0]?.data).toEqual(annexB(sequenceSet, pictureSet, slice(true, 30)));
  });

  it.each([
    ["a size beyond the STAP-A", bytes(0x78, 0, 40, slice(false, 30))],
    ["a size of nothing", bytes(0x78, 0, 0, 0, 30, slice(false, 30))],
    ["an empty STAP-A", bytes(0x78)],
    ["a second size beyond the STAP-A", bytes(0x78, 0, 4, slice(false, 4), 0, 9, 1)],
    ["FU-A without a start", bytes(0x5c, 0x41, 1, 2, 3)],
    ["a byte stream of damaged units", bytes(0, 0, 1, 0xc1, 1, 2)],
    ["FU-A without a body", bytes(0x5c, 0xc1)],
    ["FU-A of a STAP-A", bytes(0x5c, 0xd8, 1, 2)],
    ["a NAL unit that its sender calls damaged", bytes(0xc1, 1, 2)],
  ])("drops a frame with %s, and what follows until a key frame", (_, payload) => {
    const { receiver, writer } = start();

    receive(receiver, writer, 1, [sequenceSet, pictureSet, slice(true, 30)]);
    receive(receiver, writer, 2, [payload]);
    receive(receiver, writer, 3, [slice(false, 30)]);
    receive(receiver, writer, 4, [slice(true, 30)]);

    expect(receiver.timestamps).toEqual([1, 4]);
    expect(receiver.keyFrameRequests).toBe(1);
    expect(receiver.dropped).toEqual(["malformed", "no key frame"]);
  });

  it.each([
    ["a zero", [0]],
    ["zeros", [0, 0, 0]],
    ["half a size", [7]],
  ])("passes over what stands behind the last unit of a STAP-A: %s", (_, trailing) => {
    const { receiver, writer } = start();

    receive(receiver, writer, 1, [sequenceSet, pictureSet, slice(true, 30)]);
    receive(receiver, writer, 2, [bytes(0x78, 0, 30, slice(false, 30), ...trailing)]);

    expect(receiver.frames[1]?.data).toEqual(annexB(slice(false, 30)));
    expect([receiver.dropped, receiver.assembler.mended]).toEqual([[], 1]);
  });

  it("takes a unit whose last fragment does not say so as ended by another unit, by the next, and by the frame's end", () => {
    const { receiver, writer } = start();
    const body = slice(false, 9).subarray(1);
    const more = slice(false, 9, 0x22, false).subarray(1);

    receive(receiver, writer, 1, [sequenceSet, pictureSet, slice(true, 30)]);
    receive(receiver, writer, 2, [bytes(0x5c, 0x81, body), bytes(0x5c, 0x01, 7, 7)]);
    receive(receiver, writer, 3, [bytes(0x5c, 0x81, body), bytes(0x5c, 0x81, more)]);
    receive(receiver, writer, 4, [bytes(0x5c, 0x81, body), slice(false, 9, 0x22, false)]);
    receive(receiver, writer, 5, [slice(false, 30)]);

    const unit = slice(false, 9);
    const other = slice(false, 9, 0x22, false);
    expect(receiver.frames.slice(1).map(({ data }) => data)).toEqual([
      annexB(bytes(unit, 7, 7)),
      annexB(unit, other),
      annexB(unit, other),
      annexB(slice(false, 30)),
    ]);
    expect([receiver.dropped, receiver.assembler.mended]).toEqual([[], 4]);
  });

  it("does not take a unit without its end for whole because a marker stands in the middle of it", () => {
    const { receiver, writer } = start();
    const body = slice(false, 9).subarray(1);

    receive(receiver, writer, 1, [sequenceSet, pictureSet, slice(true, 30)]);
    receiver.insert(writer.packet(bytes(0x5c, 0x81, body), { timestamp: 2, marker: true }));
    receiver.insert(writer.packet(bytes(0x5c, 0x41, 7), { timestamp: 2, marker: true }));

    expect(receiver.frames[1]?.data).toEqual(annexB(bytes(slice(false, 9), 7)));
  });

  it("splits a payload that is a byte stream", () => {
    const { receiver, writer } = start();
    const key = bytes(0, 0, 0, 1, sequenceSet, 0, 0, 1, pictureSet, 0, 0, 0, 1, slice(true, 30));

    receive(receiver, writer, 1, [key]);
    receive(receiver, writer, 2, [bytes(0, 0, 1, slice(false, 20))]);
    receive(receiver, writer, 3, [bytes(0, 0, 1, slice(true, 20))]);

    expect(receiver.frames.map(({ data, key }) => [key, data])).toEqual([
      [true, annexB(sequenceSet, pictureSet, slice(true, 30))],
      [false, annexB(slice(false, 20))],
      [true, annexB(sequenceSet, pictureSet, slice(true, 20))],
    ]);
  });

  describe("reads a whole access unit with start codes", () => {
    const delimiter = Uint8Array.of(0x09, 0xf0);
    const picture = slice(true, 400);
    const stream = annexB(sequenceSet, pictureSet, picture);
    /** `unit`, whatever is in it, as fragments of so many bytes. */
    const fragments = (unit: Uint8Array, bytesEach: number, ends = true): Uint8Array[] =>
      Array.from({ length: Math.ceil((unit.length - 1) / bytesEach) }, (_, index) => {
        const last = ends && (index + 1) * bytesEach >= unit.length - 1;
        const flags = (index === 0 ? 0x80 : 0) | (last ? 0x40 : 0);
        const part = unit.subarray(1 + index * bytesEach, 1 + (index + 1) * bytesEach);
        return bytes(0x7c, flags | (unit[0]! & 0x1f), part);
      });
    const aggregated = (...units: readonly Uint8Array[]) =>
      bytes(0x78, ...units.flatMap((unit) => [unit.length >> 8, unit.length & 0xff, unit]));

    it.each<[string, readonly Uint8Array[]]>([
      ["behind the sequence parameter set", [stream.subarray(4)]],
      ["behind a delimiter", [bytes(delimiter, stream)]],
      ["behind more zeros", [bytes(0, 0, 0, stream)]],
      ["in fragments of a parameter set", fragments(stream.subarray(4), 30)],
      ["in fragments that split a start code", fragments(stream.subarray(4), sequenceSet.length)],
      ["in fragments whose last does not say so", fragments(stream.subarray(4), 30, false)],
      [
        "in front of each unit of a STAP-A",
        [aggregated(annexB(sequenceSet), annexB(pictureSet), annexB(picture))],
      ],
      ["behind a unit of a STAP-A", [aggregated(stream.subarray(4))]],
    ])("%s", (_what, payloads) => {
      const { receiver, writer } = start();

      receive(receiver, writer, 1, payloads);
      receive(receiver, writer, 2, [slice(true, 70)]);

      const isDelimited = payloads[0]![0] === delimiter[0];
      const units = [...(isDelimited ? [delimiter] : []), sequenceSet, pictureSet, picture];
      expect(receiver.frames.map(({ data, key }) => [data, key])).toEqual([
        [annexB(...units), true],
        [annexB(sequenceSet, pictureSet, slice(true, 70)), true],
      ]);
      expect(receiver.dropped).toEqual([]);
      expect(receiver.assembler.mended).toBeGreaterThan(0);
    });
  });

  it("bounds the units of a payload that is a byte stream", () => {
    const { receiver, writer } = start();
    const many = bytes(...Array.from({ length: 65 }, () => bytes(0, 0, 1, 9, 1)));

    receive(receiver, writer, 1, [sequenceSet, pictureSet, slice(true, 30)]);
    receive(receiver, writer, 2, [many]);

    expect(receiver.dropped).toEqual(["malformed"]);
  });

  it.each([25, 26, 27, 29])("drops a frame with a packet of the interleaved mode: type %i", (type) => {
    const { receiver, writer } = start();

    receive(receiver, writer, 1, [sequenceSet, pictureSet, slice(true, 30)]);
    receive(receiver, writer, 2, [bytes(0x60 | type, 0, 1, 0, 4, slice(false, 4))]);

    expect(receiver.timestamps).toEqual([1]);
    expect(receiver.dropped).toEqual(["unsupported"]);
  });
});

describe("VP8", () => {
  const key = vp8Frame(true, 40).data;

  it.each([
    ["nothing", [0x10]],
    ["X and no extension", [0x90, 0]],
    ["a picture id of 7 bits", [0x90, 0x80, 0x11]],
    ["a picture id of 15 bits", [0x90, 0x80, 0x81, 0x11]],
    ["TL0PICIDX", [0x90, 0x40, 7]],
    ["TID", [0x90, 0x20, 0x40]],
    ["KEYIDX", [0x90, 0x10, 0x03]],
    ["everything", [0x90, 0xf0, 0x81, 0x11, 7, 0x63]],
    ["N and reserved bits", [0x78]],
  ])("reads a descriptor with %s", (_, descriptor) => {
    const receiver = new Receiver("VP8");
    const writer = new PacketWriter("VP8");
    const rest = [descriptor[0]! & ~0x10, ...descriptor.slice(1)];

    receive(receiver, writer, 1, [
      bytes(...descriptor, key.subarray(0, 15)),
      bytes(...rest, key.subarray(15, 30)),
      bytes((rest[0]! & 0xf8) | 0x11, ...rest.slice(1), key.subarray(30)),
    ]);

    expect(receiver.frames).toEqual([{ data: key, key: true, timestamp: 1 }]);
  });

  it.each([
    ["a descriptor and nothing else", [0x90, 0x80, 0x11]],
    ["a descriptor that is cut short", [0x90, 0xf0, 0x81]],
    ["no beginning", [0x00, 1, 2, 3]],
    ["a key frame without its start code", [0x10, 0x10, 2, 0, 1, 2, 3, 4, 5, 6, 7]],
    ["a key frame that is cut short", [0x10, 0x10, 2, 0, 0x9d, 0x01, 0x2a]],
  ])("drops a frame with %s", (_, payload) => {
    const receiver = new Receiver("VP8");
    const writer = new PacketWriter("VP8");
    receiver.insert(...writer.packets(vp8Frame(true, 40, 1)));

    receive(receiver, writer, 2, [Uint8Array.from(payload)]);
    receiver.insert(...writer.packets(vp8Frame(false, 40, 3)));

    expect(receiver.timestamps).toEqual([1]);
    expect(receiver.dropped).toEqual(["malformed", "no key frame"]);
  });
});

it("takes packets of nothing but padding for what they are", () => {
  const receiver = new Receiver("H264");
  const writer = new PacketWriter("H264");
  const padding = () => writer.packet(new Uint8Array(0), { timestamp: 1, marker: false });

  receiver.insert(padding(), ...writer.packets(keyFrame(300, 1)), padding(), padding());
  receiver.insert(...writer.packets(keyFrame(300, 2)));

  expect(receiver.timestamps).toEqual([1, 2]);
  expect([receiver.dropped, receiver.missing]).toEqual([[], []]);
});
