// When packets came, as the feedback of transport-wide congestion control tells it: written, and read again as its draft has it.
import { describe, expect, it } from "vitest";
import { maxFeedbackBytes, TransportFeedback } from "../../../../media/rtp/index.ts";
import { seededRandom } from "../support/lossy-network.ts";

interface Message {
  readonly count: number;
  /** Arrivals in milliseconds by sequence number; undefined: not received. */
  readonly arrivals: ReadonlyMap<number, number | undefined>;
}

/** draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. */
function read(packet: Uint8Array): Message {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  expect([packet[0], packet[1]]).toEqual([0x8f, 205]);
  expect(view.getUint16(2)).toBe(packet.length / 4 - 1);
  expect([view.getUint32(4), view.getUint32(8)]).toEqual([0x1111_1111, 0x2222_2222]);
  const [base, count] = [view.getUint16(12), view.getUint16(14)];
  const statuses: number[] = [];
  let at = 20;
  for (; statuses.length < count; at += 2) {
    const chunk = view.getUint16(at);
    if (chunk < 0x8000) {
      for (let run = chunk & 0x1fff; run > 0; run -= 1) statuses.push((chunk >> 13) & 3);
    } else for (let shift = 12; shift >= 0; shift -= 2) statuses.push((chunk >> shift) & 3);
  }
  let ticks = (view.getUint32(16) >>> 8) * 256;
  const arrivals = new Map<number, number | undefined>();
  statuses.slice(0, count).forEach((status, offset) => {
    const sequence = (base + offset) & 0xffff;
    if (status === 0) {
      arrivals.set(sequence, undefined);
      return;
    }
    ticks += status === 1 ? view.getUint8(at) : view.getInt16(at);
    at += status;
    arrivals.set(sequence, ticks / 4);
  });
  expect(packet.length - at).toBeLessThan(4);
  return { count: view.getUint8(19), arrivals };
}

class Receiver {
  readonly feedback = new TransportFeedback();
  readonly messages: Message[] = [];

  come(sequence: number, at: number): void {
    if (!this.feedback.note(sequence & 0xffff, at)) return;
    const out = new Uint8Array(8 + maxFeedbackBytes).fill(0xee);
    const end = this.feedback.write(out, 8, { sender: 0x1111_1111, source: 0x2222_2222, now: at });
    this.messages.push(read(out.slice(8, end)));
  }

  get told(): Map<number, number | undefined> {
    return new Map(this.messages.flatMap(({ arrivals }) => [...arrivals]));
  }
}

describe("the feedback on a transport's packets", () => {
  it("tells each arrival once, every 200 ms, to a quarter of a millisecond", () => {
    const receiver = new Receiver();
    const random = seededRandom(1);
    const came = new Map<number, number>();
    for (let index = 0; index < 500; index += 1) {
      const at = 123_456 + 20 * index + 15 * random();
      came.set((65_300 + index) & 0xffff, at);
      receiver.come(65_300 + index, at);
    }
    expect(receiver.messages.length).toBeGreaterThan(45);
    expect(receiver.messages.map(({ count }) => count)).toEqual(receiver.messages.map((_, index) => index));
    const { told } = receiver;
    expect(told.size).toBeGreaterThan(485);
    for (const [sequence, at] of told) expect(came.get(sequence)! - at!).toBeLessThan(0.25);
    for (const [sequence, at] of told) expect(came.get(sequence)! - at!).toBeGreaterThanOrEqual(0);
  });

  it("tells what has not come, and what came in another order", () => {
    const receiver = new Receiver();
    [0, 1, 4, 3, 7, 8, 9, 10, 11, 12, 13].forEach((sequence, index) => {
      receiver.come(sequence, 1000 + 20 * index);
    });
    expect(receiver.messages).toHaveLength(1);
    expect([...receiver.messages[0]!.arrivals]).toEqual([
      [0, 1000],
      [1, 1020],
      [2, undefined],
      [3, 1060],
      [4, 1040],
      [5, undefined],
      [6, undefined],
      ...[7, 8, 9, 10, 11, 12, 13].map((sequence, index) => [sequence, 1080 + 20 * index]),
    ]);
  });

  it("counts a packet that comes twice once, and one that comes after it was told as missing not at all", () => {
    const receiver = new Receiver();
    receiver.come(0, 0);
    receiver.come(2, 50);
    receiver.come(2, 60);
    receiver.come(3, 220);
    receiver.come(1, 230);
    receiver.come(4, 430);
    expect(receiver.messages.map(({ arrivals }) => [...arrivals])).toEqual([
      [
        [0, 0],
        [1, undefined],
        [2, 50],
        [3, 220],
      ],
      [[4, 430]],
    ]);
  });

  it("needs two messages for packets that are further apart than one can say", () => {
    const receiver = new Receiver();
    receiver.come(0, 0);
    receiver.come(1, 9000);
    receiver.come(2, 9300);
    expect(receiver.messages.map(({ arrivals }) => [...arrivals])).toEqual([
      [[0, 0]],
      [
        [1, 9000],
        [2, 9300],
      ],
    ]);
  });

  it("begins again where numbers leap, and keeps within its bounds whatever comes", () => {
    const receiver = new Receiver();
    const random = seededRandom(8);
    let at = 0;
    for (let index = 0; index < 50_000; index += 1) {
      at += random() < 0.01 ? 20_000 * random() : 5 * random();
      const leap = random() < 0.2;
      receiver.come(Math.floor(leap ? 65_536 * random() : index), at);
    }
    for (const { arrivals } of receiver.messages) expect(arrivals.size).toBeLessThanOrEqual(256);
    receiver.messages.length = 0;
    for (let index = 0; index < 100; index += 1) receiver.come(30_000 + index, at + 20 * index);
    expect(receiver.told.get(30_050)).toBeCloseTo(at + 1000, 0);
  });
});
