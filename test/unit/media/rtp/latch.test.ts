// Whom a leg believes to be its far end: the table at the head of media/rtp/latch.ts, case by case. In each state of a
// leg a stranger sprays packets that look like a stream, and does not get in; beside it the ways of NAT, which do.
import { describe, expect, it } from "vitest";
import {
  emptyRtpHeader,
  Latch,
  type LatchVerdict,
  type Signalled,
  StreamSource,
} from "../../../../media/rtp/index.ts";

const phone = { address: "192.0.2.1", port: 4000 };
const moved = { address: "192.0.2.1", port: 6000 };
const stranger = { address: "203.0.113.9", port: 5000 };
const inPrivate = { address: "10.0.0.5", port: 4000 };

interface Stream {
  readonly ssrc: number;
  readonly sequence: number;
  readonly count: number;
  readonly everyMs?: number;
}

class Path {
  readonly stream = new StreamSource();
  readonly latch = new Latch(this.stream);
  now = 0;

  /** A description of the far end, whose SIP messages come from `phone` unless told otherwise. */
  constructor(signalled: Partial<Signalled> = {}) {
    this.signal(signalled);
  }

  signal(signalled: Partial<Signalled>): void {
    this.latch.signal({ ...phone, sipAddress: phone.address, sends: true, ...signalled });
  }

  /** The verdict on each packet. */
  send(
    from: { address: string; port: number },
    { ssrc, sequence, count, everyMs = 20 }: Stream,
  ): LatchVerdict[] {
    return Array.from({ length: count }, (_, index) => {
      this.now += everyMs;
      const header = { ...emptyRtpHeader(), ssrc, sequence: (sequence + index) & 0xffff };
      const verdict = this.latch.judge(from, header, this.now);
      if (verdict !== "stranger") this.stream.admit(ssrc, header.sequence);
      return verdict;
    });
  }

  /** The packet that got in; undefined when none did. */
  movedAt(from: { address: string; port: number }, stream: Stream): number | undefined {
    const index = this.send(from, stream).indexOf("moved");
    return index < 0 ? undefined : index + 1;
  }

  get target(): string {
    return `${this.latch.targetAddress}:${this.latch.targetPort}`;
  }
}

/** Ten packets a second for half a minute, in order and with one SSRC. */
const spray: Stream = { ssrc: 9, sequence: 0, count: 300, everyMs: 100 };
const speech = (sequence: number, count = 10): Stream => ({ ssrc: 1, sequence, count });

describe("a stranger who sprays", () => {
  const states: Record<string, () => Path> = {
    "has never sent anything": () => new Path(),
    "has never sent anything and has a private address": () => new Path(inPrivate),
    "has never sent anything and whose SIP address is unknown": () => new Path({ sipAddress: undefined }),
    "only listens": () => new Path({ sends: false }),
    "only listens behind NAT": () => new Path({ ...inPrivate, sends: false }),
    "spoke and is muted": () => {
      const path = new Path();
      path.send(phone, speech(0));
      return path;
    },
    "spoke behind NAT and is muted": () => {
      const path = new Path(inPrivate);
      path.send(moved, speech(0));
      return path;
    },
    "suppresses silence": () => {
      const path = new Path();
      for (let spurt = 0; spurt < 5; spurt += 1) {
        path.send(phone, speech(10 * spurt));
        path.now += 5000;
      }
      return path;
    },
    "has put us on hold": () => {
      const path = new Path();
      path.send(phone, speech(0));
      path.signal({ sends: false });
      return path;
    },
    "has been held and is back": () => {
      const path = new Path();
      path.send(phone, speech(0));
      path.signal({ sends: false });
      path.signal({ sends: true });
      return path;
    },
    "has just named another address": () => {
      const path = new Path();
      path.send(phone, speech(0));
      path.signal({ address: "198.51.100.1" });
      return path;
    },
  };

  it.each(Object.entries(states))("does not get in when the far end %s", (_, create) => {
    const path = create();
    const { target } = path;
    expect(path.send(stranger, spray)).toEqual(Array(300).fill("stranger"));
    expect(path.target).toBe(target);
  });

  it("does not get in from another port of the far end's address when that only listens or is muted", () => {
    const listens = new Path({ sends: false });
    expect(listens.send(moved, spray)).not.toContain("moved");
    const muted = new Path();
    muted.send(phone, speech(0));
    expect(muted.send(moved, spray)).not.toContain("moved");
  });

  it("does not get in while the far end speaks, nor keeps its NAT from moving it", () => {
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    const verdicts: LatchVerdict[] = [];
    for (let index = 0; index < 20; index += 1) {
      path.send(stranger, { ssrc: 9, sequence: index, count: 1, everyMs: 0 });
      verdicts.push(...path.send(moved, speech(10 + index, 1)));
    }
    expect(verdicts.indexOf("moved")).toBeLessThan(7);
    expect(path.target).toBe("192.0.2.1:6000");
  });

  it("who guesses the SSRC alone does not continue the stream", () => {
    const path = new Path();
    path.send(phone, speech(0));
    expect(path.send(stranger, { ...spray, ssrc: 1, sequence: 30_000 })).not.toContain("moved");
  });
});

describe("the first packet", () => {
  it("is believed at once from the address and port of the SDP", () => {
    const path = new Path();
    expect(path.send(phone, speech(0, 2))).toEqual(["moved", "accepted"]);
  });

  it("is believed at once from behind NAT: the address that the SIP messages came from", () => {
    const path = new Path(inPrivate);
    expect(path.target).toBe("10.0.0.5:4000");
    expect(path.send(moved, speech(0, 2))).toEqual(["moved", "accepted"]);
    expect(path.target).toBe("192.0.2.1:6000");
  });

  it("is believed from behind NAT of a far end that only listens: it opens the way", () => {
    expect(new Path({ ...inPrivate, sends: false }).movedAt(moved, speech(0))).toBe(1);
  });

  it("is believed from the media relay that the SDP names, whatever its port, and not from beside it", () => {
    const relay = { address: "198.51.100.1", port: 4000 };
    expect(new Path(relay).movedAt({ ...relay, port: 7000 }, speech(0))).toBe(1);
    expect(new Path(relay).movedAt({ address: "198.51.100.2", port: 4000 }, spray)).toBeUndefined();
  });

  it("is believed from another port of an address without NAT when five have come in a row", () => {
    const path = new Path();
    expect(path.movedAt(moved, speech(0))).toBe(5);
    // The right port takes over as soon as it speaks.
    expect(path.movedAt(phone, { ...speech(0), ssrc: 2 })).toBe(3);
  });

  it("is not believed from a public address that is neither the SDP's nor that of the SIP messages", () => {
    const path = new Path({ ...inPrivate, sipAddress: "198.51.100.1" });
    expect(path.movedAt(phone, spray)).toBeUndefined();
    expect(path.target).toBe("10.0.0.5:4000");
  });
});

describe("another source", () => {
  it("with the same stream is followed as soon as the old one is silent: NAT gave it another port", () => {
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    expect(path.movedAt(moved, speech(10))).toBe(5);
    expect(path.target).toBe("192.0.2.1:6000");
  });

  it("with the same stream is followed to another network, also after minutes of silence", () => {
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    path.now += 300_000;
    expect(path.movedAt({ address: "198.51.100.77", port: 1 }, speech(10))).toBe(2);
  });

  it("whose RTCP has proved its address is believed with two packets in a row", () => {
    const path = new Path();
    path.send(phone, speech(0));
    path.now += 1000;
    path.latch.prove("198.51.100.77", path.now);
    const from = { address: "198.51.100.77", port: 1 };
    expect(path.movedAt(from, { ...speech(0), ssrc: 2 })).toBe(2);
    // Not for ever.
    path.now += 20_000;
    path.send(from, { ...speech(100), ssrc: 2 });
    path.now += 20_000;
    expect(path.movedAt(phone, { ...speech(0), ssrc: 3 })).toBe(3);
  });

  it("after a renegotiation may be a new port and stream of the same address", () => {
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    path.now += 5000;
    path.signal(inPrivate);
    expect(path.movedAt(moved, { ...speech(700), ssrc: 2 })).toBe(5);
    expect(path.movedAt({ ...moved, port: 6002 }, { ...speech(900), ssrc: 3, count: 100 })).toBeUndefined();
  });

  it("after a renegotiation is believed although packets of the old one were still on their way", () => {
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    path.signal({ ...inPrivate, port: 6000 });
    expect(path.send(phone, speech(100, 20))).not.toContain("stranger");
    expect(path.movedAt(moved, { ...speech(700), ssrc: 2 })).toBe(10);
    expect(path.target).toBe("192.0.2.1:6000");
  });

  it("is not believed once the old one has gone on for a second after the renegotiation", () => {
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    path.signal(inPrivate);
    path.send(phone, speech(100, 60));
    expect(path.movedAt(moved, { ...speech(700), ssrc: 2, count: 200 })).toBeUndefined();
  });

  it("after a renegotiation from another network is where the SIP messages come from now", () => {
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    path.signal({ address: "10.9.9.9", sipAddress: "198.51.100.77" });
    expect(path.movedAt({ address: "198.51.100.77", port: 1 }, { ...speech(0, 20), ssrc: 2 })).toBe(10);
  });

  it("is believed although each of its packets comes twice, or a few in a row are lost", () => {
    for (const sequences of [
      [700, 700, 701, 701, 702, 702, 703, 703, 704],
      [700, 703, 704, 707, 708],
    ]) {
      const path = new Path(inPrivate);
      path.send(phone, speech(0));
      path.now += 5000;
      path.signal(inPrivate);
      const verdicts = sequences.flatMap((sequence) => path.send(moved, { ssrc: 2, sequence, count: 1 }));
      expect(verdicts.indexOf("moved")).toBe(sequences.length - 1);
    }
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    path.now += 5000;
    path.signal(inPrivate);
    for (let count = 0; count < 20; count += 1) {
      expect(path.send(moved, { ssrc: 2, sequence: 700, count: 1 })).toEqual(["stranger"]);
      expect(path.send(moved, { ssrc: 3, sequence: 700 + 4 * count, count: 1 })).toEqual(["stranger"]);
    }
  });

  it("is not followed for single packets without a sequence", () => {
    const path = new Path(inPrivate);
    for (let index = 0; index < 100; index += 1) {
      expect(path.send(stranger, { ssrc: index, sequence: index * 7, count: 1 })).toEqual(["stranger"]);
    }
  });
});

describe("a newly signalled address", () => {
  const next = { address: "198.51.100.1", port: 4400 };

  it("is sent to at once, and the old source is heard until the new one speaks", () => {
    const path = new Path();
    path.send(phone, speech(0));
    path.signal(next);
    expect(path.target).toBe("198.51.100.1:4400");
    expect(path.send(phone, speech(10, 2))).toEqual(["accepted", "accepted"]);
    expect(path.movedAt(next, { ...speech(0), ssrc: 2 })).toBe(3);
    path.signal(next);
    expect(path.target).toBe("198.51.100.1:4400");
  });

  it.each([
    ["an unreachable address", next],
    ["another port of a private one", { ...inPrivate, port: 4500 }],
    ["another port of the same", moved],
  ])("is given up for the latched source that goes on for a second: %s", (_, signalled) => {
    const path = new Path(inPrivate);
    path.send(phone, speech(0));
    path.signal(signalled);
    path.send(phone, speech(10, 50));
    expect(path.target).toBe(`${signalled.address}:${signalled.port}`);
    path.send(phone, speech(60, 2));
    expect(path.target).toBe("192.0.2.1:4000");
    // It is believed all the same when it speaks at last.
    expect(path.movedAt(signalled, { ...speech(0), ssrc: 2 })).toBe(3);
  });

  it("is kept when the old source is silent: the far end may only listen there", () => {
    const path = new Path();
    path.send(phone, speech(0));
    path.signal({ ...next, sends: false });
    path.send(phone, speech(10, 5));
    path.now += 60_000;
    expect(path.target).toBe("198.51.100.1:4400");
  });
});
