// Keys as tones: every key that a telephone may send is seen once, whatever the line did to it, and what is no
// key is not.
import { describe, expect, it } from "vitest";
import { DtmfDetector } from "../../../../media/dsp/index.ts";
import { framesOf, type KeyOptions, keys, noisy, throughG711, toPcm, typed } from "../support/keys.ts";

/** What is detected, the beginning shifted against the frames by `shift` samples. */
function detected(signal: Float64Array, { law = "μ", shift = 0, rate = 8000 } = {}): string {
  const shifted = new Float64Array(signal.length + shift + rate / 10);
  shifted.set(signal, shift);
  const detector = new DtmfDetector(rate);
  const pcm = rate === 8000 ? throughG711(toPcm(shifted), law as "μ" | "A") : toPcm(shifted);
  return [...framesOf(pcm, rate / 50)].map((frame) => detector.detect(frame) ?? "").join("");
}

const shifts = Array.from({ length: 20 }, (_, index) => index * 8);

describe("all sixteen keys, 45 ms on and 45 ms off, through G.711", () => {
  const lines: Record<string, KeyOptions> = {
    "a clean line": {},
    "frequencies 1.5 % high": { rowOff: 0.015, columnOff: 0.015 },
    "frequencies 1.5 % low": { rowOff: -0.015, columnOff: -0.015 },
    "frequencies 1.5 % apart": { rowOff: 0.015, columnOff: -0.015 },
    "the high tone 4 dB up": { twistDb: 4 },
    "the high tone 8 dB down": { twistDb: -8 },
    "−30 dBov": { dbov: -30 },
    "−30 dBov, the high tone 8 dB down": { dbov: -30, twistDb: -8 },
    "−3 dBov, clipping": { dbov: -3 },
  };
  for (const [name, options] of Object.entries(lines)) {
    it.each(["μ", "A"])(`${name}: %s-law`, (law) => {
      for (const shift of shifts) expect(detected(typed(keys, 45, options), { law, shift })).toBe(keys);
    });

    it(`${name}: with noise 15 dB below`, () => {
      for (const shift of shifts) {
        const signal = noisy(typed(keys, 45, options), (options.dbov ?? -12) - 15, shift + 1);
        expect(detected(signal, { shift })).toBe(keys);
      }
    });
  }

  it("40 ms on, 40 ms off", () => {
    for (const shift of shifts) expect(detected(typed(keys, 40, { onMs: 40 }), { shift })).toBe(keys);
  });

  it.each([16_000, 48_000])("brought up to %i Hz", (rate) => {
    expect(detected(typed(keys, 45, { rate }), { rate })).toBe(keys);
  });
});

describe("one press", () => {
  it("is one, however long", () => {
    expect(detected(typed("5", 60, { onMs: 3000 }))).toBe("5");
  });

  it("is one when 10 ms of it are lost", () => {
    const signal = typed("5", 60, { onMs: 200 });
    signal.fill(0, 8 * 150, 8 * 160);
    for (const shift of shifts) expect(detected(signal, { shift })).toBe("5");
  });

  it("is two when it is repeated", () => {
    for (const shift of shifts) expect(detected(typed("55", 40), { shift })).toBe("55");
  });
});

describe("no key", () => {
  it.each<[string, KeyOptions]>([
    ["20 ms long", { onMs: 20 }],
    ["25 ms long", { onMs: 25 }],
    ["3.5 % off in the low tone", { rowOff: 0.035 }],
    ["3.5 % off in the high tone", { columnOff: -0.035 }],
    ["the high tone 10 dB up", { twistDb: 10 }],
    ["the high tone 14 dB down", { twistDb: -14 }],
    ["−50 dBov", { dbov: -50 }],
  ])("is a pair of tones %s", (_, options) => {
    for (const shift of shifts) expect(detected(typed(keys, 45, options), { shift })).toBe("");
  });

  it("are tones in which there is as much else", () => {
    const signal = noisy(typed(keys, 45), -15);
    expect(detected(signal)).toBe("");
  });

  it("is a single tone, or one with its harmonics", () => {
    const harmonics = Float64Array.from({ length: 8000 }, (_, at) => {
      const turn = (2 * Math.PI * 770 * at) / 8000;
      return 6000 * (Math.sin(turn) + 0.5 * Math.sin(2 * turn) + 0.3 * Math.sin(3 * turn));
    });
    const single = Float64Array.from(
      { length: 8000 },
      (_, at) => 9000 * Math.sin((2 * Math.PI * 941 * at) / 8000),
    );
    expect(detected(harmonics)).toBe("");
    expect(detected(single)).toBe("");
  });
});

describe("what is heard of a key", () => {
  it("is less than 10 ms of its beginning", () => {
    for (const shift of shifts) {
      const signal = typed("7", 100, { onMs: 120 });
      const padded = new Float64Array(signal.length + shift);
      padded.set(signal, shift);
      const pcm = throughG711(toPcm(padded));
      const detector = new DtmfDetector(8000);
      let heard = 0;
      for (const frame of framesOf(pcm, 160)) {
        detector.detect(frame);
        if (!detector.suppress) heard += frame.filter((sample) => Math.abs(sample) > 100).length;
      }
      expect(heard / 8).toBeLessThan(10);
    }
  });

  it("ends soon after the key: what follows is heard again", () => {
    const detector = new DtmfDetector(8000);
    const states = [...framesOf(toPcm(typed("7", 100, { onMs: 100 })), 160)].map((frame) => {
      detector.detect(frame);
      return detector.suppress;
    });
    expect(states.at(-1)).toBe(false);
    expect(states.filter(Boolean).length * 20).toBeLessThanOrEqual(180);
  });
});
