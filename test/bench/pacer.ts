// Sends for all legs, fifty packets a second each, every leg at a phase of its own within the 20 ms: phones are
// not in step with one another. Drift-free: what is due is computed from the start, not from the last beat.
import type { Leg, Marker } from "./leg.ts";
import {
  breathFrames,
  frameMs,
  marker as markerPayload,
  roomNoise,
  syllableFrames,
  type Voice,
  voiceOf,
} from "./payloads.ts";

/** After a longer stall of our own the schedule starts anew. */
const catchUpMs = 200;
const markerEveryFrames = 20;

export class Pacer {
  sent = 0;
  /** How late each beat was, in milliseconds: the load's own health. */
  lateness: number[] = [];
  readonly #legs: readonly Leg[];
  readonly #marker: Marker;
  /** Spread over the legs, and so over the phases. */
  readonly #talkers: readonly number[];
  readonly #voices: readonly Voice[];
  #startedMs = 0;
  /** The next packet since the start: frame × legs + leg. */
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(legs: readonly Leg[], talkers: number, marker: Marker) {
    this.#legs = legs;
    this.#marker = marker;
    const count = Math.min(talkers, legs.length);
    this.#talkers = Array.from({ length: count }, (_, talker) => Math.floor((talker * legs.length) / count));
    this.#voices = this.#talkers.map((_, talker) => voiceOf(talker));
  }

  start(): void {
    this.#startedMs = performance.now();
    this.#beat();
  }

  reset(): void {
    this.sent = 0;
    this.lateness = [];
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #beat(): void {
    const legs = this.#legs.length;
    const stepMs = frameMs / legs;
    const now = performance.now();
    const behindMs = now - (this.#startedMs + this.#next * stepMs);
    this.lateness.push(Math.max(0, behindMs));
    if (behindMs > catchUpMs) this.#startedMs += behindMs;
    const due = Math.floor((now - this.#startedMs) / stepMs);
    for (; this.#next <= due; this.#next += 1) this.#send(Math.floor(this.#next / legs), this.#next % legs);
    this.#timer = setTimeout(() => this.#beat(), 1);
  }

  #send(frame: number, index: number): void {
    const leg = this.#legs[index]!;
    const talker = this.#talkers.indexOf(index);
    this.sent += 1;
    if (talker < 0) {
      leg.send(roomNoise);
      return;
    }
    const turn = Math.floor(frame / markerEveryFrames) % this.#talkers.length;
    if (frame % markerEveryFrames === 0 && turn === talker) {
      this.#marker.sentAtMs = performance.now();
      this.#marker.talker = index;
      this.#marker.number += 1;
      leg.send(markerPayload);
      return;
    }
    const voice = this.#voices[talker]!;
    const speaking = (frame + talker * 4) % (syllableFrames + breathFrames) < syllableFrames;
    leg.send(speaking ? voice.syllable : voice.breath);
  }
}
