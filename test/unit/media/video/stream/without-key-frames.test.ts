// A camera that refreshes its pictures part by part and has no key frames is seen all the same: from packets to decoded pictures.
import { describe, expect, it, onTestFinished } from "vitest";
import {
  emptyRtpHeader,
  readRtpHeader,
  rtpHeaderBytes,
  StreamSource,
  writeRtpHeader,
} from "../../../../../media/rtp/index.ts";
import type { VideoPlan } from "../../../../../media/sdp/index.ts";
import { splitByteStream, startCode, typeOfNal } from "../../../../../media/video/nal-units.ts";
import { Packetizer } from "../../../../../media/video/payload/index.ts";
import { Source } from "../../../../../media/video/process/source.ts";
import { ReceivingStream } from "../../../../../media/video/stream/receiving-stream.ts";
import type { VideoFormat, VideoFrame } from "../../../../../media/video/types.ts";
import { FakeClock } from "../../../../support/index.ts";
import { colours, PictureEncoder } from "../../../../support/video/index.ts";

const format: VideoFormat = {
  ...{ codec: "H264", packetizationMode: 1, profileLevelId: "42e01f" },
  ...{ maxMacroblocks: 3600, maxMacroblocksPerSecond: 108_000, maxKbps: undefined },
};
const plan: VideoPlan = {
  ...{ content: "main", format, payloadType: 97, receive: new Map([[97, "H264"]]), parameterSets: new Map() },
  ...{ direction: "sendrecv", remote: { address: "10.0.0.9", port: 5000, rtcpPort: 5001 } },
  ...{ rtcpMux: false, bundled: false },
  feedback: { nack: false, pli: true, fir: false, remb: false, transportCc: false },
};
const frameMs = 1000 / 15;

/** `kept`: which NAL units of each picture are sent; the first one, which is a key frame, never is. */
function receiver(kept: (type: number, picture: number) => boolean) {
  const clock = new FakeClock();
  const camera = new PictureEncoder({ codec: "H264", refreshEvery: 30 });
  const counters = {
    ...{ skipped: 0, decoded: 0, decodeErrors: 0, passedOver: 0, encoded: 0 },
    ...{ decodeMs: 0, composeMs: 0, encodeMs: 0, cpuMs: 0 },
  };
  const asked: number[] = [];
  const frames: VideoFrame[] = [];
  const source = new Source({
    ...{ clock, codec: "H264", counters },
    listener: {
      onKeyFrameNeeded: () => stream.needKeyFrame(clock.monotonic()),
    },
  });
  onTestFinished(() => {
    source.close();
    camera.free();
  });
  const begun = clock.monotonic();
  const stream = new ReceivingStream(new StreamSource(), {
    onFrame(frame) {
      frames.push(frame);
      source.receive(Buffer.from(frame.data), frame.key);
    },
    onMissing: () => {},
    onKeyFrameDue: () => void asked.push(Math.round((clock.monotonic() - begun) / 100)),
  });
  stream.configure(plan);
  source.show(true);
  const packetizer = new Packetizer(format);
  const header = { ...emptyRtpHeader(), ssrc: 77, payloadType: 97 };
  let picture = 0;
  const send = () => {
    const coded = camera.encode(colours.red);
    const units = splitByteStream(coded.data).filter((unit) => kept(typeOfNal(unit[0]!), picture));
    picture += 1;
    const data = Buffer.concat(units.flatMap((unit) => [startCode, unit]));
    const payloads = data.length === 0 || picture === 1 ? [] : packetizer.packetize({ ...coded, data }, 1200);
    payloads.forEach((payload, index) => {
      Object.assign(header, { timestamp: coded.timestamp, marker: index === payloads.length - 1 });
      header.sequence = (header.sequence + 1) & 0xffff;
      const packet = new Uint8Array(rtpHeaderBytes + payload.length);
      writeRtpHeader(packet, header);
      packet.set(payload, rtpHeaderBytes);
      const read = emptyRtpHeader();
      readRtpHeader(packet, read);
      stream.onPacket(packet, read, clock.monotonic());
    });
    clock.advance(frameMs);
    stream.expire(clock.monotonic());
  };
  return {
    ...{ asked, frames, source, counters, stream },
    run(seconds: number) {
      for (let sent = 0; sent < seconds * 15; sent += 1) send();
    },
  };
}

const isSet = (type: number) => type === 7 || type === 8;

describe("a camera without key frames", () => {
  it("is asked for one, and seen from a recovery point on after two seconds", () => {
    const test = receiver(() => true);
    test.run(2);
    expect([test.frames, test.counters.decoded]).toEqual([[], 0]);
    expect(test.asked.length).toBeGreaterThan(3);
    test.run(4);

    // One in two seconds.
    expect(test.frames[0]?.key).toBe(true);
    expect(test.source.shape).toEqual({ width: 320, height: 180 });
    expect(test.counters.decoded).toBe(test.frames.length);
    expect(test.stream.size).toEqual({ width: 320, height: 180 });
    const { length } = test.asked;
    test.run(3);
    expect([test.asked.length, test.frames.slice(1).some(({ key }) => key)]).toEqual([length, false]);
  });

  it("that marks no recovery points either is seen after four seconds, of whatever picture", () => {
    const test = receiver((type, picture) => type === 1 || (isSet(type) && picture < 40));
    test.run(3.5);
    expect(test.frames).toEqual([]);
    test.run(2.5);
    expect(test.frames[0]?.key).toBe(true);
    expect(test.counters.decoded).toBe(test.frames.length);
  });

  it("is not seen before its parameter sets have come", () => {
    const test = receiver((type) => type === 1);
    test.run(8);
    expect([test.frames, test.counters.decoded]).toEqual([[], 0]);
  });
});
