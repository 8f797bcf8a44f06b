// Gains: what is set is reached without a leap, voices come to a common level, noise is left alone.
import { describe, expect, it } from "vitest";
import {
  AutomaticGain,
  amplify,
  Ducker,
  fromDb,
  fromDbov,
  meanSquare,
  NoiseFloor,
  NoiseGate,
  toDbov,
  Volume,
} from "../../../../media/dsp/index.ts";
import { framesOf, noisy, toPcm } from "../support/keys.ts";
import { english, hasSpeech, scaled, speech } from "../support/speech.ts";

const tickMs = 20;

/** Feeds levels (dBov) to a gain, each for a time. */
class Talker {
  readonly gain = new AutomaticGain(tickMs);
  readonly floor = new NoiseFloor(tickMs);

  say(levelDbov: number, ms: number): void {
    for (let at = 0; at < ms; at += tickMs) this.#hear(fromDbov(levelDbov));
  }

  /** Syllables of 200 ms with gaps of 100 ms, over noise. */
  babble(levelDbov: number, seconds: number, noiseDbov = -70): void {
    for (let at = 0; at < seconds * 1000; at += 300) {
      this.say(levelDbov, 200);
      this.say(noiseDbov, 100);
    }
  }

  hear(pcm: Int16Array): void {
    for (const frame of framesOf(pcm, 160)) this.#hear(meanSquare(frame));
  }

  #hear(level: number): void {
    this.floor.update(level);
    this.gain.update(level, this.floor.level);
  }
}

describe("automatic gain", () => {
  it.each([
    [-34, 12],
    [-28, 6],
    [-22, 0],
    [-16, -6],
    [-10, -12],
  ])("brings a voice of %i dBov to the common level: %i dB, within ten seconds", (dbov, wanted) => {
    const talker = new Talker();
    talker.babble(dbov, 10);
    expect(talker.gain.gainDb).toBeCloseTo(wanted, 0);
  });

  it.each([-46, -2])("never goes beyond 12 dB: a voice of %i dBov", (dbov) => {
    const talker = new Talker();
    talker.babble(dbov, 60);
    expect(Math.abs(talker.gain.gainDb)).toBe(12);
  });

  it("moves slowly: a step of a quarter decibel at most", () => {
    const talker = new Talker();
    let before = 0;
    for (let at = 0; at < 40; at += 1) {
      talker.babble(-10, 0.3);
      expect(Math.abs(talker.gain.gainDb - before)).toBeLessThan(0.25 * 15);
      before = talker.gain.gainDb;
    }
  });

  it.each([-60, -45, -35, -20])("learns nothing from steady noise of %i dBov", (dbov) => {
    const talker = new Talker();
    talker.say(-80, 2000);
    talker.hear(toPcm(noisy(new Float64Array(8000 * 30), dbov)));
    expect(talker.gain.gainDb).toBe(0);
  });

  it("learns nothing from a tone that is held, and stands still in pauses", () => {
    const talker = new Talker();
    talker.say(-15, 20_000);
    expect(talker.gain.gainDb).toBe(0);
    talker.babble(-30, 3);
    const reached = talker.gain.gainDb;
    expect(reached).toBeGreaterThan(0);
    talker.say(-70, 30_000);
    expect(talker.gain.gainDb).toBe(reached);
  });

  it("learns nothing from a tone that comes and goes a few times, nor from what the network cuts to pieces", () => {
    const talker = new Talker();
    for (const ms of [1000, 3000, 600]) {
      talker.say(-12, ms);
      talker.say(-80, 500);
    }
    for (let piece = 0; piece < 20; piece += 1) {
      talker.say(-12, 300);
      talker.gain.interrupt();
      talker.say(-80, 100);
    }
    expect(talker.gain.gainDb).toBe(0);
  });

  it("does not lift noise above −50 dBov", () => {
    const talker = new Talker();
    talker.babble(-38, 30, -56);
    expect(talker.gain.gainDb).toBeGreaterThan(4);
    expect(talker.gain.gainDb - 56).toBeLessThanOrEqual(-49.5);
  });

  describe.skipIf(!hasSpeech)("on real syllables", () => {
    it("brings speakers who are 20 dB apart to within 3 dB of each other", { timeout: 30_000 }, () => {
      const said = speech(english, { voice: "en" }).subarray(0, 8000 * 20);
      const reached = [-12, 8].map((db) => {
        const talker = new Talker();
        talker.hear(scaled(said, db));
        return db + talker.gain.gainDb;
      });
      expect(Math.abs(reached[0]! - reached[1]!)).toBeLessThan(3);
    });
  });
});

describe("a volume", () => {
  it("comes to what was set at 1 dB a tick, within its bounds", () => {
    const volume = new Volume();
    volume.db = 40;
    expect(volume.db).toBe(12);
    const gains = Array.from({ length: 14 }, () => volume.advance());
    expect(gains[0]).toBeCloseTo(fromDb(1));
    expect(gains[11]).toBeCloseTo(fromDb(12));
    expect(gains[13]).toBe(gains[11]);
    volume.db = Number.NaN;
    expect(volume.db).toBe(12);
  });

  it("is idle only at 0 dB, reached", () => {
    const volume = new Volume();
    expect(volume.idle).toBe(true);
    volume.db = -1;
    volume.advance();
    volume.db = 0;
    volume.advance();
    expect(volume.idle).toBe(false);
    volume.advance();
    expect(volume.idle).toBe(true);
  });

  it("does not click: neighbouring samples stay close where the gain moves", () => {
    const frame = new Int16Array(160).fill(10_000);
    amplify(frame, 1, 0.5);
    const steps = frame.slice(1).map((sample, index) => Math.abs(sample - frame[index]!));
    expect(Math.max(...steps)).toBeLessThan(40);
    expect(frame.at(-1)).toBeCloseTo(5000, -1);
  });

  it("clips softly where it lifts too far", () => {
    const frame = new Int16Array(160).fill(30_000);
    amplify(frame, 4, 4);
    expect(Math.max(...frame)).toBeLessThanOrEqual(32_767);
    expect(Math.min(...frame)).toBeGreaterThan(30_000);
  });
});

describe("the noise gate", () => {
  it("lowers the noise between words by 18 dB and opens within the frame in which speech begins", () => {
    const gate = new NoiseGate(tickMs);
    const floor = new NoiseFloor(tickMs);
    const hear = (dbov: number, ms: number) => {
      for (let at = 0; at < ms; at += tickMs) {
        floor.update(fromDbov(dbov));
        gate.update(fromDbov(dbov), floor.level);
      }
    };
    hear(-50, 3000);
    expect(gate.gain).toBeCloseTo(fromDb(-18));
    hear(-25, 20);
    expect(gate.gain).toBe(1);
    hear(-50, 200);
    expect(gate.gain).toBe(1);
    hear(-50, 400);
    expect(gate.gain).toBeCloseTo(fromDb(-18));
  });
});

describe("music under speech", () => {
  const playing = () => new Int16Array(160).fill(10_000);
  const run = (ducker: Ducker, speaking: boolean, ms: number): number[] => {
    const levels: number[] = [];
    for (let at = 0; at < ms; at += tickMs) {
      ducker.advance(speaking);
      const frame = playing();
      ducker.apply(frame);
      levels.push(frame.at(-1)!);
    }
    return levels;
  };

  it("steps back by 12 dB within 100 ms, and comes back slowly when the speech is over", () => {
    const ducker = new Ducker(tickMs);
    expect(run(ducker, false, 100).at(-1)).toBe(10_000);
    const down = run(ducker, true, 100);
    expect(20 * Math.log10(down.at(-1)! / 10_000)).toBeCloseTo(-12, 0);
    expect(down).toEqual([...down].sort((a, b) => b - a));
    expect(run(ducker, false, 360).at(-1)).toBeLessThan(2600);
    const up = run(ducker, false, 700);
    expect(up).toEqual([...up].sort((a, b) => a - b));
    expect(up.at(-1)).toBe(10_000);
  });

  it("moves evenly within the frame", () => {
    const ducker = new Ducker(tickMs);
    ducker.advance(true);
    const frame = playing();
    ducker.apply(frame);
    expect(frame[0]).toBeGreaterThan(9970);
    expect(toDbov(meanSquare(frame))).toBeLessThan(toDbov(meanSquare(playing())));
  });
});
