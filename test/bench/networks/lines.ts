// What a network does to packets, as functions: when a packet that is sent arrives, if it does. The fastest way
// takes no time at all; only differences matter to a receiver. All chance comes from a seed.

/** When what is sent at `sentAt` arrives, milliseconds; undefined when it is lost. */
export type Line = (sentAt: number) => number | undefined;

export interface Disturbance {
  readonly name: string;
  /** For how long it lasts; the line is clean before and after. */
  readonly lastsMs: number;
  /** The sender's clock against ours: 1.0002 is 200 ppm fast, all the time. */
  readonly clock?: number;
  /** What the audio may lose of itself: a sender that falls silent says nothing. */
  readonly line: (random: () => number, from: number) => Line;
}

const usualMs = 30_000;
const stallMs = 2000;
/** Packets in a row that a burst takes on average. */
const burst = 3;

export const clean: Disturbance = { name: "nothing", lastsMs: usualMs, line: () => (at) => at };

const losing = (percent: number): Disturbance => ({
  name: `${percent} % lost at random`,
  lastsMs: usualMs,
  line: (random) => (at) => (random() * 100 < percent ? undefined : at),
});

/** Two states: in the good one nothing is lost, in the bad one everything. */
const losingInBursts = (percent: number): Disturbance => ({
  name: `${percent} % lost in bursts of ${burst}`,
  lastsMs: usualMs,
  line: (random) => {
    let bad = false;
    const share = percent / 100;
    return (at) => {
      bad = bad ? random() >= 1 / burst : random() < share / (burst * (1 - share));
      return bad ? undefined : at;
    };
  },
});

const jitter = (ms: number): Disturbance => ({
  name: `jitter 0–${ms} ms`,
  lastsMs: usualMs,
  line: (random) => (at) => at + ms * random(),
});

const lossAndJitter: Disturbance = {
  name: "5 % lost, jitter 0–40 ms",
  lastsMs: usualMs,
  line: (random) => (at) => (random() < 0.05 ? undefined : at + 40 * random()),
};

const reordering: Disturbance = {
  name: "one in ten 25–45 ms late",
  lastsMs: usualMs,
  line: (random) => (at) => (random() < 0.1 ? at + 25 + 20 * random() : at),
};

/** Everything is held back, then comes at once. */
const heldBack: Disturbance = {
  name: "stall of 2 s, then all at once",
  lastsMs: stallMs,
  line: (_, from) => (at) => (at < from + stallMs ? from + stallMs : at),
};

const silent: Disturbance = {
  name: "stall of 2 s, all lost",
  lastsMs: stallMs,
  line: (_, from) => (at) => (at < from + stallMs ? undefined : at),
};

/** The way becomes longer for good: what follows is as steady as what was before. */
const longerWay: Disturbance = {
  name: "a way 150 ms longer for 30 s",
  lastsMs: usualMs,
  line: () => (at) => at + 150,
};

export const disturbances: readonly Disturbance[] = [
  clean,
  ...[1, 5, 10].flatMap((percent) => [losing(percent), losingInBursts(percent)]),
  ...[20, 40, 80].map(jitter),
  lossAndJitter,
  reordering,
  heldBack,
  silent,
  longerWay,
];

export const driftMs = 600_000;

/** A clock that is off, for ten minutes. */
export const drifts: readonly Disturbance[] = [200, -200].map((ppm) => ({
  ...clean,
  name: `clock ${ppm > 0 ? "+" : "−"}${Math.abs(ppm)} ppm, 10 min`,
  lastsMs: driftMs,
  clock: 1 + ppm / 1_000_000,
}));
