// Networks and senders of every kind. Each seed is one run, the same every time, and stands in the test's name; a seed
// that once failed is kept for good. `PARLEY_FUZZ_RUNS=500` tries so many others.
import { describe, expect, it } from "vitest";
import { Packetizer, pictureSize, type VideoPacket } from "../../../../../media/video/payload/index.ts";
import type { VideoFrame } from "../../../../../media/video/types.ts";
import { seededRandom } from "../../../../support/index.ts";
import { annexB, PacketWriter, pictureSet, Receiver, sequenceSet, slice, vp8Frame } from "./nal.ts";

const keptSeeds = [1, 2, 3, 4, 5, 6, 7, 8];
const firstFresh = Math.floor(Math.random() * 2 ** 31);
const freshSeeds = Array.from(
  { length: Number(process.env["PARLEY_FUZZ_RUNS"] ?? 0) },
  (_, index) => firstFresh + index,
);
const seeds = [...keptSeeds, ...freshSeeds];
const maxBytes = 3 << 20;

type Random = () => number;
const below = (random: Random, most: number) => Math.floor(random() * most);

/** Of 1 to 4 slices of 3 to 900 bytes, or a VP8 frame; every twelfth a key frame. */
function frameOf(random: Random, codec: "H264" | "VP8", index: number): VideoFrame {
  const key = index % 12 === 0;
  const timestamp = index * 6000;
  const size = () => 3 + below(random, random() < 0.2 ? 900 : 90);
  const fill = () => 1 + below(random, 255);
  if (codec === "VP8") {
    const frame = vp8Frame(key, 10 + size(), timestamp);
    frame.data.fill(fill(), 10);
    return frame;
  }
  const slices = Array.from({ length: 1 + below(random, 4) }, (_, at) =>
    slice(key, size(), fill(), at === 0),
  );
  return { data: annexB(...(key ? [sequenceSet, pictureSet] : []), ...slices), key, timestamp };
}

interface Network {
  loss: number;
  duplicates: number;
  /** How many packets later one may come at most. */
  reorder: number;
}

/** In the order in which they come, 1 ms apart; the first one first. */
function carried(random: Random, network: Network, packets: readonly VideoPacket[]): VideoPacket[] {
  return packets
    .flatMap((packet, index) => {
      if (index > 0 && random() < network.loss) return [];
      const copies = random() < network.duplicates ? 2 : 1;
      return Array.from({ length: copies }, () => ({
        packet,
        place: index === 0 ? 0 : index + random() * network.reorder,
      }));
    })
    .sort((a, b) => a.place - b.place)
    .map(({ packet }, index) => ({ ...packet, at: index }));
}

describe.each(["H264", "VP8"] as const)("%s", (codec) => {
  it.each(seeds)("comes out as it went in, or not at all: seed %i", (seed) => {
    const random = seededRandom(seed);
    const nack = seed % 2 === 0;
    const network = {
      loss: [0, 0.02, 0.2][seed % 3]!,
      duplicates: random() * 0.1,
      reorder: 1 + below(random, 20),
    };
    const frames = Array.from({ length: 200 }, (_, index) => frameOf(random, codec, index));
    const writer = new PacketWriter(codec, {
      sequence: below(random, 65_536),
      maxBytes: 40 + below(random, 200),
    });
    const sent = frames.flatMap((frame) => writer.packets(frame));
    const bySequence = new Map(sent.map((packet) => [packet.sequence, packet]));
    const receiver = new Receiver(codec, { nack });

    for (const packet of carried(random, network, sent)) {
      receiver.insert(packet);
      if (packet.at % 20 !== 0) continue;
      receiver.assembler.expire(packet.at);
      for (const sequence of receiver.missing.splice(0)) {
        const again = bySequence.get(sequence);
        if (again && random() > network.loss) receiver.insert({ ...again, at: packet.at });
      }
      expect(receiver.assembler.snapshot().bytes).toBeLessThan(maxBytes);
    }

    const indices = receiver.frames.map((frame) => frame.timestamp / 6000);
    expect(receiver.frames).toEqual(indices.map((index) => frames[index]));
    indices.forEach((index, at) => {
      if (index % 12 !== 0) expect(indices[at - 1]).toBe(index - 1);
      else expect(indices[at - 1] ?? -1).toBeLessThan(index);
    });
    if (network.loss === 0) expect(indices).toHaveLength(frames.length);
    else if (network.loss < 0.1) expect(indices.length).toBeGreaterThan(nack ? 120 : 20);
  });

  it.each(seeds)("is bounded and goes on whatever comes, and is well again afterwards: seed %i", (seed) => {
    const random = seededRandom(seed + 1000);
    const receiver = new Receiver(codec, { nack: seed % 2 === 0 });
    const writer = new PacketWriter(codec, { sequence: below(random, 65_536), maxBytes: 60 });
    let now = 0;
    for (let index = 0; index < 300; index += 1) {
      for (const packet of writer.packets(frameOf(random, codec, index), now))
        receiver.insert(...damaged(random, packet));
      now += random() < 0.02 ? 5000 : below(random, 60);
      receiver.assembler.expire(now);
      expect(receiver.assembler.snapshot().bytes).toBeLessThan(maxBytes);
    }
    for (const frame of receiver.frames) {
      new Packetizer({ codec, packetizationMode: 1 }).packetize(frame, 100);
      pictureSize(codec, frame);
    }
    receiver.frames.length = 0;

    let keyFrame = frameOf(random, codec, 0);
    for (let count = 0; count < 40; count += 1) {
      now += 100;
      keyFrame = { ...frameOf(random, codec, 0), timestamp: 900_000 + count };
      receiver.insert(...writer.packets(keyFrame, now));
      receiver.assembler.expire(now);
    }
    receiver.insert(...writer.packets({ ...keyFrame, timestamp: 910_000 }, now));

    expect(receiver.frames.some((frame) => frame.timestamp === keyFrame.timestamp)).toBe(true);
  });
});

/** One packet as a faulty or hostile sender has it; most are left as they are. */
function damaged(random: Random, packet: VideoPacket): VideoPacket[] {
  const noise = (bytes: number) => Uint8Array.from({ length: bytes }, () => below(random, 256));
  const { payload } = packet;
  switch (below(random, 40)) {
    case 0:
      return [];
    case 1:
      return [packet, packet];
    case 2:
      return [{ ...packet, payload: payload.subarray(0, below(random, payload.length)) }];
    case 3:
      return [{ ...packet, payload: noise(below(random, 50)) }];
    case 4:
      return [{ ...packet, payload: payload.with(below(random, payload.length), below(random, 256)) }];
    case 5:
      return [{ ...packet, sequence: below(random, 65_536) }];
    case 6:
      return [{ ...packet, timestamp: below(random, 2 ** 32) }];
    case 7:
      return [{ ...packet, marker: !packet.marker }];
    case 8:
      return [{ ...packet, payload: noise(20_000) }];
    default:
      return [packet];
  }
}
