// How much of their pictures the rooms of a worker have while the machine is near its limit: fewer a second at first, then
// smaller ones, so that there is time left for the audio. A step down as soon as two seconds in a row are too busy, or many
// ticks are late; a step up only after a while of calm, and a longer one each time that the last step up was too much. Pure.
import { degradationSteps, type LoadLimit, type VideoLimits, type WorkerLoad } from "../../protocol.ts";

const lastStep = degradationSteps.length - 1;
/** A room that has as many pictures a second at most keeps them. */
const minFramerate = 5;

/**
 * Too busy at or above `high`, calm below `calm`. One thread that composes many rooms comes close to a whole processor without
 * a picture being late.
 */
const bounds: readonly (readonly [of: keyof WorkerLoad, high: number, calm: number])[] = [
  ["lateTicks", 0.06, 0.03],
  ["machineCpu", 0.9, 0.8],
  ["mixerCpu", 0.75, 0.65],
  ["videoCpu", 0.97, 0.85],
];
/** So many late ticks are heard: no second is waited for. */
const heardLateTicks = 0.2;
/** Seconds in a row. */
const busyToLower = 2;
const calmToRaise = 10;
/** Seconds after a step in which nothing is judged: it has to take effect. */
const settling = 2;
/** A step down within so many seconds of one up: that was too much, and the next waits twice as long, up to so many times. */
const regretWithin = 30;
const maxBackOffFactor = 8;

export class LoadGuard {
  /** 0: rooms have what they are configured to. */
  step = 0;
  /** Of the last step down; undefined at 0. */
  limit: LoadLimit | undefined;
  #busy = 0;
  #calm = 0;
  #settling = 0;
  #sinceRaised = Number.POSITIVE_INFINITY;
  #patience = 1;

  /** The last second; true when the step is another now. */
  judge(load: WorkerLoad): boolean {
    this.#sinceRaised += 1;
    if (this.#settling > 0) {
      this.#settling -= 1;
      return false;
    }
    const limit = bounds.find(([of, high]) => load[of] >= high)?.[0];
    const calm = bounds.every(([of, , below]) => load[of] < below);
    this.#busy = limit ? this.#busy + 1 : 0;
    this.#calm = calm ? this.#calm + 1 : 0;
    if (limit && (this.#busy >= busyToLower || load.lateTicks >= heardLateTicks)) return this.#lower(limit);
    return this.#calm >= calmToRaise * this.#patience && this.#raise();
  }

  #lower(limit: LoadLimit): boolean {
    if (this.step >= lastStep) return false;
    this.step += 1;
    this.limit = limit;
    if (this.#sinceRaised <= regretWithin) this.#patience = Math.min(maxBackOffFactor, this.#patience * 2);
    this.#stepped();
    return true;
  }

  #raise(): boolean {
    if (this.step === 0) {
      this.#patience = 1;
      return false;
    }
    this.step -= 1;
    if (this.step === 0) this.limit = undefined;
    this.#sinceRaised = 0;
    this.#stepped();
    return true;
  }

  #stepped(): void {
    this.#busy = this.#calm = 0;
    this.#settling = settling;
  }
}

/** What a room of those limits has at that step. */
export function limitsAt(step: number, room: VideoLimits): VideoLimits {
  if (step === 0) return room;
  const { rate, size } = degradationSteps[Math.min(step, lastStep)]!;
  const least = Math.min(room.framerate, minFramerate);
  return {
    width: even(room.width * size),
    height: even(room.height * size),
    framerate: Math.max(least, Math.round(room.framerate * rate)),
    kbps: Math.round(room.kbps * size),
  };
}

/** As the colour samples of 4:2:0 need it. */
const even = (side: number): number => Math.max(16, 2 * Math.round(side / 2));
