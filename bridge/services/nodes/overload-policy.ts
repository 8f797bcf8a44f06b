// When something is overloaded, and when no longer. Pure. It takes two bad seconds in a row to begin, so that one pause
// of the garbage collector refuses no call, and ten good ones to end, so that calls are not let in and refused in turns.
// Between the limit and where it counts as good again lies a margin, in which nothing changes.

/** What is measured, each as a share: 1 is all there is. */
export type LoadMeasure = "late_ticks" | "mixer_cpu" | "control_cpu" | "machine_cpu";

export type LoadReading = Partial<Readonly<Record<LoadMeasure, number>>>;

/** In whole per cent; 0: does not count. */
export type LoadLimits = Readonly<Record<LoadMeasure, number>>;

/** A measure at its limit or above. */
export interface Excess {
  readonly measure: LoadMeasure;
  /** In whole per cent. */
  readonly percent: number;
}

export interface OverloadState {
  readonly overloaded: boolean;
  /** Seconds in a row that speak for the other state. */
  readonly seconds: number;
}

export const notOverloaded: OverloadState = { overloaded: false, seconds: 0 };

const secondsToBegin = 2;
const secondsToEnd = 10;
/** Of its limit, under which a measure counts as good again. */
const goodBelow: Readonly<Record<LoadMeasure, number>> = {
  late_ticks: 0.5,
  mixer_cpu: 0.9,
  control_cpu: 0.9,
  machine_cpu: 0.95,
};

/** The measures at their limit or above. */
export function excessOf(reading: LoadReading, limits: LoadLimits): readonly Excess[] {
  return measuresOf(reading, limits)
    .filter(({ measure, share }) => share * 100 >= limits[measure])
    .map(({ measure, share }) => ({ measure, percent: Math.round(share * 100) }));
}

/** One second later. */
export function nextState(state: OverloadState, reading: LoadReading, limits: LoadLimits): OverloadState {
  const { overloaded, seconds } = state;
  const changes = overloaded
    ? measuresOf(reading, limits).every(
        ({ measure, share }) => share * 100 < limits[measure] * goodBelow[measure],
      )
    : excessOf(reading, limits).length > 0;
  if (!changes) return { overloaded, seconds: 0 };
  const enough = overloaded ? secondsToEnd : secondsToBegin;
  return seconds + 1 >= enough
    ? { overloaded: !overloaded, seconds: 0 }
    : { overloaded, seconds: seconds + 1 };
}

function measuresOf(reading: LoadReading, limits: LoadLimits) {
  return (Object.entries(reading) as [LoadMeasure, number][])
    .filter(([measure]) => limits[measure] > 0)
    .map(([measure, share]) => ({ measure, share }));
}
