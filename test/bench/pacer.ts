// Sends for all legs, fifty packets a second each, every leg at a phase of its own within the 20 ms: phones are
// not in step with one another. Drift-free: what is due is computed from the start, not from the last beat. Reads
// what has come between two rounds of sending.
import type { Leg } from "./leg.ts";
import { beatFrames, frameMs, type Repertoire, type Voice } from "./payloads.ts";

/** After a longer stall of our own the schedule restarts. */
const catchUpMs = 200;

/** What a talker says of its level, and what everybody else does, −dBov. */
const voiceLevel = 28;
const roomNoiseLevel = 75;

/** A leg, and its voice if it talks; `turn`: in which of so many beats it sends the marker. */
export interface Part {
  readonly leg: Leg;
  readonly voice: Voice | undefined;
  readonly turn: number;
  readonly turns: number;
}

export class Pacer {
  sent = 0;
  /** Markers that should be heard: once by each listening leg but the one that sent it. */
  markersDue = 0;
  /** How late each round was, in milliseconds: the load's own health. */
  lateness: number[] = [];
  readonly #parts: readonly Part[];
  readonly #repertoire: Repertoire;
  readonly #poll: () => void;
  #startedMs = 0;
  /** The next packet since the start: frame × legs + leg. */
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: readonly Part[], repertoire: Repertoire, poll: () => void) {
    this.#parts = parts;
    this.#repertoire = repertoire;
    this.#poll = poll;
  }

  start(): void {
    this.#startedMs = performance.now();
    this.#round();
  }

  reset(): void {
    this.sent = 0;
    this.markersDue = 0;
    this.lateness = [];
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #round(): void {
    const count = this.#parts.length;
    const stepMs = frameMs / count;
    const now = performance.now();
    const behindMs = now - (this.#startedMs + this.#next * stepMs);
    this.lateness.push(Math.max(0, behindMs));
    if (behindMs > catchUpMs) this.#startedMs += behindMs;
    const due = Math.floor((now - this.#startedMs) / stepMs);
    for (; this.#next <= due; this.#next += 1) {
      this.#send(this.#parts[this.#next % count]!, Math.floor(this.#next / count));
    }
    this.#poll();
    this.#timer = setTimeout(() => this.#round(), 1);
  }

  #send({ leg, voice, turn, turns }: Part, frame: number): void {
    const at = frame % beatFrames;
    const marked = voice !== undefined && Math.floor(frame / beatFrames) % turns === turn;
    const beat = voice === undefined ? this.#repertoire.roomNoise : marked ? voice.marked : voice.plain;
    this.sent += 1;
    if (marked && at === 0) this.#mark(leg);
    leg.send(beat[at]!, voice === undefined ? roomNoiseLevel : voiceLevel);
  }

  #mark(leg: Leg): void {
    const { marker } = leg;
    marker.sentAtMs = performance.now();
    marker.talker = leg;
    marker.number += 1;
    for (const { leg: other } of this.#parts) {
      if (other.listens && other !== leg && other.marker === marker) this.markersDue += 1;
    }
  }
}
