// One tick of a room: take in every leg's voice, sum those that speak, give each leg the sum without its own.
// What the silent majority hears is mixed once, and encoded once per codec; a leg that speaks, or to which
// something plays, gets a mix of its own. A room that does not mix holds the legs that are in no room.
//
//   listen → sum → shared mix ──── encode once per codec ──▶ all who are silent
//                └ minus own + play ─ encode ──────────────▶ each who speaks
//
// Everything a tick touches was allocated before it.
import { type AudioCodec, addTo, ComfortNoise, clipInto, Mixer, meanSquare, scale } from "../audio/index.ts";
import { Ducker } from "../dsp/index.ts";
import type { Leg } from "../leg/index.ts";
import type { Playback } from "../prompts/playback.ts";
import { EncodeGroups } from "./encode-groups.ts";
import { TickPayload } from "./tick-payload.ts";

export interface RoomOptions {
  readonly rate: number;
  readonly tickMs: number;
  /** False: nobody hears the others. */
  readonly mixes: boolean;
}

/** The mix under something that plays to a leg alone: 10 dB down. */
const duckedGain = 0.32;
const maxWaitingPlays = 8;

export class Room {
  readonly legs: Leg[] = [];
  readonly #mixes: boolean;
  readonly #mixer: Mixer;
  readonly #noise: ComfortNoise;
  readonly #groups = new EncodeGroups();
  readonly #plays: Playback[] = [];
  /** This tick's noise, what all hear, what one hears, and what plays. */
  readonly #noiseFrame: Int16Array;
  readonly #shared: Int16Array;
  readonly #alone: Int16Array;
  readonly #playFrame: Int16Array;
  readonly #wide: Int32Array;
  readonly #payload = new TickPayload();
  /** What plays to all, under speech. */
  readonly #ducker: Ducker;
  #sharedLevel = 0;

  constructor({ rate, tickMs, mixes }: RoomOptions) {
    const samples = Math.round((rate * tickMs) / 1000);
    this.#mixes = mixes;
    this.#mixer = new Mixer(samples);
    this.#noise = new ComfortNoise(rate);
    this.#ducker = new Ducker(tickMs);
    this.#noiseFrame = new Int16Array(samples);
    this.#shared = new Int16Array(samples);
    this.#alone = new Int16Array(samples);
    this.#playFrame = new Int16Array(samples);
    this.#wide = new Int32Array(samples);
  }

  add(leg: Leg): void {
    this.legs.push(leg);
  }

  remove(leg: Leg): void {
    const index = this.legs.indexOf(leg);
    if (index >= 0) this.legs.splice(index, 1);
  }

  /** Plays to everybody after what plays already; false when too much waits. */
  play(playback: Playback): boolean {
    if (this.#plays.length >= maxWaitingPlays) return false;
    this.#plays.push(playback);
    return true;
  }

  /** `now`: when the tick is due, monotonic milliseconds. */
  tick(now: number): void {
    this.#listen(now);
    this.#speak();
  }

  #listen(now: number): void {
    const mixer = this.#mixer;
    mixer.clear();
    for (let index = 0; index < this.legs.length; index += 1) {
      const leg = this.legs[index]!;
      leg.summed = leg.listen(now, this.#mixes) && this.#mixes;
      if (leg.summed) mixer.add(leg.voice.frame);
    }
    this.#ducker.advance(mixer.sources > 0);
    if (this.#readPlay()) {
      this.#ducker.apply(this.#playFrame);
      mixer.add(this.#playFrame);
    }
    this.#noise.fill(this.#noiseFrame);
    if (mixer.sources === 0) this.#shared.set(this.#noiseFrame);
    else mixer.all(this.#shared);
    this.#sharedLevel = meanSquare(this.#shared);
  }

  #speak(): void {
    this.#groups.begin();
    for (let index = 0; index < this.legs.length; index += 1) {
      const leg = this.legs[index]!;
      if (!leg.codec) continue;
      if (leg.hearsAlone) this.#speakTo(leg, leg.codec);
      else if (leg.hears) {
        leg.sentLevel = this.#sharedLevel;
        leg.send(this.#groups.encode(leg.codec, this.#shared));
      } else leg.pause();
    }
  }

  /** A mix without the leg's own voice, and with what plays to it alone above the rest. */
  #speakTo(leg: Leg, codec: AudioCodec): void {
    const mixer = this.#mixer;
    const wide = this.#wide;
    const others = mixer.sources - (leg.summed ? 1 : 0);
    const plays = leg.readPlay(this.#playFrame);
    if (!leg.hears) {
      leg.pause();
      return;
    }
    if (others === 0) wide.set(this.#noiseFrame);
    else if (leg.summed) mixer.without(leg.voice.frame, wide);
    else mixer.copy(wide);
    const gain = plays ? duckedGain : 1;
    if (gain < 1 || leg.mixGain < 1) scale(wide, leg.mixGain, gain);
    leg.mixGain = gain;
    if (plays) addTo(wide, this.#playFrame);
    if (!leg.listening.idle) leg.listening.apply(wide);
    clipInto(wide, this.#alone);
    leg.sentLevel = meanSquare(this.#alone);
    this.#payload.encode(codec, this.#alone);
    leg.send(this.#payload.bytes);
  }

  #readPlay(): boolean {
    while (this.#plays.length > 0) {
      if (this.#plays[0]!.read(this.#playFrame)) return true;
      this.#plays.shift();
    }
    return false;
  }
}
