// What `npm run bench:sip` is asked to do: its arguments, the steps that follow from them, and how long they take.
import { parseArgs } from "node:util";
import { limitOf } from "./sipp-load.ts";

export const warmUp = { perSecond: 100, seconds: 5 };
export const settleMs = 1500;
/** How long calls stand while they are looked at. */
export const standingMs = 8000;
export const lateMs = 20_000;

export const { values } = parseArgs({
  options: {
    rates: { type: "string", default: "50,100,200,300,400" },
    options: { type: "string", default: "500,1000,2000" },
    seconds: { type: "string", default: "8" },
    idle: { type: "string", default: "500" },
    log: { type: "string", default: "info" },
    profile: { type: "string", default: "0" },
  },
});
export const rates = values.rates.split(",").map(Number);
export const optionsRates = values.options === "none" ? [] : values.options.split(",").map(Number);
export const [seconds, idle, profileRate] = [
  Number(values.seconds),
  Number(values.idle),
  Number(values.profile),
];
const positive = [...rates, ...optionsRates, seconds].every((value) => Number.isInteger(value) && value > 0);
if (!positive || !Number.isInteger(idle) || idle < 0) {
  console.error(
    "bench: --rates, --options and --seconds take whole numbers above 0, --options also none, --idle also 0",
  );
  process.exit(2);
}

export const idlePerSecond = 100;
export const rampMs = (idle / idlePerSecond) * 1000;
export const holdMs = rampMs + standingMs + lateMs;

/** Warm-up, calls to the bridge and to SIPp, OPTIONS; and two waves of idle calls. */
const loads = [
  warmUp,
  ...[...rates, ...rates, ...optionsRates, ...(profileRate > 0 ? [profileRate] : [])].map((perSecond) => ({
    perSecond,
    seconds,
  })),
];
const waves = idle > 0 ? 2 : 0;
export const steps = loads.length + waves;
export const usualSeconds =
  loads.reduce((sum, load) => sum + load.seconds + settleMs / 1000, 0) + (waves * (rampMs + holdMs)) / 1000;
/** Of the SIPps alone; the rest has a minute. */
export const maxSeconds =
  60 +
  loads.reduce(
    (sum, load) => sum + settleMs / 1000 + limitOf({ ...load, total: load.perSecond * load.seconds }),
    0,
  ) +
  waves * limitOf({ perSecond: idlePerSecond, total: idle, holdMs });
