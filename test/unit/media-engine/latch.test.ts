// Whom a leg believes to be its far end.
import { describe, expect, it } from "vitest";
import { emptyRtpHeader, Latch, type LatchVerdict } from "../../../media/rtp/index.ts";

const phone = { address: "192.0.2.1", port: 4000 };
const moved = { address: "192.0.2.1", port: 6000 };
const stranger = { address: "203.0.113.9", port: 5000 };

class Path {
  readonly latch = new Latch();
  now = 0;

  /** Packets 20 ms apart; the verdict on each. */
  send(
    from: { address: string; port: number },
    stream: { ssrc: number; sequence: number; count: number },
  ): LatchVerdict[] {
    return Array.from({ length: stream.count }, (_, index) => {
      this.now += 20;
      const header = { ...emptyRtpHeader(), ssrc: stream.ssrc, sequence: (stream.sequence + index) & 0xffff };
      return this.latch.judge(from, header, this.now);
    });
  }

  get target(): string {
    return `${this.latch.targetAddress}:${this.latch.targetPort}`;
  }
}

describe("latching", () => {
  it("sends to the signalled address until the first packet shows the true one", () => {
    const path = new Path();
    path.latch.signal({ address: "10.0.0.5", port: 4000 });
    expect(path.target).toBe("10.0.0.5:4000");
    expect(path.send(phone, { ssrc: 1, sequence: 10, count: 2 })).toEqual(["moved", "accepted"]);
    expect(path.target).toBe("192.0.2.1:4000");
  });

  it("does not believe a stranger while the far end is heard, however long they try", () => {
    const path = new Path();
    path.send(phone, { ssrc: 1, sequence: 0, count: 10 });
    for (let index = 0; index < 200; index += 1) {
      expect(path.send(stranger, { ssrc: 9, sequence: index, count: 1 })).toEqual(["stranger"]);
      expect(path.send(phone, { ssrc: 1, sequence: 10 + index, count: 1 })).toEqual(["accepted"]);
    }
    expect(path.latch.strangers).toBe(200);
    expect(path.target).toBe("192.0.2.1:4000");
  });

  it("follows the same stream to another port as soon as the old one is silent", () => {
    const path = new Path();
    path.send(phone, { ssrc: 1, sequence: 0, count: 10 });
    const verdicts = path.send(moved, { ssrc: 1, sequence: 10, count: 8 });
    expect(verdicts.indexOf("moved")).toBe(4);
    expect(path.target).toBe("192.0.2.1:6000");
  });

  it("follows another stream only after a second of silence and five packets in a row", () => {
    const path = new Path();
    path.send(phone, { ssrc: 1, sequence: 0, count: 10 });
    const verdicts = path.send(stranger, { ssrc: 9, sequence: 100, count: 60 });
    expect(verdicts.indexOf("moved")).toBe(49);
  });

  it("does not follow single packets without a sequence, even when nobody else is heard", () => {
    const path = new Path();
    path.send(phone, { ssrc: 1, sequence: 0, count: 10 });
    for (let index = 0; index < 100; index += 1) {
      expect(path.send(stranger, { ssrc: index, sequence: index * 7, count: 1 })).toEqual(["stranger"]);
    }
  });

  it("gives way to the signalled address when a stranger was first", () => {
    const path = new Path();
    path.latch.signal(phone);
    path.send(stranger, { ssrc: 9, sequence: 0, count: 1 });
    expect(path.send(phone, { ssrc: 1, sequence: 0, count: 4 })).toEqual([
      "stranger",
      "stranger",
      "moved",
      "accepted",
    ]);
    expect(path.send(stranger, { ssrc: 9, sequence: 1, count: 4 })).not.toContain("moved");
  });

  it("sends to a newly signalled address at once and hears the old one until the new one speaks", () => {
    const path = new Path();
    path.latch.signal(phone);
    path.send(phone, { ssrc: 1, sequence: 0, count: 10 });
    path.latch.signal(stranger);
    expect(path.target).toBe("203.0.113.9:5000");
    expect(path.send(phone, { ssrc: 1, sequence: 10, count: 2 })).toEqual(["accepted", "accepted"]);
    expect(path.send(stranger, { ssrc: 2, sequence: 0, count: 3 })).toEqual([
      "stranger",
      "stranger",
      "moved",
    ]);
    path.latch.signal(stranger);
    expect(path.target).toBe("203.0.113.9:5000");
  });
});
