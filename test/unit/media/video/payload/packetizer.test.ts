// Coded pictures to payloads: what stands in them, and that none is larger than asked for.
import { describe, expect, it } from "vitest";
import { Packetizer } from "../../../../../media/video/payload/index.ts";
import { annexB, deltaFrame, formats, keyFrame, pictureSet, sequenceSet, slice, vp8Frame } from "./nal.ts";

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");

describe("H.264", () => {
  it("sends parameter sets in one STAP-A and a small slice as it is, without copying it", () => {
    const frame = keyFrame(20);

    const [sets, picture, ...rest] = new Packetizer(formats.H264).packetize(frame, 1200);

    expect(rest).toEqual([]);
    expect(hex(sets)).toBe(`780019${hex(sequenceSet)}0005${hex(pictureSet)}`);
    expect(picture).toEqual(slice(true, 20));
    expect(picture?.buffer).toBe(frame.data.buffer);
  });

  it("cuts a large slice into FU-A of about the same size, in one buffer", () => {
    const payloads = new Packetizer(formats.H264).packetize(deltaFrame(250), 100);

    expect(payloads.map((payload) => payload.length)).toEqual([85, 85, 85]);
    expect(payloads.map((payload) => hex(payload.subarray(0, 2)))).toEqual(["5c81", "5c01", "5c41"]);
    expect(new Set(payloads.map((payload) => payload.buffer)).size).toBe(1);
    const body = Buffer.concat(payloads.map((payload) => payload.subarray(2)));
    expect(hex(body)).toBe(hex(slice(false, 250).subarray(1)));
  });

  it("reads start codes of three bytes and leaves trailing zeros out", () => {
    const data = Uint8Array.from([0, 0, 1, ...slice(false, 5), 0, 0, 0, 1, ...slice(false, 6), 0, 0]);

    const payloads = new Packetizer(formats.H264).packetize({ data, key: false, timestamp: 0 }, 100);

    expect(payloads).toEqual([slice(false, 5), slice(false, 6)]);
  });

  it("sends every NAL unit alone with packetization-mode 0", () => {
    const packetizer = new Packetizer({ codec: "H264", packetizationMode: 0 });

    const payloads = packetizer.packetize(keyFrame(300), 100);

    expect(payloads).toEqual([sequenceSet, pictureSet, slice(true, 300)]);
  });

  it("does not aggregate what does not fit", () => {
    const large = new Uint8Array(90).fill(0x11);
    large[0] = 0x06;
    const frame = { data: annexB(large, sequenceSet, slice(true, 10)), key: true, timestamp: 0 };

    const payloads = new Packetizer(formats.H264).packetize(frame, 100);

    expect(payloads).toEqual([large, sequenceSet, slice(true, 10)]);
  });

  it("makes nothing of a frame without NAL units", () => {
    const packetizer = new Packetizer(formats.H264);

    expect(packetizer.packetize({ data: new Uint8Array(9), key: false, timestamp: 0 }, 100)).toEqual([]);
  });
});

describe("VP8", () => {
  it("writes a descriptor with a picture id of 15 bits in front of each part, S in the first alone", () => {
    const frame = vp8Frame(true, 200);

    const payloads = new Packetizer(formats.VP8).packetize(frame, 100);

    expect(payloads.map((payload) => payload.length)).toEqual([71, 71, 70]);
    expect(payloads.map((payload) => payload[0])).toEqual([0x90, 0x80, 0x80]);
    expect(payloads.map((payload) => payload[1])).toEqual([0x80, 0x80, 0x80]);
    expect(new Set(payloads.map((payload) => hex(payload.subarray(2, 4)))).size).toBe(1);
    expect(payloads[0]![2]! & 0x80).toBe(0x80);
    const body = Buffer.concat(payloads.map((payload) => payload.subarray(4)));
    expect(hex(body)).toBe(hex(frame.data));
  });

  it("counts the picture id by one a frame, round at 15 bits", () => {
    const packetizer = new Packetizer(formats.VP8);
    const pictureId = () => {
      const [payload] = packetizer.packetize(vp8Frame(false, 5), 100);
      return ((payload![2]! & 0x7f) << 8) | payload![3]!;
    };

    let last = pictureId();
    for (let frame = 0; frame < 0x8000; frame += 1) {
      const next = pictureId();
      if (next !== (last + 1) % 0x8000) expect(next).toBe((last + 1) % 0x8000);
      last = next;
    }
    expect(packetizer.packetize({ data: new Uint8Array(0), key: false, timestamp: 0 }, 100)).toEqual([]);
  });
});
