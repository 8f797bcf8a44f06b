// Parameter sets that a camera sends in its description alone, and changes by another description.
import { expect, it } from "vitest";
import {
  emptyRtpHeader,
  rtpHeaderBytes,
  StreamSource,
  writeRtpHeader,
} from "../../../../../media/rtp/index.ts";
import type { VideoPlan } from "../../../../../media/sdp/index.ts";
import { ReceivingStream } from "../../../../../media/video/stream/receiving-stream.ts";
import { annexB, pictureSet, sequenceSet, slice } from "../payload/nal.ts";

/** The same id, another level: as good a sign as another size. */
const otherSet = Uint8Array.from(sequenceSet);
otherSet[3] = 0x20;
/** Of another id than the picture set names. */
const strangeSet = Uint8Array.from(sequenceSet);
strangeSet[4] = 0x59;

const planWith = (...sets: readonly Uint8Array[]): VideoPlan => ({
  content: "main",
  format: {
    ...{ codec: "H264", packetizationMode: 1, profileLevelId: "42e01f" },
    ...{ maxMacroblocks: 3600, maxMacroblocksPerSecond: 108_000, maxKbps: undefined },
  },
  ...{ payloadType: 97, receive: new Map([[97, "H264"]]), parameterSets: new Map([[97, sets]]) },
  ...{ direction: "sendrecv", remote: { address: "10.0.0.9", port: 5000, rtcpPort: 5001 } },
  ...{ rtcpMux: false, bundled: false },
  feedback: { nack: false, pli: true, fir: false, remb: false, transportCc: false },
});

function camera() {
  const seen: Uint8Array[] = [];
  const stream = new ReceivingStream(new StreamSource(), {
    onFrame: ({ data }) => void seen.push(Uint8Array.from(data)),
    onMissing: () => {},
    onKeyFrameDue: () => {},
  });
  let sequence = 7;
  const send = (...units: readonly Uint8Array[]) => {
    for (const [index, unit] of units.entries()) {
      const marker = index === units.length - 1;
      const payloadEnd = rtpHeaderBytes + unit.length;
      const header = { ...emptyRtpHeader(), ssrc: 5, payloadType: 97, sequence, marker };
      const packet = new Uint8Array(payloadEnd);
      writeRtpHeader(packet, { ...header, timestamp: sequence * 3000 });
      packet.set(unit, rtpHeaderBytes);
      const placed = { ...header, payloadStart: rtpHeaderBytes, payloadEnd, timestamp: 3000 };
      stream.onPacket(packet, { ...placed, timestamp: (sequence - index) * 3000 }, sequence * 40);
      sequence += 1;
    }
  };
  return { stream, send, seen };
}

it("key frames are read by the sets of the newest description", () => {
  const { stream, send, seen } = camera();
  stream.configure(planWith(sequenceSet, pictureSet));
  send(slice(true, 30));
  stream.configure(planWith(otherSet, pictureSet));
  send(slice(true, 40));
  expect(seen).toEqual([
    annexB(sequenceSet, pictureSet, slice(true, 30)),
    annexB(otherSet, pictureSet, slice(true, 40)),
  ]);
});

it("sets that come with the first description that has any are enough", () => {
  const { stream, send, seen } = camera();
  stream.configure(planWith(strangeSet));
  send(slice(true, 30));
  expect(seen).toEqual([]);
  stream.configure(planWith(sequenceSet, pictureSet));
  send(slice(true, 40));
  expect(seen).toEqual([annexB(sequenceSet, pictureSet, slice(true, 40))]);
});

it("the same description again takes nothing back that the packets have said since", () => {
  const { stream, send, seen } = camera();
  stream.configure(planWith(sequenceSet, pictureSet));
  send(otherSet, pictureSet, slice(true, 30));
  stream.configure(planWith(Uint8Array.from(sequenceSet), Uint8Array.from(pictureSet)));
  send(slice(true, 40));
  expect(seen[1]).toEqual(annexB(otherSet, pictureSet, slice(true, 40)));
});

it.each([
  ["a hold", undefined],
  ["a description without them", planWith()],
])("sets that were sent once are good after %s", (_, between) => {
  const { stream, send, seen } = camera();
  stream.configure(planWith(strangeSet));
  send(otherSet, pictureSet, slice(true, 30));
  stream.configure(between);
  stream.configure(planWith(strangeSet));
  send(slice(true, 40));
  expect(seen[1]).toEqual(annexB(otherSet, pictureSet, slice(true, 40)));
});
