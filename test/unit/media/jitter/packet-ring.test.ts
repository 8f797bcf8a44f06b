// The packets that wait to be played: in order whatever the order of their arrival, once each, and never beyond the ring.
import { describe, expect, it } from "vitest";
import { createDecoder } from "../../../../media/codec/index.ts";
import { PacketRing } from "../../../../media/jitter/packet-ring.ts";
import { emptyRtpHeader } from "../../../../media/rtp/packet.ts";

const codec = createDecoder("PCMU");
const bytes = new Uint8Array([0, 0, 7, 8, 9]);

function ring(next = 0) {
  const made = new PacketRing();
  made.restart(next);
  const insert = (sequence: number, audio = true) =>
    made.insert(
      bytes,
      { ...emptyRtpHeader(), sequence, timestamp: sequence * 160, payloadStart: 2, payloadEnd: 5 },
      audio ? codec : undefined,
    );
  const drain = () => {
    const taken: number[] = [];
    for (let packet = made.peek(); packet; packet = made.peek()) {
      taken.push(packet.sequence);
      made.take(packet);
    }
    return taken;
  };
  return { made, insert, drain };
}

describe("the packets that wait", () => {
  it("come out in order, across the end of the sequence numbers, too", () => {
    const { insert, drain, made } = ring(65_534);
    expect([0, 65_535, 1, 65_534].map((sequence) => insert(sequence))).toEqual(Array(4).fill("inserted"));
    expect(made.size).toBe(4);
    expect(drain()).toEqual([65_534, 65_535, 0, 1]);
    expect([made.size, made.next]).toEqual([0, 2]);
  });

  it("hold a copy of the payload alone, and none of a packet without audio", () => {
    const { insert, made } = ring(10);
    insert(10);
    insert(11, false);
    bytes[2] = 99;
    expect([...made.peek()!.payload]).toEqual([7, 8, 9]);
    bytes[2] = 7;
    expect(made.at(1)?.payload).toHaveLength(0);
    expect(made.isWhole(codec)).toBe(false);
  });

  it("are taken once, and not when their turn has passed or lies beyond the ring", () => {
    const { insert, made } = ring(100);
    expect([insert(100), insert(100), insert(163), insert(164)]).toEqual([
      ...["inserted", "duplicate", "inserted", "ahead"],
    ]);
    made.take(made.peek()!);
    expect([insert(100), insert(99)]).toEqual(["duplicate", "late"]);
  });

  it("may be missing: the next one there is shown, and what was passed over is late", () => {
    const { insert, made } = ring(5);
    insert(8);
    expect([made.peek()?.sequence, made.at(0), made.isWhole(codec)]).toEqual([8, undefined, false]);
    made.skip(2);
    expect([made.next, insert(6), insert(7)]).toEqual([7, "duplicate", "inserted"]);
    expect(made.isWhole(codec)).toBe(true);
  });

  it("are gone after a restart, and their numbers may come again", () => {
    const { insert, made } = ring(5);
    insert(5);
    made.restart(5);
    expect([made.size, insert(5)]).toEqual([0, "inserted"]);
  });
});
